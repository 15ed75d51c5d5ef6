"""Where things come in: which queue a mailbox, a number or the request form feeds, and which addresses are our own.

Read on every message, changed a few times a year: kept in memory for two seconds.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from sqlalchemy import select, text

from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from contact_center.queues.models import Queue

_FRESH_FOR = 2.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message came in: which queue gets it, and by which mailbox or number it is answered."""

    queue_id: int
    place_id: int | None = None
    language: str = "en"
    number_id: int | None = None


@dataclass(frozen=True, slots=True)
class OwnMailbox:
    """What filing and answering need to know of a mailbox."""

    id: int
    address: str
    from_name: str
    signature: str
    language: str
    queue_id: int
    acknowledges: bool
    authserv_id: str | None = None

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    def reply_address(self, token: str) -> str:
        """Our address with the ticket's unguessable token in it."""
        local, _, domain = self.address.rpartition("@")
        return f"{local}+cc-{token}@{domain}"


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """What filing and answering need to know of a telephone number of ours."""

    id: int
    address: str
    name: str
    language: str
    queue_id: int
    takes_calls: bool
    takes_texts: bool
    acknowledges: bool


@dataclass(slots=True)
class _Known:
    read_at: float = -10.0
    mailboxes: dict[int, OwnMailbox] = field(default_factory=dict)
    numbers: dict[int, OwnNumber] = field(default_factory=dict)
    web_queue_id: int | None = None
    first_queue_id: int | None = None


_known = _Known()
_NUMBERS = text("""
    SELECT id, address, name, language, queue_id, takes_calls, takes_texts, acknowledges FROM phone_number
    WHERE is_active ORDER BY id
""")


def mailboxes() -> dict[int, OwnMailbox]:
    """Active mailboxes by id."""
    return _fresh().mailboxes


def own_addresses() -> frozenset[str]:
    """Every mail address that is ours."""
    return frozenset(mailbox.address for mailbox in _fresh().mailboxes.values())


def numbers() -> dict[int, OwnNumber]:
    """Active telephone numbers by id."""
    return _fresh().numbers


def own_numbers() -> frozenset[str]:
    """Every telephone number that is ours."""
    return frozenset(number.address for number in _fresh().numbers.values())


def number_with(address: str) -> OwnNumber | None:
    """The number of ours with that address in its normal form."""
    return next((number for number in _fresh().numbers.values() if number.address == address), None)


def texting_number(number_id: int | None, queue_id: int | None = None) -> OwnNumber | None:
    """Which number writes texts: that one, else one of the queue, else the first that can."""
    able = {number.id: number for number in _fresh().numbers.values() if number.takes_texts}
    of_queue = next((number for number in able.values() if number.queue_id == queue_id), None)
    return able.get(number_id or 0) or of_queue or next(iter(able.values()), None)


def mailbox_of(place_id: int | None) -> OwnMailbox | None:
    """The mailbox with that id, else the first one: something must carry our answers."""
    known = _fresh().mailboxes
    return known.get(place_id or 0) or next(iter(known.values()), None)


def find(channel: str, place_id: int | None) -> Place:
    """The place a message of *channel* came in; falls back to the first queue, so that nothing is refused."""
    known = _fresh()
    mailbox = known.mailboxes.get(place_id or 0) if channel == "email" else None
    if mailbox:
        return Place(mailbox.queue_id, mailbox.id, mailbox.language)
    number = known.numbers.get(place_id or 0) if channel in ("phone", "sms") else None
    if number:
        return Place(number.queue_id, None, number.language, number.id)
    answering = mailbox_of(None)
    queue_id = known.web_queue_id or known.first_queue_id
    if queue_id is None:
        raise LookupError("there is no queue yet: create one under Settings, Queues")
    return Place(queue_id, answering.id if answering else None, answering.language if answering else "en")


def forget() -> None:
    """Read again at the next call; for whoever has just changed a mailbox or a queue."""
    _known.read_at = -10.0


def _fresh() -> _Known:
    if time.monotonic() - _known.read_at > _FRESH_FOR:
        rows = db.session.scalars(select(Mailbox).where(Mailbox.is_active).order_by(Mailbox.id))
        _known.mailboxes = {
            m.id: OwnMailbox(
                m.id, m.address, m.from_name, m.signature, m.language, m.queue_id, m.acknowledges, m.authserv_id
            )
            for m in rows
        }
        _known.numbers = {row.id: OwnNumber(*row) for row in db.session.execute(_NUMBERS)}
        queues = db.session.execute(
            select(Queue.id, Queue.takes_web_requests).where(Queue.is_active).order_by(Queue.position, Queue.id)
        ).all()
        _known.web_queue_id = next((q.id for q in queues if q.takes_web_requests), None)
        _known.first_queue_id = queues[0].id if queues else None
        _known.read_at = time.monotonic()
    return _known
