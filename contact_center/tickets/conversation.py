"""The centre of the desk: messages, notes and events of a ticket in one order of time, a page of the newest 200.

The ticket page and the command line read here; three statements, however long the story. Days, sentences and icons are
the template's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Row, and_, case, func, select
from sqlalchemy.orm import aliased

from contact_center import clock
from contact_center.agents.models import Agent, initials
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, OutgoingState, Purpose
from contact_center.tickets import gathering
from contact_center.tickets.inbound import Automatic
from contact_center.tickets.messages import Attachment, Author, Message
from contact_center.tickets.models import Ticket, ref_of

PAGE = 200
# What tells the story. The rest is either a message on the page already, or a matter of record only.
SHOWN = (
    Name.TICKET_TAKEN, Name.TICKET_ASSIGNED, Name.TICKET_RELEASED, Name.TICKET_MOVED, Name.TICKET_CHANGED,
    Name.TICKET_STATE_CHANGED, Name.TICKET_RESOLVED, Name.TICKET_REOPENED, Name.TICKET_CLOSED, Name.TICKET_LINKED,
    Name.TICKET_UNLINKED, Name.TICKET_JOINED, Name.TICKET_CUSTOMER_CHOSEN, Name.MESSAGE_SEPARATED,
    Name.MESSAGE_BOUNCED, Name.TASK_ADDED, Name.TASK_CHANGED, Name.TASK_DONE, Name.TASK_REOPENED, Name.TASK_CANCELLED,
    Name.OUTGOING_SUPPRESSED, Name.ENTITLEMENT_CHECKED, Name.ENTITLEMENT_SETTLED,
    Name.CONTRACT_VISIT_USED, Name.CONTRACT_VISIT_RETURNED,
    Name.INTERACTION_PLACED, Name.INTERACTION_OVERFLOWED,
    Name.OFFER_ACCEPTED, Name.OFFER_DECLINED, Name.OFFER_TIMED_OUT,
    Name.CALL_ANSWERED, Name.CALL_TRANSFERRED, Name.CALL_ABANDONED, Name.CALL_CUT, Name.CALL_ENDED,
    Name.CALL_COMMAND_FAILED,
    Name.CALL_MISSED, Name.CALL_BACK_ASKED, Name.CALL_UNREACHED, Name.VOICEMAIL_KEPT, Name.VOICEMAIL_PLAYED,
    Name.RECORDING_CONSENT, Name.RECORDING_KEPT, Name.RECORDING_LOST, Name.RECORDING_DISCARDED, Name.RECORDING_PLAYED,
    Name.SURVEY_ANSWERED, Name.RECOVERY_DONE,
    Name.PROMISE_MADE, Name.PROMISE_CHANGED, Name.PROMISE_KEPT, Name.PROMISE_BROKEN, Name.PROMISE_CANCELLED,
    Name.PROMISE_MISSED,
    Name.DEADLINE_RETARGETED, Name.DEADLINE_MISSED,
    Name.COMPLAINT_TOLD, Name.VISIT_BOOKED, Name.VISIT_MOVED, Name.VISIT_CANCELLED, Name.PROMPT_ANSWERED,
)  # fmt: skip
_UNDERWAY = (OutgoingState.QUEUED, OutgoingState.SENDING)
_SILENCE = timedelta(days=1)
_LOST = (OutgoingState.FAILED, OutgoingState.UNDELIVERED)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far an answer of ours has got."""

    state: OutgoingState
    error: str | None
    attempts: int
    due_at: datetime
    sent_at: datetime | None
    is_text: bool = False

    @property
    def is_unconfirmed(self) -> bool:
        """A text of which the network has said nothing for a day, and will say no more."""
        if not self.is_text or self.state is not OutgoingState.SENT or self.sent_at is None:
            return False
        return self.sent_at < clock.now() - _SILENCE

    @property
    def is_underway(self) -> bool:
        return self.state in _UNDERWAY

    @property
    def has_failed(self) -> bool:
        return self.state in _LOST

    @property
    def can_be_retried(self) -> bool:
        return self.state is OutgoingState.FAILED


@dataclass(frozen=True, slots=True)
class Because:
    """Why a message stands in this ticket: the rule, the message it answers, and the ticket it may have to do with."""

    rule: str
    message_id: int | None = None
    at: datetime | None = None  # when that message was written …
    author: Author | None = None  # … and by whom
    earlier: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class MessageEntry:
    """Something said by a customer or by us; a note has `what` "note"."""

    id: int
    at: datetime
    author: Author
    channel: str
    name: str
    agent_id: int | None
    customer_id: int | None
    sender: str | None
    recipients: list[str]
    copies: list[str]
    subject: str
    text: str
    quoted_lines: int
    has_html: bool
    has_original: bool
    language: str | None
    automatic: Automatic
    authenticated: bool | None
    remarks: list[str]
    attachments: tuple[Attachment, ...]
    because: Because | None
    delivery: Delivery | None
    is_collapsed: bool

    @property
    def what(self) -> str:
        return "note" if self.author is Author.NOTE else "message"

    @property
    def is_ours(self) -> bool:
        return self.author in (Author.AGENT, Author.SYSTEM)

    @property
    def initials(self) -> str:
        return initials(self.name)


@dataclass(frozen=True, slots=True)
class EventEntry:
    """Something done. `data` is as the event log has it: `changes` maps a field to [old, new]."""

    what: ClassVar[str] = "event"
    id: int
    at: datetime
    name: Name
    agent_id: int | None
    agent: str | None  # None: the system or the customer did it
    data: dict[str, Any]

    @property
    def changes(self) -> dict[str, list[Any]]:
        return dict(self.data.get("changes", {}))


Entry = MessageEntry | EventEntry


class Entries(list[Entry]):
    """A page of a conversation, oldest first; `earlier` asks for the page before it, None if there is none."""

    earlier: str | None = None


def entries(ticket: Ticket, *, before: str | None = None) -> Entries:
    """What happened in *ticket*, the newest page of it, or the page *before* a former page's `earlier`."""
    message_id, event_id = _cursor(before)
    said, done = _said(ticket, message_id), _done(ticket, event_id)
    taken_said, taken_done = _newest(said, done)
    page = Entries(gathering.gathered(_merged(taken_said, taken_done, _attachments(taken_said))))
    if len(taken_said) < len(said) or len(taken_done) < len(done):
        last_said = taken_said[-1].id if taken_said else message_id
        last_done = taken_done[-1].id if taken_done else event_id
        page.earlier = f"{last_said or ''}.{last_done or ''}"
    return page


def _cursor(text: str | None) -> tuple[int | None, int | None]:
    said, _, done = (text or "").partition(".")
    return (_number(said), _number(done))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


_answered = aliased(Message)
_LINES = func.length(Message.full_text) - func.length(func.replace(Message.full_text, "\n", ""))
_OWN_LINES = func.length(Message.text) - func.length(func.replace(Message.text, "\n", ""))


def _said(ticket: Ticket, before: int | None) -> Sequence[Row[*tuple[Any, ...]]]:
    answered_id = Message.because["of"].as_integer()
    asked = (
        select(
            Message.id, Message.at, Message.author, Message.channel, Message.agent_id, Message.customer_id,
            Message.sender, Message.sender_name, Message.recipients, Message.copies, Message.subject, Message.text,
            Message.has_html, Message.raw_id, Message.language, Message.automatic, Message.authenticated, Message.notes,
            Message.because,
            case((Message.full_text == "", 0), else_=func.greatest(_LINES - _OWN_LINES, 0)).label("quoted_lines"),
            Agent.name.label("agent"), _answered.at.label("answered_at"), _answered.author.label("answered_author"),
            Outgoing.state, Outgoing.error, Outgoing.attempts, Outgoing.due_at, Outgoing.sent_at,
        )
        .outerjoin(Agent, Agent.id == Message.agent_id)
        .outerjoin(_answered, _answered.id == answered_id)
        .outerjoin(Outgoing, and_(Outgoing.message_id == Message.id, Outgoing.purpose == Purpose.REPLY))
        .where(Message.ticket_id == ticket.id)
        .order_by(Message.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    if before is not None:
        asked = asked.where(Message.id < before)
    return db.session.execute(asked).all()


def _done(ticket: Ticket, before: int | None) -> Sequence[Row[*tuple[Any, ...]]]:
    asked = (
        select(Event.id, Event.at, Event.name, Event.agent_id, Agent.name.label("agent"), Event.data)
        .outerjoin(Agent, Agent.id == Event.agent_id)
        .where(Event.ticket_id == ticket.id, Event.name.in_(SHOWN), ~Event.data.has_key("visit"))
        .order_by(Event.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        asked = asked.where(Event.id < before)
    return db.session.execute(asked).all()


def _newest(
    said: Sequence[Row[*tuple[Any, ...]]], done: Sequence[Row[*tuple[Any, ...]]]
) -> tuple[Sequence[Row[*tuple[Any, ...]]], Sequence[Row[*tuple[Any, ...]]]]:
    """How far a page reaches into either stream. Each is used up strictly in its own order, so that nothing is lost."""
    i = j = 0
    while i + j < PAGE and (i < len(said) or j < len(done)):
        if j == len(done) or (i < len(said) and said[i].at >= done[j].at):
            i += 1
        else:
            j += 1
    return said[:i], done[:j]


def _attachments(said: Sequence[Row[*tuple[Any, ...]]]) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = {}
    if ids := [row.id for row in said]:
        asked = select(Attachment).where(Attachment.message_id.in_(ids)).order_by(Attachment.id)
        for attachment in db.session.scalars(asked):
            found.setdefault(attachment.message_id, []).append(attachment)
    return found


def _merged(
    said: Sequence[Row[*tuple[Any, ...]]], done: Sequence[Row[*tuple[Any, ...]]], files: dict[int, list[Attachment]]
) -> list[Entry]:
    last_inbound = max((row.id for row in said if row.author is Author.CUSTOMER), default=0)
    page: list[Entry] = [_message(row, files.get(row.id, []), last_inbound) for row in said]
    page += [EventEntry(row.id, row.at, Name(row.name), row.agent_id, row.agent, row.data) for row in done]
    # In the same instant what was said comes before what was done about it.
    return sorted(page, key=lambda entry: (entry.at, entry.what == "event", entry.id))


def _message(row: Row[Any], files: list[Attachment], last_inbound: int) -> MessageEntry:
    delivery = None
    if row.state:
        is_text = row.channel == "sms"
        delivery = Delivery(row.state, row.error, row.attempts, row.due_at, row.sent_at, is_text)
    is_read = row.author is Author.AGENT and row.channel in ("email", "web") and row.id < last_inbound
    return MessageEntry(
        row.id, row.at, row.author, row.channel, row.agent or row.sender_name or row.sender or "", row.agent_id,
        row.customer_id, row.sender, row.recipients, row.copies, row.subject, row.text, row.quoted_lines, row.has_html,
        row.raw_id is not None, row.language, row.automatic, row.authenticated, row.notes, tuple(files), _because(row),
        delivery,
        is_collapsed=is_read and not (delivery and delivery.has_failed),
    )  # fmt: skip


def _because(row: Row[Any]) -> Because | None:
    why: dict[str, Any] = row.because
    if "rule" not in why:
        return None
    earlier = ref_of(why["earlier"]) if why.get("earlier") else None
    return Because(why["rule"], why.get("of"), row.answered_at, row.answered_author, earlier, why.get("link"))
