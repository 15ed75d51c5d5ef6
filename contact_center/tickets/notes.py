"""Notes in a ticket: words of an agent to colleagues, never to the customer.

Called by `replies` (for the composer's second tab) and by `lifecycle` (what is said when a ticket is handed over).
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

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


def add(ticket: Ticket, agent: Agent, text: str, *, upload_ids: Sequence[int] = ()) -> Message:
    """Write a note under *ticket*; any state will do, a note moves nothing. Raises Invalid."""
    text, files = checked(text), uploads.checked(agent, upload_ids)
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
