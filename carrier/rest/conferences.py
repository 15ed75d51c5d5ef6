"""Conferences over REST: listed, fetched, ended, announced into.

Source: "Conference resource".
"""

from __future__ import annotations

from functools import partial

from carrier import conferences, interpreter, music
from carrier.errors import Refused
from carrier.lines import Fetch
from carrier.parameters import VERSION, rfc2822
from carrier.rest.answers import Body, RestAnswer, found, page, uri
from carrier.rest.requests import Request, missing
from carrier.rooms import Room


def listing(request: Request) -> RestAnswer:
    """Conferences, the latest first."""
    rooms = [room for room in reversed(request.exchange.rooms.values()) if _asked(request, room)]
    return page(request, "conferences", rooms, partial(shown, request))


def _asked(request: Request, room: Room) -> bool:
    wanted = {"FriendlyName": room.name, "Status": room.status}
    if any(request.has(name) and request.get(name) != value for name, value in wanted.items()):
        return False
    for name, instant in (("DateCreated", room.created_at), ("DateUpdated", room.updated_at)):
        day = instant.strftime("%Y-%m-%d")
        if request.has(name) and request.get(name) != day:
            return False
        if request.get(f"{name}<", day) < day or request.get(f"{name}>", day) > day:
            return False
    return True


def fetch(request: Request) -> RestAnswer:
    """One conference."""
    return found(shown(request, the(request)))


def update(request: Request) -> RestAnswer:
    """End it, or say something into it."""
    room = the(request)
    status = request.get("Status")
    if status and status != "completed":
        raise Refused(400, 20001, f"Invalid value for parameter Status: {status}")
    if status:
        conferences.end(request.exchange, room, "conference-ended-via-api")
    if request.get("AnnounceUrl"):
        _announce(request, room)
    return found(shown(request, room))


def _announce(request: Request, room: Room) -> None:
    """Let everybody hear a document; its end is told once."""
    exchange = request.exchange
    if not room.live or not room.members:
        raise missing(request)
    document = Fetch(request.get("AnnounceUrl"), request.way("AnnounceMethod"))
    first = next(iter(room.members.values()))

    def done(well: bool) -> None:
        room.announcing = None
        event = "announcement-end" if well else "announcement-fail"
        why = [] if well else [("ReasonAnnouncementFailed", "the document could not be had")]
        conferences.tell(exchange, room, event, ("AnnounceUrl", document.url), *why)
        conferences.listen(exchange, room)

    room.announcing = music.announce(exchange, first, document, interpreter.perform, done)
    conferences.listen(exchange, room)


def the(request: Request) -> Room:
    """The conference of the address."""
    room = request.exchange.rooms.get(request.keys[0])
    if room is None:
        raise missing(request)
    return room


def shown(request: Request, room: Room) -> Body:
    """A conference as REST shows it."""
    own = uri(request, "Conferences", room.sid)
    below = own.removesuffix(".json")
    return {
        "account_sid": request.exchange.account.sid,
        "date_created": rfc2822(room.created_at),
        "date_updated": rfc2822(room.updated_at),
        "api_version": VERSION,
        "friendly_name": room.name,
        "region": room.region or "us1",
        "sid": room.sid,
        "status": room.status,
        "uri": own,
        "subresource_uris": {
            "participants": f"{below}/Participants.json",
            "recordings": f"{below}/Recordings.json",
        },
        "reason_conference_ended": room.reason_ended or None,
        "call_sid_ending_conference": room.ended_by or None,
    }
