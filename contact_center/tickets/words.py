"""Which tickets have the words, the newest first: by the index where they are rare, by walking back where they are not.

An index hands out all messages that have a word, in no order: fine for thousands, seconds for millions. Walking back
through the newest tickets meets a common word at once, and a rare one never. `questions` says which is which, and
both ways are cut off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    Subquery,
    cast,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY, aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.tickets import candidates, questions, scope
from contact_center.tickets.messages import Message
from contact_center.tickets.models import Ticket
from contact_center.tickets.questions import Question
from contact_center.tickets.wanted import Cursor, Filter, Order, Sort

RARE = 5_000  # messages with a word, up to which the index is the quicker way
GATHERED = 8_000  # messages that the index may hand out before it is given up: each is a page of the disk
NEWEST = 1_000  # of them, how many are looked at
WINDOWS = (500, 6_000)  # tickets that are walked through: first a look, then as far as is bearable


@dataclass(slots=True)
class Met:
    """Ticket id → the ids of its messages that have the words, the newest first; none if it is only the subject.

    `earlier` is where the next page begins; None: there is nothing more.
    """

    tickets: dict[int, list[int]] = field(default_factory=dict)
    earlier: str | None = None


def find(agent: Agent, asked: str, before: str | None, limit: int) -> Met:
    """The newest *limit* tickets that *agent* sees and that have all words of *asked*, *before* a cursor."""
    question, start = questions.read(asked), Cursor.read(before)
    if question is None:
        return Met()
    if question.at_most <= RARE and (met := _by_index(agent, question, start, limit)):
        return met if met.tickets or question.walked == question.listed else _typed(agent, question, start, limit)
    met = _walk(agent, question, start, WINDOWS[0], limit)
    if len(met.tickets) >= limit or met.earlier is None:
        return met
    # Words that go together are met more often than each for itself would have it: a look tells better.
    fills_a_page = len(met.tickets) * WINDOWS[1] // WINDOWS[0] >= limit
    is_rare = question.likely * question.total <= RARE and not fills_a_page
    if is_rare and (rare := _by_index(agent, question, start, limit)):
        return rare
    return _walk(agent, question, start, WINDOWS[1], limit)


def _typed(agent: Agent, question: Question, start: Cursor | None, limit: int) -> Met:
    """A word that no message has may be one that is still being typed: then the newest tickets show what it will be."""
    return Met(_walk(agent, question, start, WINDOWS[0], limit).tickets)


def _by_index(agent: Agent, question: Question, start: Cursor | None, limit: int) -> Met | None:
    """A page of all that have the words; None if they are more than can be gathered."""
    in_messages, in_titles = _has(Message.search, question.listed), _has(Ticket.search, question.listed)
    hits = _gathered(select(Message.id, Message.ticket_id).where(in_messages), "hits")
    no_message = null().cast(BigInteger).label("id")
    titles = _gathered(select(no_message, Ticket.id.label("ticket_id")).where(in_titles), "titles")
    found = union_all(*(select(_newest(agent, each)) for each in (hits, titles))).subquery("found")
    amount = select(func.count().label("n")).select_from(hits).subquery("amount")
    rows = db.session.execute(select(amount.c.n, found).select_from(amount.outerjoin(found, true()))).all()
    return None if rows[0].n > GATHERED else _page([row for row in rows if row.ticket_id], start, limit)


def _page(rows: Sequence[Row[*tuple[Any, ...]]], start: Cursor | None, limit: int) -> Met:
    said: dict[tuple[datetime, int], list[int]] = {}
    for row in rows:
        said.setdefault((row.changed_at, row.ticket_id), []).extend([row.id] if row.id else [])
    keys = sorted(
        (key for key in said if start is None or start.key is None or key < (start.key, start.id)), reverse=True
    )
    shown = keys[:limit]
    met = Met({key[1]: said[key] for key in shown})
    if len(keys) > limit:
        met.earlier = str(Cursor(*shown[-1]))
    return met


def _gathered(asked: Select[*tuple[Any, ...]], name: str) -> CTE:
    """What an index hands out, cut off. The inner step is planned for all of it, lest the cut make it scan a table."""
    every = asked.cte(f"all_{name}").prefix_with("MATERIALIZED")
    return select(every).limit(GATHERED + 1).cte(name).prefix_with("MATERIALIZED")


def _newest(agent: Agent, hits: CTE) -> Subquery:
    """The newest of them that *agent* sees: sorted first, so that few tickets need be looked up."""
    in_order = (
        select(hits).order_by(hits.c.id.desc(), hits.c.ticket_id.desc()).offset(0).subquery(f"{hits.name}_in_order")
    )
    seen = select(in_order.c.id, in_order.c.ticket_id, Ticket.changed_at).join(
        Ticket, Ticket.id == in_order.c.ticket_id
    )
    seen = seen.where(scope.visible_to(agent)).order_by(in_order.c.id.desc(), in_order.c.ticket_id.desc())
    return seen.limit(NEWEST).subquery(f"{hits.name}_seen")


def _walk(agent: Agent, question: Question, start: Cursor | None, size: int, limit: int) -> Met:
    """Go back through the newest tickets, at most *size*, until *limit* of them have the words."""
    window = candidates.query(agent, Filter(), Order(Sort.CHANGED), start, size)
    each = window.subquery("each")
    said = (
        select(func.array_agg(aggregate_order_by(Message.id, Message.id.desc())).label("ids"))
        .where(Message.ticket_id == each.c.id, _has(Message.search, question.walked))
        .lateral("said")
    )
    asked = (
        select(each.c.id, each.c.key, said.c.ids)
        .select_from(each.join(Ticket, Ticket.id == each.c.id).join(said, true()))
        .where(or_(said.c.ids.is_not(None), _has(Ticket.search, question.walked)))
        .order_by(each.c.key.desc(), each.c.id.desc())
        .limit(limit)
    )
    rows = db.session.execute(asked).all()
    met = Met({row.id: row.ids or [] for row in rows})
    last = rows[-1] if len(rows) == limit else _last(window, size)
    met.earlier = str(Cursor(last.key, last.id)) if last else None
    return met


def _last(window: Select[int, Any], size: int) -> Row[int, Any] | None:
    """Where a walk was cut off; None if it reached the end."""
    each = window.subquery("each")
    asked = select(each.c.id, each.c.key, func.count().over().label("n")).order_by(each.c.key, each.c.id).limit(1)
    row = db.session.execute(asked).one_or_none()
    return row if row is not None and row.n == size else None


def _has(search: InstrumentedAttribute[Any], query: str | None) -> ColumnElement[bool]:
    return search.op("@@", is_comparison=True)(cast(query, TSQUERY))
