"""Two legs connected without a room: <Dial> of telephones, browsers and queues.

Sources: "TwiML: Dial", "TwiML: Number", "TwiML: Client", "TwiML: Queue". All numbers of one <Dial> ring at once; the
first to answer gets the call.
"""

from __future__ import annotations

from functools import partial
from urllib.parse import urljoin

from carrier import calls, running
from carrier.calls import Order
from carrier.legs import Leg, Subscription
from carrier.lines import Fetch, Line
from carrier.process import Steps, Wait
from carrier.twiml.contexts import Context
from carrier.twiml.documents import Document, Verb
from carrier.verbs.queueing import Bridged

NEWS = frozenset({"answered", "over", "parted"})
TALKING = NEWS | {"key"}


def to_phones(line: Line, verb: Verb, nouns: tuple[Verb, ...], document: Document) -> Steps:
    """Ring them all, talk with the first who answers; what the action is told."""
    line.plays("ringing", "ringing tone", 0)
    children = [_ring(line, verb, noun, document) for noun in nouns]
    try:
        answered = yield from _first_to_answer(children)
        for child in children:
            if child is not answered and child.live:
                child.hang_up(by="api")
        if answered is None:
            return [("DialCallStatus", children[0].status), ("DialCallSid", children[0].sid), ("DialBridged", "false")]
        yield from _talk(line, answered, verb)
    finally:
        for child in children:
            if child.process is not None and child.live:
                child.process.signal("parted", line.leg.sid)
                if child.started_at is None:
                    child.hang_up(by="api")
    return [
        ("DialCallStatus", "completed"),
        ("DialCallSid", answered.sid),
        ("DialCallDuration", str(answered.seconds)),
        ("DialBridged", "true"),
    ]


def from_queue(line: Line, noun: Verb) -> Steps:
    """Take the first caller of a queue and talk; what the action is told."""
    exchange = line.exchange
    queue = exchange.queue_named(noun.text)
    if queue is None or not queue.members:
        return [("DialCallStatus", "completed"), ("QueueResult", "queue-empty" if queue else "queue-not-found")]
    member = next(iter(queue.members.values()))
    waited = int((exchange.now - member.since).total_seconds())
    if member.leg.process is not None:
        member.leg.process.interrupt(Bridged(line.leg))
    yield from _talk(line, member.leg, Verb("Dial"))
    return [
        ("DialCallStatus", "completed"),
        ("DialBridged", "true"),
        ("QueueResult", "bridged"),
        ("QueueSid", queue.sid),
        ("QueueTime", str(waited)),
        ("DequeingCallSid", line.leg.sid),
    ]


def _ring(line: Line, verb: Verb, noun: Verb, document: Document) -> Leg:
    """Place one call for a <Dial>."""
    to = f"client:{_identity(noun)}" if noun.name == "Client" else noun.text
    order = Order(
        to=to,
        from_=verb.get("callerId") or line.leg.from_,
        direction="outbound-dial",
        timeout=float(verb.number("timeout", 30)),
        subscription=_subscription(noun, document),
        parent_sid=line.leg.sid,
        waits_for_turn=False,
    )
    screening = Fetch(urljoin(document.url, noun.get("url")), noun.get("method", "POST")) if noun.get("url") else None
    child = calls.place(line.exchange, line.perform, order, partial(_answered, line, screening))
    child.watchers.append(partial(_report, line))
    return child


def _identity(noun: Verb) -> str:
    named = next((child.text for child in noun.children if child.name == "Identity"), "")
    return named or noun.text


def _subscription(noun: Verb, document: Document) -> Subscription | None:
    if not noun.get("statusCallback"):
        return None
    events = frozenset(noun.get("statusCallbackEvent", "completed").split())
    url = urljoin(document.url, noun.get("statusCallback"))
    return Subscription(url, noun.get("statusCallbackMethod", "POST"), events)


def _answered(parent: Line, screening: Fetch | None, child: Line) -> Steps:
    """What the called leg does: hear what is to be said to it, then talk until they part."""
    if screening is not None:
        yield from running.run(child.within(Context.SCREENING, list), screening)
    if parent.process is not None:
        parent.process.signal("answered", child.leg)
    child.listens()
    yield Wait(None, frozenset({"parted"}))


def _report(parent: Line, event: object) -> None:
    kind = getattr(event, "kind", "")
    if kind == "ended" and parent.process is not None:
        parent.process.signal("over", getattr(event, "sid", ""))


def _first_to_answer(children: list[Leg]) -> Steps:
    while any(child.live for child in children):
        signal = yield Wait(None, NEWS)
        if signal is not None and signal.kind == "answered":
            return signal.value
    return None


def _talk(line: Line, other: Leg, verb: Verb) -> Steps:
    """Be connected until one of them goes, the time is over, or the caller presses the star."""
    exchange = line.exchange
    line.listens()
    exchange.note(line.leg, "bridged", other=other.sid)
    end = exchange.now.timestamp() + verb.number("timeLimit", 14_400)
    try:
        while other.live:
            signal = yield Wait(max(0.0, end - exchange.now.timestamp()), TALKING)
            if signal is None or (signal.kind in {"over", "parted"} and signal.value == other.sid):
                break
            if signal.kind == "key" and signal.value == "*" and verb.flag("hangupOnStar"):
                break
    finally:
        if other.process is not None and other.live:
            other.process.signal("parted", line.leg.sid)
    line.is_silent()
