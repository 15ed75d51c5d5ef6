"""Everything that is going on at the carrier, as JSON for a console."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from carrier.company import Carrier
from carrier.legs import Event, Leg
from carrier.rooms import Participant, Room, edges

Shown = dict[str, Any]
LATEST = 200


def shown(carrier: Carrier) -> Shown:
    """The whole of it; of what is over only the latest."""
    legs = list(carrier.legs.values())
    return {
        "now": carrier.now.isoformat(),
        "numbers": [{"number": number.number, "name": number.name} for number in carrier.exchange.numbers.values()],
        "applications": [{"sid": one.sid, "name": one.name} for one in carrier.exchange.applications.values()],
        "legs": [leg_shown(leg) for leg in legs if leg.live] + [leg_shown(leg) for leg in _latest(legs, live=False)],
        "rooms": [_room(room) for room in carrier.exchange.open_rooms.values()],
        "queues": [
            {"sid": queue.sid, "name": queue.name, "members": list(queue.members)} for queue in carrier.queues.values()
        ],
        "recordings": [
            {"sid": one.sid, "call": one.leg.sid if one.leg else "", "status": one.status, "said": one.said}
            for one in list(carrier.recordings.values())[-50:]
        ],
        "texts": [
            {
                "sid": text.sid, "direction": text.direction, "from": text.from_, "to": text.to, "body": text.body,
                "status": text.status, "media": len(text.media), "error": text.error_code,
            }
            for text in list(carrier.messages.values())[-LATEST:]
        ],
        "faults": [
            {"do": type(rule.do).__name__, "when": asdict(rule.when), "struck": rule.struck}
            for rule in carrier.faults.rules
        ],
        "alerts": [
            {"at": alert.at.isoformat(), "code": alert.code, "message": alert.message, "sid": alert.sid}
            for alert in carrier.alerts[-50:]
        ],
        "silences": [{"sid": silence.leg.sid, "seconds": round(silence.seconds, 1)} for silence in carrier.silences()],
        "timeline": [_event(event) for event in reversed(list(islice(reversed(carrier.timeline), LATEST)))],
        "webhooks": [
            {"at": sent.at.isoformat(), "kind": sent.kind, "url": sent.url, "outcome": sent.outcome}
            for sent in reversed(list(islice(reversed(carrier.sent), 50)))
        ],
    }  # fmt: skip


def _latest(legs: list[Leg], *, live: bool) -> list[Leg]:
    return [leg for leg in legs if leg.live is live][-20:]


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
        "heard": [
            {"at": heard.at.isoformat(), "kind": heard.kind, "what": heard.what, "seconds": round(heard.seconds, 2)}
            for heard in leg.heard[-10:]
        ],
    }


def _room(room: Room) -> Shown:
    return {
        "sid": room.sid,
        "name": room.name,
        "region": room.region,
        "status": room.status,
        "participants": [_participant(one) for one in room.members.values()],
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
