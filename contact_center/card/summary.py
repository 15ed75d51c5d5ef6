"""The card: the customer on one screen, for the desk, a ringing call and the API. Ten statements at most.

Whoever shows it records the look (`customers.history.record_look`); nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from contact_center.agents.models import Agent
from contact_center.card import drawers, owed, plain, tickets, timeline, whose
from contact_center.card.entries import EntryKind, InteractionEntry
from contact_center.card.owed import Owed
from contact_center.card.parts import Drawers, Person
from contact_center.card.prompts import showing
from contact_center.card.prompts.showing import Prompt
from contact_center.card.tickets import OpenTickets
from contact_center.credit import standing
from contact_center.credit.standing import Line
from contact_center.customers.models import ContactPoint, Customer
from contact_center.extensions import db
from contact_center.orders import accounts, history
from contact_center.orders.accounts import Standing
from contact_center.orders.history import OrderSeen

PEOPLE = 5
INTERACTIONS = 6  # beside a ticket its own are left out
ORDERS = 8  # looked through for those on the way
ORDERS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything on the card as far as the viewer may see it.

    `people` are a company's contact persons. `owed` is what was promised, and open tasks. `orders` are those on the
    way, then the newest. `money` is what is owed, by currency; `credit` is that of the company for its people.
    `drawers` is the rest, `prompts` what an agent should think of now. `as_json` says all of it plainly.
    """

    customer: Customer
    company: Customer | None
    owner: Agent | None
    points: Sequence[ContactPoint]
    people: Sequence[Person]
    tickets: OpenTickets
    owed: Sequence[Owed]
    interactions: Sequence[InteractionEntry]
    orders: Sequence[OrderSeen]
    money: Mapping[str, Standing]
    credit: Line | None
    drawers: Drawers
    prompts: Sequence[Prompt] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """The card as JSON; the names are those of the API's description."""
        return plain.card(self)


def of(customer: Customer, viewer: Agent) -> Summary:
    """The card of *customer* as far as *viewer* may see it."""
    asked = select(Customer).where(Customer.id == customer.id).options(*_loaded())
    customer = db.session.scalars(asked).unique().one()
    people = whose.people(customer)
    own, shared = whose.speaking(customer, people), whose.owning(customer, people)
    newest = timeline.page(customer, viewer, limit=INTERACTIONS, kinds=(EntryKind.INTERACTION,), said=1)
    card = Summary(
        customer=customer,
        company=customer.company,
        owner=customer.owner,
        points=in_order(customer.points),
        people=people,
        tickets=tickets.unsettled(customer, viewer),
        owed=owed.open_(customer, viewer),
        interactions=newest.interactions,
        orders=on_the_way_first(history.of_customer(shared, limit=ORDERS)),
        money=accounts.standing(shared),
        credit=standing.line(customer.company_id or customer.id),
        drawers=drawers.read(customer.id, own, shared),
    )
    return showing.with_prompts(card)


def in_order(points: Sequence[ContactPoint]) -> list[ContactPoint]:
    """Contact points as one uses them: preferred ones first, then verified ones, bounced ones last."""
    return sorted(
        points, key=lambda p: (p.bounced_at is not None, not p.is_preferred, p.verified_at is None, p.added_at, p.id)
    )


def on_the_way_first(orders: Sequence[OrderSeen]) -> list[OrderSeen]:
    """The few to show: those not delivered yet before the others, each the newest first."""
    return sorted(orders, key=lambda order: not order.is_open)[:ORDERS_SHOWN]


def _loaded() -> tuple[Any, ...]:
    return (
        joinedload(Customer.company),
        joinedload(Customer.owner).options(lazyload(Agent.roles)),
        joinedload(Customer.points),
    )
