"""Sentences that are shown now and stored for later readers: `gettext` as usual, but the result remembers its making.

Whoever explains something that ends up in a row (a mailbox's error, why a mail has not left) makes it with `gettext`
from here and stores `keep(sentence)`; screens and commands show `say(stored)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

import flask_babel

from contact_center.text import remarks
from contact_center.text.remarks import Remark


class Saying(str):
    """A sentence in the language of the moment."""

    made_of: tuple[Remark, ...]

    def __new__(cls, made_of: Iterable[Remark]) -> Self:
        made_of = tuple(made_of)
        saying = super().__new__(cls, _spoken(made_of))
        saying.made_of = made_of
        return saying


def gettext(english: str, **filled: str | int) -> Saying:
    """*english* in the language of the moment, with what is filled in."""
    return Saying([(english, filled)])


def join(sayings: Iterable[Saying]) -> Saying:
    """Several sentences, one after the other."""
    return Saying([part for saying in sayings for part in saying.made_of])


def keep(sentence: str) -> str:
    """What to store of a sentence; words that nobody here has made are stored as they are."""
    return remarks.written(sentence.made_of) if isinstance(sentence, Saying) else remarks.plain(sentence)


def say(stored: str | None) -> str:
    """A stored sentence in the language of the moment; nothing for nothing."""
    made_of = remarks.read(stored or "")
    return _spoken(made_of) if made_of is not None else stored or ""


def _spoken(made_of: Iterable[Remark]) -> str:
    between = "" if str(flask_babel.get_locale() or "").startswith("zh") else " "
    return between.join(_sentence(*part) for part in made_of)


def _sentence(english: str, filled: remarks.Filled) -> str:
    try:
        return str(flask_babel.gettext(english, **filled))
    except (KeyError, ValueError, TypeError):  # written by another release
        return english
