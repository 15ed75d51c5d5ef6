"""An answer as a text: the message in its ticket, and the outgoing row that carries it.

Called by `replies`, which has decided to whom it goes; other rooms make their texts about a ticket with `letter`. It
leaves after the caller's commit, from the number the ticket came by and over what the customer wrote with last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import text_stops
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.places import OwnNumber
from contact_center.outbox import post
from contact_center.outbox.models import Purpose
from contact_center.outbox.post import Letter
from contact_center.text import addresses, segments, tokens
from contact_center.text.addresses import Scheme
from contact_center.tickets import text_files, uploads
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Author, Message, Upload
from contact_center.tickets.models import Participant, Ticket

TRANSPORT = "transport"  # the field of a customer's text that says what it came by


def number_in(typed: str) -> str | None:
    """The telephone number that somebody typed where an address is expected; None for an e-mail address."""
    return None if "@" in typed else addresses.phone_normal(typed, current_app.config["CC"].default_region)


def own_number(ticket: Ticket) -> OwnNumber | None:
    """The number that writes to the ticket's customer."""
    return places.texting_number(ticket.number_id, ticket.queue_id)


def checked(text: str, to: str) -> str:
    """*text*, if it may go to *to* as a text. Raises Invalid."""
    wrong = {}
    if len(text) > segments.MOST_CHARACTERS:
        wrong["text"] = _(
            "A text has at most %(most)s characters; this one has %(has)s.",
            most=segments.MOST_CHARACTERS, has=len(text),
        )  # fmt: skip
    if text_stops.since(to) is not None:
        wrong["to"] = _("%(number)s has opted out: no text may be sent there.", number=_shown(to))
    elif to in places.own_numbers():
        wrong["to"] = _("%(number)s is a number of ours.", number=_shown(to))
    Invalid.raise_for(wrong)
    return text


def checked_files(ticket: Ticket | None, files: Sequence[Upload], to: str) -> Sequence[Upload]:
    """*files*, if they may go to *to* over what its owner writes with. Raises Invalid."""
    return text_files.checked(files, _transport(ticket, to) if ticket is not None else "")


def write(
    ticket: Ticket, agent: Agent, text: str, to: str, interaction_id: int, files: Sequence[Upload] = ()
) -> Message:
    """Store the message and queue the text. Raises Invalid if it may not leave."""
    queueable = letter(ticket, to, checked(text, to), Purpose.REPLY)
    if queueable is None:
        raise Invalid(_("There is no number to write texts from yet: an administrator must add one."))
    own = places.numbers()[queueable.place_id or 0]
    message = Message(
        ticket_id=ticket.id, interaction_id=interaction_id, customer_id=ticket.customer_id, agent_id=agent.id,
        author=Author.AGENT, channel="sms", kind=Kind.TEXT, sender=own.address, sender_name=agent.name,
        recipients=[to], text=text, language=ticket.language, at=clock.now(),
        fields={TRANSPORT: queueable.payload[TRANSPORT]} if queueable.payload[TRANSPORT] else {},
        search=tokens.vector(text, agent.name),
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    let = insert(Participant).values(ticket_id=ticket.id, scheme=Scheme.PHONE, value=to)
    db.session.execute(let.on_conflict_do_nothing())
    uploads.attach(message, files)
    queueable = letter(ticket, to, text, Purpose.REPLY, message_id=message.id) or queueable
    if files:
        queueable.payload["file_ids"] = [[file.file_id, file.name, file.content_type] for file in files]
    queued = post.queue(queueable)
    if queued is None:
        sentence = _("Texts to %(number)s are held back at present.", number=_shown(to))
        raise Invalid(sentence, {"to": sentence})
    outgoing_id, message.external_id = queued
    db.session.flush()
    log.record(Name.MESSAGE_QUEUED, ticket, agent, message=message.id, outgoing=outgoing_id)
    return message


def letter(
    ticket: Ticket, to: str, text: str, purpose: Purpose, *, message_id: int | None = None, language: str | None = None
) -> Letter | None:
    """A text about *ticket*, not queued yet; None where no number of ours writes texts."""
    own = own_number(ticket)
    if own is None:
        return None
    payload: dict[str, Any] = {TRANSPORT: _transport(ticket, to), "language": language or ticket.language}
    return Letter(
        purpose, to, "", text, channel="sms", domain=_domain(), place_id=own.id, customer_id=ticket.customer_id,
        ticket_id=ticket.id, message_id=message_id, payload=payload,
    )  # fmt: skip


def _transport(ticket: Ticket, to: str) -> str:
    """What they wrote with last: who uses WhatsApp is answered there."""
    theirs = select(Message.fields).where(
        Message.ticket_id == ticket.id, Message.author == Author.CUSTOMER, Message.sender == to,
        Message.channel == "sms",
    )  # fmt: skip
    last = db.session.scalar(theirs.order_by(Message.id.desc()).limit(1))
    return str((last or {}).get(TRANSPORT, ""))


def _shown(number: str) -> str:
    return addresses.phone_display(number, current_app.config["CC"].default_region)


def _domain() -> str:
    return urlsplit(current_app.config["CC"].public_url).hostname or "localhost"
