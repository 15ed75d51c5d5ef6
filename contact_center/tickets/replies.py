"""Answer a customer: write the message, queue what leaves, end what waited. Or start, note, and try again.

Called by the desk and the demo. What was queued leaves after the caller's commit, by `channels.delivery`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, case, func, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.entitlements import checks
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.queues.models import Queue
from contact_center.text import lines, tokens
from contact_center.tickets import (
    addressing,
    compose,
    deadlines,
    drafts,
    interactions,
    mails,
    moves,
    notes,
    page_answers,
    private_page,
    texts,
    uploads,
)
from contact_center.tickets.addressing import Addressing
from contact_center.tickets.inbound import Kind
from contact_center.tickets.intake import new_token
from contact_center.tickets.messages import Message, Upload
from contact_center.tickets.models import Ticket, TicketState


def reply(
    ticket: Ticket,
    agent: Agent,
    text: str,
    *,
    to: Sequence[str] | None = None,
    copies: Sequence[str] | None = None,
    upload_ids: Sequence[int] = (),
    then: str | None = TicketState.WAITING,
) -> Message:
    """Answer in *ticket* and leave it in the state *then* (None: as it is). Raises Invalid, IllegalMove if closed.

    Without *to* and *copies* everybody of the last mail is answered; who asked on the web and gave no e-mail address
    finds the answer on the private page. A ticket that nobody had is now *agent*'s.
    """
    text = notes.checked(text)
    files = uploads.checked(agent, upload_ids)
    if number := _number(ticket, to):
        return _by_text(ticket, agent, text, number, files, then)
    whom = _whom(ticket, to, copies)
    mailbox = mails.mailbox_of(ticket) if whom.to else None
    last = addressing.last_inbound(ticket)
    before = _change_state(ticket, agent, then)
    if mailbox is None:
        message = page_answers.write(ticket, agent, text, files)
    else:
        written = mails.Written(compose.subject(ticket, last), text, files, whom)
        interaction_id = interactions.answer(ticket, agent.id, "email", Kind.MAIL)
        message = mails.write(ticket, agent, written, mailbox, interaction_id, answers=last)
    drafts.discard(ticket, agent)
    deadlines.follow(ticket, agent)
    _tell(ticket, agent, before)
    return message


def _by_text(
    ticket: Ticket, agent: Agent, text: str, number: str, files: Sequence[Upload], then: str | None
) -> Message:
    """Answer by text. Raises Invalid before anything has changed."""
    texts.checked(text, number)
    texts.checked_files(ticket, files, number)
    before = _change_state(ticket, agent, then)
    interaction_id = interactions.answer(ticket, agent.id, "sms", Kind.TEXT)
    message = texts.write(ticket, agent, text, number, interaction_id, files)
    drafts.discard(ticket, agent)
    deadlines.follow(ticket, agent)
    _tell(ticket, agent, before)
    return message


def start(
    customer: Customer | None,
    address: str,
    subject: str,
    text: str,
    queue: Queue,
    agent: Agent,
    *,
    upload_ids: Sequence[int] = (),
) -> Ticket:
    """Open a ticket in *queue* by writing to *address*; it is *agent*'s and waits for the answer. Raises Invalid."""
    text, files = notes.checked(text), uploads.checked(agent, upload_ids)
    if number := texts.number_in(address):
        return _start_by_text(customer, number, subject or text, text, queue, agent, files)
    subject = _checked_subject(subject)
    whom = addressing.checked([address], (), places.own_addresses())
    ticket = _open(customer, subject, queue, agent)
    interaction_id = interactions.outbound(ticket, agent.id, "email", Kind.MAIL)
    log.record(Name.TICKET_OPENED, ticket, agent, channel="email", rule="agent")
    if customer is not None:
        checks.open_ticket(ticket.id, customer.id, ticket.kind, ticket.opened_at, said=f"{subject}\n{text}")
    written = mails.Written(compose.fresh_subject(ticket), text, files, whom)
    mails.write(ticket, agent, written, mails.mailbox_of(ticket), interaction_id)
    return ticket


def _start_by_text(
    customer: Customer | None, number: str, subject: str, text: str, queue: Queue, agent: Agent, files: Sequence[Upload]
) -> Ticket:
    texts.checked(text, number)
    texts.checked_files(None, files, number)
    own = places.texting_number(None, queue.id)
    if own is None:
        raise Invalid(_("There is no number to write texts from yet: an administrator must add one."))
    title = " ".join(subject.split())[: compose.MAX_SUBJECT]
    ticket = _opened(customer, title, queue, agent, channel="sms", number_id=own.id, language=own.language)
    interaction_id = interactions.outbound(ticket, agent.id, "sms", Kind.TEXT)
    log.record(Name.TICKET_OPENED, ticket, agent, channel="sms", rule="agent")
    if customer is not None:
        checks.open_ticket(ticket.id, customer.id, ticket.kind, ticket.opened_at, said=text)
    texts.write(ticket, agent, text, number, interaction_id, files)
    return ticket


def note(ticket: Ticket, agent: Agent, text: str, *, upload_ids: Sequence[int] = ()) -> Message:
    """Write a note to colleagues under *ticket*. Raises Invalid."""
    return notes.add(ticket, agent, text, upload_ids=upload_ids)


def retry(message: Message, agent: Agent) -> None:
    """Queue a mail again that could not be delivered, under the Message-ID it had. Raises IllegalMove."""
    now = clock.now()
    again = (
        update(Outgoing)
        .where(Outgoing.message_id == message.id, Outgoing.state == OutgoingState.FAILED)
        .values(
            state=OutgoingState.QUEUED,
            attempts=0,
            queued_at=now,
            due_at=now,
            error=None,
            rank=0,
            provider_ref=None,
            unsure_since=None,
            payload=_with_former_ref(),
        )
        .returning(Outgoing.id)
        .execution_options(synchronize_session="fetch")
    )
    outgoing_id = db.session.scalar(again)
    if outgoing_id is None:
        raise IllegalMove(_("This message has not failed; there is nothing to try again."))
    bus.after_commit(Name.OUTGOING_QUEUED, {"outgoing": outgoing_id})
    log.record(Name.MESSAGE_QUEUED, message, agent, outgoing=outgoing_id, again=True)


def _with_former_ref() -> ColumnElement[Any]:
    """A receipt for what the carrier had before says nothing about the new try."""
    former = func.jsonb_build_object("former_refs", func.jsonb_build_array(Outgoing.provider_ref))
    return case((Outgoing.provider_ref.is_not(None), Outgoing.payload.op("||")(former)), else_=Outgoing.payload)


def _number(ticket: Ticket, to: Sequence[str] | None) -> str | None:
    """The number that is answered by text; None if it is answered otherwise."""
    if to is None:
        return addressing.number(ticket)
    typed = [each for each in to if each.strip()]
    return texts.number_in(typed[0]) if len(typed) == 1 else None


def _whom(ticket: Ticket, to: Sequence[str] | None, copies: Sequence[str] | None) -> Addressing:
    """The receivers of the mail; nobody, if the answer goes to the private page alone."""
    own = places.own_addresses()
    proposed = addressing.proposed(ticket, own) if to is None or copies is None else Addressing((), ())
    to, copies = proposed.to if to is None else to, proposed.copies if copies is None else copies
    if not any(each.strip() for each in (*to, *copies)) and private_page.reader(ticket):
        return Addressing((), ())
    return addressing.checked(to, copies, own)


def _checked_subject(subject: str) -> str:
    try:
        subject = lines.one_line(subject, compose.MAX_SUBJECT)
    except ValueError as error:
        raise Invalid(str(error), {"subject": str(error)}) from None
    if not subject:
        sentence = _("Please write a subject.")
        raise Invalid(sentence, {"subject": sentence})
    return subject


def _change_state(ticket: Ticket, agent: Agent, then: str | None) -> moves.Before:
    if then not in (None, TicketState.OPEN, TicketState.WAITING, TicketState.RESOLVED):
        raise Invalid(_("An answer leaves a ticket open, waiting or resolved."))
    now = clock.now()
    as_it_is = {
        "state": case((Ticket.state == TicketState.NEW, TicketState.OPEN), else_=Ticket.state),
        "resolved_at": Ticket.resolved_at,
    }
    settled = {"state": then, "resolved_at": now if then == TicketState.RESOLVED else None}
    before = moves.make(
        ticket,
        Ticket.state != TicketState.CLOSED,
        **(settled if then else as_it_is),
        assignee_id=func.coalesce(Ticket.assignee_id, agent.id),
        last_outbound_at=now,
        waiting_since=None,
    )
    if before is None:
        raise IllegalMove(_("The ticket is closed for good. Start a new one."))
    return before


def _open(customer: Customer | None, subject: str, queue: Queue, agent: Agent) -> Ticket:
    ticket = _opened(customer, subject, queue, agent, channel="email")
    mailbox = mails.mailbox_of(ticket)
    ticket.place_id, ticket.language = mailbox.id, ticket.language or mailbox.language
    return ticket


def _opened(
    customer: Customer | None, subject: str, queue: Queue, agent: Agent, *, channel: str, number_id: int | None = None,
    language: str | None = None,
) -> Ticket:  # fmt: skip
    now = clock.now()
    ticket = Ticket(
        subject=subject, customer_id=customer.id if customer else None, queue_id=queue.id, assignee_id=agent.id,
        state=TicketState.WAITING, channel=channel, language=(customer.language if customer else None) or language,
        token=new_token(), portal_token=new_token(), opened_at=now, changed_at=now, last_outbound_at=now,
        number_id=number_id, search=tokens.vector(subject, "", customer.name if customer else ""),
    )  # fmt: skip
    db.session.add(ticket)
    db.session.flush()
    return ticket


def _tell(ticket: Ticket, agent: Agent, before: moves.Before) -> None:
    """One event for what the answer did to the ticket, if it did anything."""
    changes = moves.difference(ticket, before)
    if not changes:
        return
    name = Name.TICKET_STATE_CHANGED
    if "assignee" in changes:
        name = Name.TICKET_TAKEN
    if "state" in changes and ticket.state is TicketState.RESOLVED:
        name = Name.TICKET_RESOLVED
    log.record(name, ticket, agent, changes=changes)
