"""The recorder of a call: it runs exactly while customer and agent talk, have agreed to it, and nobody has paused.

`due` is that rule; `follow` has the provider do what it says, one thing at a time, and is called whenever something may
have changed: a call moves (`moves.make`), somebody presses a button, the provider has answered, a clock runs out. What
failed is asked for again until it is done or not wanted any more. Nothing counts as done before the provider's yes.
Verbs never commit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select, text, update

from contact_center import clock
from contact_center.calls import commands, legs
from contact_center.calls.models import OVER, Call, CallState, Consent, Role, Verb
from contact_center.calls.recordings import LIVE, NOTED, Because, Of, Recording, RecordingGap, RecordingState
from contact_center.events import bus
from contact_center.events.names import Name
from contact_center.extensions import db

VERBS = (Verb.RECORD, Verb.PAUSE, Verb.RESUME, Verb.STOP)
PAUSED_FOR = timedelta(minutes=3)  # by the agent; then it goes on by itself
SLOWEST = timedelta(seconds=15)  # between two tries of what fails
READY_IN = timedelta(seconds=5)  # after its end a recording is not there at once

# While a call is in one of these states its recording is kept, and runs where nothing is said against it.
_WHILE: dict[CallState, Because | None] = {
    CallState.TALKING: None,
    CallState.HELD: Because.HOLD,
    CallState.CONSULTING: Because.COLLEAGUE,
    CallState.TRANSFERRING: Because.WAIT,
    CallState.RECOVERING: Because.WAIT,
    CallState.QUEUED: Because.WAIT,
    CallState.CONNECTING: Because.WAIT,
}
# What leads from how it is to how it ought to be.
_NEXT = {
    (RecordingState.STARTING, Verb.RECORD): Verb.RECORD,
    (RecordingState.STARTING, Verb.STOP): Verb.STOP,  # a try may have begun one, though its answer was lost
    (RecordingState.RUNNING, Verb.PAUSE): Verb.PAUSE,
    (RecordingState.RUNNING, Verb.STOP): Verb.STOP,
    (RecordingState.PAUSED, Verb.RECORD): Verb.RESUME,
    (RecordingState.PAUSED, Verb.STOP): Verb.STOP,
}
_NOTHING = (Consent.NONE, Consent.REFUSED)  # nothing was ever begun


# Of which recordings something is to be done by the clock.
LATE = f"""
    state IN ({", ".join(f"'{state}'" for state in LIVE)}) AND asked IS NULL
    AND (paused_until <= :now OR (failed <> '' AND due_at <= :now))
"""


class Due(NamedTuple):
    """RECORD, PAUSE or STOP: how the recorder ought to be; `because` of a pause."""

    verb: Verb
    because: Because | None = None


def due(call: Call, recording: Recording | None, now: datetime) -> Due:
    """The rule."""
    if call.consent is not Consent.GIVEN or call.state not in _WHILE or (recording and recording.is_unwanted):
        return Due(Verb.STOP)
    if because := _WHILE[call.state]:
        return Due(Verb.PAUSE, because)
    if recording is not None and recording.paused_until is not None and recording.paused_until > now:
        return Due(Verb.PAUSE, Because.AGENT)
    return Due(Verb.RECORD)


def of(call: Call) -> Recording | None:
    """The recording that is being made of *call*."""
    if call.consent in _NOTHING:
        return None
    asked = select(Recording).where(Recording.call_id == call.id, Recording.state.in_(LIVE))
    return db.session.scalar(asked.execution_options(populate_existing=True))


def follow(call: Call) -> None:
    """Have done what the rule says now, unless something is under way already; its answer leads here again."""
    if call.consent in _NOTHING:
        return
    recording, now = of(call), clock.now()
    wanted = due(call, recording, now)
    if recording is None:
        if wanted.verb is Verb.RECORD:
            _begin(call)
    elif call.state in OVER:  # the provider ends it with the call
        over(recording)
    elif recording.asked is None:
        verb = _NEXT.get((recording.state, wanted.verb))
        if verb is None:
            recording.failed = ""
        elif recording.due_at <= now:
            _ask(recording, verb)
    db.session.flush()


def answered(recording: Recording, verb: Verb, ref: str | None = None) -> None:
    """The provider has done it."""
    recording.ref = recording.ref or ref
    if not recording.is_live:
        return
    now = clock.now()
    if verb is Verb.STOP:
        over(recording)
    elif verb is Verb.PAUSE:
        _paused(recording, now)
        recording.paused_until = now + PAUSED_FOR if recording.paused_until else None
    else:
        _runs(recording, now)
    recording.asked, recording.failed, recording.attempts = None, "", 0
    recording.changed_at = recording.due_at = now
    _settled(recording)


def failed(recording: Recording, sentence: str) -> None:
    """The provider has not done it, or nobody knows: it is as it was, as far as anybody may rely on."""
    if not recording.is_live:
        return
    now = clock.now()
    recording.asked, recording.failed, recording.changed_at = None, sentence, now
    recording.attempts += 1
    recording.due_at = now + min(SLOWEST, timedelta(seconds=2**recording.attempts))
    _settled(recording)


def seen(recording: Recording, *, is_running: bool) -> None:
    """How the provider says it is, whatever our row believes."""
    now, running = clock.now(), recording.state is RecordingState.RUNNING
    if is_running and not running:
        _runs(recording, now)
    elif not is_running and running:
        _paused(recording, now)
    recording.changed_at = now
    _settled(recording)


def over(recording: Recording, seconds: float | None = None) -> None:
    """It is not made any more: it is fetched, or nobody keeps it. Again changes nothing but how long it is."""
    now = clock.now()
    if seconds is not None:
        recording.seconds = seconds
    if not recording.is_live:
        return
    _close_gap(recording, now)
    recording.asked, recording.failed, recording.ended_at, recording.paused_until = None, "", now, None
    recording.attempts, recording.changed_at, recording.due_at = 0, now, now + READY_IN
    recording.seconds = recording.seconds or (now - (recording.started_at or now)).total_seconds()
    recording.state = RecordingState.DISCARDED if recording.is_unwanted else RecordingState.WAITING
    db.session.flush()
    nudge(recording)


def sweep() -> int:
    """Pauses that have lasted long enough, and what failed a while ago; returns how many."""
    now = clock.now()
    late = select(Recording.call_id).where(text(LATE).bindparams(now=now))
    locked = select(Call).where(Call.id.in_(late)).with_for_update(of=Call, skip_locked=True)
    found = db.session.scalars(locked.execution_options(populate_existing=True)).all()
    for call in found:
        past = update(Recording).where(Recording.call_id == call.id, Recording.paused_until <= now)
        db.session.execute(past.values(paused_until=None))
        follow(call)
        tell(call)
    return len(found)


def tell(call: Call) -> None:
    """Nudge, after the commit, the desks on which the call is."""
    legs.tell(call, Name.RECORDING_MOVED)


def nudge(recording: Recording) -> None:
    """Have it fetched, or deleted, soon after the commit."""
    bus.after_commit(NOTED, {"recording": recording.id})
    tell(recording.call)


def _begin(call: Call) -> None:
    now = clock.now()
    recording = Recording(
        call_id=call.id, of=Of.TALK, state=RecordingState.STARTING, changed_at=now, due_at=now,
        consented_at=call.consented_at, attempts=0, seconds=0, is_unwanted=False, failed="", is_removed=False,
    )  # fmt: skip
    db.session.add(recording)
    db.session.flush()
    _ask(recording, Verb.RECORD)


def _ask(recording: Recording, verb: Verb) -> None:
    leg = legs.live(recording.call, Role.CUSTOMER)
    recording.asked, recording.changed_at = verb, clock.now()
    db.session.flush()
    commands.want(recording.call, verb, leg, recording=recording.id)
    tell(recording.call)


def _settled(recording: Recording) -> None:
    db.session.flush()
    tell(recording.call)
    follow(recording.call)


def _runs(recording: Recording, now: datetime) -> None:
    _close_gap(recording, now)
    recording.state, recording.started_at = RecordingState.RUNNING, recording.started_at or now


def _paused(recording: Recording, now: datetime) -> None:
    because = due(recording.call, recording, now).because or Because.WAIT
    recording.state = RecordingState.PAUSED
    db.session.add(RecordingGap(recording_id=recording.id, started_at=now, because=because))


def _close_gap(recording: Recording, now: datetime) -> None:
    open_ = update(RecordingGap).where(RecordingGap.recording_id == recording.id, RecordingGap.ended_at.is_(None))
    db.session.execute(open_.values(ended_at=now))
