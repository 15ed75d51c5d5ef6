"""Which parameters come with which webhook, as Twilio's pages list them. Tests compare what the carrier sends.

Read in November 2026 from the pages named in the comments. `always` has to be there, `sometimes` may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_WORDS = str.split


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of one webhook."""

    always: frozenset[str]
    sometimes: frozenset[str] = frozenset()

    def problems(self, form: Mapping[str, str], own: frozenset[str] = frozenset()) -> list[str]:
        """What is missing or made up; `own` names what an application gave a browser's call itself."""
        missing = [f"{name} is missing" for name in sorted(self.always - set(form))]
        return missing + [f"{name} is made up" for name in sorted(set(form) - self.always - self.sometimes - own)]


# Source, the page TwiML for Programmable Voice: request parameters; ErrorCode, ErrorUrl: Availability and reliability
CALL = frozenset(_WORDS("CallSid AccountSid From To CallStatus ApiVersion Direction"))
CALL_MORE = frozenset(
    _WORDS(
        "Caller Called ForwardedFrom CallerName ParentCallSid CallToken StirVerstat ErrorCode ErrorUrl "
        "FromCity FromState FromZip FromCountry ToCity ToState ToZip ToCountry"
    )
)
DOCUMENT = Parameters(CALL, CALL_MORE)

# Source, the page Call resource: StatusCallback
STATUS = Parameters(
    CALL | frozenset(_WORDS("Timestamp CallbackSource SequenceNumber")),
    CALL_MORE | frozenset(_WORDS("CallDuration Duration SipResponseCode RecordingUrl RecordingSid RecordingDuration")),
)

# Source, the page TwiML: Gather: action
GATHER = Parameters(CALL, CALL_MORE | frozenset(_WORDS("Digits FinishedOnKey SpeechResult Confidence Language")))
PARTIAL = Parameters(
    CALL | frozenset(_WORDS("UnstableSpeechResult SequenceNumber")), CALL_MORE | frozenset(_WORDS("Stability Language"))
)

# Source, the page TwiML: Enqueue: waitUrl and action
WAIT = Parameters(
    CALL | frozenset(_WORDS("QueuePosition QueueSid QueueTime AvgQueueTime CurrentQueueSize MaxQueueSize")),
    CALL_MORE | GATHER.sometimes,
)
DEQUEUED = Parameters(CALL | {"QueueResult"}, CALL_MORE | frozenset(_WORDS("QueueSid QueueTime")))

# Source, the page TwiML: Dial: action; after a conference there is neither DialCallSid nor DialCallDuration
DIALLED_ROOM = Parameters(CALL | {"DialCallStatus"}, CALL_MORE | frozenset(_WORDS("DialBridged RecordingUrl")))
DIALLED = Parameters(
    CALL | {"DialCallStatus"}, DIALLED_ROOM.sometimes | frozenset(_WORDS("DialCallSid DialCallDuration"))
)

# Source, the page TwiML: Record: action
RECORDED = Parameters(CALL | {"RecordingUrl", "RecordingDuration"}, CALL_MORE | {"Digits", "RecordingSid"})

# Source, the page Recordings resource: RecordingStatusCallback, TwiML: Record: recordingStatusCallback
RECORDING = Parameters(
    frozenset(
        _WORDS(
            "AccountSid RecordingSid RecordingUrl RecordingStatus RecordingChannels RecordingStartTime RecordingSource"
        )
    ),
    frozenset(_WORDS("CallSid ConferenceSid RecordingDuration RecordingTrack ErrorCode")),
)

# Source, the page TwiML: Conference: statusCallback
_ROOM = frozenset(_WORDS("ConferenceSid FriendlyName AccountSid SequenceNumber Timestamp StatusCallbackEvent"))
_WHO = frozenset(_WORDS("CallSid Muted Hold Coaching EndConferenceOnExit StartConferenceOnEnter"))
_WHO_MORE = frozenset(_WORDS("ParticipantLabel CallSidToCoach"))
ROOM: dict[str, Parameters] = {
    "conference-start": Parameters(_ROOM),
    "conference-end": Parameters(
        _ROOM | {"ReasonConferenceEnded"},
        frozenset(_WORDS("CallSidEndingConference ParticipantLabelEndingConference Reason")),
    ),
    "participant-join": Parameters(_ROOM | _WHO, _WHO_MORE),
    "participant-leave": Parameters(_ROOM | _WHO | {"ReasonParticipantLeft", "ParticipantCallStatus"}, _WHO_MORE),
    "participant-mute": Parameters(_ROOM | _WHO, _WHO_MORE),
    "participant-unmute": Parameters(_ROOM | _WHO, _WHO_MORE),
    "participant-hold": Parameters(_ROOM | _WHO, _WHO_MORE),
    "participant-unhold": Parameters(_ROOM | _WHO, _WHO_MORE),
    "participant-modify": Parameters(_ROOM | _WHO, _WHO_MORE),
    "announcement-end": Parameters(_ROOM | {"AnnounceUrl"}, _WHO | _WHO_MORE),
    "announcement-fail": Parameters(_ROOM | {"AnnounceUrl", "ReasonAnnouncementFailed"}, _WHO | _WHO_MORE),
}

# Source, the page Webhooks: incoming message; WhatsApp: ProfileName, WaId, buttons, places
TEXT = Parameters(
    frozenset(_WORDS("MessageSid SmsSid SmsMessageSid AccountSid From To Body NumMedia NumSegments")),
    frozenset(
        _WORDS(
            "SmsStatus ApiVersion MessagingServiceSid OptOutType ErrorCode ErrorUrl ProfileName WaId ButtonText "
            "ButtonPayload Latitude Longitude OriginalRepliedMessageSid FromCity FromState FromZip FromCountry "
            "ToCity ToState ToZip ToCountry"
        )
        + [f"{name}{place}" for name in ("MediaUrl", "MediaContentType") for place in range(10)]
    ),
)

# Source, the page Outbound message status in status callbacks
TEXT_STATUS = Parameters(
    frozenset(_WORDS("MessageSid MessageStatus From To AccountSid")),
    frozenset(_WORDS("SmsSid SmsStatus ApiVersion MessagingServiceSid ErrorCode ErrorMessage RawDlrDoneDate")),
)
