"""Which values the attributes take that we emulate. What is not named here may be any text.

Sources: the TwiML pages of the verbs and nouns. A value outside these is an error here; the real carrier warns and
takes the default, which is worse to find.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from carrier.errors import TwimlError

Check = Callable[[str], bool]


def _one_of(*words: str) -> Check:
    return frozenset(words).__contains__


def _some_of(*words: str) -> Check:
    return lambda value: bool(value.split()) and set(value.split()) <= set(words)


def _whole(least: int, most: int) -> Check:
    return lambda value: value.isdigit() and least <= int(value) <= most


def _matching(pattern: str) -> Check:
    return lambda value: re.fullmatch(pattern, value) is not None


BOOLEAN = _one_of("true", "false")
METHOD = _one_of("GET", "POST")
RECORDING_EVENTS = _some_of("in-progress", "completed", "absent")
KEYS = _matching(r"[0-9*#]*")
METHODS = """
    method waitMethod waitUrlMethod statusCallbackMethod recordingStatusCallbackMethod partialResultCallbackMethod
"""
BOOLEANS = """
    actionOnEmptyResult answerOnBridge bargeIn debug endConferenceOnExit enhanced hangupOnStar muted playBeep
    profanityFilter sequential startConferenceOnEnter transcribe
"""
EVERYWHERE: dict[str, Check] = dict.fromkeys(METHODS.split(), METHOD) | dict.fromkeys(BOOLEANS.split(), BOOLEAN)
OF_ELEMENT: dict[tuple[str, str], Check] = {
    ("Gather", "input"): _some_of("dtmf", "speech"),
    ("Gather", "numDigits"): _whole(1, 10_000),
    ("Gather", "timeout"): _matching(r"[1-9]\d*|auto"),
    ("Gather", "speechTimeout"): _matching(r"[1-9]\d*|auto"),
    ("Gather", "finishOnKey"): _matching(r"[0-9*#]?"),
    ("Say", "loop"): _whole(0, 1000),
    ("Play", "loop"): _whole(0, 1000),
    ("Play", "digits"): _matching(r"[0-9*#wW]*"),
    ("Pause", "length"): _whole(1, 3600),
    ("Reject", "reason"): _one_of("rejected", "busy"),
    ("Dial", "timeout"): _whole(1, 600),
    ("Dial", "timeLimit"): _whole(1, 86_400),
    ("Dial", "record"): _one_of(
        "do-not-record", "record-from-answer", "record-from-ringing", "record-from-answer-dual",
        "record-from-ringing-dual", "true", "false",
    ),
    ("Dial", "recordingStatusCallbackEvent"): RECORDING_EVENTS,
    ("Conference", "beep"): _one_of("true", "false", "onEnter", "onExit"),
    ("Conference", "participantLabel"): lambda value: 0 < len(value) <= 128,
    ("Conference", "maxParticipants"): _whole(1, 250),
    ("Conference", "record"): _one_of("do-not-record", "record-from-start"),
    ("Conference", "region"): _one_of("us1", "us2", "ie1", "de1", "sg1", "br1", "au1", "jp1"),
    ("Conference", "trim"): _one_of("trim-silence", "do-not-trim"),
    ("Conference", "coach"): _matching(r"CA[0-9a-f]{32}"),
    ("Conference", "statusCallbackEvent"): _some_of(
        "start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"
    ),
    ("Conference", "recordingStatusCallbackEvent"): RECORDING_EVENTS,
    ("Number", "statusCallbackEvent"): _some_of("initiated", "ringing", "answered", "completed"),
    ("Client", "statusCallbackEvent"): _some_of("initiated", "ringing", "answered", "completed"),
    ("Record", "maxLength"): _whole(1, 86_400),
    ("Record", "timeout"): _whole(0, 3600),
    ("Record", "finishOnKey"): KEYS,
    ("Record", "trim"): _one_of("trim-silence", "do-not-trim"),
    ("Record", "recordingStatusCallbackEvent"): RECORDING_EVENTS,
    ("Recording", "channels"): _one_of("mono", "dual"),
    ("Recording", "track"): _one_of("inbound", "outbound", "both"),
    ("Recording", "recordingStatusCallbackEvent"): RECORDING_EVENTS,
}  # fmt: skip


def check(element: str, attributes: dict[str, str]) -> None:
    """Refuse values that the carrier's documentation does not have."""
    for name, value in attributes.items():
        fits = OF_ELEMENT.get((element, name)) or EVERYWHERE.get(name)
        if fits is not None and not fits(value):
            raise TwimlError(12200, f'<{element} {name}="{value}"> is not a value of this attribute')
