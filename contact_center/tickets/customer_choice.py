"""Say whose ticket it is: choose among candidates, give it to another customer, and take that back.

Called by `calls.whose`, for doors. Whatever speaks of the ticket and of its former customer goes over to the new one,
and the sender's address becomes a claimed contact point, so that their next message finds its way by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, update

from contact_center.agents.models import Agent
from contact_center.customers import merging, points, prospects
from contact_center.customers.models import ContactPoint, Customer, PointSource
from contact_center.entitlements import checks
from contact_center.errors import AlreadyTaken, IllegalMove
from contact_center.events import bus, log
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import Base, db
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets import deadlines, interactions, moves
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import Participant, Ticket

Kept = dict[str, Any]  # what a room above wants back when a choice is taken back, as JSON


@dataclass(frozen=True, slots=True)
class Choice:
    """What choosing changed, beside the ticket itself."""

    before: Customer | None
    added: tuple[ContactPoint, ...] = ()
    has_removed_prospect: bool = False


@dataclass(frozen=True, slots=True)
class Last:
    """The newest choice that has not been taken back: from whom to whom, as those customers are called today."""

    before_id: int | None
    after_id: int | None
    agent_id: int | None
    data: dict[str, Any] = field(default_factory=dict)


def choose(
    ticket: Ticket, customer: Customer, agent: Agent, *, kept: Kept | None = None, is_opened: bool = False
) -> Choice:
    """Make *customer* the customer of *ticket*. Raises AlreadyTaken if somebody else chose since *agent* looked.

    A prospect that only this ticket's message had opened is taken off the books, and its addresses go over. Who is
    chosen already only ends the question which of the candidates it is. *is_opened*: for this ticket, a moment ago.
    """
    before, candidates = ticket.customer, list(ticket.candidate_ids)
    if before is not None and before.id == customer.id and not candidates:
        return Choice(before)
    before_id = before.id if before else None
    there = _messages(ticket, Message.customer_id == customer.id)
    _give(ticket, before_id, customer.id, [], agent)
    addresses = _sender(ticket, customer)
    is_removed = False
    if before is not None and before.id != customer.id and prospects.is_untouched(before):
        claimed = [(Address(point.scheme, point.value), point.source) for point in before.points]
        is_removed = prospects.remove(before, agent)
        addresses = list(dict.fromkeys([*addresses, *claimed])) if is_removed else addresses
    added = _claim(customer, addresses, agent)
    data = _facts(before, customer, candidates, added, is_removed)
    told = {"opened": is_opened, "there": there, "kept": kept or {}}
    log.record(Name.TICKET_CUSTOMER_CHOSEN, ticket, agent, **data, **told)
    return Choice(before, tuple(added), is_removed)


def undo(ticket: Ticket, agent: Agent, *, kept: Kept | None = None) -> Kept:
    """It is not them: take the last choice back, or, where nobody chose, what was found by the address alone.

    With a choice goes what it made: claimed addresses, and a customer who was opened for it. Without one, who it is is
    an open question again. Returns what was kept with the choice; *kept* is for taking this back in its turn.
    Raises IllegalMove if there is nothing to take back, or if the ticket's customer has changed since.
    """
    last = _last(ticket)
    if last is None or (last.before_id == last.after_id and last.before_id is not None and not last.data["candidates"]):
        _ask_again(ticket, agent, kept)
        return {}
    if last.after_id != ticket.customer_id:
        raise IllegalMove(_("The customer of this ticket has changed since; it cannot be taken back."))
    if last.before_id is not None and prospects.restore(last.before_id, agent) is None:
        raise IllegalMove(_("The former customer is not there any more."))
    data, chosen = last.data, ticket.customer
    _give(ticket, last.after_id, last.before_id, data["candidates"], agent, but_not=data["there"])
    _forget(data["points"], agent)
    if data.get("opened") and chosen is not None:
        prospects.remove_as_opened(chosen, agent)
    back = {
        "changes": {"customer_id": [last.after_id, last.before_id]},
        "words": {"customer_id": data["words"]["customer_id"][::-1]},
    }
    log.record(Name.TICKET_CUSTOMER_CHOSEN, ticket, agent, **back, undone=True)
    return dict(data.get("kept") or {})


def may_undo(ticket: Ticket) -> bool:
    """Whether the last thing that happened to the ticket's customer was a choice that can be taken back."""
    last = _last(ticket)
    return last is not None and last.after_id == ticket.customer_id


def chosen_by(ticket: Ticket) -> int | None:
    """The agent who said that it is the ticket's customer, if somebody did."""
    last = _last(ticket)
    return last.agent_id if last is not None and last.after_id == ticket.customer_id else None


def goes_back_to(ticket: Ticket) -> int | None:
    """The customer whom taking the last choice back would give the ticket to."""
    last = _last(ticket)
    return last.before_id if last is not None else None


def _ask_again(ticket: Ticket, agent: Agent, kept: Kept | None) -> None:
    """Who it is is open: whoever it was is one of the candidates."""
    before, candidates = ticket.customer, list(ticket.candidate_ids)
    if before is None:
        raise IllegalMove(_("The customer of this ticket has changed since; it cannot be taken back."))
    there = _messages(ticket, Message.customer_id.is_(None))
    _give(ticket, before.id, None, list(dict.fromkeys([before.id, *candidates])), agent)
    data = _facts(before, None, candidates, [], is_removed=False)
    log.record(Name.TICKET_CUSTOMER_CHOSEN, ticket, agent, **data, there=there, kept=kept or {})


def _give(
    ticket: Ticket,
    before_id: int | None,
    after_id: int | None,
    candidates: list[int],
    agent: Agent,
    *,
    but_not: list[int] | None = None,
) -> None:
    """Move the ticket and all that is with it; what is owed, covered and waits follows who it is."""
    unchanged = Ticket.customer_id.is_not_distinct_from(before_id)
    if moves.make(ticket, unchanged, customer_id=after_id, candidate_ids=candidates) is None:
        raise AlreadyTaken(_("Somebody else has just chosen the customer of %(ref)s.", ref=ticket.ref))
    db.session.expire(ticket, ["customer"])
    if before_id == after_id:
        return
    checks.again(ticket)
    deadlines.follow(ticket, agent)
    interactions.place_anew(ticket)
    _hand_over(ticket, before_id, after_id, but_not or [])
    if before_id is not None:  # whoever looks at the former customer; the event itself goes to the new one's page
        bus.after_commit(Name.TICKET_CUSTOMER_CHOSEN, {"customer": before_id})


def _hand_over(ticket: Ticket, before_id: int | None, after_id: int | None, but_not: list[int]) -> None:
    """What was the one's becomes the other's; colleagues' words stay theirs, and so do the messages *but_not*."""
    for model in _going_along():
        own: list[ColumnElement[bool]] = []
        if model is Message:
            own = [Message.author != Author.NOTE, *([Message.id.not_in(but_not)] if but_not else [])]
        values: dict[str, Any] = {"customer_id": after_id}
        if hasattr(model, "tier"):  # of whoever was asked: the figures must not count it under a stranger's
            values["tier"] = select(Customer.tier).where(Customer.id == after_id).scalar_subquery()
        mine = (model.ticket_id == ticket.id, model.customer_id.is_not_distinct_from(before_id))
        changed = update(model).where(*mine, *own).values(values)
        db.session.execute(changed, execution_options={"synchronize_session": "fetch"})


def _going_along() -> Iterator[Any]:
    """Every kind of row that refers to a ticket and to its customer, of whatever room: nobody needs to tell us."""
    for mapper in Base.registry.mappers:
        columns = mapper.local_table.c
        both = [columns.get("ticket_id"), columns.get("customer_id")]
        if all(column is not None and column.foreign_keys for column in both):
            yield mapper.class_


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
    """What they do not have yet. Their company's switchboard stays the company's."""
    return [
        points.add(customer, address, agent, source=source)
        for address, source in addresses
        if points.find_point(customer, address) is None
        and (customer.company is None or points.find_point(customer.company, address) is None)
    ]


def _forget(point_ids: list[int], agent: Agent) -> None:
    """Take back the contact points that the choice added, unless they have been proved since."""
    for point in db.session.scalars(select(ContactPoint).where(ContactPoint.id.in_(point_ids))):
        if point.verified_at is None and not point.is_preferred:
            points.remove(point, agent)


def _facts(
    before: Customer | None, after: Customer | None, candidates: list[int], added: list[ContactPoint], is_removed: bool
) -> dict[str, Any]:
    return {
        "changes": {"customer_id": [before.id if before else None, after.id if after else None]},
        "words": {"customer_id": [before.name if before else None, after.name if after else None]},
        "candidates": candidates,
        "points": [point.id for point in added],
        "removed": is_removed,
    }


def _last(ticket: Ticket) -> Last | None:
    """The newest choice; None if there was none, or if it has been taken back. Merged customers are their survivors."""
    chosen = select(Event.data, Event.agent_id).where(
        Event.ticket_id == ticket.id, Event.name == Name.TICKET_CUSTOMER_CHOSEN
    )
    row = db.session.execute(chosen.order_by(Event.id.desc()).limit(1)).first()
    if row is None or row.data.get("undone"):
        return None
    pair = row.data["changes"]["customer_id"]
    led = merging.survivors([one for one in pair if one is not None])
    before_id, after_id = (led.get(one, one) for one in pair)
    return Last(before_id, after_id, row.agent_id, row.data)
