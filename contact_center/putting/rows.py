"""One row of a batch on its way into a table, and what is told of it afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Outcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"  # nothing differed, or what came is older than what is known


@dataclass(frozen=True, slots=True)
class Known:
    """A row of ours where another system would name its number: `customer=Known(customer.id)`. JSON can hold none."""

    id: int


class Result(NamedTuple):
    """What became of one row of a batch: its outcome and id, or what is wrong in which field."""

    external_id: str
    outcome: Outcome | None
    id: int | None
    wrong: dict[str, str]

    @property
    def sentence(self) -> str:
        """The first thing that is wrong; empty if nothing is."""
        return next(iter(self.wrong.values()), "")


class Put(NamedTuple):
    """The row that a single `put` left, and what it did to it."""

    row: Any
    outcome: Outcome


@dataclass(slots=True)
class Row:
    """What was given, in normal form; the row as it stood before, if there was one; what it refers to."""

    external_id: str
    given: dict[str, Any]  # column -> value; a reference's number, until it is found
    wrong: dict[str, str] = field(default_factory=dict)
    children: dict[str, list[Any]] = field(default_factory=dict)
    refers: dict[str, Any] = field(default_factory=dict)  # field -> the row referred to
    before: Any = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # of a row that was there: column -> old, new
    id: int | None = None
    outcome: Outcome | None = None
    is_older: bool = False  # than what is known: nothing of it counts

    def value(self, column: str) -> Any:
        """What the column will hold."""
        return self.given[column] if column in self.given else getattr(self.before, column, None)

    def differences(self) -> dict[str, tuple[Any, Any]]:
        """Columns of a row that is there whose value would change: old and new."""
        old = self.before._asdict()
        return {column: (old[column], value) for column, value in self.given.items() if old[column] != value}

    def result(self) -> Result:
        return Result(self.external_id, None if self.wrong else self.outcome, self.id, self.wrong)
