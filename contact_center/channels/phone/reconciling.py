"""The truth of the telephone company against our rows: what nobody told us, or told us wrong, is put right.

A callback may never come, or the application may have been away. `run` asks for a few lists every 15 seconds,
`look_for` for one room sooner, where somebody waits for it. Both only do what the missing callback would have done, so
the callback that comes after all changes nothing. Each call is locked and committed by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import exists, or_, select

from contact_center import clock
from contact_center.calls import answering, commands, ending, legs
from contact_center.calls.models import (
    IN_HAND,
    OVER,
    Call,
    CallLeg,
    CallState,
    LegState,
    Role,
    Verb,
)
from contact_center.channels.phone import recording
from contact_center.channels.phone.provider import Again, Gone, Member, Refused, Snapshot, VoiceProvider
from contact_center.channels.phone.registry import PROVIDERS
from contact_center.extensions import db
from contact_center.statement import Statement, columns

FRESH = timedelta(seconds=5)  # what happened just now may simply not have been told yet
SOON = timedelta(seconds=1.5)  # so long somebody who connects waits to be told of
COMING = (CallState.CONNECTING, CallState.DIALLING)
_log = logging.getLogger(__name__)

_COMING = Statement("""
    SELECT key, round, provider FROM call
    WHERE ended_at IS NULL AND state IN ('CONNECTING', 'DIALLING') AND since <= :soon
""")
_DOUBTFUL = Statement("""
    SELECT c.key, c.round FROM call c WHERE c.ended_at IS NULL AND (
        EXISTS (SELECT FROM call_leg l WHERE l.call_id = c.id AND l.ended_at IS NULL AND l.state <> 'ROOM')
        OR NOT EXISTS (SELECT FROM call_leg l WHERE l.call_id = c.id AND l.state = 'ROOM' AND l.role <> 'CUSTOMER'))
""")
# Calls with a caller in states that may need help, of which the provider has not been asked anything already.
_UNASKED = Statement(f"""
    SELECT {columns(Call)} FROM call JOIN call_leg l ON l.call_id = call.id
    WHERE l.role = 'CUSTOMER' AND l.ended_at IS NULL
    AND call.state IN ('CONNECTING', 'TALKING', 'HELD', 'CONSULTING', 'ENDED', 'ABANDONED', 'REJECTED')
    AND NOT EXISTS (SELECT FROM call_command k WHERE k.call_id = call.id AND k.state IN ('PENDING', 'SENDING'))
""")  # noqa: S608 (columns of ours)


def run() -> int:
    """Compare everything that lives; returns how many legs were put right. Commits."""
    mended = 0
    for provider in PROVIDERS.values():
        if not _lives(provider.name):
            continue
        try:
            mended += _compare(provider, provider.snapshot()) + recording.compare(provider)
        except (Again, Refused) as error:
            _log.warning("%s cannot be asked what goes on: %s", provider.name, error)
    return mended


def look_for() -> int:
    """Look into the rooms of calls that connect, and whose people we have not been told of. Commits."""
    found = 0
    for row in _COMING.rows({"soon": clock.now() - SOON}):
        provider = PROVIDERS[row.provider]
        try:
            room = provider.room(f"{row.key}-{row.round}")
            members = provider.members(room) if room else ()
        except (Again, Gone, Refused):
            continue
        found += _joined(room or "", members)
        db.session.commit()
    db.session.commit()
    return found


def _lives(provider: str) -> bool:
    """Whether any call of it goes on, or some caller's telephone: that outlives its call, and nobody may tell when."""
    call = exists().where(Call.provider == provider, Call.ended_at.is_(None))
    callers = select(CallLeg).join(Call).where(Call.provider == provider, CallLeg.role == Role.CUSTOMER)
    return bool(db.session.scalar(select(or_(call, callers.where(CallLeg.ended_at.is_(None)).exists()))))


def _compare(provider: VoiceProvider, seen: Snapshot) -> int:
    mended = _ended(provider, seen.legs)
    inside = {}
    for name in _doubtful() & seen.rooms.keys():
        try:
            inside[name] = provider.members(seen.rooms[name])
        except (Again, Gone, Refused):
            continue
        mended += _joined(seen.rooms[name], inside[name]) + _left(name, inside[name])
        db.session.commit()
    _rescue(seen, inside)
    db.session.commit()
    return mended


def _doubtful() -> set[str]:
    """The rooms of calls in which not everybody is where they ought to be, by our own rows."""
    return {f"{row.key}-{row.round}" for row in _DOUBTFUL.rows({})}


def _ended(provider: VoiceProvider, live: Collection[str]) -> int:
    """Legs of ours that are not there any more."""
    old = clock.now() - FRESH
    ours = select(CallLeg).join(Call).where(
        CallLeg.ended_at.is_(None), CallLeg.ref.is_not(None), CallLeg.ref.not_in(list(live) or [""]),
        CallLeg.created_at < old, Call.provider == provider.name,
    )  # fmt: skip
    mended = 0
    for leg in db.session.scalars(ours).all():
        cause = provider.cause_of_end(leg.ref or "")
        if cause is not None and legs.locked(leg):
            ending.leg_ended(leg, cause)
            mended += 1
        db.session.commit()
    return mended


def _joined(room: str, members: Iterable[Member]) -> int:
    """Members of a room of whom we have not heard that they are in it."""
    mended = 0
    for member in members:
        leg = legs.of_label(member.label)
        if leg is not None and leg.state in (LegState.LIVE, LegState.EXPECTED) and legs.locked(leg):
            answering.joined(leg, room, leg.sequence + 1)
            mended += 1
    return mended


def _left(room: str, members: Iterable[Member]) -> int:
    """Legs that we think are in a room, and are not."""
    inside = {member.label for member in members}
    ours = (
        select(CallLeg)
        .join(Call)
        .where(
            Call.key == room.rpartition("-")[0], CallLeg.state == LegState.ROOM, CallLeg.joined_at < clock.now() - FRESH
        )
    )
    gone = [leg for leg in db.session.scalars(ours).all() if leg.label not in inside]
    return sum(legs.left(leg, leg.sequence + 1) for leg in gone if legs.locked(leg))


def _rescue(seen: Snapshot, inside: Mapping[str, Sequence[Member]]) -> None:
    """Nobody is left in silence: alone in a room, in line while an agent waits, or in a call that is over."""
    now = clock.now()
    for call in _UNASKED.find_all(Call, {}):
        leg = legs.live(call, Role.CUSTOMER)
        if leg is None or leg.ref not in seen.legs:
            continue
        alone = [member.label for member in inside.get(call.room, ())] == [leg.label]
        if alone and call.state in IN_HAND and call.since < now - FRESH:
            commands.want(call, Verb.SEND, leg, to="after")
        elif call.state is CallState.CONNECTING and leg.ref in seen.in_line and call.since < now - FRESH:
            agent = legs.live(call, Role.AGENT)
            if agent is not None and agent.state is LegState.ROOM:
                commands.want(call, Verb.FETCH, leg)
        elif call.state in OVER and call.ended_at and call.ended_at < now - FRESH:
            commands.want(call, Verb.HANG_UP, leg)
