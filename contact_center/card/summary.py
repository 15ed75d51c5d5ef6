"""The card beside a ticket: who it is, how to reach them, what is open, what was last said; in eight statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from contact_center.agents.models import Agent
from contact_center.card import tickets, timeline
from contact_center.card.tickets import OpenTickets
from contact_center.card.timeline import InteractionEntry
from contact_center.customers import notes, search
from contact_center.customers.models import ContactPoint, Customer, CustomerKind, CustomerNote
from contact_center.extensions import db

PEOPLE = 5
INTERACTIONS = 3
NOTES = 3


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything on the card. `people` are a company's contact persons, `people_count` all of them."""

    customer: Customer
    company: Customer | None
    owner: Agent | None
    points: Sequence[ContactPoint]
    people: Sequence[Customer]
    people_count: int
    tickets: OpenTickets
    interactions: Sequence[InteractionEntry]
    interaction_count: int
    notes: Sequence[CustomerNote]


def of(customer: Customer, agent: Agent) -> Summary:
    """The card of *customer* as far as *agent* may see it."""
    customer = db.session.scalars(select(Customer).where(Customer.id == customer.id).options(*search.loaded())).one()
    people, people_count = _people(customer)
    return Summary(
        customer=customer,
        company=customer.company,
        owner=customer.owner,
        points=in_order(customer.points),
        people=people,
        people_count=people_count,
        tickets=tickets.unsettled(customer, agent),
        interactions=timeline.page(customer, agent, limit=INTERACTIONS, said=1).interactions,
        interaction_count=timeline.count(customer),
        notes=notes.of(customer, limit=NOTES),
    )


def in_order(points: Sequence[ContactPoint]) -> list[ContactPoint]:
    """Contact points as one uses them: preferred ones first, then verified ones, bounced ones last."""
    return sorted(
        points, key=lambda p: (p.bounced_at is not None, not p.is_preferred, p.verified_at is None, p.added_at, p.id)
    )


def _people(customer: Customer) -> tuple[Sequence[Customer], int]:
    if customer.kind is CustomerKind.PERSON:
        return (), 0
    mine = Customer.company_id == customer.id
    asked = select(Customer, func.count().over()).where(mine).order_by(Customer.name, Customer.id).limit(PEOPLE)
    rows = db.session.execute(asked).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0
