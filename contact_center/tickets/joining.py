"""Undo and make up for what the joining rule could not know: "not this ticket", and "this belongs there".

`separate` takes a message, and what the same sender wrote after it, into a ticket of its own. `join` adds a linked
ticket's whole story to the other one and leaves a closed stub that points there; it also takes a separation back.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, any_, case, delete, func, insert, literal, select, true, update
from sqlalchemy import text as sql

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import identity
from contact_center.entitlements import checks
from contact_center.errors import IllegalMove
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text import tokens
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets import deadlines, moves, rehoming
from contact_center.tickets.intake import new_token
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import (
    UNSETTLED,
    LinkReason,
    Participant,
    Ticket,
    TicketLink,
    TicketState,
)

MAX_SUBJECT = 300
_LINKED = (LinkReason.POSSIBLY_RELATED, LinkReason.SEPARATED, LinkReason.FOLLOWS)


def separate(message: Message, agent: Agent) -> Ticket:
    """Open a ticket of its own for *message* and what its sender wrote later. Raises IllegalMove.

    It waits in the same queue for somebody to take it, linked to the ticket it was taken out of.
    """
    ticket = db.session.get_one(Ticket, message.ticket_id, with_for_update=True, populate_existing=True)
    moving = _moving(message, ticket)
    opened = _open(message, ticket)
    reason = {"rule": "separated", "earlier": ticket.id}
    rehoming.take_messages(moving, ticket, opened, reason)
    rehoming.wait(opened)
    for each in (opened, ticket):
        rehoming.count_again(each)
        deadlines.follow(each, agent)
    _leave(message.sender, ticket)
    _link(opened, ticket, LinkReason.SEPARATED, agent)
    log.record(Name.MESSAGE_SEPARATED, ticket, agent, other=opened.ref, messages=moving)
    db.session.expire(message)
    return opened


def join(ticket: Ticket, other: Ticket, agent: Agent) -> None:
    """Add everything of *ticket* to *other*, to which it is linked. Raises IllegalMove.

    Whoever takes part here takes part there, and what waited here waits there. *ticket* is a closed stub afterwards.
    """
    for each in sorted(
        (ticket, other), key=lambda each: each.id
    ):  # one order, so that two people never lock each other
        db.session.refresh(each, with_for_update={"of": Ticket})
    link = _check_join(ticket, other)
    reason = {"rule": "added", "earlier": ticket.id}
    moved = rehoming.take_everything(ticket, other, reason)
    _close_stub(ticket)
    deadlines.cancel(ticket)
    _wake(other)
    rehoming.count_again(other)
    deadlines.follow(other, agent)
    link.reason, link.at = LinkReason.JOINED, clock.now()
    _lead_on(ticket, other)
    log.record(Name.TICKET_JOINED, ticket, agent, into=other.ref, messages=moved)
    log.record(Name.TICKET_JOINED, other, agent, other=ticket.ref, messages=moved)


def linked(ticket: Ticket, seen: ColumnElement[bool] | None = None) -> list[tuple[TicketLink, Ticket]]:
    """The tickets that *ticket* points to, and those that point to it, as far as the condition *seen* allows."""
    here = (TicketLink.ticket_id == ticket.id) | (TicketLink.other_id == ticket.id)
    there = case((TicketLink.ticket_id == ticket.id, TicketLink.other_id), else_=TicketLink.ticket_id)
    asked = select(TicketLink, Ticket).join(Ticket, Ticket.id == there).where(here, true() if seen is None else seen)
    return [(link, found) for link, found in db.session.execute(asked.order_by(TicketLink.at, Ticket.id))]


def joined_into(ticket: Ticket) -> int | None:
    """The number of the ticket that a stub points to."""
    asked = select(TicketLink.other_id).where(TicketLink.ticket_id == ticket.id, TicketLink.reason == LinkReason.JOINED)
    return db.session.scalar(asked)


def _moving(message: Message, ticket: Ticket) -> list[int]:
    """The ids of the messages that go; something a person said must stay."""
    if message.author is not Author.CUSTOMER:
        raise IllegalMove(_("Only a customer’s message can be split off."))
    said = select(Message.id).where(Message.ticket_id == ticket.id, Message.author == Author.CUSTOMER)
    same = Message.sender == message.sender if message.sender else Message.id == message.id
    moving = list(db.session.scalars(said.where(same, Message.id >= message.id).order_by(Message.id)))
    stays = select(Message.id).where(Message.ticket_id == ticket.id, Message.id.not_in(moving))
    if db.session.scalar(stays.where(Message.author != Author.NOTE).limit(1)) is None:
        raise IllegalMove(_("This is what the ticket is about: nothing would be left of it."))
    return moving


def _open(message: Message, ticket: Ticket) -> Ticket:
    now = clock.now()
    who = _identify(message)
    subject = (message.subject.strip() or message.text.strip().partition("\n")[0] or ticket.subject)[:MAX_SUBJECT]
    opened = Ticket(
        subject=subject, customer_id=who.customer_id, candidate_ids=list(who.candidate_ids), queue_id=ticket.queue_id,
        state=TicketState.NEW, channel=message.channel, place_id=ticket.place_id,
        language=message.language or ticket.language, token=new_token(), portal_token=new_token(),
        opened_at=now, changed_at=now, search=tokens.vector(subject, "", message.sender_name),
    )  # fmt: skip
    db.session.add(opened)
    db.session.flush()
    if message.sender:
        row = {"ticket_id": opened.id, "scheme": _scheme(message.sender), "value": message.sender}
        db.session.execute(insert(Participant), row)
    if opened.customer_id:
        checks.open_ticket(opened.id, opened.customer_id, opened.kind, now, said=f"{subject}\n{message.text}")
    return opened


def _identify(message: Message) -> identity.Identified:
    """Whose the message is by its own sender: so far it bore the name of the ticket's customer."""
    if not message.sender:
        return identity.Identified(None)
    # The lock the inbox takes: a mail of the same stranger in this instant must not make a second prospect.
    db.session.execute(sql("SELECT pg_advisory_xact_lock(hashtextextended(:sender, 0))"), {"sender": message.sender})
    address = Address(_scheme(message.sender), message.sender)
    writes = message.channel != "phone"  # who only rang becomes no prospect
    return identity.identify(address, message.sender_name, language=message.language, opens=writes)


def _scheme(sender: str) -> Scheme:
    return Scheme.EMAIL if "@" in sender else Scheme.PHONE


def _leave(sender: str | None, ticket: Ticket) -> None:
    """Who has nothing left in a ticket, and was never written to, takes no part in it any more."""
    left = select(Message.id).where(Message.ticket_id == ticket.id)
    theirs = (Message.sender == sender) | (literal(sender) == any_(Message.recipients))
    if sender and db.session.scalar(left.where(theirs).limit(1)) is None:
        gone = delete(Participant).where(Participant.ticket_id == ticket.id, Participant.value == sender)
        db.session.execute(gone)


def _link(opened: Ticket, ticket: Ticket, reason: LinkReason, agent: Agent) -> None:
    db.session.add(TicketLink(ticket_id=opened.id, other_id=ticket.id, reason=reason, because="agent", at=clock.now()))
    db.session.flush()
    log.record(Name.TICKET_OPENED, opened, agent, channel=opened.channel, rule="separated")
    log.record(Name.TICKET_LINKED, opened, agent, other=ticket.ref, reason=reason)


def _check_join(ticket: Ticket, other: Ticket) -> TicketLink:
    link = db.session.get(TicketLink, (ticket.id, other.id))
    if link is None or link.reason not in _LINKED:
        raise IllegalMove(_("%(ref)s is not linked to %(other)s.", ref=ticket.ref, other=other.ref))
    if TicketState.CLOSED in (ticket.state, other.state):
        closed = ticket if ticket.state is TicketState.CLOSED else other
        raise IllegalMove(_("%(ref)s is closed for good.", ref=closed.ref))
    return link


def _close_stub(ticket: Ticket) -> None:
    now = clock.now()
    values: dict[str, Any] = {"resolved_at": func.coalesce(Ticket.resolved_at, now), "closed_at": now}
    moves.make(ticket, state=TicketState.CLOSED, waiting_since=None, **values)


def _lead_on(ticket: Ticket, other: Ticket) -> None:
    """Stubs that pointed to the new stub point to where everything is now."""
    stubs = select(TicketLink.ticket_id).where(TicketLink.other_id == ticket.id, TicketLink.reason == LinkReason.JOINED)
    ids = list(db.session.scalars(stubs))
    if ids:
        there = TicketLink.ticket_id.in_(ids)
        db.session.execute(delete(TicketLink).where(there, TicketLink.other_id == other.id))
        db.session.execute(update(TicketLink).where(there, TicketLink.other_id == ticket.id).values(other_id=other.id))


def _wake(other: Ticket) -> None:
    """What has come over and waits wants somebody: a ticket that rested is open again."""
    if not rehoming.is_awaited(other):
        return
    awake = case((Ticket.assignee_id.is_(None), TicketState.NEW), else_=TicketState.OPEN)
    rests = (TicketState.WAITING, TicketState.RESOLVED)
    reopened = Ticket.reopened + case((Ticket.state == TicketState.RESOLVED, 1), else_=0)
    moves.make(other, Ticket.state.in_(rests), state=awake, resolved_at=None, reopened=reopened)
    assert other.state in UNSETTLED
