"""The funnel: everything that arrives goes through here, whatever the channel. Read this file first.

Receive → commit 1: keep it, byte for byte → normalise → the first rule that decides → file → place →
remember → commit 2. A crash anywhere leaves a raw row in state NEW, and `sweep()` carries on from there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy.exc import IntegrityError, OperationalError

from contact_center.channels import acknowledgement, raws, rules
from contact_center.channels.base import RawMessage
from contact_center.channels.models import RawState
from contact_center.channels.raws import Outcome
from contact_center.channels.registry import CHANNELS
from contact_center.channels.rules import Known
from contact_center.errors import Unreadable
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.routing import placement
from contact_center.text import sayings
from contact_center.text.sayings import gettext
from contact_center.tickets import intake
from contact_center.tickets.inbound import InboundMessage

MAX_ATTEMPTS = 3
Then = Callable[[Outcome], object]
_log = logging.getLogger(__name__)


def accept(channel: str, source: Any, *, then: Then | None = None) -> list[Outcome]:
    """Take in everything *source* holds. Raises Untrusted; whatever else happens, it is kept.

    *then* is done with what has just been filed, before anybody can see it: in the same transaction.
    """
    received = list(CHANNELS[channel].receive(source))
    return [process(raw_id, raw, then=then) for raw_id, raw in zip(keep(received), received, strict=True)]


def keep(received: Sequence[RawMessage]) -> list[int]:
    """Commit 1: store what arrived, once. Returns one row id per raw; a repeat gives the id of the first."""
    ids = raws.store(received)
    db.session.commit()
    return ids


def take_up(channel: str, most: int = 20) -> list[int]:
    """Think about what was kept of *channel* and nobody has looked at; returns which, none when all is done.

    Call it until then: while one process is at it the others leave it to that one, so that each sender's come in order.
    """
    taken = raws.take(channel, most)
    db.session.commit()
    for raw_id, raw in taken:
        process(raw_id, raw)
    return [raw_id for raw_id, _raw in taken]


def process(
    raw_id: int, raw: RawMessage | None = None, *, is_counted: bool = False, then: Then | None = None
) -> Outcome:
    """Commit 2: think about a kept raw message. Safe to call again or twice at once; the first result stands.

    With *raw* (just kept, still in memory) nothing is read back. *is_counted*: this attempt is in the row already.
    Never raises for what the message holds.
    """
    try:
        return _process(raw_id, raw, then)
    except OperationalError:  # the database is away: the row stays NEW and nobody is to blame
        db.session.rollback()
        raise
    except Exception as error:  # noqa: BLE001 (whatever a message does, it is recorded and the rest goes on)
        db.session.rollback()
        return _failed(raw_id, error, is_counted=is_counted)


def _process(raw_id: int, raw: RawMessage | None, then: Then | None) -> Outcome:
    raw = raw or raws.load(raw_id)
    message = CHANNELS[raw.channel].normalise(raw)
    for _ in range(2):
        known = rules.look(raw_id, message)
        if known is None:
            db.session.rollback()
            return raws.outcome(raw_id)
        try:
            outcome = _decide(raw_id, raw, message, known)
            raws.remember(raw_id, outcome)
            if then is not None:
                then(outcome)
            db.session.commit()
        except IntegrityError:  # another mailbox's copy was filed this very moment: look again and find it
            db.session.rollback()
            continue
        return outcome
    raise Unreadable(gettext("The same message seems to be here, and cannot be found."))


def _decide(raw_id: int, raw: RawMessage, message: InboundMessage, known: Known) -> Outcome:
    if known.first_id:
        return Outcome(raw_id, RawState.DUPLICATE, message_id=known.first_id, why={"rule": "duplicate"})
    verdict = rules.first(message, known)
    if verdict and verdict.ignore:
        return Outcome(raw_id, RawState.IGNORED, why={"rule": verdict.why})
    place = places.find(raw.channel, raw.place)
    if queue_id := raw.facts.get("queue_id"):  # what somebody chose before they came in
        place = replace(place, queue_id=queue_id)
    window = timedelta(days=current_app.config["CC"].reopen_days)
    decision = verdict.decision if verdict else None
    filed = intake.file(message, place, raw_id=raw_id, reopen_within=window, decision=decision)
    filed = placement.place(filed, message, place)
    told = not (verdict and verdict.quiet) and acknowledgement.queue(filed, message, place)
    return Outcome(
        raw_id, RawState.DONE, filed.ticket_id, filed.interaction_id, filed.customer_id, filed.message_id,
        why=filed.decision.reason(), acknowledged=bool(told),
    )  # fmt: skip


def _failed(raw_id: int, error: Exception, *, is_counted: bool) -> Outcome:
    """Count the try; after the third a person decides. The rest of the mailbox flows on."""
    _log.warning("raw message %s could not be filed: %s", raw_id, error, exc_info=not isinstance(error, Unreadable))
    tries = 0 if is_counted else 1
    outcome = raws.count_failure(raw_id, sayings.keep(_sentence(error)), tries=tries, limit=MAX_ATTEMPTS)
    db.session.commit()
    return outcome


def _sentence(error: Exception) -> str:
    if isinstance(error, Unreadable):
        return error.sentence
    what = f"{type(error).__name__}: {error}"[:500]
    return gettext("Something broke on our side while reading it; the log has all of it. %(what)s", what=what)


def sweep(limit: int = 100) -> int:
    """Carry on with what a crash or a failed try left NEW; returns how many were looked at."""
    left = raws.left_over(limit)
    for raw_id in left:
        if raws.start_attempt(raw_id, MAX_ATTEMPTS):
            process(raw_id, is_counted=True)
    return len(left)


def retry(raw_id: int, agent: Any) -> Outcome:
    """Try a quarantined message again, at a person's wish."""
    raws.release(raw_id, agent)
    db.session.commit()
    return process(raw_id)
