"""What happens in conference rooms: joining, starting, hold, mute, coaching, leaving, the end; and who is told of it.

Source: "TwiML: Conference", "Participant resource", "Conference resource". The first participant to join fixes the
address and the events of callbacks; a label may be in a room only once (16025).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from carrier import parameters
from carrier.exchange import Exchange
from carrier.legs import Leg, Subscription
from carrier.lines import Fetch, Perform
from carrier.music import play
from carrier.rooms import Participant, Room
from carrier.webhooks import Form

EVENTS = {  # what is subscribed to, by the event that is sent
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "announcement-end": "announcement",
    "announcement-fail": "announcement",
}


class NotLetIn(Exception):
    """A leg may not join: the error's code, and whether the call fails to the action instead of the next verb."""

    def __init__(self, code: int, message: str, *, fails: bool) -> None:
        super().__init__(message)
        self.code = code
        self.fails = fails


@dataclass(frozen=True, slots=True)
class Wish:
    """Which room, and what the one who joins says about it."""

    name: str
    region: str = ""
    subscription: Subscription | None = None
    greatest: int = 250


def tell(exchange: Exchange, room: Room, event: str, *about: tuple[str, str], who: Participant | None = None) -> None:
    """Say that something happened in a room."""
    room.updated_at = exchange.now
    wanted = room.subscription
    exchange.note_of(room.sid, event, room=room.name, leg=who.leg.sid if who else "", label=who.label if who else "")
    if wanted is None or EVENTS[event] not in wanted.events:
        return
    room.sequence += 1
    form: Form = parameters.of_room(exchange, room, event)
    if who is not None:
        form += parameters.of_participant(who)
    exchange.callbacks.post(exchange, wanted, [*form, *about], event)


def find_or_open(exchange: Exchange, wish: Wish) -> Room:
    """The room of this name, new if there is none."""
    room = exchange.room_named(wish.name, wish.region)
    if room is None:
        room = Room(exchange.chances.sid("CF"), wish.name, wish.region, exchange.now, exchange.now)
        room.greatest = wish.greatest
        exchange.rooms[room.sid] = exchange.open_rooms[room.sid] = room
    return room


def admit(room: Room, guest: Participant, wish: Wish) -> None:
    """Refuse whom the room cannot take."""
    everybody = [*room.members.values(), *room.coming.values()]
    if guest.label and any(one.label == guest.label and one is not guest for one in everybody):
        raise NotLetIn(16025, f"label {guest.label} is in room {room.name} already", fails=False)
    if len(room.members) >= min(room.greatest, wish.greatest):
        raise NotLetIn(16020, f"room {room.name} is full", fails=False)
    if guest.call_sid_to_coach and guest.call_sid_to_coach not in room.members:
        raise NotLetIn(13240, f"{guest.call_sid_to_coach} to coach is not in room {room.name}", fails=True)


def join(exchange: Exchange, room: Room, guest: Participant, wish: Wish, perform: Perform) -> None:
    """Let a leg into a room."""
    admit(room, guest, wish)
    room.coming.pop(guest.leg.sid, None)
    if room.subscription is None and not room.members and wish.subscription is not None:
        room.subscription = wish.subscription
    guest.status, guest.created_at = "connected", guest.created_at or exchange.now
    guest.updated_at = exchange.now
    room.members[guest.leg.sid] = guest
    guest.leg.room_sid = room.sid
    exchange.note(guest.leg, "joined", room=room.name, label=guest.label)
    tell(exchange, room, "participant-join", who=guest)
    _start(exchange, room)
    if room.status == "init":
        play(
            exchange,
            guest,
            _wait_document(guest),
            partial(listen, exchange, room),
            perform,
            loops=exchange.beliefs.wait_document_loops,
            failed=partial(_not_established, exchange, room, guest),
        )
    listen(exchange, room)


def _not_established(exchange: Exchange, room: Room, guest: Participant) -> None:
    """The waitUrl failed: the leg is not in the conference after all, and goes on with its own document."""
    if room.status == "init" and guest.leg.sid in room.members:
        leave(exchange, room, guest, because="participant_add_failed")
        put_out(guest.leg, room)


def _wait_document(guest: Participant) -> Fetch | None:
    return None if guest.wait_url is None else Fetch(guest.wait_url, guest.wait_method)


def _start(exchange: Exchange, room: Room) -> None:
    """Begin when two are there and one of them begins it."""
    if room.status != "init":
        return
    enough = 1 if exchange.beliefs.lone_moderator_starts_room else 2
    if len(room.members) < enough or not any(one.start_on_enter for one in room.members.values()):
        return
    room.status = "in-progress"
    for one in room.members.values():
        hush(one)
    tell(exchange, room, "conference-start")
    for one in room.members.values():
        exchange.note(one.leg, "started", room=room.name)


def hush(participant: Participant) -> None:
    """Stop what plays for one participant."""
    music, participant.music = participant.music, None
    participant.music_sounds = False
    if music is not None:
        music.stop()


def listen(exchange: Exchange, room: Room) -> None:
    """See who hears something and who is in silence now."""
    for one in room.members.values():
        if one.music_sounds or room.announcing is not None or one.announcement is not None or room.heard_by(one):
            exchange.loud(one.leg)
        else:
            exchange.quiet(one.leg)


def leave(exchange: Exchange, room: Room, guest: Participant, *, because: str, ended_by_kick: bool = False) -> None:
    """Let a participant out; the room may end with it."""
    if room.members.pop(guest.leg.sid, None) is None:
        return
    guest.status = "complete"
    guest.leg.room_sid = ""
    hush(guest)
    if guest.announcement is not None:
        guest.announcement.stop()
        guest.announcement = None
    exchange.note(guest.leg, "left", room=room.name, because=because)
    _tell_leave(exchange, room, guest, because)
    if not room.live:
        return
    if guest.end_on_exit:
        manner = "kicked" if ended_by_kick else "left"
        end(exchange, room, f"participant-with-end-conference-on-exit-{manner}", guest)
    elif not room.members and not room.coming:
        end(exchange, room, "last-participant-kicked" if ended_by_kick else "last-participant-left", guest)
    listen(exchange, room)


def _tell_leave(exchange: Exchange, room: Room, guest: Participant, because: str) -> None:
    status = guest.call_status or guest.leg.status
    about = [("ReasonParticipantLeft", because), ("ParticipantCallStatus", status)]
    tell(exchange, room, "participant-leave", *about, who=guest)


def end(exchange: Exchange, room: Room, reason: str, by: Participant | None = None) -> None:
    """End a room: everybody in it goes on with their own documents."""
    if not room.live:
        return
    room.status, room.reason_ended = "completed", reason
    exchange.open_rooms.pop(room.sid, None)
    room.ended_by = by.leg.sid if by else ""
    if room.announcing is not None:
        room.announcing.stop()
        room.announcing = None
    because = "conference_ended_via_api" if by is None else "moderator_ended_conference"
    if not exchange.beliefs.leave_before_end:
        _tell_end(exchange, room, by)
    for guest in list(room.members.values()):
        leave(exchange, room, guest, because=because)
        put_out(guest.leg, room)
    for guest in list(room.coming.values()):
        guest.leg.hang_up(by="api")
    if exchange.beliefs.leave_before_end:
        _tell_end(exchange, room, by)


def _tell_end(exchange: Exchange, room: Room, by: Participant | None) -> None:
    about = [("ReasonConferenceEnded", room.reason_ended)]
    if by is not None:
        about.append(("CallSidEndingConference", by.leg.sid))
        about += [("ParticipantLabelEndingConference", by.label)] if by.label else []
    tell(exchange, room, "conference-end", *about)


def put_out(leg: Leg, room: Room) -> None:
    """Tell a leg that it is not in the room any more."""
    if leg.process is not None:
        leg.process.signal("put out", room.sid)


def kick(exchange: Exchange, room: Room, guest: Participant) -> None:
    """Throw a participant out: over REST, by DELETE."""
    hangs_up = exchange.beliefs.kick_hangs_up
    guest.call_status = "completed" if hangs_up else guest.leg.status
    leave(exchange, room, guest, because="participant_updated_via_api", ended_by_kick=True)
    if hangs_up:
        guest.leg.hang_up(by="api")
    else:
        put_out(guest.leg, room)
