"""Answer a customer: write the message, queue the mail, end what waited. Or start, note, and try again.

Called by the desk and the command line. The mail leaves after the caller's commit, by `channels.delivery`.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import case, func, select, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.places import OwnMailbox
from contact_center.outbox import post
from contact_center.outbox.models import Outgoing, OutgoingState, Purpose
from contact_center.outbox.post import Letter
from contact_center.queues.models import Queue
from contact_center.text import languages, lines, tokens
from contact_center.tickets import addressing, compose, drafts, interactions, moves, notes, uploads
from contact_center.tickets.addressing import Addressing
from contact_center.tickets.inbound import Kind
from contact_center.tickets.intake import new_token
from contact_center.tickets.messages import Author, Message, Upload
from contact_center.tickets.models import Ticket, TicketState

MAX_REFERENCES = 20


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

    Without *to* and *copies* everybody of the last mail is answered. A ticket that nobody had is now *agent*'s.
    The same text again within half a minute is the same answer: nothing is sent twice.
    """
    text = notes.checked(text)
    if first := notes.said_just_now(ticket, agent, Author.AGENT, text):
        return first
    files, mailbox = uploads.checked(agent, upload_ids), _mailbox(ticket)
    whom, last = _whom(ticket, to, copies), addressing.last_inbound(ticket)
    before = _change_state(ticket, agent, then)
    body = compose.body(ticket, text, agent, mailbox, last)
    message = Message(
        interaction_id=interactions.answer(ticket, agent.id, "email", Kind.MAIL),
        subject=compose.subject(ticket, last), text=text, full_text=body.text, html=body.html,
    )  # fmt: skip
    _write(message, ticket, agent, mailbox, whom)
    uploads.attach(message, files)
    _send(message, ticket, mailbox, files, agent)
    drafts.discard(ticket, agent)
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
    subject = _checked_subject(subject)
    whom = addressing.checked([address], (), places.own_addresses())
    ticket = _open(customer, subject, queue, agent)
    mailbox = _mailbox(ticket)
    body = compose.body(ticket, text, agent, mailbox, None)
    message = Message(
        interaction_id=interactions.outbound(ticket, agent.id, "email", Kind.MAIL),
        subject=compose.fresh_subject(ticket), text=text, full_text=body.text, html=body.html,
    )  # fmt: skip
    log.record(Name.TICKET_OPENED, ticket, agent, channel="email", rule="agent")
    _write(message, ticket, agent, mailbox, whom)
    uploads.attach(message, files)
    _send(message, ticket, mailbox, files, agent)
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
        .values(state=OutgoingState.QUEUED, attempts=0, queued_at=now, due_at=now, error=None)
        .returning(Outgoing.id)
        .execution_options(synchronize_session="fetch")
    )
    outgoing_id = db.session.scalar(again)
    if outgoing_id is None:
        raise IllegalMove(_("This message has not failed; there is nothing to try again."))
    bus.after_commit(Name.OUTGOING_QUEUED, {"outgoing": outgoing_id})
    log.record(Name.MESSAGE_QUEUED, message, agent, outgoing=outgoing_id, again=True)


def _mailbox(ticket: Ticket) -> OwnMailbox:
    """The mailbox that answers: the one the ticket came by, else one of its queue, else any."""
    known = places.mailboxes()
    of_queue = next((mailbox for mailbox in known.values() if mailbox.queue_id == ticket.queue_id), None)
    found = known.get(ticket.place_id or 0) or of_queue or places.mailbox_of(None)
    if found is None:
        raise Invalid(_("There is no mailbox to answer from yet: an administrator must add one."))
    return found


def _whom(ticket: Ticket, to: Sequence[str] | None, copies: Sequence[str] | None) -> Addressing:
    own = places.own_addresses()
    proposed = addressing.proposed(ticket, own) if to is None or copies is None else Addressing((), ())
    return addressing.checked(proposed.to if to is None else to, proposed.copies if copies is None else copies, own)


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
    now = clock.now()
    ticket = Ticket(
        subject=subject, customer_id=customer.id if customer else None, queue_id=queue.id, assignee_id=agent.id,
        state=TicketState.WAITING, channel="email", language=customer.language if customer else None,
        token=new_token(), portal_token=new_token(), opened_at=now, changed_at=now, last_outbound_at=now,
        search=tokens.vector(subject, "", customer.name if customer else ""),
    )  # fmt: skip
    db.session.add(ticket)
    db.session.flush()
    mailbox = _mailbox(ticket)
    ticket.place_id, ticket.language = mailbox.id, ticket.language or mailbox.language
    return ticket


def _write(message: Message, ticket: Ticket, agent: Agent, mailbox: OwnMailbox, whom: Addressing) -> None:
    """Fill in what every message of ours has, and store it."""
    message.ticket_id, message.customer_id, message.agent_id = ticket.id, ticket.customer_id, agent.id
    message.author, message.channel, message.kind = Author.AGENT, "email", Kind.MAIL
    message.sender, message.sender_name = mailbox.address, agent.name
    message.recipients, message.copies = list(whom.to), list(whom.copies)
    message.has_html, message.language, message.at = True, ticket.language, clock.now()
    message.search = tokens.vector(message.subject, message.text, agent.name)
    db.session.add(message)
    db.session.flush()
    addressing.let_take_part(ticket, whom.to)


def _send(message: Message, ticket: Ticket, mailbox: OwnMailbox, files: Sequence[Upload], agent: Agent) -> None:
    """Queue the mail; its Message-ID becomes the message's own, so that the answer finds its way back."""
    to, *also_to = message.recipients
    letter = Letter(
        Purpose.REPLY, to, message.subject, message.full_text, html=message.html, domain=mailbox.domain,
        place_id=mailbox.id, customer_id=ticket.customer_id, ticket_id=ticket.id, message_id=message.id,
        payload={
            "sender_name": mailbox.from_name,
            "also_to": also_to,
            "copies": message.copies,
            "reply_to": mailbox.reply_address(ticket.token),
            "references": _references(message),
            "language": languages.locale_of(ticket.language, mailbox.language),
            "file_ids": [[file.file_id, file.name, file.content_type] for file in files],
        },
    )  # fmt: skip
    queued = post.queue(letter)
    if queued is None:
        sentence = _("Mail to %(address)s is held back at present.", address=to)
        raise Invalid(sentence, {"to": sentence})
    outgoing_id, message.external_id = queued
    db.session.flush()
    log.record(Name.MESSAGE_QUEUED, ticket, agent, message=message.id, outgoing=outgoing_id)


def _references(message: Message) -> list[str]:
    """The Message-IDs of the mails before this one, oldest first; the one that is answered stands last."""
    earlier = select(Message.external_id, Message.author).where(
        Message.ticket_id == message.ticket_id, Message.id < message.id, Message.external_id.like("<%>")
    )
    rows = list(reversed(db.session.execute(earlier.order_by(Message.id.desc()).limit(MAX_REFERENCES)).all()))
    answered = next((row for row in reversed(rows) if row.author is Author.CUSTOMER), None)
    return [row.external_id for row in sorted(rows, key=lambda row: row is answered)]


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
