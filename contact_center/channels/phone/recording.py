"""The recorder's way to the provider and back: what it asks for is done, what is told and what is seen reaches it.

`switchboard` carries out and hears, `reconciling` has it compared. A request is tried once: to ask again is up to the
recorder, for the other commands of the call must not wait for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from contact_center import clock
from contact_center.calls import legs, recorder, recordings
from contact_center.calls.models import OVER, Call, CallCommand, CallLeg, Verb
from contact_center.calls.recordings import LIVE, Of, Recording, RecordingState
from contact_center.channels.phone import voicemail
from contact_center.channels.phone.provider import Again, Gone, Made, RecordingChanged, Refused, VoiceProvider
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text import sayings
from contact_center.text.sayings import gettext

FRESH = timedelta(seconds=5)  # what changed just now may be seen the other way round
_log = logging.getLogger(__name__)


def carry_out(provider: VoiceProvider, command: CallCommand) -> None:
    """Do one verb. Raises Refused if it was not done, or nobody knows; Gone if there is nothing left to do."""
    recording, leg = _of(command), command.leg
    if recording is None or leg is None or leg.ref is None or (recording.asked is not command.verb):
        return
    ref = recording.ref
    db.session.commit()  # no transaction stays open while the other side lets us wait
    try:
        ref = _DO[command.verb](provider, leg.ref, ref, command)
    except Again as again:
        raise Refused(gettext("The carrier has not answered.")) from again
    legs.locked(leg)
    db.session.refresh(recording)
    recorder.answered(recording, command.verb, ref)


def failed(command: CallCommand, sentence: str) -> None:
    """It was not done, or nobody knows: told once, however often it is tried again."""
    recording = _locked(command)
    if recording is None:
        return
    if not recording.failed:
        log.record(Name.CALL_COMMAND_FAILED, command.call, verb=command.verb, why=sayings.keep(sentence))
    recorder.failed(recording, sayings.keep(sentence))


def gone(command: CallCommand) -> None:
    """The provider has nothing of it any more. What could not begin at once may in a while."""
    recording = _locked(command)
    if recording is None:
        return
    if command.verb is Verb.RECORD and command.call.state not in OVER:
        recorder.failed(recording, sayings.keep(gettext("The carrier could not begin to record.")))
    else:
        recorder.over(recording)
        recorder.follow(command.call)


def hear(leg: CallLeg, told: RecordingChanged) -> None:
    """What the provider tells of a recording, in any order and any number of times."""
    if not told.is_talk:
        voicemail.heard(leg.call, told.recording, told.seconds, is_ready=told.is_ready)
        return
    recording = _named(leg.call, told.recording)
    if recording is None:
        return
    recording.ref = recording.ref or told.recording
    if told.is_running:
        return
    recorder.over(recording, told.seconds if told.is_ready else None)
    if not told.is_ready:  # nothing was recorded: one look, and it is lost
        recording.attempts = recordings.MOST_TRIES
    if recording.state is RecordingState.WAITING:
        recording.due_at = clock.now()
        recorder.nudge(recording)
    recorder.follow(leg.call)


def compare(provider: VoiceProvider) -> int:
    """What runs there and what our rows say of it; returns how much was put right. Commits."""
    made = provider.recordings()
    live = select(Recording).join(Call).where(Recording.state.in_(LIVE), Call.provider == provider.name)
    seen = {one.ref for one in made if one.is_live}
    mended = sum(_put_right(provider, one) for one in made if one.is_live)
    for recording in db.session.scalars(live).all():
        if recording.ref is not None and recording.ref not in seen and _is_old(recording):
            recorder.over(recording)
            mended += 1
        recorder.follow(recording.call)
        db.session.commit()
    return mended


def _put_right(provider: VoiceProvider, made: Made) -> bool:
    leg = legs.locked_of_ref(made.leg)
    if leg is None:
        return False
    recording = _named(leg.call, made.ref)
    if recording is not None and not _is_old(recording):
        return False
    if recording is not None and recording.is_live:
        return _believe(recording, made)
    if recording is None:
        recordings.unknown(leg.call, made.ref)
    db.session.commit()
    _log.warning("call %s: a recording runs that must not; it is stopped", leg.call_id)
    try:
        provider.stop_recording(made.leg, made.ref)
    except (Again, Gone, Refused) as error:
        _log.warning("call %s: it could not be stopped: %s", leg.call_id, error)
    return True


def _believe(recording: Recording, made: Made) -> bool:
    is_right = recording.state is (RecordingState.PAUSED if made.is_paused else RecordingState.RUNNING)
    if is_right:
        return False
    recording.ref = made.ref
    recorder.seen(recording, is_running=not made.is_paused)
    db.session.commit()
    return True


def _is_old(recording: Recording) -> bool:
    return recording.asked is None and recording.changed_at < clock.now() - FRESH


def _record(provider: VoiceProvider, leg: str, ref: str | None, command: CallCommand) -> str:
    return ref or _begun(provider, leg) or provider.record(leg, command.call.key)


def _stop(provider: VoiceProvider, leg: str, ref: str | None, _command: CallCommand) -> str | None:
    ref = ref or _begun(provider, leg)
    if ref is not None:
        provider.stop_recording(leg, ref)
    return ref


def _pause(provider: VoiceProvider, leg: str, ref: str | None, _command: CallCommand) -> str | None:
    provider.pause_recording(leg, ref or "")
    return ref


def _resume(provider: VoiceProvider, leg: str, ref: str | None, _command: CallCommand) -> str | None:
    provider.resume_recording(leg, ref or "")
    return ref


def _begun(provider: VoiceProvider, leg: str) -> str | None:
    """The recording of a request whose answer was lost: there must not be a second one."""
    return next((one.ref for one in provider.recordings(leg) if one.is_live), None)


_DO: dict[Verb, Callable[[VoiceProvider, str, str | None, CallCommand], str | None]] = {
    Verb.RECORD: _record, Verb.PAUSE: _pause, Verb.RESUME: _resume, Verb.STOP: _stop,
}  # fmt: skip


def _of(command: CallCommand) -> Recording | None:
    return db.session.get(Recording, command.details.get("recording", 0), populate_existing=True)


def _locked(command: CallCommand) -> Recording | None:
    legs.locked(command.leg)
    recording = _of(command)
    return recording if recording is not None and recording.asked is command.verb else None


def _named(call: Call, ref: str) -> Recording | None:
    """The recording that the provider calls so: one that we know, or the one whose name we have not been told yet."""
    known = db.session.scalar(select(Recording).where(Recording.ref == ref))
    if known is not None:
        return known
    nameless = select(Recording).where(Recording.call_id == call.id, Recording.of == Of.TALK, Recording.ref.is_(None))
    return db.session.scalar(nameless.order_by(Recording.id.desc()).limit(1))
