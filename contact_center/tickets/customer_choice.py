"""Say whose ticket it is: choose among candidates, give it to another customer, and take that back.

Called by the desk. What was said in the name of the former customer goes over to the new one, and the sender's address
becomes a claimed contact point, so that their next message finds its way by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, update

from contact_center.agents.models import Agent
from contact_center.customers import points, prospects
from contact_center.customers.models import ContactPoint, Customer, PointSource
from contact_center.entitlements import checks
from contact_center.errors import AlreadyTaken, IllegalMove
from contact_center.events import log
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets import deadlines, moves
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Author, Interaction, Message
from contact_center.tickets.models import Participant, Ticket


@dataclass(frozen=True, slots=True)
class Choice:
    """What choosing changed, beside the ticket itself."""

    before: Customer | None
    added: tuple[ContactPoint, ...] = ()
    has_removed_prospect: bool = False


def choose(ticket: Ticket, customer: Customer, agent: Agent) -> Choice:
    """Make *customer* the customer of *ticket*. Raises AlreadyTaken if somebody else chose since *agent* looked.

    A prospect that only this ticket's message had opened is taken off the books, and its addresses go over.
    """
    before, candidates = ticket.customer, list(ticket.candidate_ids)
    if before is not None and before.id == customer.id:
        return Choice(before)
    before_id = before.id if before else None
    there = _messages(ticket, Message.customer_id == customer.id)
    _put(ticket, before_id, customer.id, [])
    deadlines.follow(ticket, agent)
    _hand_over(ticket, before_id, customer.id)
    addresses = _sender(ticket, customer)
    is_removed = False
    if before is not None and prospects.is_untouched(before):
        claimed = [(Address(point.scheme, point.value), point.source) for point in before.points]
        is_removed = prospects.remove(before, agent)
        addresses = list(dict.fromkeys([*addresses, *claimed])) if is_removed else addresses
    added = _claim(customer, addresses, agent)
    data = _facts(before, customer, candidates, added, is_removed)
    log.record(Name.TICKET_CUSTOMER_CHOSEN, ticket, agent, **data, there=there)
    return Choice(before, tuple(added), is_removed)


def undo(ticket: Ticket, agent: Agent) -> None:
    """Take the last choice back: the former customer, or the open question, with everything that went over.

    Raises IllegalMove if there is none, or if the ticket's customer has changed since.
    """
    data = _last(ticket)
    if data is None or data["changes"]["customer_id"][1] != ticket.customer_id or ticket.customer_id is None:
        raise IllegalMove(_("The customer of this ticket has changed since; it cannot be taken back."))
    before_id, now_id = data["changes"]["customer_id"]
    if before_id is not None and prospects.restore(before_id, agent) is None:
        raise IllegalMove(_("The former customer is not there any more."))
    _put(ticket, now_id, before_id, data["candidates"])
    deadlines.follow(ticket, agent)
    _hand_over(ticket, now_id, before_id, but_not=data["there"])
    _forget(data["points"], agent)
    back = {
        "changes": {"customer_id": [now_id, before_id]},
        "words": {"customer_id": data["words"]["customer_id"][::-1]},
    }
    log.record(Name.TICKET_CUSTOMER_CHOSEN, ticket, agent, **back, undone=True)


def may_undo(ticket: Ticket) -> bool:
    """Whether the last thing that happened to the ticket's customer was a choice that can be taken back."""
    data = _last(ticket)
    return data is not None and data["changes"]["customer_id"][1] == ticket.customer_id


def _put(ticket: Ticket, before_id: int | None, after_id: int | None, candidates: list[int]) -> None:
    unchanged = Ticket.customer_id.is_not_distinct_from(before_id)
    if moves.make(ticket, unchanged, customer_id=after_id, candidate_ids=candidates) is None:
        raise AlreadyTaken(_("Somebody else has just chosen the customer of %(ref)s.", ref=ticket.ref))
    db.session.expire(ticket, ["customer"])
    checks.again(ticket)


def _hand_over(ticket: Ticket, before_id: int | None, after_id: int | None, but_not: list[int] | None = None) -> None:
    """Contacts, words and outgoing mail that were the one's become the other's; colleagues' words stay theirs."""
    spoken = Message.author != Author.NOTE
    kept = [Message.id.not_in(but_not)] if but_not else []
    for model, conditions in ((Interaction, []), (Message, [spoken, *kept]), (Outgoing, [])):
        mine = (model.ticket_id == ticket.id, model.customer_id.is_not_distinct_from(before_id))
        db.session.execute(update(model).where(*mine, *conditions).values(customer_id=after_id))


def _messages(ticket: Ticket, condition: ColumnElement[bool]) -> list[int]:
    return list(db.session.scalars(select(Message.id).where(Message.ticket_id == ticket.id, condition)))


def _sender(ticket: Ticket, customer: Customer) -> list[tuple[Address, PointSource]]:
    """The address that the customer last wrote from, with how we know it."""
    asked = (
        select(Participant.scheme, Message.sender, Message.kind)
        .join(Participant, (Participant.ticket_id == Message.ticket_id) & (Participant.value == Message.sender))
        .where(Message.ticket_id == ticket.id, Message.author == Author.CUSTOMER, Message.customer_id == customer.id)
        .order_by(Message.id.desc())
        .limit(1)
    )
    return [
        (Address(Scheme(row.scheme), row.sender), PointSource.FORM if row.kind is Kind.FORM else PointSource.MESSAGE)
        for row in db.session.execute(asked)
    ]


def _claim(customer: Customer, addresses: list[tuple[Address, PointSource]], agent: Agent) -> list[ContactPoint]:
    return [
        points.add(customer, address, agent, source=source)
        for address, source in addresses
        if points.find_point(customer, address) is None
    ]


def _forget(point_ids: list[int], agent: Agent) -> None:
    """Take back the contact points that the choice added, unless they have proved themselves since."""
    for point in db.session.scalars(select(ContactPoint).where(ContactPoint.id.in_(point_ids))):
        if point.verified_at is None and point.last_used_at is None and not point.is_preferred:
            points.remove(point, agent)


def _facts(
    before: Customer | None, after: Customer, candidates: list[int], added: list[ContactPoint], is_removed: bool
) -> dict[str, Any]:
    return {
        "changes": {"customer_id": [before.id if before else None, after.id]},
        "words": {"customer_id": [before.name if before else None, after.name]},
        "candidates": candidates,
        "points": [point.id for point in added],
        "removed": is_removed,
    }


def _last(ticket: Ticket) -> dict[str, Any] | None:
    """What the newest choice wrote down; None if there was none, or if it has been taken back."""
    chosen = select(Event.data).where(Event.ticket_id == ticket.id, Event.name == Name.TICKET_CUSTOMER_CHOSEN)
    data = db.session.scalar(chosen.order_by(Event.id.desc()).limit(1))
    return None if data is None or data.get("undone") else data
