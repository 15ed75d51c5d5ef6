"""Where things come in: which queue a mailbox or the request form feeds, and which addresses are our own.

Read on every message, changed a few times a year: kept in memory for two seconds.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from sqlalchemy import select

from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from contact_center.queues.models import Queue

_FRESH_FOR = 2.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message came in: which queue gets it, and by which mailbox it is answered."""

    queue_id: int
    place_id: int | None = None
    language: str = "en"


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


@dataclass(slots=True)
class _Known:
    read_at: float = -10.0
    mailboxes: dict[int, OwnMailbox] = field(default_factory=dict)
    web_queue_id: int | None = None
    first_queue_id: int | None = None


_known = _Known()


def mailboxes() -> dict[int, OwnMailbox]:
    """Active mailboxes by id."""
    return _fresh().mailboxes


def own_addresses() -> frozenset[str]:
    """Every address that is ours."""
    return frozenset(mailbox.address for mailbox in _fresh().mailboxes.values())


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
        queues = db.session.execute(
            select(Queue.id, Queue.takes_web_requests).where(Queue.is_active).order_by(Queue.position, Queue.id)
        ).all()
        _known.web_queue_id = next((q.id for q in queues if q.takes_web_requests), None)
        _known.first_queue_id = queues[0].id if queues else None
        _known.read_at = time.monotonic()
    return _known
