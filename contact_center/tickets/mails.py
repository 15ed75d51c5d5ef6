"""An answer as a mail: the message in its ticket, and the outgoing row that carries it.

Called by `replies`, which has decided to whom it goes. The Message-ID is chosen here, so that the answer to it finds
its way back; the mail leaves after the caller's commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.places import OwnMailbox
from contact_center.outbox import post
from contact_center.outbox.models import Purpose
from contact_center.outbox.post import Letter
from contact_center.text import languages, tokens
from contact_center.tickets import addressing, compose, uploads
from contact_center.tickets.addressing import Addressing
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Author, Message, Upload
from contact_center.tickets.models import Ticket

MAX_REFERENCES = 20


@dataclass(frozen=True, slots=True)
class Written:
    """What an agent wrote, checked."""

    subject: str
    text: str
    files: Sequence[Upload]
    whom: Addressing


def mailbox_of(ticket: Ticket) -> OwnMailbox:
    """The mailbox that answers: the one the ticket came by, else one of its queue, else any. Raises Invalid."""
    known = places.mailboxes()
    of_queue = next((mailbox for mailbox in known.values() if mailbox.queue_id == ticket.queue_id), None)
    found = known.get(ticket.place_id or 0) or of_queue or places.mailbox_of(None)
    if found is None:
        raise Invalid(_("There is no mailbox to answer from yet: an administrator must add one."))
    return found


def write(
    ticket: Ticket,
    agent: Agent,
    written: Written,
    mailbox: OwnMailbox,
    interaction_id: int,
    *,
    answers: Message | None = None,
) -> Message:
    """Store the message and queue its mail, with what it *answers* quoted below. Raises Invalid if it may not leave."""
    body = compose.body(ticket, written.text, agent, mailbox, answers)
    message = Message(
        ticket_id=ticket.id, interaction_id=interaction_id, customer_id=ticket.customer_id, agent_id=agent.id,
        author=Author.AGENT, channel="email", kind=Kind.MAIL, sender=mailbox.address, sender_name=agent.name,
        recipients=list(written.whom.to), copies=list(written.whom.copies), subject=written.subject,
        text=written.text, full_text=body.text, html=body.html, has_html=True, language=ticket.language,
        at=clock.now(), search=tokens.vector(written.subject, written.text, agent.name),
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    addressing.let_take_part(ticket, written.whom.to)
    uploads.attach(message, written.files)
    _queue(message, ticket, mailbox, written.files, agent)
    return message


def _queue(message: Message, ticket: Ticket, mailbox: OwnMailbox, files: Sequence[Upload], agent: Agent) -> None:
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
