"""The parameters of webhooks: which the carrier sends with what.

Sources: "TwiML for Programmable Voice: request parameters", "Call resource: StatusCallback", "TwiML: Conference"
(statusCallback), "Recordings resource: RecordingStatusCallback", "Webhooks: incoming message". The conformance tests
hold them against `carrier/conformance/parameters.py`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from carrier.exchange import Exchange
from carrier.legs import Leg
from carrier.rooms import Participant, Room
from carrier.webhooks import Form

VERSION = "2010-04-01"


def rfc2822(instant: datetime) -> str:
    """An instant as REST answers and webhooks write it."""
    return format_datetime(instant)


def moved(text: str, seconds: float) -> str:
    """A written instant, moved."""
    return rfc2822(parsedate_to_datetime(text) + timedelta(seconds=seconds))


def yes(value: bool) -> str:
    """A truth value as webhooks write it."""
    return "true" if value else "false"


def of_leg(exchange: Exchange, leg: Leg) -> Form:
    """What goes with every request about a call."""
    form = [
        ("CallSid", leg.sid),
        ("AccountSid", exchange.account.sid),
        ("From", leg.from_),
        ("To", leg.to),
        ("Caller", leg.from_),
        ("Called", leg.to),
        ("CallStatus", leg.status),
        ("ApiVersion", VERSION),
        ("Direction", leg.direction),
    ]
    if leg.parent_sid:
        form.append(("ParentCallSid", leg.parent_sid))
    return form


def of_first_request(leg: Leg) -> Form:
    """What is added when a call comes in; a browser's own parameters come with no later request."""
    if leg.is_client:
        return list(leg.parameters)
    if leg.direction != "inbound":
        return []
    return [("StirVerstat", "TN-Validation-Passed-B"), ("CallToken", "%7B%22parentCallInfoToken%22%3A%22%22%7D")]


def of_status(exchange: Exchange, leg: Leg, sequence: int) -> Form:
    """A call's status callback."""
    form = of_leg(exchange, leg)
    form += [
        ("Timestamp", rfc2822(exchange.now)),
        ("CallbackSource", "call-progress-events"),
        ("SequenceNumber", str(sequence)),
    ]
    if not leg.live:
        form += [("CallDuration", str(leg.seconds)), ("Duration", str(-(-leg.seconds // 60)))]
        if leg.cause:
            form.append(("SipResponseCode", leg.cause))
    return form


def of_room(exchange: Exchange, room: Room, event: str) -> Form:
    """A conference's event."""
    return [
        ("ConferenceSid", room.sid),
        ("FriendlyName", room.name),
        ("AccountSid", exchange.account.sid),
        ("SequenceNumber", str(room.sequence)),
        ("Timestamp", rfc2822(exchange.now)),
        ("StatusCallbackEvent", event),
    ]


def of_participant(participant: Participant) -> Form:
    """Whom a conference's event is about."""
    form = [
        ("CallSid", participant.leg.sid),
        ("Muted", yes(participant.muted)),
        ("Hold", yes(participant.hold)),
        ("Coaching", yes(participant.coaching)),
        ("EndConferenceOnExit", yes(participant.end_on_exit)),
        ("StartConferenceOnEnter", yes(participant.start_on_enter)),
    ]
    if participant.label:
        form.append(("ParticipantLabel", participant.label))
    if participant.call_sid_to_coach:
        form.append(("CallSidToCoach", participant.call_sid_to_coach))
    return form
