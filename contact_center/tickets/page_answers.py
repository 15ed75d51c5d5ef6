"""An answer that nobody mails: whoever asked on the web without an e-mail address reads it on the private page.

Called by `replies`. It has its outgoing row like a mail, so that its state is told in the same words; the web channel
has nothing to carry.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import current_app

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.outbox import post
from contact_center.outbox.models import Purpose
from contact_center.outbox.post import Letter
from contact_center.text import tokens
from contact_center.tickets import interactions, private_page, uploads
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Author, Message, Upload
from contact_center.tickets.models import Ticket


def write(ticket: Ticket, agent: Agent, text: str, files: Sequence[Upload]) -> Message:
    """Store the message: it is on the private page with the caller's commit."""
    message = Message(
        ticket_id=ticket.id, interaction_id=interactions.answer(ticket, agent.id, "web", Kind.FORM),
        customer_id=ticket.customer_id, agent_id=agent.id, author=Author.AGENT, channel="web", kind=Kind.FORM,
        sender_name=agent.name, text=text, language=ticket.language, at=clock.now(),
        search=tokens.vector(text, agent.name),
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    uploads.attach(message, files)
    _queue(message, ticket, agent)
    return message


def _queue(message: Message, ticket: Ticket, agent: Agent) -> None:
    requester = private_page.requester(ticket)
    letter = Letter(
        Purpose.REPLY, requester[0].value if requester else "", "", message.text, channel="web",
        domain=urlsplit(current_app.config["CC"].public_url).hostname or "localhost",
        customer_id=ticket.customer_id, ticket_id=ticket.id, message_id=message.id,
    )  # fmt: skip
    queued = post.queue(letter)
    if queued is not None:  # only automatic mail is ever held back
        outgoing_id, message.external_id = queued
        db.session.flush()
        log.record(Name.MESSAGE_QUEUED, ticket, agent, message=message.id, outgoing=outgoing_id)
