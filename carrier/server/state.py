"""Everything that is going on at the carrier, as JSON for a console."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from carrier.company import Carrier
from carrier.exchange import Sent
from carrier.faults import Rule
from carrier.legs import Event, Heard, Leg
from carrier.queues import CallQueue
from carrier.rooms import Participant, Room, edges
from carrier.server import hearing
from carrier.texts import Text

Shown = dict[str, Any]
LATEST = 200
EVENTS = (  # what a request is about: the first of these that it carries
    "Digits", "SpeechResult", "StatusCallbackEvent", "RecordingStatus", "MessageStatus", "Body", "QueueResult",
    "DialCallStatus", "CallStatus",
)  # fmt: skip


def shown(carrier: Carrier) -> Shown:
    """The whole of it; of what is over only the latest."""
    legs = list(carrier.legs.values())
    return {
        "now": carrier.now.isoformat(),
        "numbers": [{"number": number.number, "name": number.name} for number in carrier.exchange.numbers.values()],
        "applications": [{"sid": one.sid, "name": one.name} for one in carrier.exchange.applications.values()],
        "every_number": carrier.exchange.every_number is not None,
        "legs": [_leg(carrier, leg) for leg in legs if leg.live] + [_leg(carrier, leg) for leg in _ended(legs)],
        "rooms": [_room(room) for room in carrier.exchange.open_rooms.values()],
        "queues": [_queue(queue) for queue in carrier.queues.values()],
        "recordings": [
            {"sid": one.sid, "call": one.leg.sid if one.leg else "", "status": one.status, "said": one.said}
            for one in list(carrier.recordings.values())[-50:]
        ],
        "texts": [_text(text) for text in list(carrier.messages.values())[-LATEST:]],
        "faults": [_rule(rule) for rule in carrier.faults.rules],
        "alerts": [
            {"at": alert.at.isoformat(), "code": alert.code, "message": alert.message, "sid": alert.sid}
            for alert in carrier.alerts[-50:]
        ],
        "silences": [{"sid": silence.leg.sid, "seconds": round(silence.seconds, 1)} for silence in carrier.silences()],
        "timeline": [_event(event) for event in reversed(list(islice(reversed(carrier.timeline), LATEST)))],
        "webhooks": [_sent(sent) for sent in reversed(list(islice(reversed(carrier.sent), LATEST)))],
    }  # fmt: skip


def detailed(carrier: Carrier, leg: Leg) -> Shown:
    """One leg with all that it heard, all that happened to it, and the requests that were about it."""
    about = [sent for sent in carrier.sent if ("CallSid", leg.sid) in sent.form]
    return {
        **_leg(carrier, leg),
        "heard": [_heard(heard) for heard in leg.heard],
        "timeline": [_event(event) for event in leg.timeline],
        "webhooks": [_sent(sent) for sent in about[-LATEST:]],
    }


def requested(carrier: Carrier, token: str) -> list[Shown]:
    """Every attempt of one request to the application, with what was sent and what came back."""
    attempts = [sent for sent in carrier.sent if sent.token == token]
    return [{**_sent(sent), "form": sent.form, "body": sent.body} for sent in attempts]


def _ended(legs: list[Leg]) -> list[Leg]:
    return [leg for leg in legs if not leg.live][-20:]


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def leg_shown(leg: Leg) -> Shown:
    """One leg, with what it heard last."""
    return {
        "sid": leg.sid,
        "direction": leg.direction,
        "from": leg.from_,
        "to": leg.to,
        "status": leg.status,
        "seconds": leg.seconds,
        "started_at": _instant(leg.started_at),
        "ended_at": _instant(leg.ended_at),
        "room": leg.room_sid,
        "queue": leg.queue_sid,
        "heard": [_heard(heard) for heard in leg.heard[-10:]],
    }


def _leg(carrier: Carrier, leg: Leg) -> Shown:
    return {**leg_shown(leg), "hears": hearing.now(carrier, leg) if leg.live else None}


def _heard(heard: Heard) -> Shown:
    return {"at": heard.at.isoformat(), "kind": heard.kind, "what": heard.what, "seconds": round(heard.seconds, 2)}


def _room(room: Room) -> Shown:
    return {
        "sid": room.sid,
        "name": room.name,
        "region": room.region,
        "status": room.status,
        "participants": [_participant(one) for one in room.members.values()],
        "coming": [one.leg.sid for one in room.coming.values()],
        "heard": sorted(edges(room.members.values())) if room.status == "in-progress" else [],
    }


def _participant(one: Participant) -> Shown:
    return {
        "call": one.leg.sid,
        "label": one.label,
        "muted": one.muted,
        "hold": one.hold,
        "coaching": one.call_sid_to_coach,
        "ends_room": one.end_on_exit,
        "music": one.music_sounds,
    }


def _event(event: Event) -> Shown:
    return {"at": event.at.isoformat(), "kind": event.kind, "sid": event.sid, "data": event.data}


def _queue(queue: CallQueue) -> Shown:
    members = [{"call": sid, "since": one.since.isoformat()} for sid, one in queue.members.items()]
    return {"sid": queue.sid, "name": queue.name, "members": members}


def _text(text: Text) -> Shown:
    return {
        "sid": text.sid, "direction": text.direction, "from": text.from_, "to": text.to, "body": text.body,
        "status": text.status, "media": len(text.media), "error": text.error_code, "at": text.created_at.isoformat(),
    }  # fmt: skip


def _rule(rule: Rule) -> Shown:
    return {
        "key": str(id(rule)), "do": type(rule.do).__name__, "with": asdict(rule.do), "when": asdict(rule.when),
        "struck": rule.struck,
    }  # fmt: skip


def _sent(sent: Sent) -> Shown:
    form = dict(sent.form)
    event = next((form[name] for name in EVENTS if form.get(name)), "")
    return {
        "at": sent.at.isoformat(), "kind": sent.kind, "method": sent.method, "url": sent.url, "outcome": sent.outcome,
        "token": sent.token, "call": form.get("CallSid", ""), "event": event, "from": form.get("From", ""),
    }  # fmt: skip
