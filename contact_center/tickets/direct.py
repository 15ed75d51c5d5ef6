"""What a question names outright: a ticket by its number, an order by its, a person by an address.

`search` calls it; every look-up goes through an index of its own.
"""

from __future__ import annotations

from flask import current_app
from sqlalchemy import Select, literal, select, union_all

from contact_center.agents.models import Agent
from contact_center.customers.models import ContactPoint
from contact_center.extensions import db
from contact_center.text import addresses
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets import scope
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import Ticket

MOST = 30
_BACK = 300  # messages of an address that are looked at


def find(agent: Agent, asked: str) -> dict[int, str]:
    """Ticket id → what named it ("number", "order", "address"), the number first, then the newest."""
    branches = [*_by_number(asked), *_by_order(asked), *_by_address(asked)]
    if not branches:
        return {}
    visible = [branch.where(scope.visible_to(agent)).limit(MOST).subquery() for branch in branches]
    named = union_all(*(select(branch.c.id, branch.c.how) for branch in visible))
    found: dict[int, str] = {}
    for ticket_id, how in db.session.execute(named):
        found.setdefault(ticket_id, how)
    return dict(list(found.items())[:MOST])


def _tickets(how: str) -> Select[int, str]:
    return select(Ticket.id.label("id"), literal(how).label("how")).order_by(Ticket.id.desc())


def _by_number(asked: str) -> list[Select[int, str]]:
    number = scope.number_in(asked)
    return [] if number is None else [_tickets("number").where(Ticket.id == number)]


def _by_order(asked: str) -> list[Select[int, str]]:
    return [_tickets("order").where(Ticket.order_number == asked)] if any(c.isdigit() for c in asked) else []


def _by_address(asked: str) -> list[Select[int, str]]:
    address = _address(asked)
    if address is None:
        return []
    theirs = (ContactPoint.scheme == address.scheme, ContactPoint.value == address.value)
    owners = select(ContactPoint.customer_id).where(*theirs)
    wrote = (
        select(Message.ticket_id)
        .where(Message.sender == address.value, Message.author == Author.CUSTOMER)
        .order_by(Message.at.desc())
        .limit(_BACK)
        .subquery("wrote")
    )
    return [
        _tickets("address").where(Ticket.customer_id.in_(owners)),
        _tickets("address").where(Ticket.id.in_(select(wrote.c.ticket_id))),
    ]


def _address(asked: str) -> Address | None:
    if email := addresses.email_normal(asked):
        return Address(Scheme.EMAIL, email)
    if sum(c.isdigit() for c in asked) < 6:
        return None
    phone = addresses.phone_normal(asked, current_app.config["CC"].default_region)
    return Address(Scheme.PHONE, phone) if phone else None
