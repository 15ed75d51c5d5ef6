"""What a list of tickets is asked for: the filter, the order, and a place in it. Values only, known to everybody here.

`candidates` turns them into a statement; the desk and the command line make them from what a person chose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import ColumnElement, DateTime, cast, func, literal, literal_column, true, tuple_

from contact_center.tickets.models import Priority, RequestKind, Ticket, TicketState

NOBODY = 0  # as an assignee: the tickets that have none
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_NEVER = "infinity"
_END = datetime.max.replace(tzinfo=UTC)


class Sort(StrEnum):
    CHANGED = "changed"  # the newest change first
    WAITING = "waiting"  # the customer who has waited longest first, those who wait for nothing last
    OPENED = "opened"  # the newest ticket first
    DUE = "due"  # what is due next first, what has no running deadline last


RISING = (Sort.WAITING, Sort.DUE)  # only what is unsettled stands in these orders


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to. Empty means no limit; several states, queues … mean any of them."""

    states: tuple[TicketState, ...] = ()
    queue_ids: tuple[int, ...] = ()
    assignee: int | None = None  # an agent's id, or NOBODY
    customer: int | None = None
    channel: str | None = None
    kind: RequestKind | None = None
    priority: Priority | None = None
    tag: str | None = None
    opened_since: datetime | None = None
    due_before: datetime | None = None
    is_possibly_related: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of a row in a list: its sort key and its id."""

    key: datetime | None  # None: nobody waits, so it stands at the end
    id: int

    def __str__(self) -> str:
        return f"{self.key.astimezone(UTC).strftime(_STAMP) if self.key else _NEVER}-{self.id}"

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """The cursor in *text*; None if that is none."""
        key, dash, number = (text or "").rpartition("-")
        if not dash or not number.isdecimal() or len(number) > 18:
            return None
        if key == _NEVER:
            return cls(None, int(number))
        try:
            return cls(datetime.strptime(key, _STAMP).replace(tzinfo=UTC), int(number))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list, seen from the end it is read from: backward gives the nearest before a cursor first."""

    sort: Sort
    is_backward: bool = False

    @property
    def is_descending(self) -> bool:
        return (self.sort in RISING) == self.is_backward

    def key(self, ticket: Any = Ticket) -> ColumnElement[Any]:
        """The sort key of *ticket*: the table, or rows of it under another name."""
        if self.sort in RISING:
            instant = ticket.waiting_since if self.sort is Sort.WAITING else ticket.due_at
            return func.coalesce(instant, literal_column("'infinity'"))
        key: ColumnElement[Any] = ticket.opened_at if self.sort is Sort.OPENED else ticket.changed_at
        return key

    def by(self, key: ColumnElement[Any], number: ColumnElement[int]) -> tuple[ColumnElement[Any], ...]:
        return (key.desc(), number.desc()) if self.is_descending else (key.asc(), number.asc())

    def of(self, ticket: Any) -> tuple[ColumnElement[Any], ...]:
        """What to order *ticket* by."""
        return self.by(self.key(ticket), ticket.id)

    def beyond(self, cursor: Cursor | None, ticket: Any = Ticket) -> ColumnElement[bool]:
        """What stands after *cursor*."""
        if cursor is None:
            return true()
        here, there = self._places(ticket, cursor)
        return here < there if self.is_descending else here > there

    def until(self, cursor: Cursor | None, ticket: Any = Ticket) -> ColumnElement[bool]:
        """What stands at *cursor* or before it."""
        if cursor is None:
            return true()
        here, there = self._places(ticket, cursor)
        return here >= there if self.is_descending else here <= there

    def is_at(self, place: Cursor, edge: Cursor) -> bool:
        """Whether *place* is not beyond *edge*."""
        here, there = ((at.key or _END, at.id) for at in (place, edge))
        return here >= there if self.is_descending else here <= there

    def _places(self, ticket: Any, cursor: Cursor) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        at = cast(literal(cursor.key.isoformat() if cursor.key else _NEVER), DateTime(timezone=True))
        return tuple_(self.key(ticket), ticket.id), tuple_(at, literal(cursor.id))
