"""What a field and a kind of import are: the one description that files, the API and its documentation are made from.

`kinds` lists them. Pure; words on screen are lazy so that every reader has them in their own language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from contact_center.agents.models import Agent
from contact_center.importing.types import Type

Row = dict[str, Any]


class Result(Protocol):
    """What a room says became of a row."""

    @property
    def outcome(self) -> str | None: ...
    @property
    def id(self) -> int | None: ...
    @property
    def wrong(self) -> dict[str, str]: ...


def place_in(sentence: str) -> tuple[int | None, str]:
    """Where in a list something is wrong, counted from 0, and what: rooms say "2: The quantity cannot be 0."."""
    first, _, rest = sentence.partition(": ")
    return (int(first) - 1, rest) if rest and re.fullmatch("[1-9][0-9]{0,4}", first) else (None, sentence)


@dataclass(frozen=True)
class Field:
    """One thing that a row can say."""

    name: str
    type: Type
    label: Any  # lazy text
    also: tuple[str, ...] = ()  # headers that mean it, besides its label in our languages
    needed: bool = False  # in a row that is new
    example: str = ""
    about: Any = ""  # lazy text


@dataclass(frozen=True)
class Part:
    """A list inside a resource: the lines of an order, the steps of a shipment.

    Where it has a `key`, records of a file that say the same one are one row of it; without one they may say no more
    than what is `idle`. What is `apart` is written after the row itself, by a verb of its own that may refuse it.
    """

    name: str
    label: Any
    fields: tuple[Field, ...]
    parts: tuple[Part, ...] = ()
    key: str = ""
    idle: frozenset[str] = frozenset()
    is_apart: bool = False
    most: int = 500


def _none() -> tuple[Field, ...]:
    return ()


@dataclass(frozen=True)
class Kind:
    """What one file holds, or one resource of the API. Its first field is the number by which a row is known.

    Where there are `parts`, a row of a file also is one of each part that it fills, and rows of one number stand
    together.
    """

    name: str  # of the command and of the address: "orders"
    room: str  # whose scope a token needs
    label: Any
    fields: tuple[Field, ...]
    put_many: Callable[[Sequence[Row], Agent | None], Sequence[Result]]
    parts: tuple[Part, ...] = ()
    more_fields: Callable[[], tuple[Field, ...]] = _none  # those that this firm has defined
    about: Any = ""

    @property
    def key(self) -> Field:
        return self.fields[0]

    def is_compound(self, row: Row) -> bool:
        """Whether several verbs write *row*, so that a later one may refuse what an earlier one took."""
        return any(part.is_apart and row.get(part.name) for part in self.parts)

    def own_fields(self) -> tuple[Field, ...]:
        """The fields beside the parts, the firm's own included."""
        return (*self.fields, *self.more_fields())

    def columns(self) -> dict[str, Field]:
        """Every field that a column of a file can be, by its name there."""
        of_parts = {f"{part.name}.{each.name}": each for part in self.parts for each in part.fields}
        return {each.name: each for each in self.own_fields()} | of_parts
