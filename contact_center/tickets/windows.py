"""The ordered ways through the tickets that a reader sees, each walked no further than a window; `candidates` merges.

A way is an index: one queue after the other, the reader's own tickets elsewhere, or everything for who sees everything.
What the index does not know is looked at row by row, and there has to be an end to that, or a filter that nothing
matches would read the whole table: the window. `edges` tells where windows have ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Subquery, all_, literal_column, select, true
from sqlalchemy.orm import aliased

from contact_center.agents.models import Agent
from contact_center.extensions import Base
from contact_center.tickets import conditions, scope
from contact_center.tickets.models import UNSETTLED, Ticket, TicketState
from contact_center.tickets.wanted import NOBODY, RISING, Cursor, Filter, Order, Sort

OF_A_QUEUE = 2_500  # rows of one queue …
OF_UNSETTLED = 5_000  # … or of what is unsettled in it: of that a list should be complete
OF_ONES_OWN = 5_000
OF_ALL = 20_000
_TABLE = Base.metadata.tables[Ticket.__tablename__]
Rows = Select[int, Any]


@dataclass(frozen=True, slots=True)
class Way:
    """One index walked in order: `where` and the filters in `known` it knows itself, `states` are those of its rows."""

    where: tuple[ColumnElement[bool], ...]
    states: tuple[TicketState, ...]
    known: tuple[str, ...]
    size: int
    queues: Subquery | None = None  # walked for each of them


def ways(agent: Agent, wanted: Filter, order: Order) -> Iterator[Way]:
    """The ways that together hold everything *wanted* that *agent* sees."""
    for states in _groups(wanted.states):
        way = _way(wanted, order, states)
        if _is_one_order(agent, wanted, order, states):
            yield replace(way, size=2 * OF_ALL if states else OF_ALL)
            continue
        size = OF_UNSETTLED if states == UNSETTLED else OF_A_QUEUE
        yield replace(way, size=size, queues=_queues(agent, wanted))
        if not agent.is_administrator and wanted.assignee is None:
            yield replace(way, where=(*way.where, *_own_elsewhere(agent, wanted)), size=OF_ONES_OWN)


def found(way: Way, wanted: Filter, order: Order, cursor: Cursor | None, limit: int) -> Select[Any]:
    """The first *limit* rows of a way that match, as (id, key)."""

    def matching(queue: ColumnElement[int] | None, each: FromClause | None) -> Rows:
        rows, rest = _rows(way, order, cursor, queue), _rest(way, wanted, Ticket)
        if not rest:
            return rows.limit(limit)
        walked = rows.limit(literal_column(str(way.size)))
        near = aliased(Ticket, (walked.correlate(each) if each is not None else walked).subquery("near"))
        asked = select(near.id, order.key(near).label("key")).where(*_rest(way, wanted, near))
        return asked.order_by(*order.of(near)).limit(limit)

    return _along(way, matching)


def edges(way: Way, wanted: Filter, order: Order, cursor: Cursor | None, until: Cursor | None) -> Select[Any] | None:
    """Where the windows of a way end, as (id, key), as far as that is before *until*; None: it has no window."""
    if not _rest(way, wanted, Ticket):
        return None

    def last(queue: ColumnElement[int] | None, _each: FromClause | None) -> Rows:
        rows = _rows(way, order, cursor, queue).with_only_columns(_TABLE.c.id, order.key(_TABLE.c).label("key"))
        return rows.where(order.until(until, _TABLE.c)).offset(literal_column(str(way.size - 1))).limit(1)

    return _along(way, last)


def _along(way: Way, rows: Any) -> Select[Any]:
    if way.queues is None:
        one = rows(None, None).subquery("rows")
        return select(one.c.id, one.c.key)
    each = way.queues
    many = rows(each.c.id, each).correlate(each).lateral("rows")
    return select(many.c.id, many.c.key).select_from(each.join(many, true()))


def _rows(way: Way, order: Order, cursor: Cursor | None, queue: ColumnElement[int] | None) -> Select[Any]:
    here = [*way.where, order.beyond(cursor, _TABLE.c)]
    if queue is not None:
        here.append(_TABLE.c.queue_id == queue)
    return select(_TABLE, order.key(_TABLE.c).label("key")).where(*here).order_by(*order.of(_TABLE.c))


def _rest(way: Way, wanted: Filter, ticket: Any) -> list[ColumnElement[bool]]:
    """What the index of a way does not know."""
    nothing: dict[str, Any] = dict.fromkeys(way.known)
    rest = conditions.of(replace(wanted, **nothing), ticket)
    if way.states == UNSETTLED and not set(wanted.states) >= set(UNSETTLED):
        rest.append(scope.state_in(tuple(state for state in wanted.states if state in UNSETTLED), ticket))
    return rest


def _groups(states: Sequence[TicketState]) -> Iterator[tuple[TicketState, ...]]:
    """The states by index: what is unsettled together, each other state for itself; none: all in one."""
    if not states or len(set(states)) == len(TicketState):
        yield ()
        return
    if set(states) & set(UNSETTLED):
        yield UNSETTLED
    yield from ((state,) for state in TicketState if state in states and state not in UNSETTLED)


def _way(wanted: Filter, order: Order, states: tuple[TicketState, ...]) -> Way:
    """The part of a way that is the same for all readers."""
    where = [scope.state_in(states)] if states else []
    known = []
    if wanted.assignee == NOBODY and states == UNSETTLED and order.sort is Sort.CHANGED:
        where.append(Ticket.assignee_id.is_(None))
        known.append("assignee")
    if wanted.due_before and order.sort is Sort.DUE:
        where.append(order.key() < wanted.due_before)
        known.append("due_before")
    if wanted.opened_since and order.sort not in RISING:
        where.append(order.key() >= wanted.opened_since)  # no ticket was changed before it was opened
        known += ["opened_since"] if order.sort is Sort.OPENED else []
    return Way(tuple(where), states, tuple(known), OF_ALL)


def _is_one_order(agent: Agent, wanted: Filter, order: Order, states: tuple[TicketState, ...]) -> bool:
    """Whether one index holds all that the reader sees in that order."""
    return agent.is_administrator and not wanted.queue_ids and order.sort is Sort.CHANGED and states in ((), UNSETTLED)


def _queues(agent: Agent, wanted: Filter) -> Subquery:
    seen = scope.queue_ids(agent).subquery("seen")
    queues = select(seen.c[0].label("id"))
    if wanted.queue_ids:
        queues = queues.where(seen.c[0].in_(wanted.queue_ids))
    return queues.subquery("each")


def _own_elsewhere(agent: Agent, wanted: Filter) -> tuple[ColumnElement[bool], ...]:
    mine = (Ticket.assignee_id == agent.id, Ticket.queue_id != all_(scope.queues_array(agent)))
    return (*mine, Ticket.queue_id.in_(wanted.queue_ids)) if wanted.queue_ids else mine
