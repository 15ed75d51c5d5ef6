"""Between the calls' rows and the telephone company: what it tells moves calls, what calls want it is told to do.

`contact-center dispatcher` carries out and sweeps beside its routing; the provider's door lets it hear. Everything here
may be repeated, killed at any line, or run twice at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from contact_center import clock
from contact_center.calls import (
    answering,
    callbacks,
    commands,
    ending,
    holding,
    invariants,
    legs,
    recorder,
    transferring,
    trials,
)
from contact_center.calls.invariants import Broken
from contact_center.calls.models import Call, CallCommand, CallState, CommandState, Verb
from contact_center.channels.phone import reconciling, recording
from contact_center.channels.phone.provider import (
    Again,
    Event,
    Gone,
    LegEnded,
    RecordingChanged,
    Refused,
    RoomJoined,
    RoomLeft,
    VoiceProvider,
)
from contact_center.channels.phone.registry import PROVIDERS
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.statement import Statement
from contact_center.text import sayings

TRIES = 6
SWEEPS, COMPARES = 1.0, 15.0  # seconds between two looks at the clocks of calls, and at the provider's truth
RING_SECONDS = 30
MOST = 20  # commands in one go
RECENT = timedelta(minutes=5)
_log = logging.getLogger(__name__)


def hear(event: Event) -> None:
    """Let what the provider tells move its call. Unknown legs and rooms concern nobody."""
    match event:
        case LegEnded(leg=ref, cause=cause, label=label):
            if leg := legs.locked_of_ref(ref) or legs.dialled(label, ref):
                ending.leg_ended(leg, cause)
            else:
                trials.hung_up(ref)
        case RoomJoined(room=name, label=label, leg=ref, ref=room, sequence=sequence):
            if (leg := legs.locked_of_label(label, ref)) and leg.call.room == name:
                answering.joined(leg, room, sequence)
        case RoomLeft(room=name, label=label, sequence=sequence):
            if (leg := legs.locked_of_label(label, "")) and leg.call.room == name:
                legs.left(leg, sequence)
        case RecordingChanged(leg=of):
            if leg := legs.locked_of_ref(of):
                recording.hear(leg, event)


def carry_out(most: int = MOST) -> bool:
    """Do what is wanted of the provider now; returns whether there is more to be done at once. Commits."""
    claimed = commands.claim(most)  # committed with the reading of the first of them
    followed = [_carry_out(command_id) for command_id in claimed]
    return any(followed) or len(claimed) == most


def _carry_out(command_id: int) -> bool:
    """Whether another command of its call has waited for this one."""
    command = commands.read(command_id)
    provider = PROVIDERS[command.call.provider]
    _end_transaction()  # none stays open while the other side lets us wait
    is_followed = False
    try:
        _DO[command.verb](provider, command)
        is_followed = commands.settle(command_id, CommandState.DONE)
    except Gone:
        db.session.rollback()
        is_followed = commands.settle(command_id, CommandState.GONE)
        _look(command, provider)
    except Again as again:
        db.session.rollback()
        _again(command, again.seconds)
    except Refused as refused:
        db.session.rollback()
        is_followed = _failed(command, refused.sentence)
    db.session.commit()
    return is_followed


def _end_transaction() -> None:
    """Commit, and keep what was read: to read it again would open the next one."""
    session = db.session()
    session.expire_on_commit = False
    session.commit()
    session.expire_on_commit = True


def _again(command: CallCommand, seconds: float) -> None:
    if command.attempts >= TRIES:
        _failed(command, "no answer")
    else:
        wait = min(30.0, seconds * 2 ** (command.attempts - 1))
        commands.postpone(command.id, clock.now() + timedelta(seconds=wait), "again")


def _failed(command: CallCommand, sentence: str) -> bool:
    _log.warning("call %s: %s failed: %s", command.call_id, command.verb, sentence)
    is_followed = commands.settle(command.id, CommandState.FAILED, sentence)
    if command.verb in recorder.VERBS:
        recording.failed(command, sentence)
        return is_followed
    log.record(Name.CALL_COMMAND_FAILED, command.call, verb=command.verb, why=sayings.keep(sentence))
    if command.verb is Verb.HOLD:
        holding.not_held(command.call)
    elif command.verb is Verb.SEND and command.details.get("to") == "transferred":
        transferring.not_sent(command.call)
    elif command.verb is Verb.DIAL:
        callbacks.refused(command.call, sentence)
    return is_followed


def _look(command: CallCommand, provider: VoiceProvider) -> None:
    """What it was about is gone: perhaps the caller, and nobody has told us."""
    if command.verb in recorder.VERBS:
        recording.gone(command)
    if command.verb not in (Verb.FETCH, Verb.SEND) or command.leg is None or command.leg.ref is None:
        return
    _end_transaction()
    try:
        cause = provider.cause_of_end(command.leg.ref)
    except (Again, Refused):  # the next comparison finds it ended
        return
    leg = legs.locked(command.leg)
    if cause is not None and leg is not None:
        ending.leg_ended(leg, cause)


def _fetch(provider: VoiceProvider, command: CallCommand) -> None:
    call, leg = command.call, command.leg
    if call.state is not CallState.CONNECTING or leg is None or leg.ref is None or call.line_ref is None:
        return
    provider.fetch(call.line_ref, leg.ref, "join", call.key)


def _send(provider: VoiceProvider, command: CallCommand) -> None:
    if command.leg is not None and command.leg.ref is not None and command.leg.ended_at is None:
        provider.send(command.leg.ref, command.details["to"], command.call.key)


def _hang_up(provider: VoiceProvider, command: CallCommand) -> None:
    if command.leg is not None and command.leg.ref is not None:
        provider.hang_up(command.leg.ref)


def _hold(provider: VoiceProvider, command: CallCommand) -> None:
    room, label = _member(command)
    provider.hold(room, label, "music", command.call.key)


def _take_back(provider: VoiceProvider, command: CallCommand) -> None:
    provider.take_back(*_member(command))


def _ends_room(provider: VoiceProvider, command: CallCommand) -> None:
    provider.ends_room(*_member(command), ends=command.details["ends"])


def _remove(provider: VoiceProvider, command: CallCommand) -> None:
    provider.remove(*_member(command))


def _end_room(provider: VoiceProvider, command: CallCommand) -> None:
    if command.call.room_ref is not None:
        provider.end_room(command.call.room_ref)


def _dial(provider: VoiceProvider, command: CallCommand) -> None:
    call, leg = command.call, command.leg
    if leg is None or leg.ref is not None or call.state is not CallState.DIALLING:
        return
    ref = _dialled_already(provider, command) if command.attempts > 1 else None
    caller, number = command.details["caller"], command.details["number"]
    leg.ref = ref or provider.dial(call.room, leg.label, caller, number, call.key, RING_SECONDS)


def _dialled_already(provider: VoiceProvider, command: CallCommand) -> str | None:
    """The leg of a request whose answer was lost: their telephone rings, and must not ring again."""
    room, leg = provider.room(command.call.room), command.leg
    members = provider.members(room) if room else ()
    return next((one.leg for one in members if leg is not None and one.label == leg.label), None)


def _member(command: CallCommand) -> tuple[str, str]:
    if command.call.room_ref is None or command.leg is None:
        raise Gone
    return command.call.room_ref, command.leg.label


_DO: dict[Verb, Callable[[VoiceProvider, CallCommand], None]] = {
    Verb.FETCH: _fetch, Verb.SEND: _send, Verb.HANG_UP: _hang_up, Verb.HOLD: _hold, Verb.TAKE_BACK: _take_back,
    Verb.ENDS_ROOM: _ends_room, Verb.REMOVE: _remove, Verb.END_ROOM: _end_room, Verb.DIAL: _dial,
    **dict.fromkeys(recorder.VERBS, recording.carry_out),
}  # fmt: skip


# Whether anybody is on the telephone (callers' legs outlive their calls by a moment), whether the recorder has to do
# something, and since when there is a call of each of the states that do not last.
_LOOK = Statement(f"""
    SELECT EXISTS (SELECT FROM call WHERE ended_at IS NULL)
           OR EXISTS (SELECT FROM call_leg WHERE role = 'CUSTOMER' AND ended_at IS NULL) AS anybody,
           EXISTS (SELECT FROM recording WHERE {recorder.LATE}) AS recorder,
           (SELECT jsonb_object_agg(state, since) FROM (
               SELECT state, extract(epoch FROM min(since)) AS since FROM call
               WHERE ended_at IS NULL AND state IN ('CONNECTING', 'DIALLING', 'RECOVERING', 'CONSULTING')
               GROUP BY state) passing) AS passing
""")  # noqa: S608 (ours)
# Their clocks: the state, how long it may last before somebody has to look, and who looks.
_CLOCKS: tuple[tuple[CallState, timedelta, Callable[[], int]], ...] = (
    (CallState.CONNECTING, answering.JOIN_WITHIN, answering.sweep),
    (CallState.DIALLING, callbacks.JOIN_WITHIN, callbacks.sweep),
    (CallState.RECOVERING, ending.STICKS, ending.sweep),
    (CallState.CONSULTING, timedelta(), transferring.sweep),
)


@dataclass(slots=True)
class Watch:
    """One process's turns at the switchboard: what it did when. Commits."""

    swept_at: float = 0.0
    compared_at: float = 0.0
    told: set[Broken] = field(default_factory=set)

    def turn(self) -> None:
        """Carry out what is wanted; while there are calls, mind their clocks, and now and then compare."""
        while carry_out():  # what is wanted meanwhile rings for another turn
            pass
        now = clock.now().timestamp()
        if now - self.swept_at < SWEEPS:
            return
        self.swept_at = now
        seen = _LOOK.one({"now": clock.now()})
        if seen.anybody and now - self.compared_at >= COMPARES:
            self.compared_at = now
            db.session.commit()
            reconciling.run()
            self.mind_rules()
        if sweep(seen):
            while carry_out():
                pass

    def mind_rules(self) -> None:
        """Say what must not be, once: to whoever runs the site, and in the course of the call."""
        found = set(invariants.broken(clock.now() - RECENT))
        for one in found - self.told:
            _log.error("call %s breaks rule %s: %s", one.call_id, one.rule, one.what)
            log.record(Name.CALL_RULE_BROKEN, db.session.get_one(Call, one.call_id), rule=one.rule, what=one.what)
        db.session.commit()
        self.told = found


def sweep(seen: Any = None) -> int:
    """The clocks of calls: phones that do not come, callers who are kept too long. Commits; returns how many."""
    seen = seen or _LOOK.one({"now": clock.now()})
    since, now, found = seen.passing or {}, clock.now().timestamp(), 0
    if seen.recorder:
        found += recorder.sweep()
    if any(now - since.get(state, now) >= reconciling.SOON.total_seconds() for state in reconciling.COMING):
        found += reconciling.look_for()
    for state, lasts, looks in _CLOCKS:
        if now - since.get(state, now + 1) >= lasts.total_seconds():
            found += looks()
    db.session.commit()
    return found
