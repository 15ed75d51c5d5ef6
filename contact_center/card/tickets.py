"""A customer's tickets as far as the reader may see them, and how many there are besides.

Called by `summary` for the open ones and by the customer page for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal_column, select, true

from contact_center.agents.models import Agent
from contact_center.card import whose
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.tickets import lists, scope
from contact_center.tickets.lists import Row
from contact_center.tickets.models import UNSETTLED, Priority, Ticket, TicketState, ref_of

WALKED = 2_000  # tickets of one person looked through for a page, whoever may see them


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """One line of the card."""

    id: int
    channel: str
    subject: str
    state: TicketState
    priority: Priority
    opened_at: datetime
    waiting_since: datetime | None
    customer_id: int
    customer: str

    @property
    def ref(self) -> str:
        return ref_of(self.id)


@dataclass(frozen=True, slots=True)
class OpenTickets:
    """The first few open tickets, how many the reader sees, and how many others see only."""

    rows: Sequence[OpenTicket] = ()
    visible: int = 0
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Tickets of all states, the newest first; `next` is the id to ask before."""

    rows: Sequence[Row]
    next: int | None


def unsettled(customer: Customer, agent: Agent, limit: int = 6) -> OpenTickets:
    """What is open with a customer: who waits longest stands first, and then what was opened first."""
    is_visible = case((scope.visible_to(agent), True), else_=False)
    visible = func.count().filter(is_visible).over().label("visible_count")
    asked = (
        select(
            is_visible.label("is_visible"), visible, func.count().over().label("all_count"),
            Ticket.id, Ticket.channel, Ticket.subject, Ticket.state, Ticket.priority,
            Ticket.opened_at, Ticket.waiting_since, Ticket.customer_id, Customer.name,
        )
        .join(Customer, Customer.id == Ticket.customer_id)
        .where(whose.includes(customer, Ticket.customer_id), scope.state_in(UNSETTLED))
        .order_by(is_visible.desc(), Ticket.waiting_since.asc().nulls_last(), Ticket.id)
        .limit(limit)
    )  # fmt: skip
    found = db.session.execute(asked).all()
    if not found:
        return OpenTickets()
    shown = [OpenTicket(*row[3:]) for row in found if row.is_visible]
    return OpenTickets(shown, found[0].visible_count, found[0].all_count - found[0].visible_count)


def page(customer: Customer, agent: Agent, *, before: int | None = None, limit: int = 20) -> Page:
    """All tickets of a customer, one page at a time. Among very many that the reader may not see, looking stops."""
    person = whose.ids(customer.id, customer.kind).subquery("person")
    stop = db.session.scalar(_stop(person, before)) or 0
    theirs = select(Ticket.id).where(
        Ticket.customer_id == person.c.id, Ticket.id >= stop, *_before(before), scope.visible_to(agent)
    )
    newest = theirs.order_by(Ticket.id.desc()).limit(limit + 1).correlate(person).lateral("newest")
    asked = select(newest.c.id).select_from(person).join(newest, true()).order_by(newest.c.id.desc()).limit(limit + 1)
    ids = list(db.session.scalars(asked))
    rows = lists.by_ids(agent, ids[:limit])
    return Page(rows, ids[limit - 1] if len(ids) > limit else stop or None)


def _before(before: int | None) -> list[ColumnElement[bool]]:
    return [Ticket.id < before] if before is not None else []


def _stop(person: Any, before: int | None) -> Select[int]:
    """The last ticket that is looked at, of whoever has the most; nothing where nobody has so many."""
    walked = select(Ticket.id).where(Ticket.customer_id == person.c.id, *_before(before)).order_by(Ticket.id.desc())
    last = walked.offset(literal_column(str(WALKED - 1))).limit(1).correlate(person).lateral("last")
    return select(func.max(last.c.id)).select_from(person).join(last, true())


def count(customer: Customer, agent: Agent) -> tuple[int, int]:
    """How many tickets of a customer the reader sees, and how many they do not."""
    visible = func.count().filter(scope.visible_to(agent))
    asked = select(visible, func.count()).where(whose.includes(customer, Ticket.customer_id))
    seen, total = db.session.execute(asked).one()
    return seen, total - seen
