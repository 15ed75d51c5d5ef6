"""Participants over REST: called into a room, held, muted, coached, thrown out.

Source: "Participant resource". The key is a CallSid or a label; HoldMethod is GET by default.
"""

from __future__ import annotations

from functools import partial

from carrier import calls, conferences, interpreter, music
from carrier.calls import Order
from carrier.conferences import Wish
from carrier.errors import Refused
from carrier.exchange import Exchange
from carrier.legs import Event, Leg, Subscription
from carrier.lines import Fetch
from carrier.parameters import rfc2822
from carrier.rest import calls as call_requests
from carrier.rest import conferences as rooms
from carrier.rest.answers import Body, RestAnswer, created, deleted, found, page, uri
from carrier.rest.requests import Request, missing
from carrier.rooms import Participant, Room

STATUS = {"queued": "queued", "initiated": "connecting", "ringing": "ringing"}


def create(request: Request) -> RestAnswer:
    """Call somebody into a room."""
    exchange = request.exchange
    to, from_ = request.need("To", 21201), request.need("From", 21213)
    request.refuse("MachineDetection", "TimeLimit", "Byoc", "CallerId", "Record", "ConferenceRecord")
    call_requests.check_addresses(exchange, to, from_)
    wish = _wish(request)
    room = exchange.rooms.get(request.keys[0]) or conferences.find_or_open(exchange, wish)
    if not room.live:
        raise missing(request)
    label = request.get("Label")
    if label and room.find(label) is not None:
        raise Refused(400, 16025, "A participant with this label is in the conference already")
    seat: list[Participant] = []
    base = call_requests.order_of(request, to, from_)
    order = Order(
        to=base.to,
        from_=base.from_,
        timeout=base.timeout,
        subscription=base.subscription,
        joins=lambda line: conferences.join(exchange, room, seat[0], wish, line.perform),
    )
    leg = calls.place(exchange, interpreter.perform, order, lambda line: calls.into_room(line, room, seat[0], wish))
    seat.append(_guest(request, leg))
    room.coming[leg.sid] = seat[0]
    leg.watchers.append(partial(_unless_it_came, exchange, room, seat[0]))
    return created(shown(request, room, seat[0]))


def _wish(request: Request) -> Wish:
    events = " ".join(request.all("ConferenceStatusCallbackEvent")).split()
    subscription = None
    if request.get("ConferenceStatusCallback") and events:
        subscription = Subscription(
            request.get("ConferenceStatusCallback"), request.way("ConferenceStatusCallbackMethod"), frozenset(events)
        )
    return Wish(request.keys[0], request.get("Region"), subscription, request.whole("MaxParticipants", 250))


def _guest(request: Request, leg: Leg) -> Participant:
    coach = request.get("CallSidToCoach")
    return Participant(
        leg,
        label=request.get("Label"),
        muted=request.flag("Muted"),
        coaching=request.flag("Coaching", default=bool(coach)),
        call_sid_to_coach=coach,
        start_on_enter=request.flag("StartConferenceOnEnter", default=True),
        end_on_exit=request.flag("EndConferenceOnExit"),
        beep=request.get("Beep", "true"),
        wait_url=request.get("WaitUrl") if request.has("WaitUrl") else None,
        wait_method=request.way("WaitMethod"),
        created_at=request.exchange.now,
        status="queued",
    )


def _unless_it_came(exchange: Exchange, room: Room, guest: Participant, event: Event) -> None:
    """Somebody who never answered leaves without having joined."""
    if event.kind != "ended" or room.coming.pop(guest.leg.sid, None) is None:
        return
    guest.status = "failed"
    about = [
        ("ReasonParticipantLeft", "participant_add_failed"),
        ("ParticipantCallStatus", str(event.data["status"])),
    ]
    conferences.tell(exchange, room, "participant-leave", *about, who=guest)
    if not room.members and not room.coming:
        conferences.end(exchange, room, "last-participant-left", guest)


def listing(request: Request) -> RestAnswer:
    """Who is in a room that is not over; nobody of those who were."""
    room = rooms.the(request)
    everybody = [*room.members.values(), *room.coming.values()] if room.live else []
    wanted = [one for one in everybody if _asked(request, one)]
    return page(request, "participants", wanted, partial(shown, request, room))


def _asked(request: Request, one: Participant) -> bool:
    facts = {"Muted": one.muted, "Hold": one.hold, "Coaching": one.coaching}
    return all(not request.has(name) or request.flag(name) == value for name, value in facts.items())


def fetch(request: Request) -> RestAnswer:
    """One of them."""
    room, guest = _the(request)
    return found(shown(request, room, guest))


def update(request: Request) -> RestAnswer:
    """Hold, mute, coach, and what else can be changed."""
    room, guest = _the(request)
    if guest.leg.sid not in room.members:
        raise missing(request)
    _change_coaching(request, room, guest)
    _change_hold(request, room, guest)
    _change_muted(request, room, guest)
    _change_exit(request, room, guest)
    if request.get("AnnounceUrl"):
        _announce(request, room, guest)
    guest.updated_at = request.exchange.now
    conferences.listen(request.exchange, room)
    return found(shown(request, room, guest))


def delete(request: Request) -> RestAnswer:
    """Throw somebody out."""
    room, guest = _the(request)
    if guest.leg.sid in room.coming:
        guest.leg.hang_up(by="api")
    else:
        conferences.kick(request.exchange, room, guest)
    return deleted()


def _change_hold(request: Request, room: Room, guest: Participant) -> None:
    if not request.has("Hold"):
        return
    held = request.flag("Hold")
    was, guest.hold = guest.hold, held
    exchange = request.exchange
    if held and (not was or request.has("HoldUrl")):
        conferences.hush(guest)
        document = Fetch(request.get("HoldUrl"), request.way("HoldMethod", "GET")) if request.get("HoldUrl") else None
        changed = partial(conferences.listen, exchange, room)
        loops = exchange.beliefs.hold_document_loops
        music.play(exchange, guest, document, changed, interpreter.perform, loops=loops)
    elif not held and was:
        conferences.hush(guest)
    if held != was:
        exchange.note(guest.leg, "hold" if held else "unhold", room=room.name)
        conferences.tell(exchange, room, "participant-hold" if held else "participant-unhold", who=guest)


def _change_muted(request: Request, room: Room, guest: Participant) -> None:
    if request.has("Muted") and request.flag("Muted") != guest.muted:
        guest.muted = request.flag("Muted")
        event = "participant-mute" if guest.muted else "participant-unmute"
        conferences.tell(request.exchange, room, event, who=guest)


def _change_coaching(request: Request, room: Room, guest: Participant) -> None:
    if not request.has("Coaching") and not request.has("CallSidToCoach"):
        return
    coach = request.get("CallSidToCoach", guest.call_sid_to_coach)
    coaching = request.flag("Coaching", default=bool(coach))
    if coaching and coach not in room.members:
        raise Refused(400, 13240, "CallSidToCoach is not in the conference")
    guest.coaching, guest.call_sid_to_coach = coaching, coach if coaching else ""
    conferences.tell(request.exchange, room, "participant-modify", who=guest)


def _change_exit(request: Request, room: Room, guest: Participant) -> None:
    changed = request.has("WaitUrl")
    if request.has("EndConferenceOnExit"):
        changed = changed or request.flag("EndConferenceOnExit") != guest.end_on_exit
        guest.end_on_exit = request.flag("EndConferenceOnExit")
    if request.has("BeepOnExit"):
        changed = changed or request.flag("BeepOnExit") != guest.beep_on_exit
        guest.beep_on_exit = request.flag("BeepOnExit")
    if changed:
        conferences.tell(request.exchange, room, "participant-modify", who=guest)


def _announce(request: Request, room: Room, guest: Participant) -> None:
    exchange = request.exchange
    document = Fetch(request.get("AnnounceUrl"), request.way("AnnounceMethod"))

    def done(well: bool) -> None:
        guest.announcement = None
        event = "announcement-end" if well else "announcement-fail"
        who = guest if guest.leg.sid in room.members else None
        conferences.tell(exchange, room, event, ("AnnounceUrl", document.url), who=who)
        conferences.listen(exchange, room)

    guest.announcement = music.announce(exchange, guest, document, interpreter.perform, done)


def _the(request: Request) -> tuple[Room, Participant]:
    room = rooms.the(request)
    guest = room.find(request.keys[1]) if room.live else None
    if guest is None:
        raise missing(request)
    return room, guest


def shown(request: Request, room: Room, guest: Participant) -> Body:
    """A participant as REST shows it."""
    in_room = guest.leg.sid in room.members
    return {
        "account_sid": request.exchange.account.sid,
        "call_sid": guest.leg.sid,
        "label": guest.label or None,
        "call_sid_to_coach": guest.call_sid_to_coach or None,
        "coaching": guest.coaching,
        "conference_sid": room.sid,
        "date_created": rfc2822(guest.created_at or room.created_at),
        "date_updated": rfc2822(guest.updated_at or guest.created_at or room.created_at),
        "end_conference_on_exit": guest.end_on_exit,
        "muted": guest.muted,
        "hold": guest.hold,
        "start_conference_on_enter": guest.start_on_enter,
        "status": "connected" if in_room else STATUS.get(guest.leg.status, "complete"),
        "queue_time": str(int(guest.leg.queue_time * 1000)),
        "uri": uri(request, "Conferences", room.sid, "Participants", guest.leg.sid),
    }
