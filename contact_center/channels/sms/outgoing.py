"""What is particular about a text that leaves: one after the other, looked for before it is sent again, and paid.

`delivery` calls this around its own steps, inside its transactions.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import update

from contact_center import clock
from contact_center.channels.base import OutboundMessage
from contact_center.channels.sms import links
from contact_center.channels.sms.provider import SENT_RANK
from contact_center.channels.twilio import failures
from contact_center.customers import text_stops
from contact_center.customers.models import ContactPoint
from contact_center.customers.text_stops import Said
from contact_center.errors import DeliveryError
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.outbox.models import Outgoing
from contact_center.statement import Statement
from contact_center.text import sayings
from contact_center.text.addresses import Scheme
from contact_center.text.remarks import remark
from contact_center.text.sayings import gettext

NEXT_AFTER = timedelta(seconds=3)  # whether or not the network has the one before
LOOK_AFTER = timedelta(seconds=10)  # after an answer that never came: until then the carrier has it, or has it not
_LONGEST = 30.0  # seconds between two tries of what the carrier had no time for

# Two quick texts may arrive in the wrong order: the second waits until the network has the first, or a moment. The
# lock makes two senders of one thread look one after the other. What is tried again much later holds up nobody.
_BEGIN = Statement("""
    WITH mine AS (SELECT id, recipient, place_id, pg_advisory_xact_lock(hashtextextended('text:' || recipient, 0))
                  FROM outgoing WHERE id = :id),
    ahead AS (
        SELECT max(CASE o.state WHEN 'SENT' THEN o.sent_at + CAST(:pause AS interval)
                                ELSE CAST(:now AS timestamptz) + CAST(:pause AS interval) END) AS until
        FROM outgoing o, mine
        WHERE o.recipient = mine.recipient AND o.channel = 'sms' AND o.id < mine.id
          AND o.place_id IS NOT DISTINCT FROM mine.place_id
          AND o.queued_at > CAST(:now AS timestamptz) - interval '1 day'
          AND (o.state = 'SENDING' OR (o.state = 'QUEUED' AND o.due_at <= CAST(:now AS timestamptz) + interval '30 s')
               OR (o.state = 'SENT' AND o.rank < :sent_rank
                   AND o.sent_at > CAST(:now AS timestamptz) - CAST(:pause AS interval)))
    )
    UPDATE outgoing SET
        state = CASE WHEN ahead.until IS NULL THEN state ELSE 'QUEUED' END,
        attempts = attempts - (ahead.until IS NOT NULL)::int,
        due_at = coalesce(ahead.until, due_at),
        unsure_since = CASE WHEN ahead.until IS NULL THEN coalesce(unsure_since, :now) ELSE unsure_since END
    FROM ahead WHERE outgoing.id = :id
    RETURNING ahead.until IS NULL AS may
""")


def begin(outgoing_id: int, now: datetime) -> bool:
    """Whether a claimed text may be tried now; if so it is noted that from here on nobody knows.

    Else it is given back, until those before it in its thread are through.
    """
    row = _BEGIN.one({"id": outgoing_id, "now": now, "pause": NEXT_AFTER, "sent_rank": SENT_RANK})
    return bool(row.may)


def compose(row: Outgoing) -> OutboundMessage:
    """A text as its carrier needs it. Raises DeliveryError where no number of ours can send it."""
    number = places.texting_number(row.place_id)
    if number is None:
        raise DeliveryError(gettext("No number of ours writes texts: an administrator must add one."))
    return OutboundMessage(
        external_id=row.external_id, sender=number.address, sender_name=number.name, recipients=(row.recipient,),
        subject="", text=row.text, language=row.payload.get("language") or number.language, place=number.id,
        written_at=row.queued_at, transport=str(row.payload.get("transport", "")), tracking=row.id,
        links=links.of(row),
    )  # fmt: skip


def know(outgoing_id: int, ref: str) -> None:
    """The carrier has it, and calls it so."""
    mine = update(Outgoing).where(Outgoing.id == outgoing_id)
    db.session.execute(mine.where(Outgoing.provider_ref.is_(None)).values(provider_ref=ref))
    db.session.execute(mine.values(unsure_since=None))


def fail(row: Outgoing, error: DeliveryError, attempt: int) -> None:
    """What a try that failed means for the next one, and for the address."""
    now = clock.now()
    if error.is_unsure:
        row.due_at = now + LOOK_AFTER
    else:
        row.unsure_since = None
    if error.after is not None:
        wait = min(error.after * 2 ** min(attempt - 1, 10), max(_LONGEST, error.after))
        row.due_at = now + timedelta(seconds=wait * random.uniform(0.9, 1.1))
    learn(row.recipient, error.code)


def learn(recipient: str, code: int | None) -> None:
    """What the carrier's refusal says about an address: it has opted out, or nothing ever gets there."""
    if code == failures.STOPPED:
        text_stops.stop(recipient, remark("The carrier lets no text through: they have opted out there."), Said.CARRIER)
    elif code in failures.NO_ADDRESS:
        points = update(ContactPoint).where(ContactPoint.scheme == Scheme.PHONE, ContactPoint.value == recipient)
        reason = sayings.keep(failures.sentence(code))
        db.session.execute(points.values(bounced_at=clock.now(), bounce_reason=reason))
