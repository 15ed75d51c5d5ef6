"""A plan in the provider's markup. Pure but for the public address.

Sources: the provider's pages on each verb (Say, Play, Gather, Enqueue, Conference, Record).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contact_center.channels.phone.plan import (
    End,
    Gather,
    Go,
    LeaveLine,
    Pause,
    Plan,
    Play,
    Record,
    Room,
    Say,
    Step,
    Wait,
)
from contact_center.channels.phone.twilio.addresses import Addresses

LINE = "hold"  # one line for all: who is next is for our own queue to say
_SPOKEN = {"en": "en-GB", "zh_Hans_CN": "cmn-CN"}
_UNDERSTOOD = {"en": "en-GB", "zh_Hans_CN": "cmn-Hans-CN"}
ROOM_EVENTS = "join leave"  # what else happens in a room we have ordered ourselves, or its legs tell


def render(plan: Plan, urls: Addresses) -> str:
    """The whole answer. After a room or a line comes a verb always: it goes on there when those fail."""
    from twilio.twiml.voice_response import VoiceResponse

    response = VoiceResponse()
    for step in plan:
        _VERBS[type(step)](response, step, urls)
    return str(response)


def _say(parent: Any, step: Say, _urls: Addresses) -> None:
    parent.say(step.text, language=_SPOKEN[step.language])


def _play(parent: Any, step: Play, urls: Addresses) -> None:
    parent.play(urls.public(step.path))


def _pause(parent: Any, step: Pause, _urls: Addresses) -> None:
    parent.pause(length=step.seconds)


def _gather(response: Any, step: Gather, urls: Addresses) -> None:
    spoken = {
        "input": "dtmf speech", "hints": ", ".join(step.hints), "language": _UNDERSTOOD[step.language],
        "speech_timeout": "auto",
    }  # fmt: skip
    keys = {"input": "dtmf"}
    gather = response.gather(
        **(spoken if step.hints else keys), num_digits=step.digits, timeout=step.seconds,
        finish_on_key="" if step.digits == 1 else "#", action=urls.step(step.then), method="POST",
        action_on_empty_result=True,
    )  # fmt: skip
    for prompt in step.prompts:
        _HEARD[type(prompt)](gather, prompt, urls)


def _wait(response: Any, step: Wait, urls: Addresses) -> None:
    response.enqueue(
        LINE, action=urls.step(step.left), method="POST", wait_url=urls.step(step.hears), wait_url_method="POST"
    )


def _room(response: Any, step: Room, urls: Addresses) -> None:
    after = {"action": urls.step(step.then), "method": "POST"} if step.then else {}  # else what follows in the plan
    dial = response.dial(**after)
    dial.conference(
        step.name, participant_label=step.label, start_conference_on_enter=True,
        end_conference_on_exit=step.ends_room, beep="false",
        wait_url=urls.step(step.hears) if step.hears else "", wait_method="POST",
        status_callback=urls.event("room"), status_callback_method="POST", status_callback_event=ROOM_EVENTS,
    )  # fmt: skip


def _record(response: Any, step: Record, urls: Addresses) -> None:
    response.record(
        action=urls.step(step.then), method="POST", max_length=step.seconds, timeout=5, finish_on_key="#",
        play_beep=True, recording_status_callback=urls.event("recording"), recording_status_callback_method="POST",
    )  # fmt: skip


def _go(response: Any, step: Go, urls: Addresses) -> None:
    response.redirect(urls.step(step.to), method="POST")


def _leave(response: Any, _step: LeaveLine, _urls: Addresses) -> None:
    response.leave()


def _end(response: Any, step: End, _urls: Addresses) -> None:
    if step.refused:
        response.reject(reason=step.refused)
    else:
        response.hangup()


_HEARD: dict[type[Step], Callable[..., None]] = {Say: _say, Play: _play, Pause: _pause}
_VERBS: dict[type[Step], Callable[..., None]] = {
    **_HEARD, Gather: _gather, Wait: _wait, Room: _room, Record: _record, Go: _go, LeaveLine: _leave, End: _end,
}  # fmt: skip
