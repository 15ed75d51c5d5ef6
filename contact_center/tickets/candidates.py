"""Which tickets stand on a page of a list: the bounded query under `lists`.

What a reader sees is the merge of a few index scans (`windows`), each cut off at the length of the page. A filter that
few tickets match (`conditions`) has an index of its own: no merge.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select, union_all

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.tickets import conditions, scope, windows
from contact_center.tickets.models import Ticket
from contact_center.tickets.wanted import Cursor, Filter, Order


def query(agent: Agent, wanted: Filter, order: Order, cursor: Cursor | None, limit: int) -> Select[int, Any]:
    """At most *limit* visible tickets as (id, key), in order; where a window has ended, the rest is missing: `edge`."""
    if conditions.is_named(wanted):
        return _named(agent, wanted, order, cursor, limit)
    ways = windows.ways(agent, wanted, order)
    return _merged([windows.found(way, wanted, order, cursor, limit) for way in ways], order).limit(limit)


def edge(
    agent: Agent, wanted: Filter, order: Order, cursor: Cursor | None, until: Cursor | None = None
) -> Cursor | None:
    """How far a list is complete: the nearest end of a window before *until*; None if there is none."""
    if conditions.is_named(wanted):
        return None
    ends = [windows.edges(way, wanted, order, cursor, until) for way in windows.ways(agent, wanted, order)]
    if not (windowed := [end for end in ends if end is not None]):
        return None
    nearest = _merged(windowed, order).limit(1).subquery("nearest")
    never: ColumnElement[Any] = literal_column("'infinity'")  # which Python has no date for
    row = db.session.execute(select(nearest.c.id, func.nullif(nearest.c.key, never).label("key"))).one_or_none()
    return Cursor(row.key, row.id) if row else None


def _merged(branches: list[Select[Any]], order: Order) -> Select[int, Any]:
    merged = union_all(*(select(branch.subquery()) for branch in branches)).subquery("merged")
    return select(merged.c.id, merged.c.key).order_by(*order.by(merged.c.key, merged.c.id))


def _named(agent: Agent, wanted: Filter, order: Order, cursor: Cursor | None, limit: int) -> Select[int, Any]:
    where = [scope.visible_to(agent), *conditions.of(wanted), order.beyond(cursor)]
    if wanted.states:
        where.append(scope.state_in(wanted.states))
    if wanted.queue_ids:
        where.append(Ticket.queue_id.in_(wanted.queue_ids))
    rows = select(Ticket.id, order.key().label("key")).where(*where)
    return rows.order_by(*order.of(Ticket)).limit(limit)
