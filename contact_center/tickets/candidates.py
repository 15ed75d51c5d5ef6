"""Which tickets stand on a page of a list: the bounded query under `lists`.

An agent's list is the merge of a few index scans, one for each queue they see and one for their own tickets elsewhere,
each cut off at the length of the page. A filter by person, customer, tag or words has an index of its own: no merge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Subquery,
    all_,
    any_,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from contact_center.agents.models import Agent
from contact_center.tickets import questions, scope
from contact_center.tickets.models import (
    UNSETTLED,
    LinkReason,
    Priority,
    RequestKind,
    Ticket,
    TicketLink,
    TicketState,
)
from contact_center.tickets.questions import Question

RARE = 0.005  # the share of tickets up to which a word is looked up in the index
MOST_NAMED = 10_000
NOBODY = 0  # as an assignee: the tickets that have none
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_NEVER = "infinity"


class Sort(StrEnum):
    CHANGED = "changed"  # the newest change first
    WAITING = "waiting"  # the customer who has waited longest first, those who wait for nothing last
    OPENED = "opened"  # the newest ticket first


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
    """Sort key and direction of a list, seen from the end it is read from."""

    key: ColumnElement[Any]
    is_descending: bool

    def by(self, key: ColumnElement[Any], number: ColumnElement[int]) -> tuple[ColumnElement[Any], ...]:
        return (key.desc(), number.desc()) if self.is_descending else (key.asc(), number.asc())

    def beyond(self, cursor: Cursor | None) -> ColumnElement[bool]:
        if cursor is None:
            return true()
        at = cast(literal(cursor.key.isoformat() if cursor.key else _NEVER), DateTime(timezone=True))
        here, there = tuple_(self.key, Ticket.id), tuple_(at, literal(cursor.id))
        return here < there if self.is_descending else here > there


def order_of(sort: Sort, *, is_backward: bool = False) -> Order:
    """How a list is read; backward gives the rows before a cursor, the nearest first."""
    if sort is Sort.WAITING:
        return Order(func.coalesce(Ticket.waiting_since, literal_column("'infinity'")), is_descending=is_backward)
    key = Ticket.opened_at if sort is Sort.OPENED else Ticket.changed_at
    return Order(key.expression, is_descending=not is_backward)


def query(
    agent: Agent, wanted: Filter, sort: Sort, cursor: Cursor | None, limit: int, *, is_backward: bool = False
) -> Select[int, Any]:
    """At most *limit* visible tickets as (id, key), in order."""
    order = order_of(sort, is_backward=is_backward)
    where = [*_conditions(wanted), order.beyond(cursor)]
    if _has_own_index(wanted) or _has_order_of_all(agent, wanted, sort):
        if wanted.queue_ids:
            where.append(Ticket.queue_id.in_(wanted.queue_ids))
        return _scan(order, [scope.visible_to(agent), *where], limit)
    branches = [_by_queue(agent, wanted, order, where, limit)]
    if not agent.is_administrator:
        branches.append(_own_elsewhere(agent, wanted, order, where, limit))
    merged = union_all(*(select(branch) for branch in branches)).subquery("merged")
    return select(merged.c.id, merged.c.key).order_by(*order.by(merged.c.key, merged.c.id)).limit(limit)


def _has_own_index(wanted: Filter) -> bool:
    has_person = bool(wanted.assignee) or wanted.customer is not None
    is_special = bool(wanted.tag) or wanted.priority not in (None, Priority.NORMAL) or wanted.is_possibly_related
    return has_person or is_special or bool(wanted.text.strip())


def _has_order_of_all(agent: Agent, wanted: Filter, sort: Sort) -> bool:
    """Who sees everything needs no merge, but for what is unsettled: only by queue has that an order of its own."""
    is_unsettled = bool(wanted.states) and set(wanted.states) <= set(UNSETTLED)
    return agent.is_administrator and not wanted.queue_ids and sort is Sort.CHANGED and not is_unsettled


def _scan(order: Order, where: Sequence[ColumnElement[bool]], limit: int) -> Select[int, Any]:
    rows = select(Ticket.id, order.key.label("key")).where(*where)
    return rows.order_by(*order.by(order.key, Ticket.id.expression)).limit(limit)


def _by_queue(agent: Agent, wanted: Filter, order: Order, where: Sequence[ColumnElement[bool]], limit: int) -> Subquery:
    seen = scope.queue_ids(agent).subquery("seen")
    queues = select(seen.c[0].label("id"))
    if wanted.queue_ids:
        queues = queues.where(seen.c[0].in_(wanted.queue_ids))
    each = queues.subquery("each")
    rows = _scan(order, [Ticket.queue_id == each.c.id, *where], limit).lateral("rows")
    return select(rows.c.id, rows.c.key).select_from(each.join(rows, true())).subquery("by_queue")


def _own_elsewhere(
    agent: Agent, wanted: Filter, order: Order, where: Sequence[ColumnElement[bool]], limit: int
) -> Subquery:
    mine = [Ticket.assignee_id == agent.id, Ticket.queue_id != all_(scope.queues_array(agent)), *where]
    if wanted.queue_ids:
        mine.append(Ticket.queue_id.in_(wanted.queue_ids))
    return _scan(order, mine, limit).subquery("own_elsewhere")


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    where = _of_the_ticket(wanted)
    if wanted.assignee is not None:
        nobody = Ticket.assignee_id.is_(None)
        where.append(nobody if wanted.assignee == NOBODY else Ticket.assignee_id == wanted.assignee)
    if wanted.customer is not None:
        where.append(Ticket.customer_id == wanted.customer)
    if wanted.is_possibly_related:
        related = select(TicketLink.ticket_id).where(TicketLink.reason == LinkReason.POSSIBLY_RELATED)
        where.append(Ticket.id.in_(related))
    if text := wanted.text.strip():
        where.append(_has_words(text))
    return where


def _of_the_ticket(wanted: Filter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.states:
        where.append(scope.state_in(wanted.states))
    if wanted.channel:
        where.append(Ticket.channel == wanted.channel)
    if wanted.kind:
        where.append(Ticket.kind == wanted.kind)
    if wanted.priority:
        where.append(Ticket.priority == wanted.priority)
    if wanted.tag:
        where.append(Ticket.tags.op("@>")(literal([wanted.tag], Ticket.tags.type)))
    if wanted.opened_since:
        where.append(Ticket.opened_at >= wanted.opened_since)
    return where


def _has_words(text: str) -> ColumnElement[bool]:
    number, question = scope.number_in(text), questions.read(text)
    words = _words_of(question) if question else false()
    return words if number is None else or_(Ticket.id == number, words)  # 10482 may be an order as well


def _words_of(question: Question) -> ColumnElement[bool]:
    """Common words are met soon enough in the order of the list; rare ones are looked up first, all of them at once."""
    if question.share > RARE:
        return Ticket.search.op("@@", is_comparison=True)(cast(question.walked, TSQUERY))
    named = select(Ticket.id).where(Ticket.search.op("@@", is_comparison=True)(cast(question.listed, TSQUERY)))
    return Ticket.id == any_(func.array(named.limit(MOST_NAMED).scalar_subquery()))
