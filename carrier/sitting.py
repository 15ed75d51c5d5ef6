"""Being in a conference room: a leg waits there until it is put out, hung up or given another document."""

from __future__ import annotations

from carrier import conferences
from carrier.legs import HungUp
from carrier.lines import Line, Redirected
from carrier.process import Steps, Wait
from carrier.rooms import Participant, Room

IN_A_ROOM = frozenset({"put out", "key"})


def sit(line: Line, room: Room, guest: Participant, *, limit: float | None = None, star_leaves: bool = False) -> Steps:
    """Stay until something takes the leg out."""
    try:
        yield from _stay(line, room, limit, star_leaves)
    except HungUp as hung_up:
        guest.call_status = "completed"
        because = "participant_hung_up" if hung_up.by != "api" else "participant_updated_via_api"
        conferences.leave(line.exchange, room, guest, because=because)
        raise
    except Redirected:
        conferences.leave(line.exchange, room, guest, because="participant_updated_via_api")
        raise
    conferences.leave(line.exchange, room, guest, because="participant_hung_up")
    line.is_silent()


def _stay(line: Line, room: Room, limit: float | None, star_leaves: bool) -> Steps:
    exchange = line.exchange
    until = None if limit is None else exchange.now.timestamp() + limit
    while True:
        left = None if until is None else max(0.0, until - exchange.now.timestamp())
        signal = yield Wait(left, IN_A_ROOM)
        if signal is None or (signal.kind == "put out" and signal.value == room.sid):
            return
        if signal.kind == "key":
            exchange.note(line.leg, "key in a room", key=signal.value)
            if star_leaves and signal.value == "*":
                return
