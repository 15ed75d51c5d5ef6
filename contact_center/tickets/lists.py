"""Ticket lists: filtered, sorted, paged by keyset, with what a row shows; and the counts of the left column.

The desk's lists, "my work" and the command line read here. Which tickets stand on a page is decided in `candidates`,
within what `scope` allows; it stays index-backed at a million tickets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from contact_center.agents.models import Agent, initials
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets import candidates, scope
from contact_center.tickets.counts import Counts, QueueCount, counts
from contact_center.tickets.models import UNSETTLED, Priority, RequestKind, Seen, Ticket, TicketState, ref_of
from contact_center.tickets.wanted import NOBODY, RISING, Cursor, Filter, Order, Sort

__all__ = [
    "NOBODY",
    "Counts",
    "Cursor",
    "Filter",
    "QueueCount",
    "Sort",
    "counts",
]  # what callers of this module need beside its own

MAX_ROWS = 200
SOON = timedelta(hours=1)
COUNTED = 1000  # a longer list is "more than 1,000"
_assignee = aliased(Agent)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    id: int
    channel: str
    subject: str
    state: TicketState
    priority: Priority
    kind: RequestKind | None
    tags: list[str]
    order_number: str | None
    customer_id: int | None
    customer: str | None
    queue_id: int
    queue: str
    assignee_id: int | None
    assignee: str | None
    opened_at: datetime
    changed_at: datetime
    waiting_since: datetime | None
    due_at: datetime | None
    last_inbound_at: datetime | None
    seen_at: datetime | None

    @property
    def ref(self) -> str:
        return ref_of(self.id)

    @property
    def assignee_initials(self) -> str:
        return initials(self.assignee) if self.assignee else ""

    @property
    def is_unread(self) -> bool:
        """Something came in that nobody has answered and the reader has not seen; what is settled is read."""
        if self.state not in UNSETTLED or self.waiting_since is None or self.last_inbound_at is None:
            return False
        return self.seen_at is None or self.seen_at < self.last_inbound_at

    @property
    def due_soon_at(self) -> datetime | None:
        """From when on its due time wants somebody's eye."""
        return self.due_at - SOON if self.due_at else None

    def cursor(self, sort: Sort) -> str:
        """The row's place in a list of that order."""
        return str(self.place(sort))

    def place(self, sort: Sort) -> Cursor:
        keys = {
            Sort.CHANGED: self.changed_at, Sort.OPENED: self.opened_at, Sort.WAITING: self.waiting_since,
            Sort.DUE: self.due_at,
        }  # fmt: skip
        return Cursor(keys[sort], self.id)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and the cursors of the pages after and before them, where there are such pages.

    `is_cut`: the filter was so rarely met that looking has stopped; `next` (`previous`, backward) goes on from there.
    """

    rows: list[Row]
    next: str | None
    previous: str | None
    is_cut: bool = False


def page(
    agent: Agent,
    wanted: Filter | None = None,
    *,
    after: str | None = None,
    before: str | None = None,
    limit: int = 50,
    sort: Sort = Sort.CHANGED,
) -> Page:
    """The tickets *agent* sees that match, after or before a cursor; a cursor that makes no sense is the beginning."""
    limit = max(1, min(limit, MAX_ROWS))
    wanted, sort = _agreed(wanted or Filter(), sort)
    cursor, order = Cursor.read(before or after), Order(sort, is_backward=bool(before))
    rows = _rows(agent, candidates.query(agent, wanted, order, cursor, limit + 1), order)
    last = rows[limit - 1].place(sort) if len(rows) > limit else None
    if edge := candidates.edge(agent, wanted, order, cursor, last):
        rows = [row for row in rows if order.is_at(row.place(sort), edge)]
    return _page(rows[:limit], order, cursor, edge or last, is_cut=edge is not None)


def _page(rows: list[Row], order: Order, start: Cursor | None, onward: Cursor | None, *, is_cut: bool) -> Page:
    """*onward* is where the next page begins, in the direction of reading."""
    first = (rows[0].cursor(order.sort) if rows else str(start)) if start else None
    on = str(onward) if onward else None
    return Page(rows[::-1], first, on, is_cut) if order.is_backward else Page(rows, on, first, is_cut)


def newer_than(
    agent: Agent, cursor: str, wanted: Filter | None = None, *, sort: Sort = Sort.CHANGED, most: int = 100
) -> int:
    """How many matching tickets stand before *cursor* now ("3 newer"), counted up to *most*."""
    wanted, sort = _agreed(wanted or Filter(), sort)
    top = Cursor.read(cursor)
    if top is None:
        return 0
    found = candidates.query(agent, wanted, Order(sort, is_backward=True), top, most)
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0


def count(agent: Agent, wanted: Filter | None = None, *, most: int = COUNTED) -> tuple[int, bool]:
    """How many visible tickets match, counted up to *most*, and whether that is all of them."""
    wanted, order = wanted or Filter(), Order(Sort.CHANGED)
    found = candidates.query(agent, wanted, order, None, most + 1)
    number = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    is_all = number <= most and candidates.edge(agent, wanted, order, None) is None
    return min(number, most), is_all


def work(agent: Agent, *, limit: int = 100) -> list[Row]:
    """What *agent* has taken and not settled; what is due next stands first."""
    mine = Filter(states=UNSETTLED, assignee=agent.id)
    return page(agent, mine, limit=limit, sort=Sort.DUE).rows


def of_customer(agent: Agent, customer_id: int, *, limit: int = 50) -> list[Row]:
    """A customer's tickets as far as *agent* may see them, the newest first."""
    return page(agent, Filter(customer=customer_id), limit=limit, sort=Sort.OPENED).rows


def by_ids(agent: Agent, ticket_ids: Sequence[int]) -> list[Row]:
    """The rows of these tickets, in their order; ids that *agent* may not see are passed over."""
    if not ticket_ids:
        return []
    rows = db.session.execute(_columns(agent).where(Ticket.id.in_(ticket_ids), scope.visible_to(agent)))
    place = {ticket_id: i for i, ticket_id in enumerate(ticket_ids)}
    return sorted((Row(*row) for row in rows), key=lambda row: place[row.id])


def _agreed(wanted: Filter, sort: Sort) -> tuple[Filter, Sort]:
    """Only what is unsettled can wait or be due: such an order leaves the rest out, or gives way if nothing is left."""
    if sort not in RISING:
        return wanted, sort
    states = tuple(state for state in wanted.states or UNSETTLED if state in UNSETTLED)
    return (replace(wanted, states=states), sort) if states else (wanted, Sort.CHANGED)


def _rows(agent: Agent, found: Select[int, Any], order: Order) -> list[Row]:
    page = found.subquery("page")
    asked = _columns(agent).join(page, page.c.id == Ticket.id).order_by(*order.by(page.c.key, page.c.id))
    return [Row(*row) for row in db.session.execute(asked)]


def _columns(agent: Agent) -> Any:
    return (
        select(
            Ticket.id, Ticket.channel, Ticket.subject, Ticket.state, Ticket.priority, Ticket.kind, Ticket.tags,
            Ticket.order_number, Ticket.customer_id, Customer.name, Ticket.queue_id, Queue.name, Ticket.assignee_id,
            _assignee.name, Ticket.opened_at, Ticket.changed_at, Ticket.waiting_since, Ticket.due_at,
            Ticket.last_inbound_at, Seen.at,
        )
        .select_from(Ticket)
        .join(Queue, Queue.id == Ticket.queue_id)
        .outerjoin(Customer, Customer.id == Ticket.customer_id)
        .outerjoin(_assignee, _assignee.id == Ticket.assignee_id)
        .outerjoin(Seen, and_(Seen.ticket_id == Ticket.id, Seen.agent_id == agent.id))
    )  # fmt: skip
