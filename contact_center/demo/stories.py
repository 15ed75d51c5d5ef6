"""The shape of a story: how a request of one kind begins, goes on and ends."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Story:
    """Texts to choose from, in the order in which they are said; `note` is for colleagues."""

    kind: str
    tags: tuple[str, ...]
    weight: int
    subjects: tuple[str, ...]
    opens: tuple[str, ...]
    answers: tuple[str, ...]
    replies: tuple[str, ...]
    closings: tuple[str, ...]
    thanks: tuple[str, ...]
    note: str | None


MODELS = (
    "FrostLine 420",
    "FrostLine 300",
    "Oven ONE 300",
    "W9 Pro",
    "D7",
    "Steam Q2",
    "Hood Air 60",
    "Dish 14S",
    "Hob E7",
)
