"""The agent's pause: card data and the like are not recorded. It ends by itself after a while, which may be longer.

A press only says what is wanted; `recorder` has it done, and until the provider has said yes the talk is recorded.
Verbs never commit.
"""

from __future__ import annotations

from enum import StrEnum

from flask_babel import gettext as _

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calls import holding, recorder
from contact_center.calls.models import Call, Consent, Policy, Verb
from contact_center.calls.recorder import PAUSED_FOR
from contact_center.calls.recordings import Because, Recording, RecordingState
from contact_center.errors import IllegalMove
from contact_center.events import log
from contact_center.events.names import Name


class Shown(StrEnum):
    """How the recorder is, in a word: what the call's bar shows. Whatever is not paused may be recording."""

    NEVER = ""  # this number's calls are not recorded
    UNASKED = "unasked"
    REFUSED = "refused"
    OFF = "off"  # it would be allowed; nothing runs now
    STARTING = "starting"
    START_FAILED = "start-failed"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSE_FAILED = "pause-failed"
    PAUSED = "paused"
    AWAY = "away"  # paused while the caller is on hold, or waits
    RESUMING = "resuming"
    RESUME_FAILED = "resume-failed"
    STOPPING = "stopping"
    STOP_FAILED = "stop-failed"


def pause(call: Call, agent: Agent) -> None:
    """Record nothing for a while. Raises IllegalMove if nothing is recorded, or it is not theirs."""
    recording = _mine(call, agent)
    _until(recording, agent, Name.RECORDING_PAUSE_ASKED)


def extend(call: Call, agent: Agent) -> None:
    """Go on recording nothing, from now."""
    recording = _mine(call, agent)
    if recording.paused_until is None:
        raise IllegalMove(_("The recording is not paused."))
    _until(recording, agent, Name.RECORDING_PAUSE_ASKED)


def resume(call: Call, agent: Agent) -> None:
    """Record again. Again changes nothing."""
    recording = _mine(call, agent)
    if recording.paused_until is not None:
        recording.paused_until = None
        log.record(Name.RECORDING_RESUME_ASKED, call, agent)
    _now(recording)


def shown(call: Call, recording: Recording | None) -> Shown:
    """How the recorder is."""
    if recording is None:
        return _without(call)
    wanted, has_failed = recorder.due(call, recording, clock.now()), recording.failed != ""
    if wanted.verb is Verb.STOP:
        return Shown.STOP_FAILED if has_failed else Shown.STOPPING
    if recording.state is RecordingState.STARTING:
        return Shown.START_FAILED if has_failed else Shown.STARTING
    if recording.state is RecordingState.RUNNING:
        if wanted.verb is Verb.RECORD:
            return Shown.RUNNING
        return Shown.PAUSE_FAILED if has_failed else Shown.PAUSING
    if wanted.verb is Verb.RECORD:
        return Shown.RESUME_FAILED if has_failed else Shown.RESUMING
    return Shown.PAUSED if wanted.because is Because.AGENT or recording.paused_until else Shown.AWAY


def _without(call: Call) -> Shown:
    if call.consent is Consent.GIVEN:
        return Shown.OFF
    if call.consent is not Consent.NONE:
        return Shown.REFUSED
    return Shown.NEVER if call.records is Policy.NEVER else Shown.UNASKED


def _until(recording: Recording, agent: Agent, name: Name) -> None:
    recording.paused_until = clock.now() + PAUSED_FOR
    log.record(name, recording.call, agent)
    _now(recording)


def _now(recording: Recording) -> None:
    """What has just been pressed does not wait for the next try of what failed."""
    recording.due_at = clock.now()
    recorder.follow(recording.call)
    recorder.tell(recording.call)


def _mine(call: Call, agent: Agent) -> Recording:
    holding.check_own(call, agent)
    recording = recorder.of(call)
    if recording is None:
        raise IllegalMove(_("This call is not being recorded."))
    return recording
