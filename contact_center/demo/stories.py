"""The shape of a story: how a request of one kind begins, goes on and ends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class About(StrEnum):
    """What a letter speaks of, so that the archive has it: `plots` finds such a sale, or makes one."""

    NOTHING = "NOTHING"
    FRIDGE = "FRIDGE"  # theirs, under warranty
    WASHER = "WASHER"
    STEAMER = "STEAMER"
    MODEL = "MODEL"  # anything of theirs
    LATE = "LATE"  # an order that should have come
    HOOD = "HOOD"  # one that was delivered lately
    SHELF = "SHELF"
    BILLED = "BILLED"  # an order with a new invoice
    FRESH = "FRESH"  # ordered today or yesterday
    ORDER = "ORDER"  # some order of the year


@dataclass(frozen=True, slots=True)
class Opening:
    """How somebody begins: one of the subjects over the text. Words that fit only this beginning stand here."""

    about: About
    subjects: tuple[str, ...]
    text: str
    answers: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    closings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """Texts to choose from; `note` is for colleagues. Answers that fit one beginning only stand with it."""

    kind: str
    tags: tuple[str, ...]
    weight: int
    openings: tuple[Opening, ...]
    thanks: tuple[str, ...]
    note: str | None
    answers: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    closings: tuple[str, ...] = ()
