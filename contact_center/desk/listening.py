"""Who has listened to what: each time is an event of the ticket, for players and downloads alike."""

from __future__ import annotations

from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.calls.recordings import Of, Recording
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.tickets.messages import Attachment, Message
from contact_center.tickets.models import Ticket


def note(attachment: Attachment, agent: Agent, how: str = "played") -> None:
    """*agent* hears the sound now, or takes it away."""
    of = db.session.scalar(select(Recording.of).where(Recording.attachment_id == attachment.id))
    asked = select(Ticket).join(Message, Message.ticket_id == Ticket.id).where(Message.id == attachment.message_id)
    name = Name.RECORDING_PLAYED if of is Of.TALK else Name.VOICEMAIL_PLAYED
    log.record(name, db.session.scalars(asked).one(), agent, file=attachment.name, how=how)


def is_ours(attachment: Attachment) -> bool:
    """Whether it is the sound of a call."""
    asked = select(Recording.id).where(Recording.attachment_id == attachment.id)
    return db.session.scalar(asked) is not None
