"""Notes in a ticket: words of an agent to colleagues, never to the customer.

Called by `replies` (for the composer's second tab) and by `lifecycle` (what is said when a ticket is handed over).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text import lines, tokens
from contact_center.tickets import drafts, uploads
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import Ticket

MAX_TEXT = 100_000

SAME_WITHIN = timedelta(seconds=30)


def add(ticket: Ticket, agent: Agent, text: str, *, upload_ids: Sequence[int] = ()) -> Message:
    """Write a note under *ticket*; any state will do, a note moves nothing. Raises Invalid."""
    text = checked(text)
    if first := said_just_now(ticket, agent, Author.NOTE, text):
        return first
    files = uploads.checked(agent, upload_ids)
    message = Message(
        ticket_id=ticket.id, agent_id=agent.id, author=Author.NOTE, channel="note", sender_name=agent.name,
        text=text, at=clock.now(), search=tokens.vector(text, agent.name),
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    uploads.attach(message, files)
    drafts.discard(ticket, agent, is_note=True)
    log.record(Name.NOTE_ADDED, ticket, agent, message=message.id)
    return message


def said_just_now(ticket: Ticket, agent: Agent, author: Author, text: str) -> Message | None:
    """The same words by the same agent a moment ago: a form sent twice, by a second click, tab or try.

    Locks the ticket, so that of two requests at once the second finds what the first has written.
    """
    db.session.execute(select(Ticket.id).where(Ticket.id == ticket.id).with_for_update())
    asked = select(Message).where(
        Message.ticket_id == ticket.id,
        Message.agent_id == agent.id,
        Message.author == author,
        Message.text == text,
        Message.at > clock.now() - SAME_WITHIN,
    )
    return db.session.scalars(asked.order_by(Message.id).limit(1)).first()


def checked(text: str) -> str:
    """*text* made storable, its ends trimmed; raises Invalid if it is empty or too long."""
    try:
        text = lines.several_lines(text, MAX_TEXT)
    except ValueError as error:
        raise Invalid(str(error), {"text": str(error)}) from None
    if not text:
        sentence = _("Write something first.")
        raise Invalid(sentence, {"text": sentence})
    return text
