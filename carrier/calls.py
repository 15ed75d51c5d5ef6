"""The life of a call: coming in, going out over REST, or as the other half of a <Dial>; from its beginning to its end.

Sources: "TwiML for Programmable Voice", "Call resource".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from carrier import asking, conferences, endings, faults, parameters, phones, recordings, running, sitting
from carrier.account import Hooks
from carrier.conferences import NotLetIn, Wish
from carrier.exchange import Exchange
from carrier.legs import HungUp, Leg, Subscription
from carrier.lines import CallFailed, Fetch, Line, Perform, Redirected, Rejected
from carrier.phones import CAUSES, Script
from carrier.process import Process, Steps, Wait
from carrier.rooms import Participant, Room

UNANSWERED = {"far end": "canceled", "api": "canceled", "carrier": "failed", "verb": "completed"}
PICKED_UP = frozenset({"pick up", "decline"})


@dataclass(frozen=True, slots=True)
class Order:
    """A call that is to be placed."""

    to: str
    from_: str
    direction: str = "outbound-api"
    timeout: float = 60.0
    subscription: Subscription | None = None
    fallback: tuple[str, str] = ("", "POST")
    parent_sid: str = ""
    time_limit: float | None = None
    waits_for_turn: bool = True  # counts against how many calls the account may begin in a second
    joins: Callable[[Line], object] | None = None  # lets the leg into its room, when that comes before "answered"


def arrive(exchange: Exchange, perform: Perform, *, from_: str, to: str, script: Script | None = None) -> Leg:
    """Somebody calls one of the account's numbers."""
    number = exchange.number_of(to)
    leg = _leg(exchange, "inbound", from_, to)
    if number is None:
        leg.status, leg.ended_at, leg.cause = "failed", exchange.now, "404"
        exchange.note(leg, "ended", status="failed")
        return leg
    leg.phone_number_sid = number.sid
    hooks = number.hooks
    application = exchange.applications.get(number.voice_application_sid)
    _take_incoming(exchange, perform, leg, application.hooks if application else hooks, script)
    return leg


def connect(
    exchange: Exchange, perform: Perform, hooks: Hooks, identity: str, params: dict[str, str], script: Script | None
) -> Leg:
    """A browser calls the application (device.connect)."""
    leg = _leg(exchange, "inbound", f"client:{identity}", params.get("To", ""))
    leg.parameters = [(key, value) for key, value in params.items() if key != "To"]
    _take_incoming(exchange, perform, leg, hooks, script)
    return leg


def place(exchange: Exchange, perform: Perform, order: Order, then: Callable[[Line], Steps]) -> Leg:
    """Ring somebody; when they answer, `then` is what happens."""
    leg = _leg(exchange, order.direction, order.from_, order.to)
    leg.parent_sid, leg.fallback, leg.subscription = order.parent_sid, order.fallback, order.subscription
    leg.queue_time = _turn(exchange) if order.waits_for_turn else 0.0
    line = Line(exchange, leg, perform)
    _start(line, _outgoing(line, order, then))
    return leg


def into_room(line: Line, room: Room, guest: Participant, wish: Wish) -> Steps:
    """What a leg does that was placed into a room over REST."""
    if guest.leg.sid not in room.members:
        conferences.join(line.exchange, room, guest, wish, line.perform)
    yield from sitting.sit(line, room, guest)


def watch_over(exchange: Exchange, leg: Leg, script: Script | None) -> None:
    """Let somebody sit at the far end and act."""
    if script is not None and leg.person is None:
        leg.person = Process(exchange.clock, script(exchange, leg)).start()


def _leg(exchange: Exchange, direction: str, from_: str, to: str) -> Leg:
    leg = Leg(exchange.chances.sid("CA"), exchange.clock, direction, from_, to, exchange.now)
    leg.keeps_keys = exchange.beliefs.keys_are_kept
    exchange.legs[leg.sid] = leg
    exchange.note(leg, "created", direction=direction, from_=from_, to=to)
    return leg


def _start(line: Line, steps: Steps) -> None:
    line.process = line.leg.process = Process(line.exchange.clock, steps).start()


def _turn(exchange: Exchange) -> float:
    """How many seconds until the account may begin its next call."""
    gap = timedelta(seconds=1 / exchange.timings.calls_per_second)
    turn = max(exchange.now, exchange.next_call_at or exchange.now)
    exchange.next_call_at = turn + gap
    return (turn - exchange.now).total_seconds()


def _take_incoming(exchange: Exchange, perform: Perform, leg: Leg, hooks: Hooks, script: Script | None) -> None:
    leg.fallback = (hooks.voice_fallback_url, hooks.voice_fallback_method)
    if hooks.status_callback:
        leg.subscription = Subscription(hooks.status_callback, hooks.status_callback_method)
    line = Line(exchange, leg, perform)
    _start(line, _incoming(line, Fetch(hooks.voice_url, hooks.voice_method, tuple(parameters.of_first_request(leg)))))
    watch_over(exchange, leg, script)


def _incoming(line: Line, first: Fetch) -> Steps:
    exchange, leg = line.exchange, line.leg
    leg.status = "ringing"
    exchange.note(leg, "ringing")
    timings = exchange.timings
    try:
        yield Wait(
            exchange.chances.within("arrival", timings.client_connect if leg.is_client else timings.first_webhook)
        )
        yield from _greeted(line, first)
        ended, cause = "completed", "200"
    except Rejected as rejected:
        ended, cause = rejected.status, rejected.cause
    except HungUp as hung_up:
        ended, cause = ("completed", "200") if leg.started_at else (UNANSWERED[hung_up.by], "487")
    _end(line, ended, cause)


def _greeted(line: Line, first: Fetch) -> Steps:
    """Ask what to do, answer the call unless it is to be rejected, and do it."""
    try:
        document = yield from asking.document_or_fallback(line, first)
    except CallFailed:
        document = None
    except Redirected as redirected:
        document, first = None, redirected.fetch
        endings.reach(line.exchange, line.leg, "answered")
        yield from running.run(line, first)
        return
    if document is None:
        endings.reach(line.exchange, line.leg, "answered")
        yield from running.apologise(line)
        return
    if not (document.verbs and document.verbs[0].name == "Reject"):
        endings.reach(line.exchange, line.leg, "answered")
    yield from running.run_from(line, document)


def _outgoing(line: Line, order: Order, then: Callable[[Line], Steps]) -> Steps:
    exchange, leg = line.exchange, line.leg
    try:
        yield Wait(leg.queue_time)
        endings.reach(exchange, leg, "initiated")
        ended, cause = yield from _rung(line, order)
        if ended == "answered":
            if order.joins is not None and exchange.beliefs.join_before_answered:
                order.joins(line)
            endings.reach(exchange, leg, "answered")
            watch_over(exchange, leg, phones.find(exchange, leg.to).script)
            yield from _talked(line, then)
            ended, cause = "completed", "200"
    except HungUp as hung_up:
        ended, cause = ("completed", "200") if leg.started_at else (UNANSWERED[hung_up.by], "487")
    _end(line, ended, cause)


def _talked(line: Line, then: Callable[[Line], Steps]) -> Steps:
    try:
        yield from then(line)
    except Redirected as redirected:
        yield from running.run(line, redirected.fetch)
    except NotLetIn as refused:
        line.exchange.alert(refused.code, str(refused), line.leg.sid)


def _rung(line: Line, order: Order) -> Steps:
    """Let it ring; how that ends, and the cause."""
    exchange, leg = line.exchange, line.leg
    phone = phones.find(exchange, leg.to)
    outcome = phone.outcome
    for fault in exchange.faults.strike("call", leg.to, leg.direction):
        outcome = fault.status if isinstance(fault, faults.Outcome) else outcome
    if outcome in {"busy", "failed"}:
        yield Wait(0.5)
        return outcome, CAUSES[outcome]
    yield Wait(exchange.chances.within("ring", (0.1, 0.4)))
    endings.reach(exchange, leg, "ringing")
    longest = order.timeout + exchange.timings.answer_buffer
    if outcome == "by hand":
        signal = yield Wait(longest, PICKED_UP)
        outcome = "no-answer" if signal is None else {"pick up": "answer", "decline": "busy"}[signal.kind]
        return ("answered", "") if outcome == "answer" else (outcome, CAUSES[outcome])
    rings = exchange.chances.within("ring", exchange.timings.ring) if phone.rings_for is None else phone.rings_for
    yield Wait(min(rings, longest))
    return ("answered", "") if outcome == "answer" and rings <= longest else ("no-answer", CAUSES["no-answer"])


def _end(line: Line, status: str, cause: str) -> None:
    exchange, leg = line.exchange, line.leg
    recordings.end_all(exchange, leg)
    endings.finish(exchange, leg, status, cause=cause)
    if leg.person is not None:
        exchange.clock.schedule(0, partial(leg.person.signal, "event", None))
