"""Queue what leaves the building: the one door out for every path, so caps and flags are checked here and only here.

`queue()` writes a row in the caller's transaction; after the commit `channels.delivery` sends it.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from contact_center import clock
from contact_center.customers import consents, text_stops
from contact_center.customers.models import ContactPoint
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.outbox import quiet
from contact_center.outbox.models import Purpose
from contact_center.statement import Statement
from contact_center.text import segments
from contact_center.text.addresses import Scheme

# Automatic mail to one address: a forged sender must not turn us into a nuisance (at most this many per hours).
CAPS: dict[Purpose, tuple[tuple[int, timedelta], ...]] = {
    Purpose.ACKNOWLEDGEMENT: ((3, timedelta(hours=1)), (5, timedelta(days=1))),
    Purpose.STATUS_LINK: ((1, timedelta(days=1)),),
    Purpose.ACCOUNT: ((10, timedelta(hours=1)),),
    Purpose.VISIT: ((5, timedelta(hours=1)), (10, timedelta(days=1))),
    Purpose.DELAY: ((2, timedelta(hours=1)), (5, timedelta(days=1))),
    Purpose.ANSWER: ((10, timedelta(hours=1)), (30, timedelta(days=1))),
}
# What leaves only as far as the customer lets us (`customers.consents`); the rest is the business they have with us.
CONSENT = {Purpose.SURVEY: consents.Purpose.SURVEYS}
_AUTOMATIC = (Purpose.ACKNOWLEDGEMENT, Purpose.STATUS_LINK, Purpose.VISIT, Purpose.DELAY)
_CAN_WAIT = (Purpose.SURVEY, Purpose.VISIT, Purpose.DELAY)  # as a text, until the recipient's night is over


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
        "payload": json.dumps(letter.payload),
        "customer_id": letter.customer_id,
        "ticket_id": letter.ticket_id,
        "message_id": letter.message_id,
        "external_id": external_id,
        "now": now,
        **_of_text(letter, now),
    }
    queued = _INSERT.one(row | _conditions(letter))
    if queued is None:
        _suppress(letter)
        return None
    bus.after_commit(Name.OUTGOING_QUEUED, {"outgoing": queued.id})
    return queued.id, external_id


# Conditions and row in one statement: it is on the way of every mail that comes in.
_INSERT = Statement("""
    INSERT INTO outgoing (purpose, channel, place_id, recipient, subject, text, html, payload, customer_id, ticket_id,
                          message_id, external_id, queued_at, due_at, segments)
    SELECT CAST(:purpose AS text), :channel, CAST(:place_id AS bigint), CAST(:recipient AS text), :subject, :text,
           :html, CAST(:payload AS jsonb), CAST(:customer_id AS bigint), CAST(:ticket_id AS bigint),
           CAST(:message_id AS bigint), :external_id, CAST(:now AS timestamptz), CAST(:due_at AS timestamptz),
           CAST(:segments AS bigint)
    WHERE NOT (:minds_bounces AND EXISTS (
              SELECT FROM contact_point
              WHERE scheme = 'EMAIL' AND value = CAST(:recipient AS text) AND bounced_at IS NOT NULL))
      AND NOT (:minds_stops AND coalesce(
              (SELECT is_stopped FROM text_stop WHERE address = CAST(:recipient AS text) ORDER BY id DESC LIMIT 1),
              false))
      AND NOT EXISTS (
              SELECT FROM unnest(CAST(:most AS int[]), CAST(:since AS timestamptz[])) AS cap (most, since)
              WHERE cap.most <= (SELECT count(*) FROM outgoing
                                 WHERE recipient = CAST(:recipient AS text) AND purpose = CAST(:purpose AS text)
                                 AND queued_at > cap.since))
      AND (CAST(:consent AS text) IS NULL OR coalesce(
              (SELECT is_granted FROM consent
               WHERE customer_id = CAST(:customer_id AS bigint) AND channel = :channel AND purpose = :consent
               ORDER BY id DESC LIMIT 1), :is_usual))
    RETURNING id
""")


def new_message_id(domain: str) -> str:
    """A Message-ID nobody can guess: whoever cites it has had our mail."""
    return f"<cc.{secrets.token_urlsafe(18)}@{domain}>"


def _of_text(letter: Letter, now: datetime) -> dict[str, Any]:
    """What only texts have: their parts, and a night in which some of them wait."""
    if letter.channel != "sms":
        return {"due_at": now, "segments": None}
    can_wait = letter.purpose in _CAN_WAIT
    due_at = quiet.until(letter.recipient, letter.customer_id, now) if can_wait else now
    return {"due_at": due_at, "segments": segments.of(letter.text).segments}


def _conditions(letter: Letter) -> dict[str, Any]:
    asked = CONSENT.get(letter.purpose)
    caps = () if letter.is_verified else CAPS.get(letter.purpose, ())
    return {
        "minds_bounces": letter.purpose in _AUTOMATIC,
        "minds_stops": letter.channel == "sms",  # every text, whoever sends it
        "most": [most for most, _ in caps],
        "since": [clock.now() - period for _, period in caps],
        "consent": asked,
        "is_usual": asked is None or consents.DEFAULTS[asked],
    }


def _has_bounced(recipient: str) -> bool:
    point = select(ContactPoint.id).where(ContactPoint.scheme == Scheme.EMAIL, ContactPoint.value == recipient)
    return db.session.scalar(point.where(ContactPoint.bounced_at.is_not(None)).limit(1)) is not None


def _is_refused(letter: Letter) -> bool:
    asked = CONSENT.get(letter.purpose)
    return asked is not None and not consents.allows(letter.customer_id, letter.channel, asked)


def _suppress(letter: Letter) -> None:
    has_bounced = letter.purpose in _AUTOMATIC and _has_bounced(letter.recipient)
    is_stopped = letter.channel == "sms" and text_stops.since(letter.recipient) is not None
    reason = "stopped" if is_stopped else "bounced" if has_bounced else "consent" if _is_refused(letter) else "cap"
    about = _Subject(letter.ticket_id, letter.customer_id)
    log.record(Name.OUTGOING_SUPPRESSED, about, purpose=letter.purpose, recipient=letter.recipient, reason=reason)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a suppressed letter speaks of: there is no row to point to."""

    ticket_id: int | None
    customer_id: int | None
    id: int = 0
    __tablename__ = "suppressed"
