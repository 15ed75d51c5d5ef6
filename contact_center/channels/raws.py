"""The raw rows: store, remember, count failures. Only `inbox` and the quarantine screen call this.

Nothing commits but `start_attempt`, whose point is to be counted even if the attempt kills the process.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import or_, select, text, update

from contact_center import clock
from contact_center.channels.base import RawMessage
from contact_center.channels.models import RawMessageRow as Row
from contact_center.channels.models import RawState
from contact_center.errors import IllegalMove
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.statement import Statement
from contact_center.text.sayings import gettext

_IN_FLIGHT = timedelta(seconds=5)  # a younger row is most likely in somebody's hands
_BACK_OFF = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one raw message; `state` is the word for it, `why` the reason as stored."""

    raw_id: int
    state: RawState
    ticket_id: int | None = None
    interaction_id: int | None = None
    customer_id: int | None = None
    message_id: int | None = None
    why: dict[str, Any] = field(default_factory=dict)
    acknowledged: bool = False


# One statement whatever their number: a FETCH brings fifty. Their bytes go in one piece, which the server cuts up
# again: in an array each would be written out in hexadecimal and escaped.
_STORE = Statement("""
    INSERT INTO raw_message (channel, external_id, place_id, payload, size, facts, received_at)
    SELECT channel, external_id, place_id, substring(CAST(:payloads AS bytea) FROM start FOR size), size, facts, at
    FROM unnest(CAST(:channels AS text[]), CAST(:external_ids AS text[]), CAST(:places AS bigint[]),
                CAST(:starts AS int[]), CAST(:sizes AS int[]), CAST(:facts AS jsonb[]),
                CAST(:received AS timestamptz[]))
         AS raw (channel, external_id, place_id, start, size, facts, at)
    ON CONFLICT DO NOTHING RETURNING id, channel, external_id
""")


def store(received: Sequence[RawMessage]) -> list[int]:
    """Insert what is not there yet; ids in the order of *received*."""
    if not received:
        return []
    sizes = [len(raw.payload) for raw in received]
    rows = {
        "channels": [raw.channel for raw in received],
        "external_ids": [raw.external_id for raw in received],
        "places": [raw.place for raw in received],
        "payloads": b"".join(raw.payload for raw in received),
        "starts": list(accumulate(sizes[:-1], initial=1)),
        "sizes": sizes,
        "facts": [json.dumps(raw.facts) for raw in received],
        "received": [raw.received_at for raw in received],
    }
    kept = {(r.channel, r.external_id): r.id for r in _STORE.rows(rows)}
    for raw in received:
        if (raw.channel, raw.external_id) not in kept:
            asked = select(Row.id).where(Row.channel == raw.channel, Row.external_id == raw.external_id)
            kept[raw.channel, raw.external_id] = db.session.scalars(asked).one()
    return [kept[raw.channel, raw.external_id] for raw in received]


def load(raw_id: int) -> RawMessage:
    """The raw message as it arrived."""
    row = db.session.execute(
        select(Row.channel, Row.external_id, Row.payload, Row.received_at, Row.place_id, Row.facts).where(
            Row.id == raw_id
        )
    ).one()
    return RawMessage(row.channel, row.external_id, bytes(row.payload), row.received_at, row.place_id, row.facts)


# Whoever has a batch in hand comes back for the rest, so nobody else begins meanwhile: first come, first filed.
_TURN = Statement("SELECT pg_try_advisory_xact_lock(hashtextextended('take up:' || CAST(:channel AS text), 0)) AS mine")
_TAKE = Statement("""
    UPDATE raw_message SET tried_at = CAST(:now AS timestamptz)
    FROM (SELECT id FROM raw_message WHERE state = 'NEW' AND channel = :channel AND tried_at IS NULL
            AND NOT EXISTS (SELECT FROM raw_message WHERE state = 'NEW' AND channel = :channel AND error IS NULL
                              AND tried_at > CAST(:now AS timestamptz) - CAST(:in_hand AS interval))
          ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED) fresh
    WHERE raw_message.id = fresh.id
    RETURNING raw_message.id, channel, external_id, payload, received_at, place_id, facts
""")


def take(channel: str, most: int) -> list[tuple[int, RawMessage]]:
    """Take the oldest that nobody has looked at yet, in their order; none while somebody has others in hand.

    What a crash leaves of them is left over a moment later.
    """
    if not _TURN.one({"channel": channel}).mine:
        return []
    rows = _TAKE.rows({"channel": channel, "most": most, "now": clock.now(), "in_hand": _IN_FLIGHT})
    return [
        (r.id, RawMessage(r.channel, r.external_id, bytes(r.payload), r.received_at, r.place_id, r.facts))
        for r in sorted(rows, key=lambda row: row.id)
    ]


_REMEMBER = Statement("""
    UPDATE raw_message SET state = :state, outcome = CAST(:outcome AS jsonb), error = NULL, tried_at = :now
    WHERE id = :id AND state = 'NEW'
""")


def remember(raw_id: int, outcome: Outcome) -> None:
    """Write the outcome to the claimed row."""
    told = {k: v for k, v in asdict(outcome).items() if k not in ("raw_id", "state") and v is not None}
    row = {"id": raw_id, "state": outcome.state, "outcome": json.dumps(told), "now": clock.now()}
    _REMEMBER.run(row)


def outcome(raw_id: int) -> Outcome:
    """What became of a row so far."""
    row = db.session.execute(select(Row.state, Row.outcome).where(Row.id == raw_id)).one()
    return Outcome(raw_id, row.state, **row.outcome)


def count_failure(raw_id: int, error: str, *, tries: int, limit: int) -> Outcome:
    """Note why it failed and add *tries*; at the *limit* the row is quarantined."""
    tried = update(Row).where(Row.id == raw_id, Row.state == RawState.NEW)
    tried = tried.values(attempts=Row.attempts + tries, error=error[:2000], tried_at=clock.now()).returning(
        Row.attempts
    )
    attempts = db.session.scalar(tried)
    if attempts is not None and attempts >= limit:
        _quarantine(raw_id)
    return outcome(raw_id)


def _quarantine(raw_id: int) -> None:
    db.session.execute(update(Row).where(Row.id == raw_id).values(state=RawState.QUARANTINED))
    log.record(Name.RAW_QUARANTINED, None, raw=raw_id)


def left_over(limit: int) -> list[int]:
    """NEW rows that nobody seems to be working on, oldest first."""
    now = clock.now()
    quiet = or_(Row.tried_at < now - _BACK_OFF, (Row.tried_at.is_(None)) & (Row.received_at < now - _IN_FLIGHT))
    return list(
        db.session.scalars(select(Row.id).where(Row.state == RawState.NEW, quiet).order_by(Row.id).limit(limit))
    )


def start_attempt(raw_id: int, limit: int) -> bool:
    """Count an attempt before it is made, and commit; False if another process holds the row, or it is one too many.

    A message that kills its process every time thus ends in quarantine as well.
    """
    free = select(Row.id).where(Row.id == raw_id, Row.state == RawState.NEW).with_for_update(skip_locked=True)
    counted = update(Row).where(Row.id == free.scalar_subquery())
    counted = counted.values(attempts=Row.attempts + 1, tried_at=clock.now()).returning(Row.attempts)
    attempts = db.session.scalar(counted)
    if attempts is not None and attempts > limit:
        _quarantine(raw_id)
    db.session.commit()
    return attempts is not None and attempts <= limit


def release(raw_id: int, agent: Any) -> None:
    """Put a quarantined (or ignored) row back to NEW. Raises IllegalMove if it is neither."""
    back = update(Row).where(Row.id == raw_id, Row.state.in_((RawState.QUARANTINED, RawState.IGNORED)))
    if db.session.execute(back.values(state=RawState.NEW, attempts=0, error=None)).rowcount == 0:  # type: ignore[attr-defined]
        raise IllegalMove(gettext("This message has been dealt with already."))
    log.record(Name.RAW_RETRIED, None, agent, raw=raw_id)


# Each in its own words: only so does PostgreSQL see that a partial index holds them all.
_COUNTS = text("""
    SELECT (SELECT count(*) FROM raw_message WHERE state = 'NEW') AS new,
           (SELECT count(*) FROM raw_message WHERE state = 'QUARANTINED') AS quarantined
""")


def counts() -> dict[RawState, int]:
    """How many rows wait, and how many are in quarantine."""
    row = db.session.execute(_COUNTS).one()
    return {RawState.NEW: row.new, RawState.QUARANTINED: row.quarantined}
