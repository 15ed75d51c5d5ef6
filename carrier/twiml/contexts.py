"""Where which verbs may stand: at the top of a document it depends on what the document was asked for.

Sources: "TwiML: Enqueue" (waitUrl), "TwiML: Conference" (waitUrl), "Participant resource" (HoldUrl, AnnounceUrl),
"TwiML: Number" (url), "TwiML: Gather" (nested verbs).
"""

from __future__ import annotations

from enum import Enum


class Context(Enum):
    """What a document was requested for."""

    CALL = "a call"
    QUEUE = "the waitUrl of <Enqueue>"
    ROOM = "the waitUrl, HoldUrl or AnnounceUrl of a conference"
    SCREENING = "the url of <Number> or <Client>"


EMULATED = frozenset(
    "Say Play Pause Gather Redirect Hangup Reject Enqueue Leave Dial Record Start".split()
)  # what else the library knows is refused: an application must not depend on what is not here
TOP: dict[Context, frozenset[str]] = {
    Context.CALL: EMULATED,
    Context.QUEUE: frozenset("Play Say Pause Hangup Redirect Leave Gather".split()),
    Context.ROOM: frozenset("Play Say Pause Redirect".split()),
    Context.SCREENING: frozenset("Play Say Gather Record Redirect Pause Hangup".split()),
}
NESTED: dict[str, frozenset[str]] = {
    "Gather": frozenset("Say Play Pause".split()),
    "Dial": frozenset("Number Client Conference Queue".split()),
    "Client": frozenset("Identity Parameter".split()),
    "Start": frozenset({"Recording"}),
}
WITHOUT_EFFECT: dict[str, frozenset[str]] = {  # attributes that would be believed to work here: refused, too
    "Dial": frozenset("answerOnBridge sequential ringTone referUrl referMethod events passports".split()),
    "Gather": frozenset("bargeIn maxSpeechTime".split()),
    "Enqueue": frozenset("maxQueueSize workflowSid".split()),
    "Record": frozenset("transcribe transcribeCallback".split()),
    "Queue": frozenset("url method reservationSid postWorkActivitySid".split()),
    "Number": frozenset("sendDigits byoc machineDetection amdStatusCallback".split()),
    "Conference": frozenset({"eventCallbackUrl"}),
}
