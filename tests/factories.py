"""The cast, and short ways to the rows that most tests start from.

Gold Greta, Basic Bo and Stranger Sam are customers; Ada is an agent with a queue, Lee her supervisor, Nils may sign in
and sees nothing, Root is the administrator.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask_security.utils import hash_password
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent, Role, RoleName, Team, TeamMember
from contact_center.customers.models import ContactPoint, Customer, CustomerStatus, PointSource
from contact_center.entitlements.models import Asset
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.models import Mailbox
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.mailboxes.places import Place
from contact_center.orders.models import Invoice, Order, OrderLine, OrderState, Shipment, ShipmentState, TrackingEvent
from contact_center.queues.models import Queue, QueueMember
from contact_center.routing.models import Offer
from contact_center.text import tokens
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets import intake
from contact_center.tickets.inbound import InboundMessage, Kind
from contact_center.tickets.intake import Filed
from contact_center.tickets.messages import Interaction, InteractionState
from contact_center.tickets.models import Ticket

PASSWORD = "correct horse battery"
ZONE = ZoneInfo("Europe/Berlin")  # where the installation under test is


def agent(name: str, role: RoleName = RoleName.AGENT, **fields: Any) -> Agent:
    """An account; its address is the first name at the firm."""
    row = Agent(
        name=name,
        email=fields.pop("email", f"{name.split(maxsplit=1)[0].lower()}@norra.example"),
        password=hash_password(PASSWORD),
        active=fields.pop("active", True),
        fs_uniquifier=uuid.uuid4().hex,
        roles=[db.session.scalars(select(Role).where(Role.name == role)).one()],
        **fields,
    )
    db.session.add(row)
    db.session.flush()
    return row


def ada() -> Agent:
    return agent("Ada Brandt")


def lee() -> Agent:
    return agent("Lee Wong", RoleName.SUPERVISOR)


def nils() -> Agent:
    return agent("Nils Nobody")


def root() -> Agent:
    return agent("Root Admin", RoleName.ADMINISTRATOR)


def queue(name: str = "Service e-mail", *members: Agent, **fields: Any) -> Queue:
    row = Queue(name=name, **fields)
    db.session.add(row)
    db.session.flush()
    db.session.add_all(QueueMember(queue_id=row.id, agent_id=member.id) for member in members)
    db.session.flush()
    places.forget()
    return row


def served(**changes: Any) -> dict[str, Any]:
    """What the form of a queue says of how it is served while nobody has changed it."""
    untouched = {
        "calendar_id": "", "head_start_minutes": "0", "prefer_seconds": "30 s", "wrap_up": "NONE",
        "wrap_up_seconds": "1 min", "target_percent": "80", "target_seconds": "1 h", "max_size": "",
    }  # fmt: skip
    return untouched | changes


def team(name: str, *members: Agent) -> Team:
    row = Team(name=name)
    db.session.add(row)
    db.session.flush()
    db.session.add_all(TeamMember(team_id=row.id, agent_id=member.id) for member in members)
    db.session.flush()
    return row


def mailbox(queue: Queue, address: str = "support@norra.example", **fields: Any) -> Mailbox:
    row = Mailbox(address=address, from_name="Norra Care", queue_id=queue.id, **fields)
    db.session.add(row)
    db.session.flush()
    places.forget()
    return row


def number(queue: Queue, address: str = "+4930901820", **fields: Any) -> PhoneNumber:
    row = PhoneNumber(address=address, queue_id=queue.id, **fields)
    db.session.add(row)
    db.session.flush()
    places.forget()
    return row


def customer(name: str, *emails: str, phone: str | None = None, **fields: Any) -> Customer:
    now = clock.now()
    row = Customer(name=name, since=now, changed_at=now, search=tokens.vector(name, *emails), **fields)
    row.points = [
        ContactPoint(scheme=Scheme.EMAIL, value=email, source=PointSource.AGENT, added_at=now, verified_at=now)
        for email in emails
    ]
    if phone:
        row.points.append(ContactPoint(scheme=Scheme.PHONE, value=phone, source=PointSource.AGENT, added_at=now))
    db.session.add(row)
    db.session.flush()
    return row


def greta() -> Customer:
    return customer(
        "Greta Lindqvist", "greta@lindqvist.example", phone="+46705550184", status=CustomerStatus.ACTIVE, language="en"
    )


def bo() -> Customer:
    return customer("Bo Andersen", "bo@andersen.example", status=CustomerStatus.ACTIVE)


SAM = "sam@stranger.example"


def mail(
    sender: str | None = "greta@lindqvist.example", subject: str = "Fridge not cooling", **fields: Any
) -> InboundMessage:
    """A mail as the channel hands it on; *fields* override."""
    text = fields.pop("text", "It is 11 degrees in there.")
    made = InboundMessage(
        channel="email",
        kind=Kind.MAIL,
        external_id=f"<{uuid.uuid4().hex}@mail.example>",
        content_hash=hashlib.sha256(text.encode()).digest(),
        sender=Address(Scheme.EMAIL, sender) if sender else None,
        sender_name=sender.split("@")[0].title() if sender else "",
        subject=subject,
        text=text,
        received_at=clock.now(),
    )
    return replace(made, **fields)


def filed(queue: Queue, message: InboundMessage | None = None, **fields: Any) -> Filed:
    """File a mail into *queue*."""
    return intake.file(message or mail(**fields), Place(queue.id))


def ticket(queue: Queue, message: InboundMessage | None = None, **fields: Any) -> Ticket:
    """The ticket a filed mail opened."""
    return db.session.get_one(Ticket, filed(queue, message, **fields).ticket_id)


def today() -> date:
    """The day it is where the installation is: for an hour or two it is still yesterday in UTC."""
    return clock.now().astimezone(ZONE).date()


def order(customer: Customer, number: str = "K7-20482-QX", **fields: Any) -> Order:
    """A fridge that is on its way to *customer*, in one parcel."""
    now = clock.now()
    row = Order(
        external_id=number, customer_id=customer.id, currency=fields.pop("currency", "EUR"), total=Decimal("599.00"),
        placed_at=fields.pop("placed_at", now - timedelta(days=3)), changed_at=now,
        state=fields.pop("state", OrderState.SHIPPED), promised_on=today() + timedelta(days=2), **fields,
    )  # fmt: skip
    row.lines = [OrderLine(position=1, title="Fridge KS-300", quantity=1, unit_price=599, amount=599)]
    row.shipments = [
        Shipment(
            external_id=f"PF-{number}", customer_id=customer.id, carrier="Polar Freight",
            state=ShipmentState.IN_TRANSIT, changed_at=now, expected_on=today() + timedelta(days=1),
            tracking=[TrackingEvent(at=now - timedelta(hours=4), state=ShipmentState.IN_TRANSIT, place="Hub North")],
        )
    ]  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def invoice(customer: Customer, number: str = "88415", amount: str = "599.00", **fields: Any) -> Invoice:
    """An invoice of ten days ago that is due in twenty."""
    row = Invoice(
        external_id=number, customer_id=customer.id, currency=fields.pop("currency", "EUR"), amount=Decimal(amount),
        issued_on=fields.pop("issued_on", today() - timedelta(days=10)), due_on=today() + timedelta(days=20),
        changed_at=clock.now(), **fields,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def asset(customer: Customer, serial: str = "7A31-0442-19", **fields: Any) -> Asset:
    """A device under warranty for another year."""
    now = clock.now()
    row = Asset(
        customer_id=customer.id, name=fields.pop("name", "Front-loader WM-10"), serial=serial, changed_at=now,
        bought_on=today() - timedelta(days=365), confirmed_at=fields.pop("confirmed_at", now),
        warranty_until=fields.pop("warranty_until", today() + timedelta(days=365)), **fields,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def ringing(item: Interaction, agent: Agent, decision: dict[str, Any] | None = None) -> Offer:
    """An offer that rings at *agent*'s desks for twenty seconds, as the dispatcher leaves it."""
    now = clock.now()
    item.state, item.offered_at = InteractionState.OFFERED, now
    chosen = {"winner": agent.id, "ranked": [], "could": 1, "out": {}}
    row = Offer(
        interaction_id=item.id, agent_id=agent.id, offered_at=now, expires_at=now + timedelta(seconds=20),
        decision=decision or chosen,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
