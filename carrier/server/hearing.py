"""What the person at the end of a leg hears at this moment, for a console: words, music, people, silence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from carrier.company import Carrier
from carrier.legs import Heard, Leg

LASTING = frozenset({"music", "ringing"})  # until something else is heard
WORDLESS = ("key", "speech")


def now(carrier: Carrier, leg: Leg) -> dict[str, Any]:
    """The kind (say, play, music, beep, ringing, people, silence, awaited, nothing), and what belongs to it."""
    last = leg.heard[-1] if leg.heard else None
    if last is not None and last.at + timedelta(seconds=last.seconds) > carrier.now:
        return {"kind": last.kind, "what": last.what}
    people = _people(carrier, leg)
    if people:
        return {"kind": "people", "who": people}
    if leg.quiet_since is not None:
        return {"kind": "silence", "since": leg.quiet_since.isoformat()}
    return {"kind": _rest(carrier, leg, last)}


def _people(carrier: Carrier, leg: Leg) -> list[str]:
    room = carrier.rooms.get(leg.room_sid)
    guest = room.members.get(leg.sid) if room else None
    return [one.leg.sid for one in room.heard_by(guest)] if room and guest else []


def _rest(carrier: Carrier, leg: Leg, last: Heard | None) -> str:
    room = carrier.rooms.get(leg.room_sid)
    guest = room.members.get(leg.sid) if room else None
    if guest is not None:
        return "music" if guest.music_sounds else "nothing"
    if leg.process is not None and any(leg.process.awaits(kind) for kind in WORDLESS):
        return "awaited"
    return last.kind if last is not None and last.kind in LASTING else "nothing"
