"""A customer's own tickets of every channel for the portal: lists, one conversation, its files, and "it is solved".

The portal's pages call it with the ids of whoever is signed in. Shown is what they wrote and what was written to them;
never notes, events, automatic mail, nor what we exchange with others in the same ticket.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ARRAY, ColumnElement, Select, Text, and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import selectinload

from contact_center.agents.models import Agent
from contact_center.customers.models import ContactPoint
from contact_center.extensions import db
from contact_center.tickets import customer_moves, private_page, scope
from contact_center.tickets.inbound import Automatic
from contact_center.tickets.messages import Attachment, Author, Message
from contact_center.tickets.models import LinkReason, Ticket, TicketLink, TicketState
from contact_center.tickets.private_page import Conversation, Progress, Said, Speaker

PAGE = 20
MESSAGES = 100
SETTLED = (TicketState.RESOLVED, TicketState.CLOSED)


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket in a list, with the last words in it that its customer may see."""

    ticket: Ticket
    progress: Progress
    last: Message | None
    agent: str

    @property
    def is_ours(self) -> bool:
        """Whether we spoke last."""
        return self.last is not None and self.last.author is Author.AGENT


@dataclass(frozen=True, slots=True)
class Page:
    """Some tickets, the last changed first; `before` is the id of the last one if there are more."""

    lines: tuple[Line, ...]
    before: int | None
    total: int


def page(customer_ids: tuple[int, ...], *, before: int | None = None, limit: int = PAGE) -> Page:
    """Their tickets, newest first."""
    asked = _theirs(customer_ids)
    total = db.session.scalar(asked.with_only_columns(func.count())) or 0
    if before is not None:
        asked = asked.where(Ticket.id < before)
    rows = list(db.session.scalars(asked.order_by(Ticket.id.desc()).limit(limit + 1)))
    shown = rows[:limit]
    return Page(_lines(shown, customer_ids), shown[-1].id if len(rows) > limit else None, total)


def first(customer_ids: tuple[int, ...], limit: int) -> Page:
    """A few of them, those first that are not solved yet."""
    asked = _theirs(customer_ids)
    total = db.session.scalar(asked.with_only_columns(func.count())) or 0
    rows = db.session.scalars(asked.order_by(Ticket.state.in_(SETTLED), Ticket.id.desc()).limit(limit))
    return Page(_lines(list(rows), customer_ids), None, total)


def one(customer_ids: tuple[int, ...], ref: str) -> Ticket | None:
    """The ticket CC-1042 if it is theirs."""
    number = scope.number_in(ref)
    if number is None:
        return None
    return db.session.scalar(_theirs(customer_ids).where(Ticket.id == number))


def progress(ticket: Ticket, customer_ids: tuple[int, ...]) -> Progress:
    """How far *ticket* is, in the customer's words."""
    [line] = _lines([ticket], customer_ids)
    return line.progress


def conversation(ticket: Ticket, customer_ids: tuple[int, ...], *, before: int | None = None) -> Conversation:
    """What was said, the newest part of it or the part *before* a message."""
    own = _addresses(customer_ids, [ticket])
    asked = select(Message).where(Message.ticket_id == ticket.id, *_is_visible(own))
    if before is not None:
        asked = asked.where(Message.id < before)
    asked = asked.order_by(Message.id.desc()).limit(MESSAGES + 1)
    rows = list(db.session.scalars(asked.options(selectinload(Message.attachments))))
    shown = rows[:MESSAGES]
    agents = _agents(shown)
    said = tuple(_said(row, own, agents) for row in reversed(shown))
    return Conversation(said, shown[-1].id if len(rows) > MESSAGES else None)


def attachment(ticket: Ticket, customer_ids: tuple[int, ...], attachment_id: int) -> Attachment | None:
    """A file of a visible message of this very ticket, or None."""
    own = _addresses(customer_ids, [ticket])
    asked = select(Attachment).join(Message, Message.id == Attachment.message_id)
    return db.session.scalar(
        asked.where(Attachment.id == attachment_id, Message.ticket_id == ticket.id, *_is_visible(own))
    )


def followed_by(ticket: Ticket, customer_ids: tuple[int, ...]) -> Ticket | None:
    """The newer ticket that went on where this one was closed."""
    newer = select(TicketLink.ticket_id).where(
        TicketLink.other_id == ticket.id, TicketLink.reason == LinkReason.FOLLOWS
    )
    return db.session.scalar(_theirs(customer_ids).where(Ticket.id.in_(newer)).order_by(Ticket.id.desc()).limit(1))


def solved(ticket: Ticket) -> bool:
    """The customer says that the matter is done; False if it was done already."""
    return customer_moves.resolve(ticket)


def _theirs(customer_ids: tuple[int, ...]) -> Select[Ticket]:
    stub = select(TicketLink.ticket_id).where(TicketLink.ticket_id == Ticket.id, TicketLink.reason == LinkReason.JOINED)
    return select(Ticket).where(Ticket.customer_id.in_(customer_ids), ~stub.exists())


def _lines(tickets: list[Ticket], customer_ids: tuple[int, ...]) -> tuple[Line, ...]:
    if not tickets:
        return ()
    own = _addresses(customer_ids, tickets)
    asked = select(Message).ext(distinct_on(Message.ticket_id))
    asked = asked.where(Message.ticket_id.in_([ticket.id for ticket in tickets]), *_is_visible(own))
    last = {row.ticket_id: row for row in db.session.scalars(asked.order_by(Message.ticket_id, Message.id.desc()))}
    agents = _agents(last.values())
    return tuple(_line(ticket, last.get(ticket.id), agents) for ticket in tickets)


def _line(ticket: Ticket, last: Message | None, agents: dict[int, str]) -> Line:
    if ticket.state is TicketState.WAITING:
        far = Progress.YOUR_TURN if last is not None and last.author is Author.AGENT else Progress.WORKING
    else:
        far = private_page.PROGRESS[ticket.state]
    return Line(ticket, far, last, agents.get(last.agent_id or 0, "") if last else "")


def _addresses(customer_ids: tuple[int, ...], tickets: Iterable[Ticket]) -> list[str]:
    """The customer's own addresses, and those the tickets were opened from."""
    points = select(ContactPoint.value).where(ContactPoint.customer_id.in_(customer_ids))
    first = select(func.min(Message.id)).where(Message.author == Author.CUSTOMER, Message.sender.is_not(None))
    first = first.where(Message.ticket_id.in_([ticket.id for ticket in tickets])).group_by(Message.ticket_id)
    openers = select(Message.sender).where(Message.id.in_(first))
    return [value for value in db.session.scalars(points.union(openers)) if value]


def _is_visible(own: list[str]) -> tuple[ColumnElement[bool], ...]:
    mine = bindparam("own", own, type_=ARRAY(Text), unique=True)
    on_the_page = and_(Message.author == Author.AGENT, func.cardinality(Message.recipients) == 0)
    theirs = or_(Message.sender == any_(mine), Message.recipients.op("&&")(mine), Message.copies.op("&&")(mine))
    return (
        Message.author.in_((Author.CUSTOMER, Author.AGENT)),
        Message.automatic == Automatic.NONE,
        or_(theirs, on_the_page),
    )


def _agents(messages: Iterable[Message]) -> dict[int, str]:
    ids = {message.agent_id for message in messages if message.agent_id}
    asked = select(Agent.id, Agent.name).where(Agent.id.in_(ids))
    return {row.id: row.name for row in db.session.execute(asked)} if ids else {}


def _said(row: Message, own: list[str], agents: dict[int, str]) -> Said:
    files = tuple(part for part in row.attachments if not part.is_inline)
    if row.author is Author.AGENT:
        return Said(row.id, Speaker.US, agents.get(row.agent_id or 0, ""), row.at, row.text, files)
    by = Speaker.YOU if row.sender in own else Speaker.OTHER
    return Said(row.id, by, row.sender_name, row.at, row.text, files)
