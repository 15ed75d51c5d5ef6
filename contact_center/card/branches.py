"""Where the timeline's kinds come from: of each the table, whose and when, and what is told of a row.

Each branch is read by an index on (customer, when DESC, id DESC), or is of so few rows that it needs none. Amounts are
text, so that JSON does not round them. What is told of a ticket goes by `tickets.scope`. What differs from one question
to the next is a parameter: `now`, `today`, `channel`, and the reader's id.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, DateTime, Select, Text, bindparam, cast, exists, func, select, type_coerce

from contact_center.agents.models import Agent
from contact_center.card.entries import EntryKind
from contact_center.customers.models import Merge
from contact_center.entitlements.models import Asset, ServiceContract
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.orders.models import Invoice, Order, OrderLine, Payment, Settlement, Shipment
from contact_center.satisfaction.models import Survey
from contact_center.selfservice.models import Visit, VisitState
from contact_center.tickets import scope
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Ticket
from contact_center.tiers.models import TierChange

Source = Callable[[Select[Any]], Select[Any]]
_NOW, _TODAY = bindparam("now", type_=DateTime(timezone=True)), bindparam("today", type_=Date)


@dataclass(frozen=True, slots=True)
class Branch:
    """One kind. `at` is an instant, or a day where `is_day`; `source` joins what else is read.

    `is_long`: there may be very many that are not for the reader: `timeline` looks through only so many.
    """

    kind: EntryKind
    customer_id: Any
    at: Any
    id: Any
    facts: Mapping[str, Any]
    where: tuple[Any, ...] = ()
    source: Source = lambda asked: asked
    is_day: bool = False
    is_long: bool = False


def of(kinds: Collection[EntryKind], reader: scope.Reader, *, of_channel: bool = False) -> list[Branch]:
    """The branches of these kinds as far as *reader* may see them; *of_channel*: of interactions only that one's."""
    made = {
        EntryKind.INTERACTION: lambda: _interaction(reader, of_channel),
        EntryKind.SURVEY: lambda: _survey(reader),
        EntryKind.VISIT: lambda: _visit(reader),
        **_PLAIN,
    }
    return [made[kind]() for kind in kinds]


def _interaction(reader: scope.Reader, of_channel: bool) -> Branch:
    narrowed = (Interaction.channel == bindparam("channel"),) if of_channel else ()
    return Branch(
        EntryKind.INTERACTION, Interaction.customer_id, Interaction.queued_at, Interaction.id,
        {
            "channel": Interaction.channel, "kind": Interaction.kind, "direction": Interaction.direction,
            "state": Interaction.state, "answered_at": Interaction.answered_at,
            "disposition": Interaction.disposition, "ticket": Ticket.id, "subject": Ticket.subject,
            "ticket_state": Ticket.state, "agent": Agent.name,
        },
        (scope.visible_to(reader), *narrowed),
        lambda asked: asked.join(Ticket, Ticket.id == Interaction.ticket_id)
        .outerjoin(Agent, Agent.id == Interaction.agent_id),
        is_long=of_channel or not reader.is_administrator,
    )  # fmt: skip


def _survey(reader: scope.Reader) -> Branch:
    return Branch(
        EntryKind.SURVEY, Survey.customer_id, Survey.answered_at, Survey.id,
        {
            "score": Survey.score, "scale": Survey.scale, "comment": Survey.comment, "ticket": Ticket.id,
            "subject": Ticket.subject, "agent": Agent.name, "channel": Survey.channel,
        },
        (Survey.score.is_not(None), scope.visible_to(reader)),
        lambda asked: asked.join(Ticket, Ticket.id == Survey.ticket_id).outerjoin(Agent, Agent.id == Survey.agent_id),
    )  # fmt: skip


def _visit(reader: scope.Reader) -> Branch:
    """A visit that was booked on the portal, when its hour has come."""
    return Branch(
        EntryKind.VISIT, Visit.customer_id, Visit.begins_at, Visit.id,
        {"ends_at": Visit.ends_at, "ticket": Ticket.id, "subject": Ticket.subject},
        (Visit.state == VisitState.BOOKED, Visit.begins_at <= _NOW, scope.visible_to(reader)),
        lambda asked: asked.join(Ticket, Ticket.id == Visit.ticket_id),
    )  # fmt: skip


def _order() -> Branch:
    title = select(OrderLine.title).where(OrderLine.order_id == Order.id).order_by(OrderLine.position).limit(1)
    lines = select(func.count()).where(OrderLine.order_id == Order.id)
    return Branch(
        EntryKind.ORDER, Order.customer_id, Order.placed_at, Order.id,
        {
            "number": Order.external_id, "state": Order.state, "total": cast(Order.total, Text),
            "currency": Order.currency, "title": title.scalar_subquery(), "lines": lines.scalar_subquery(),
        },
    )  # fmt: skip


def _shipment(kind: EntryKind, at: Any) -> Branch:
    return Branch(
        kind, Shipment.customer_id, at, Shipment.id,
        {
            "number": Shipment.external_id, "carrier": Shipment.carrier, "order": Order.external_id,
            "order_id": Order.id, "state": Shipment.state,
        },
        (at.is_not(None),),
        lambda asked: asked.join(Order, Order.id == Shipment.order_id),
    )  # fmt: skip


def _arrived() -> Branch:
    told = exists().where(Shipment.order_id == Order.id, Shipment.delivered_at.is_not(None))
    return Branch(
        EntryKind.ARRIVED, Order.customer_id, Order.delivered_at, Order.id,
        {"order": Order.external_id, "order_id": Order.id},
        (Order.delivered_at.is_not(None), ~told),
    )  # fmt: skip


def _invoice() -> Branch:
    return Branch(
        EntryKind.INVOICE, Invoice.customer_id, Invoice.issued_on, Invoice.id,
        {
            "number": Invoice.external_id, "title": Invoice.title, "amount": cast(Invoice.amount, Text),
            "currency": Invoice.currency, "due_on": Invoice.due_on, "is_open": Invoice.paid < Invoice.amount,
            "is_cancelled": Invoice.cancelled_at.is_not(None), "kind": Invoice.kind,
        },
        (Invoice.issued_on <= _TODAY,),
        is_day=True,
    )  # fmt: skip


def _payment() -> Branch:
    invoice = select(Invoice.external_id).where(Invoice.id == Payment.invoice_id).scalar_subquery()
    return Branch(
        EntryKind.PAYMENT, Payment.customer_id, Payment.received_at, Payment.id,
        {
            "number": Payment.external_id, "amount": cast(Payment.amount, Text), "currency": Payment.currency,
            "method": Payment.method, "invoice": invoice,
        },
    )  # fmt: skip


def _settlement() -> Branch:
    order = select(Order.external_id).where(Order.id == Settlement.order_id).scalar_subquery()
    return Branch(
        EntryKind.SETTLEMENT, Settlement.customer_id, Settlement.at, Settlement.id,
        {
            "number": Settlement.external_id, "kind": Settlement.kind, "amount": cast(Settlement.amount, Text),
            "currency": Settlement.currency, "reason": Settlement.reason, "order": order,
        },
    )  # fmt: skip


def _asset() -> Branch:
    since = type_coerce(func.coalesce(Asset.bought_on, Asset.installed_on), Date)
    return Branch(
        EntryKind.ASSET, Asset.customer_id, since, Asset.id,
        {
            "name": Asset.name, "model": Asset.model, "serial": Asset.serial, "until": Asset.warranty_until,
            "place": Asset.place, "source": Asset.source, "is_confirmed": Asset.confirmed_at.is_not(None),
        },
        (since.is_not(None), since <= _TODAY),
        is_day=True,
    )  # fmt: skip


def _contract() -> Branch:
    begun = ServiceContract.valid_from
    return Branch(
        EntryKind.CONTRACT, ServiceContract.customer_id, begun, ServiceContract.id,
        {"number": ServiceContract.external_id, "name": ServiceContract.name, "until": ServiceContract.valid_until},
        (begun <= _TODAY,),
        is_day=True,
    )  # fmt: skip


def _visit_used() -> Branch:
    return Branch(
        EntryKind.VISIT_USED, Event.customer_id, Event.at, Event.id,
        {"data": Event.data, "agent": Agent.name},
        (Event.name == Name.CONTRACT_VISIT_USED,),
        lambda asked: asked.outerjoin(Agent, Agent.id == Event.agent_id),
    )  # fmt: skip


def _tier() -> Branch:
    return Branch(
        EntryKind.TIER, TierChange.customer_id, TierChange.at, TierChange.id,
        {
            "old": TierChange.old, "new": TierChange.new, "rule": TierChange.rule, "reason": TierChange.reason,
            "agent": Agent.name,
        },
        (),
        lambda asked: asked.outerjoin(Agent, Agent.id == TierChange.agent_id),
    )  # fmt: skip


def _merge() -> Branch:
    return Branch(
        EntryKind.MERGE, Merge.survivor_id, Merge.at, Merge.id,
        {"name": Merge.merged_name, "agent": Agent.name},
        (Merge.undone_at.is_(None),),
        lambda asked: asked.outerjoin(Agent, Agent.id == Merge.agent_id),
    )  # fmt: skip


_PLAIN: dict[EntryKind, Callable[[], Branch]] = {
    EntryKind.ORDER: _order,
    EntryKind.SHIPPED: lambda: _shipment(EntryKind.SHIPPED, Shipment.shipped_at),
    EntryKind.DELIVERED: lambda: _shipment(EntryKind.DELIVERED, Shipment.delivered_at),
    EntryKind.ARRIVED: _arrived,
    EntryKind.INVOICE: _invoice,
    EntryKind.PAYMENT: _payment,
    EntryKind.SETTLEMENT: _settlement,
    EntryKind.ASSET: _asset,
    EntryKind.CONTRACT: _contract,
    EntryKind.VISIT_USED: _visit_used,
    EntryKind.TIER: _tier,
    EntryKind.MERGE: _merge,
}
