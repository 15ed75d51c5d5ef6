"""One customer as a file or another system gives it, understood or refused with a sentence for each field.

Called by `upserts`, which finds out what the database knows of it. Touches no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from contact_center.customers import custom, fields, typed
from contact_center.errors import Invalid
from contact_center.text.addresses import Address
from contact_center.text.lines import one_line

GIVEN = tuple(name for name in fields.NAMES if name not in ("company_id", "owner_id", "external_id"))
REFERENCES = ("company", "owner")  # a company's external number, an agent's e-mail address
ADDRESSES = ("email", "phone", "emails", "phones")


@dataclass(slots=True)
class Wanted:
    """One row as it was understood, and the customer it speaks of as soon as that is known."""

    place: int
    external_id: str
    values: dict[str, Any]
    addresses: list[Address]
    company: str | None = None
    owner: str | None = None
    names: set[str] = field(default_factory=set)  # which references it gives
    wrong: dict[str, str] = field(default_factory=dict)


def read(place: int, row: Mapping[str, Any], definitions: custom.Definitions) -> Wanted:
    """Understand one row; `wrong` has a sentence for each field that is not."""
    wanted = Wanted(place, "", {}, [], names=set(row).intersection(REFERENCES))
    wrong = wanted.wrong
    ours, theirs = custom.split({name: value for name, value in row.items() if name not in _OTHERS})
    for name in [name for name in ours if name not in GIVEN]:
        wrong[name] = _("There is no field “%(key)s”.", key=name[:60])
        del ours[name]
    try:
        wanted.values |= fields.clean(ours)
    except Invalid as refused:
        wrong |= refused.fields
    try:
        wanted.values |= custom.clean_all(theirs, definitions)
    except Invalid as refused:
        wrong |= refused.fields
    wanted.external_id = _line(wrong, "external_id", row.get("external_id"))
    if not wanted.external_id:
        wrong.setdefault("external_id", _("A customer number is needed."))
    wanted.company = _line(wrong, "company", row.get("company")) or None
    wanted.owner = _line(wrong, "owner", row.get("owner")).lower() or None
    wanted.addresses = list(_addresses(row, wrong))
    return wanted


_OTHERS = frozenset({"external_id", *REFERENCES, *ADDRESSES})


def _line(wrong: dict[str, str], name: str, value: Any) -> str:
    try:
        return one_line(value, 100)
    except ValueError as error:
        wrong[name] = str(error)
        return ""


def _addresses(row: Mapping[str, Any], wrong: dict[str, str]) -> Iterable[Address]:
    for name in ADDRESSES:
        given = row.get(name) or ()
        for one in [given] if isinstance(given, str) else given:
            try:
                if str(one).strip():
                    yield typed.read(str(one))
            except Invalid as refused:
                wrong[name] = refused.sentence


def refuse_repeated(wanted: list[Wanted]) -> None:
    """Of several rows with one number the first counts."""
    first: dict[str, int] = {}
    for row in wanted:
        if row.external_id and first.setdefault(row.external_id, row.place) != row.place:
            row.wrong["external_id"] = _("The number %(number)s stands here twice.", number=row.external_id)
