"""What a customer sees of a ticket through its private link: how far it is and what was said, and nothing internal.

The portal calls it. Whoever holds the link stands for the address that opened the ticket: they see what was written
from it and to it; never notes, events or automatic mail, nor what we exchange with other addresses in the same ticket.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ARRAY, ColumnElement, Select, Text, and_, any_, cast, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from contact_center.agents.models import Agent
from contact_center.customers.models import ContactPoint
from contact_center.extensions import db
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets.inbound import Automatic
from contact_center.tickets.messages import Attachment, Author, Message
from contact_center.tickets.models import Participant, Ticket, TicketState

PAGE = 100  # messages shown at once
_TOKEN = re.compile(r"[a-z2-7]{20,64}")
_LARGEST_ID = 2**63 - 1


class Progress(StrEnum):
    """How far a ticket is, in the customer's words."""

    RECEIVED = "RECEIVED"
    WORKING = "WORKING"
    YOUR_TURN = "YOUR_TURN"
    SOLVED = "SOLVED"
    CLOSED = "CLOSED"


class Speaker(StrEnum):
    YOU = "YOU"  # whoever opened the ticket, and so the holder of the link
    US = "US"
    OTHER = "OTHER"  # somebody else who takes part, and wrote to them too


PROGRESS = {  # of what waits for nobody in particular
    TicketState.NEW: Progress.RECEIVED,
    TicketState.OPEN: Progress.WORKING,
    TicketState.RESOLVED: Progress.SOLVED,
    TicketState.CLOSED: Progress.CLOSED,
}


@dataclass(frozen=True, slots=True)
class Said:
    """One visible message."""

    id: int
    by: Speaker
    name: str
    at: datetime
    text: str
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """The newest messages, oldest first; `earlier` is the id to ask before, if there are more."""

    said: tuple[Said, ...]
    earlier: int | None


def find(portal_token: str) -> Ticket | None:
    """The ticket of a private link, or None."""
    if not _TOKEN.fullmatch(portal_token):
        return None
    return db.session.scalars(select(Ticket).where(Ticket.portal_token == portal_token)).one_or_none()


def progress(ticket: Ticket) -> Progress:
    """How far *ticket* is. WAITING is the customer's turn only if we were the last to speak."""
    if ticket.state is TicketState.WAITING:
        last = db.session.scalar(_visible(ticket).with_only_columns(Message.author).limit(1))
        return Progress.YOUR_TURN if last is Author.AGENT else Progress.WORKING
    return PROGRESS[ticket.state]


def conversation(ticket: Ticket, *, before: int | None = None) -> Conversation:
    """What was said, the newest page of it or the page *before* a message."""
    asked = _visible(ticket).options(selectinload(Message.attachments)).limit(PAGE + 1)
    if before is not None:
        asked = asked.where(Message.id < min(before, _LARGEST_ID))
    rows = list(db.session.scalars(asked))
    shown = rows[:PAGE]
    own, agents = _own_addresses(ticket), _names([row.agent_id for row in shown if row.agent_id])
    said = tuple(_said(row, own, agents) for row in reversed(shown))
    return Conversation(said, shown[-1].id if len(rows) > PAGE else None)


def last_id(ticket: Ticket) -> int:
    """The id of the newest visible message: a page that shows it is up to date."""
    return db.session.scalar(_visible(ticket).with_only_columns(Message.id).limit(1)) or 0


def attachment(ticket: Ticket, attachment_id: int) -> Attachment | None:
    """A file of a visible message of this very ticket, or None."""
    if attachment_id > _LARGEST_ID:
        return None
    asked = select(Attachment).join(Message, Message.id == Attachment.message_id)
    return db.session.scalar(asked.where(Attachment.id == attachment_id, *_is_visible(ticket)))


def requester(ticket: Ticket) -> tuple[Address, str] | None:
    """The address and name of the person the link stands for: who opened the ticket, else whoever we wrote to first."""
    parts = db.session.scalars(select(Participant).where(Participant.ticket_id == ticket.id)).all()
    if not parts:
        return None
    opener = _opener(ticket.id)
    part = next((p for p in parts if opener and p.value == opener[0]), parts[0])
    name = opener[1] if opener and part.value == opener[0] else ticket.customer.name if ticket.customer else ""
    return Address(part.scheme, part.value), name


def reader(ticket: Ticket) -> str | None:
    """Who reads answers on the private page alone: the name of somebody who asked on the web by phone number only."""
    found = requester(ticket) if ticket.channel == "web" else None
    if found is None or found[0].scheme is not Scheme.PHONE:
        return None
    return ticket.customer.name if ticket.customer else found[1] or found[0].value


def shows_mail(ticket: Ticket) -> bool:
    """Whether what is mailed to the customer of a phone-only request is on its page too.

    Not if we knew the number before: anybody could have typed it into the form, to read what we answer its owner.
    """
    found = requester(ticket)
    return found is not None and bool(_emails_of(ticket, found[0]))


def _emails_of(ticket: Ticket, opener: Address) -> list[str]:
    """The e-mail addresses that a customer has got since they asked by a number that nobody knew before."""
    if ticket.customer_id is None or opener.scheme is not Scheme.PHONE:
        return []
    number, mail = aliased(ContactPoint), aliased(ContactPoint)
    asked = select(mail.value).join(number, number.customer_id == mail.customer_id)
    came_with_it = (number.value == opener.value, number.added_at >= ticket.opened_at)
    theirs = (mail.customer_id == ticket.customer_id, mail.scheme == Scheme.EMAIL)
    return list(db.session.scalars(asked.where(*theirs, *came_with_it)))


def _is_visible(ticket: Ticket) -> tuple[ColumnElement[bool], ...]:
    own = cast(_own_addresses(ticket), ARRAY(Text))
    reached = or_(Message.recipients.op("&&")(own), Message.copies.op("&&")(own))
    theirs = or_(Message.sender == any_(own), reached)
    on_the_page = and_(Message.author == Author.AGENT, func.cardinality(Message.recipients) == 0)
    return (
        Message.ticket_id == ticket.id,
        Message.author.in_((Author.CUSTOMER, Author.AGENT)),
        Message.automatic == Automatic.NONE,
        or_(theirs, on_the_page),
    )


def _visible(ticket: Ticket) -> Select[Message]:
    return select(Message).where(*_is_visible(ticket)).order_by(Message.id.desc())


def _own_addresses(ticket: Ticket) -> list[str]:
    found = requester(ticket)
    return [found[0].value, *_emails_of(ticket, found[0])] if found else []


def _opener(ticket_id: int) -> tuple[str, str] | None:
    asked = select(Message.sender, Message.sender_name).where(
        Message.ticket_id == ticket_id, Message.author == Author.CUSTOMER, Message.sender.is_not(None)
    )
    row = db.session.execute(asked.order_by(Message.id).limit(1)).one_or_none()
    return (row.sender, row.sender_name) if row else None


def _names(agent_ids: list[int]) -> dict[int, str]:
    asked = select(Agent.id, Agent.name).where(Agent.id.in_(set(agent_ids)))
    return {row.id: row.name for row in db.session.execute(asked)} if agent_ids else {}


def _said(row: Message, own: list[str], agents: dict[int, str]) -> Said:
    files = tuple(part for part in row.attachments if not part.is_inline)
    if row.author is Author.AGENT:
        return Said(row.id, Speaker.US, agents.get(row.agent_id or 0, ""), row.at, row.text, files)
    by = Speaker.YOU if row.sender in own else Speaker.OTHER
    return Said(row.id, by, row.sender_name, row.at, row.text, files)
