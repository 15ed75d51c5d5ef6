"""What the columns of a file mean, guessed from their headers in the languages of our users.

Called by `runs`. A guess is only a proposal: the screen shows it beside what the cells say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from flask_babel import force_locale

from contact_center.config import LANGUAGES
from contact_center.importing.fields import Field, Kind
from contact_center.importing.types import Texts

_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_BETWEEN = re.compile(r"[\s_\-./:*#]+")
_COUNTED = re.compile(r" ?\d$")

Columns = dict[int, str]  # position -> name of the field


def guess(kind: Kind, headers: Sequence[str]) -> Columns:
    """Which field each column most likely is; one that is none stays out."""
    meanings = _meanings(kind)
    several = {name for name, field in kind.columns().items() if isinstance(field.type, Texts)}
    guessed: Columns = {}
    for position, header in enumerate(headers):
        for name in _named(meanings, header, several):
            if name in several or name not in guessed.values():
                guessed[position] = name
                break
    return guessed


def normal(header: str) -> str:
    """A header without case, width, punctuation and remarks in brackets."""
    plain = _ASIDE.sub(" ", unicodedata.normalize("NFKC", header)).casefold()
    return _BETWEEN.sub(" ", plain).strip()


def _named(meanings: Mapping[str, list[str]], header: str, several: set[str]) -> Iterator[str]:
    word = normal(header)
    yield from meanings.get(word, ())
    yield from (name for name in meanings.get(_COUNTED.sub("", word), ()) if name in several)


def _meanings(kind: Kind) -> dict[str, list[str]]:
    """Every word for a column, with the fields that it can mean, the likelier first."""
    meanings: dict[str, list[str]] = {}
    columns = kind.columns()
    for rank in (_first_words, _other_words):
        for name, field in columns.items():
            for word in rank(name, field):
                if word != name and word in columns:  # "state" is the order's own, not that of its parcel
                    continue
                if name not in meanings.setdefault(normal(word), []):
                    meanings[normal(word)].append(name)
    return meanings


def _first_words(name: str, field: Field) -> Iterator[str]:
    yield name
    for language in LANGUAGES:
        with force_locale(language):
            yield str(field.label)


def _other_words(name: str, field: Field) -> Iterator[str]:
    yield from field.also
    yield name.rpartition(".")[2]
