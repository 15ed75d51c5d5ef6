"""The provider's questions and callbacks, in our words. Pure: a form in, values out.

Sources: the provider's pages "Voice webhooks", "TwiML: Enqueue, Dial, Gather, Record", "Conference: status callbacks".
"""

from __future__ import annotations

from collections.abc import Mapping

from contact_center.channels.phone.provider import (
    Answer,
    Event,
    LegEnded,
    RecordingChanged,
    RoomJoined,
    RoomLeft,
)

_LEFT_LINE = {
    "redirected": "fetched", "redirected-from-bridged": "fetched", "bridged": "fetched",
    "bridging-in-process": "fetched", "hangup": "hung_up", "leave": "left", "queue-full": "full",
}  # fmt: skip
_CAUSES = {
    "completed": "completed", "busy": "busy", "no-answer": "no_answer", "failed": "failed", "canceled": "canceled",
}  # fmt: skip
_CLIENT = "client:"


def answer(form: Mapping[str, str], repeat: str) -> Answer:
    """What a leg said when it was asked. *repeat* is the provider's token of the question, if it sends one."""
    result, caller = form.get("QueueResult", ""), form.get("From", "")
    return Answer(
        leg=form.get("CallSid", ""),
        caller="" if caller.startswith(_CLIENT) else caller,
        called=form.get("To", ""),
        digits=form.get("Digits", "")[:64],
        words=form.get("SpeechResult", "")[:300],
        confidence=_number(form.get("Confidence", "")),
        left_line=_LEFT_LINE.get(result, "failed") if result else "",
        line=form.get("QueueSid", ""),
        recording=form.get("RecordingSid", ""),
        given={name: form[name][:100] for name in ("offer", "nonce", "trial") if name in form},
        identity=caller.removeprefix(_CLIENT) if caller.startswith(_CLIENT) else "",
        repeat=repeat[:100],
    )


def leg_event(form: Mapping[str, str], label: str) -> list[Event]:
    """A leg's callback: only its end matters, the rest we know. *label* is ours, if we dialled it."""
    cause = _CAUSES.get(form.get("CallStatus", ""))
    if cause is None:
        return []
    return [LegEnded(form.get("CallSid", ""), cause, int(_number(form.get("SequenceNumber", ""))), label)]


def room_event(form: Mapping[str, str], _label: str) -> list[Event]:
    """A room's callback."""
    room, ref = form.get("FriendlyName", ""), form.get("ConferenceSid", "")
    label, leg = form.get("ParticipantLabel", ""), form.get("CallSid", "")
    sequence = int(_number(form.get("SequenceNumber", "")))
    match form.get("StatusCallbackEvent", ""):
        case "participant-join":
            return [RoomJoined(room, ref, label, leg, sequence)]
        case "participant-leave":
            return [RoomLeft(room, ref, label, leg, sequence, _CAUSES.get(form.get("ParticipantCallStatus", ""), ""))]
    return []


def recording_event(form: Mapping[str, str], _label: str) -> list[Event]:
    """The callback of what was said after the tone."""
    state = form.get("RecordingStatus", "")
    if state not in ("completed", "absent"):
        return []
    seconds = _number(form.get("RecordingDuration", ""))
    return [RecordingChanged(form.get("RecordingSid", ""), form.get("CallSid", ""), state == "completed", seconds)]


def talk_event(form: Mapping[str, str], _label: str) -> list[Event]:
    """The same of a talk, whose beginning is told as well."""
    state = form.get("RecordingStatus", "")
    if state not in ("in-progress", "completed", "absent"):
        return []
    return [
        RecordingChanged(
            form.get("RecordingSid", ""), form.get("CallSid", ""), state == "completed",
            _number(form.get("RecordingDuration", "")), is_talk=True, is_running=state == "in-progress",
        )
    ]  # fmt: skip


def _number(text: str) -> float:
    try:
        value = float(text or 0)
    except ValueError:
        return 0.0
    return value if 0 <= value < 1e9 else 0.0
