"""What happens to a leg, in words for the browser at its end: what to play, what is awaited, how the call stands."""

from __future__ import annotations

from carrier import recordings
from carrier.exchange import Exchange
from carrier.legs import Event, Leg
from carrier.server.party import Message

SILENT = frozenset({"input", "dequeued", "started", "hold", "unhold", "left", "ended"})  # what played stops
MOVES = frozenset({
    "initiated", "ringing", "answered", "enqueued", "dequeued", "joined", "started", "hold", "unhold", "left",
    "recording", "recording completed", "ended",
})  # fmt: skip


def of(exchange: Exchange, leg: Leg, event: Event) -> list[Message]:
    """The messages that one event becomes."""
    said = [{"event": "prompt.stop"}] if event.kind in SILENT else []
    if event.kind == "hears":
        said.append(_sound(event))
    if event.kind == "gather":
        said.append({"event": "gather", "input": event.data["input"], "digits": event.data["digits"]})
    if event.kind in MOVES:
        said.append(state(exchange, leg))
    return said


def state(exchange: Exchange, leg: Leg) -> Message:
    """How a call stands: always the whole, so that one lost message does no harm."""
    room = exchange.rooms.get(leg.room_sid)
    guest = room.members.get(leg.sid) if room else None
    return {
        "event": "call.state",
        "leg": leg.sid,
        "state": leg.status,
        "cause": leg.cause,
        "direction": leg.direction,
        "from": leg.from_,
        "to": leg.to,
        "since": leg.started_at.isoformat() if leg.started_at else None,
        "waits": bool(leg.queue_sid),
        "talks": room is not None and room.status == "in-progress",
        "held": bool(guest and guest.hold),
        "recorded": recordings.running(exchange, leg.recording_sids) is not None,
    }


def _sound(event: Event) -> Message:
    what, seconds = event.data["what"], event.data["seconds"]
    match event.data["sound"]:
        case "say":
            return {"event": "prompt.say", "text": what, "lang": event.data["language"], "seconds": seconds}
        case "play" if what.startswith(("http://", "https://")):
            return {"event": "prompt.play", "url": what, "seconds": seconds}
        case kind:
            return {"event": "prompt.tone", "kind": kind}
