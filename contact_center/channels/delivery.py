"""What leaves the building: claim an outgoing row, let its channel send it, record the outcome.

The jobs call `deliver` with an id from a nudge, and with those of `due` from the sweeper. Two senders at once, a lost
nudge and a crash at any line are harmless: the row's guarded state decides, and every try carries the same Message-ID.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy import text as sql

from contact_center import clock
from contact_center.channels.base import OutboundFile, OutboundMessage
from contact_center.channels.registry import CHANNELS
from contact_center.channels.sms import outgoing as texts_out
from contact_center.errors import ContactCenterError, DeliveryError
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.files import store
from contact_center.files.models import File
from contact_center.mailboxes import places
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.text import sayings
from contact_center.text.sayings import gettext
from contact_center.tickets.messages import Message

LEASE = timedelta(minutes=10)  # longer than any try lasts: whose lease has ended is stuck
_LOCK_CLASS = 4217  # of the advisory locks by which senders show that they live; the number means nothing
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
GIVE_UP_AFTER = timedelta(hours=24)
_SKEW = timedelta(seconds=2)  # clocks of two machines; a fresh row must not wait for the sweeper

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A row that is ours until the lease ends."""

    id: int
    attempt: int
    queued_at: datetime
    channel: str
    unsure_since: datetime | None  # an earlier try may have been heard


def due(limit: int = 100) -> list[int]:
    """Rows whose time has come: queued ones, and those whose sender died."""
    db.session.execute(_ABANDONED, {"now": clock.now(), "class": _LOCK_CLASS})
    waiting = Outgoing.state.in_((OutgoingState.QUEUED, OutgoingState.SENDING))
    asked = select(Outgoing.id).where(waiting, Outgoing.due_at <= clock.now()).order_by(Outgoing.due_at).limit(limit)
    ids = list(db.session.scalars(asked))
    db.session.commit()
    return ids


def deliver(outgoing_id: int) -> OutgoingState | None:
    """Send one row if it is to be sent now; returns its new state, None if there was nothing to do."""
    with _sender_of(outgoing_id) as is_ours:
        claim = _claim(outgoing_id) if is_ours else None
        if claim is None:
            return None
        return _try(claim)


# A killed sender's lock is gone with its connection: its row need not wait for the end of the lease.
_ABANDONED = sql("""
    UPDATE outgoing SET due_at = :now
    WHERE state = 'SENDING' AND due_at > :now AND NOT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND CAST(classid AS bigint) = :class
        AND CAST(objid AS bigint) = outgoing.id % 2147483648
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
""")


@contextmanager
def _sender_of(outgoing_id: int) -> Iterator[bool]:
    """Be the one who sends this row, for as long as this process lives; False if somebody else is."""
    lock = {"class": _LOCK_CLASS, "id": outgoing_id % 2**31}
    with db.engine.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_ours = bool(connection.scalar(sql("SELECT pg_try_advisory_lock(:class, :id)"), lock))
        try:
            yield is_ours
        finally:
            if is_ours:
                connection.execute(sql("SELECT pg_advisory_unlock(:class, :id)"), lock)


def _claim(outgoing_id: int) -> _Claim | None:
    now = clock.now()
    waiting = Outgoing.state.in_((OutgoingState.QUEUED, OutgoingState.SENDING))
    claimed = (
        update(Outgoing)
        .where(Outgoing.id == outgoing_id, waiting, Outgoing.due_at <= now + _SKEW)
        .values(state=OutgoingState.SENDING, attempts=Outgoing.attempts + 1, due_at=now + LEASE)
        .returning(Outgoing.attempts, Outgoing.queued_at, Outgoing.channel, Outgoing.unsure_since)
    )
    row = db.session.execute(claimed).one_or_none()
    if row is not None and row.channel == "sms" and not texts_out.begin(outgoing_id, now):
        row = None  # an earlier text of the thread goes first
    db.session.commit()
    return _Claim(outgoing_id, *row) if row else None


def _try(claim: _Claim) -> OutgoingState:
    try:
        row = db.session.get_one(Outgoing, claim.id, populate_existing=True)
        channel, message = CHANNELS[row.channel], replace(_compose(row), unsure_since=claim.unsure_since)
        db.session.commit()  # no transaction stays open while the other side lets us wait
        ref = channel.send(message)
    except DeliveryError as error:
        return _failed(claim, error)
    except ContactCenterError as error:
        return _failed(claim, DeliveryError(error.sentence))
    except Exception:  # noqa: BLE001 (the job loop: recorded, and tried again)
        db.session.rollback()
        _log.exception("outgoing %s broke the sender", claim.id)
        broken = gettext("Something broke on our side while sending. It has been logged.")
        return _failed(claim, DeliveryError(broken, is_unsure=True))
    if claim.channel == "sms":
        texts_out.know(claim.id, ref)
    return _sent(claim.id)


def _compose(row: Outgoing) -> OutboundMessage:
    """Everything the channel needs, read now, so that it needs no row later."""
    payload: dict[str, Any] = row.payload
    if row.channel == "sms":
        return texts_out.compose(row)
    mailbox = places.mailbox_of(row.place_id)
    if mailbox is None and row.channel == "email":
        raise DeliveryError(gettext("There is no mailbox to send from yet: an administrator must add one."))
    own_name = mailbox.from_name if mailbox else ""
    own_language = mailbox.language if mailbox else current_app.config["CC"].default_language
    return OutboundMessage(
        external_id=row.external_id,
        sender=mailbox.address if mailbox else "",
        sender_name=payload.get("sender_name") or own_name or current_app.config["CC"].brand,
        recipients=(row.recipient, *payload.get("also_to", ())),
        subject=row.subject,
        text=row.text,
        html=row.html,
        copies=tuple(payload.get("copies", ())),
        reply_to=payload.get("reply_to"),
        references=tuple(payload.get("references", ())),
        automatic=bool(payload.get("automatic")),
        language=payload.get("language") or own_language,
        attachments=_attachments(payload.get("file_ids", ())),
        place=mailbox.id if mailbox else None,
        written_at=row.queued_at,
        reached=tuple(payload.get("reached", ())),
    )


def _attachments(listed: Any) -> tuple[OutboundFile, ...]:
    """The files of `[[file id, name, type], …]`; a fourth item is an inline image's content id."""
    found = []
    for file_id, name, content_type, *content_id in listed:
        try:
            data = store.read(db.session.get_one(File, file_id))
        except FileNotFoundError:
            raise DeliveryError(gettext("The file “%(name)s” is missing from our disk.", name=name)) from None
        found.append(OutboundFile(name, content_type, data, content_id[0] if content_id else None))
    return tuple(found)


def _sent(outgoing_id: int, error: str | None = None) -> OutgoingState:
    """It has left, whoever holds the row by now; a bounce that was faster is not undone."""
    unfinished = Outgoing.state.in_((OutgoingState.SENDING, OutgoingState.QUEUED))
    done = update(Outgoing).where(Outgoing.id == outgoing_id, unfinished)
    values = {"state": OutgoingState.SENT, "sent_at": clock.now(), "error": error}
    if db.session.scalar(done.values(values).returning(Outgoing.id)) is not None:
        _record(outgoing_id, Name.MESSAGE_SENT, Name.OUTGOING_SENT, error=error)
    db.session.commit()
    return OutgoingState.SENT


def _failed(claim: _Claim, error: DeliveryError) -> OutgoingState:
    """Queue it again with back-off, or give up with the sentence; nothing if the claim is no longer ours."""
    db.session.rollback()
    row = db.session.get_one(Outgoing, claim.id, populate_existing=True, with_for_update=True)
    if row.state is not OutgoingState.SENDING or row.attempts != claim.attempt:
        db.session.rollback()
        return row.state
    reached = [*row.payload.get("reached", ()), *error.reached]
    if reached:
        row.payload = {**row.payload, "reached": reached}
    is_over = error.permanent or clock.now() - claim.queued_at >= GIVE_UP_AFTER
    if is_over and row.recipient in reached:  # only copies did not get it
        db.session.flush()
        return _sent(claim.id, sayings.keep(error.sentence))
    row.error = sayings.keep(error.sentence)
    row.state = OutgoingState.FAILED if is_over else OutgoingState.QUEUED
    row.due_at = clock.now() + BACK_OFF[min(claim.attempt, len(BACK_OFF)) - 1]
    if row.channel == "sms":
        texts_out.fail(row, error, claim.attempt)
    db.session.flush()
    if is_over:
        _record(claim.id, Name.MESSAGE_FAILED, Name.OUTGOING_FAILED, error=row.error)
    db.session.commit()
    return OutgoingState.FAILED if is_over else OutgoingState.QUEUED


def _record(outgoing_id: int, of_message: Name, otherwise: Name, *, error: str | None) -> None:
    row = db.session.get_one(Outgoing, outgoing_id, populate_existing=True)
    message = db.session.get(Message, row.message_id) if row.message_id else None
    data: dict[str, Any] = {"outgoing": row.id, "recipient": row.recipient, "tries": row.attempts}
    if error:
        data["error"] = error
    if message is not None:
        log.record(of_message, message, **data)
    else:
        log.record(otherwise, row, **data)
