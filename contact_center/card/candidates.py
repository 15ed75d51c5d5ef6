"""Who a ticket may be from when its sender's address belongs to several customers: ranked, each with the reasons.

Called by the desk's picker, the ring and the call bar. Who they are is kept on the ticket; the order and the reasons
are of now, and speak only of tickets that the viewer may see.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select

from contact_center.agents.models import Agent
from contact_center.customers import merging, search
from contact_center.customers.models import TIERS, ContactPoint, Customer
from contact_center.extensions import db
from contact_center.tickets import scope
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import UNSETTLED, Ticket

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody it may be: the point that matched, when we last heard of them, and what is open with them."""

    customer: Customer
    point: ContactPoint | None
    last_heard_at: datetime | None
    open_tickets: int

    @property
    def likelihood(self) -> tuple[Any, ...]:
        """Greater is likelier: an address that is proved, something open, heard of lately, a good customer."""
        tier = self.customer.tier or TIERS[-1]
        is_proved = self.point is not None and self.point.verified_at is not None
        return is_proved, self.open_tickets > 0, self.last_heard_at or _NEVER, -TIERS.index(tier)


def of(ticket: Ticket, viewer: Agent) -> list[Candidate]:
    """The candidates of a ticket, the likeliest first, in four statements; for a merged one its survivor."""
    if not ticket.candidate_ids:
        return []
    led = merging.survivors(ticket.candidate_ids)
    ids = list(dict.fromkeys(led.get(customer_id, customer_id) for customer_id in ticket.candidate_ids))
    rows = db.session.execute(_reasons(ticket, ids, viewer)).all()
    place = {customer_id: i for i, customer_id in enumerate(ids)}
    found = [
        Candidate(customer, _matched(customer, sender), last, unsettled) for customer, sender, last, unsettled in rows
    ]
    found.sort(key=lambda candidate: place[candidate.customer.id])
    return sorted(found, key=lambda candidate: candidate.likelihood, reverse=True)


def sender(ticket: Ticket) -> tuple[str, str]:
    """The newest customer message's address and the name it gave; both empty if nobody gave any."""
    row = db.session.execute(_sender(ticket, Message.sender, Message.sender_name)).first()
    return (row.sender or "", row.sender_name) if row else ("", "")


def _reasons(ticket: Ticket, customer_ids: list[int], viewer: Agent) -> Select[Any]:
    seen = scope.visible_to(viewer)
    heard = select(func.max(Message.at)).join(Ticket, Ticket.id == Message.ticket_id)
    last = heard.where(Message.customer_id == Customer.id, Message.author == Author.CUSTOMER, seen)
    unsettled = select(func.count()).where(Ticket.customer_id == Customer.id, scope.state_in(UNSETTLED), seen)
    return (
        select(
            Customer,
            _sender(ticket, Message.sender).scalar_subquery(),
            last.where(Message.ticket_id != ticket.id).scalar_subquery(),
            unsettled.where(Ticket.id != ticket.id).scalar_subquery(),
        )
        .where(Customer.id.in_(customer_ids))
        .options(*search.loaded())
    )


def _sender(ticket: Ticket, *columns: Any) -> Select[Any]:
    said = select(*columns).where(Message.ticket_id == ticket.id, Message.author == Author.CUSTOMER)
    return said.order_by(Message.id.desc()).limit(1)


def _matched(customer: Customer, address: str | None) -> ContactPoint | None:
    return next((point for point in customer.points if point.value == address), None)
