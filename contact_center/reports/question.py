"""A question, and its answer: plain values between doors and `asking`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contact_center.reports.figures import Figure


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: from `since` until before `until`. `by` is a dimension, a grain of time, or nothing.

    `only` are pairs of a dimension and a value ("none": missing); several values of one dimension are alternatives.
    `most`: at most so many lines, the biggest; the total is of all.
    """

    metrics: tuple[str, ...]
    by: str | None
    since: datetime
    until: datetime
    zone: str = "UTC"
    only: tuple[tuple[str, str], ...] = ()
    most: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One value of what was split by. `at`: when a stretch of time begins."""

    key: str
    name: str
    figures: dict[str, Figure]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The lines and the total. `left_out`: how many lines there are beyond `most`."""

    rows: list[Line]
    total: Line
    left_out: int = 0
