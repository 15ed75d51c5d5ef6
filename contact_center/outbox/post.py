"""Queue what leaves the building: the one door out for every path, so caps and flags are checked here and only here.

`queue()` writes a row in the caller's transaction; after the commit `channels.delivery` sends it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Exists, ScalarSelect, Table, exists, func, insert, literal, select

from contact_center import clock
from contact_center.customers.models import ContactPoint
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.text.addresses import Scheme

# Automatic mail to one address: a forged sender must not turn us into a nuisance (at most this many per hours).
CAPS: dict[Purpose, tuple[tuple[int, timedelta], ...]] = {
    Purpose.ACKNOWLEDGEMENT: ((3, timedelta(hours=1)), (5, timedelta(days=1))),
    Purpose.STATUS_LINK: ((1, timedelta(days=1)),),
    Purpose.ACCOUNT: ((10, timedelta(hours=1)),),
}
_table = cast(Table, Outgoing.__table__)
_earlier = _table.alias()
_AUTOMATIC = (Purpose.ACKNOWLEDGEMENT, Purpose.STATUS_LINK)


@dataclass(frozen=True, slots=True)
class Letter:
    """What to send. `domain` is the right side of the Message-ID, our own; `payload` is for the channel."""

    purpose: Purpose
    recipient: str
    subject: str
    text: str
    channel: str = "email"
    html: str = ""
    domain: str = "localhost"
    place_id: int | None = None
    customer_id: int | None = None
    ticket_id: int | None = None
    message_id: int | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    is_verified: bool = False  # the recipient proved the address: the status link's daily cap does not apply


def queue(letter: Letter) -> tuple[int, str] | None:
    """Write the outgoing row; returns (id, external id), or None if it may not leave now (an event says why)."""
    external_id, now = new_message_id(letter.domain), clock.now()
    row = {
        "purpose": letter.purpose,
        "channel": letter.channel,
        "place_id": letter.place_id,
        "recipient": letter.recipient,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "payload": letter.payload,
        "customer_id": letter.customer_id,
        "ticket_id": letter.ticket_id,
        "message_id": letter.message_id,
        "external_id": external_id,
        "queued_at": now,
        "due_at": now,
    }
    outgoing_id = db.session.execute(_insert(row, _conditions(letter))).scalar()
    if outgoing_id is None:
        _suppress(letter)
        return None
    bus.after_commit(Name.OUTGOING_QUEUED, {"outgoing": outgoing_id})
    return outgoing_id, external_id


def _insert(row: dict[str, Any], conditions: list[ColumnElement[bool]]) -> Any:
    """Insert *row* if all *conditions* hold, in one statement: this is on the way of every mail that comes in."""
    values = select(*(literal(value, _table.c[name].type) for name, value in row.items())).where(*conditions)
    return insert(_table).from_select(list(row), values, include_defaults=False).returning(_table.c.id)


def new_message_id(domain: str) -> str:
    """A Message-ID nobody can guess: whoever cites it has had our mail."""
    return f"<cc.{secrets.token_urlsafe(18)}@{domain}>"


def _conditions(letter: Letter) -> list[ColumnElement[bool]]:
    conditions = []
    if letter.purpose in _AUTOMATIC:
        conditions.append(~_has_bounced(letter.recipient))
    if not letter.is_verified:
        conditions += [_sent_since(letter, period) < most for most, period in CAPS.get(letter.purpose, ())]
    return conditions


def _has_bounced(recipient: str) -> Exists:
    point = ContactPoint.__table__.c
    return exists().where(point.scheme == Scheme.EMAIL, point.value == recipient, point.bounced_at.is_not(None))


def _sent_since(letter: Letter, period: timedelta) -> ScalarSelect[int]:
    same = _earlier.c
    asked = select(func.count()).select_from(_earlier)
    return asked.where(
        same.recipient == letter.recipient,
        same.queued_at > clock.now() - period,
        same.purpose == letter.purpose,
    ).scalar_subquery()


def _suppress(letter: Letter) -> None:
    has_bounced = letter.purpose in _AUTOMATIC and db.session.scalar(select(_has_bounced(letter.recipient)))
    reason = "bounced" if has_bounced else "cap"
    about = _Subject(letter.ticket_id, letter.customer_id)
    log.record(Name.OUTGOING_SUPPRESSED, about, purpose=letter.purpose, recipient=letter.recipient, reason=reason)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a suppressed letter speaks of: there is no row to point to."""

    ticket_id: int | None
    customer_id: int | None
    id: int = 0
    __tablename__ = "suppressed"
