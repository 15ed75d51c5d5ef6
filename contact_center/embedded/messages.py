"""`./dev messages`: collect every text of the screens into the Chinese catalogue; what is new stands there empty.

A fuzzy guess is never written: an untranslated text shows English, a wrong one would mislead.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from contact_center.embedded import ROOT
from contact_center.embedded.assets import TRANSLATIONS

CATALOGUE = TRANSLATIONS / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "lazy_gettext": None,
    "_n": (1, 2),
    "N_": None,
    "remark": None,
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}


def messages(_args: list[str], _env: Mapping[str, str]) -> int:
    """Bring the catalogue up to date; 1 while texts are missing in it."""
    template = collect()
    catalogue = read()
    template.creation_date = catalogue.creation_date  # a run that finds nothing new changes nothing
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as target:
        pofile.write_po(target, catalogue, width=120, omit_header=False, sort_output=True, no_location=True)
    empty = missing(catalogue)
    for text in empty:
        print(f"dev: not translated: {text!r}")
    return 1 if empty else 0


def collect() -> Catalog:
    """Every text in code and templates, as a catalogue without translations."""
    template = Catalog(project="contact-center", charset="utf-8")
    package = ROOT / "contact_center"
    for name, line, text, _comments, context in extract_from_dir(
        str(package), method_map=_METHODS, keywords=_KEYWORDS, strip_comment_tags=True
    ):
        template.add(text, locations=[(str(Path(name)), line)], context=context)
    return template


def read() -> Catalog:
    """The Chinese catalogue as it stands."""
    if not CATALOGUE.exists():
        return Catalog(locale="zh_Hans_CN", charset="utf-8")
    with CATALOGUE.open("rb") as source:
        return pofile.read_po(source, locale="zh_Hans_CN")


def missing(catalogue: Catalog) -> list[str]:
    """What the screens say and the catalogue does not."""
    found = []
    for message in collect():
        if not message.id:
            continue
        known = catalogue.get(message.id, message.context)
        strings = (
            known.string if known and isinstance(known.string, (tuple, list)) else (known.string if known else "",)
        )
        if not all(strings) or (known and known.fuzzy):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found
