"""<Enqueue>: waiting in a queue, with the waitUrl's documents again and again, until something takes the call out.

Source: "TwiML: Enqueue". Taken out over REST or by <Leave>, the action is requested right away; bridged by
<Dial><Queue>, when the two part.
"""

from __future__ import annotations

from functools import partial
from urllib.parse import urljoin

from carrier import asking
from carrier.legs import HungUp, Leg, Subscription
from carrier.lines import CallFailed, Fetch, Left, Line, Redirected
from carrier.parameters import of_leg
from carrier.process import Steps, Wait
from carrier.queues import CallQueue, Member
from carrier.sounds import MUSIC
from carrier.twiml.contexts import Context
from carrier.twiml.documents import Document, Verb
from carrier.webhooks import Form


class Bridged(Exception):
    """<Dial><Queue> takes the call: with whom it is connected now."""

    def __init__(self, other: Leg) -> None:
        super().__init__(other.sid)
        self.other = other


def enqueue(line: Line, verb: Verb, document: Document) -> Steps:
    """<Enqueue>."""
    exchange, leg = line.exchange, line.leg
    queue = exchange.queue_named(verb.text) or _created(line, verb.text)
    if len(queue.members) >= queue.greatest:
        exchange.alert(22005, f"queue {queue.name} is full", leg.sid)
        return _action(verb, document, [("QueueResult", "queue-full")])
    queue.members[leg.sid] = Member(leg, exchange.now)
    leg.queue_sid = queue.sid
    exchange.note(leg, "enqueued", queue=queue.name)
    return (yield from _waited(line, verb, document, queue))


def _waited(line: Line, verb: Verb, document: Document, queue: CallQueue) -> Steps:
    member = queue.members[line.leg.sid]
    try:
        yield from _wait(line, verb, document, queue, member)
        result = "error"
    except Left:
        result = "leave"
    except CallFailed:
        result = "error"
    except HungUp:
        _out(line, queue, member)
        _tell_hangup(line, verb, document, _outcome(line, queue, member, "hangup"))
        raise
    except Redirected as redirected:
        _out(line, queue, member)
        yield from _tell_redirect(line, verb, document, _outcome(line, queue, member, "redirected"))
        raise redirected from None
    except Bridged as bridged:
        _out(line, queue, member)
        try:
            yield from _bridged(line, bridged.other)
        except Redirected:
            _tell(line, verb, document, _outcome(line, queue, member, "redirected-from-bridged"))
            raise
        result = "bridged"
    _out(line, queue, member)
    return _action(verb, document, _outcome(line, queue, member, result))


def _wait(line: Line, verb: Verb, document: Document, queue: CallQueue, member: Member) -> Steps:
    """The waitUrl's documents, for ever."""
    url = verb.get("waitUrl") if "waitUrl" in verb.attributes else None
    if not url:
        if url is None:
            line.plays("music", MUSIC, 0)
        else:
            line.is_silent()
        yield Wait(None)
    first = Fetch(urljoin(document.url, url or ""), verb.get("waitUrlMethod", "POST"))
    waiting = line.within(Context.QUEUE, lambda: _place(line, queue, member))
    while True:
        fetch: Fetch | None = first
        while fetch is not None:
            fetch = yield from line.perform(waiting, (yield from asking.document_or_fallback(waiting, fetch)))


def _place(line: Line, queue: CallQueue, member: Member) -> Form:
    now = line.exchange.now
    return [
        ("QueueSid", queue.sid),
        ("QueueTime", str(int((now - member.since).total_seconds()))),
        ("QueuePosition", str(queue.position(member.leg.sid))),
        ("AvgQueueTime", str(queue.average_wait(now))),
        ("CurrentQueueSize", str(len(queue.members))),
        ("MaxQueueSize", str(queue.greatest)),
    ]


def _bridged(line: Line, other: Leg) -> Steps:
    """Talk with whoever took the call, until one of them goes."""
    line.exchange.note(line.leg, "bridged", other=other.sid)
    line.listens()
    try:
        yield Wait(None, frozenset({"parted"}))
    finally:
        if other.process is not None:
            other.process.signal("parted", line.leg.sid)


def _created(line: Line, name: str) -> CallQueue:
    exchange = line.exchange
    queue = CallQueue(exchange.chances.sid("QU"), name, exchange.now, exchange.now)
    exchange.queues[queue.sid] = queue
    return queue


def _out(line: Line, queue: CallQueue, member: Member) -> None:
    queue.members.pop(line.leg.sid, None)
    if line.leg.queue_sid:
        line.leg.queue_sid = ""
        queue.waits.append((line.exchange.now - member.since).total_seconds())
        line.exchange.note(line.leg, "dequeued", queue=queue.name)


def _outcome(line: Line, queue: CallQueue, member: Member, result: str) -> Form:
    waited = int((line.exchange.now - member.since).total_seconds())
    return [("QueueResult", result), ("QueueSid", queue.sid), ("QueueTime", str(waited))]


def _action(verb: Verb, document: Document, form: Form) -> Fetch | None:
    if not verb.get("action"):
        return None
    return Fetch(urljoin(document.url, verb.get("action")), verb.get("method", "POST"), tuple(form))


def _tell(line: Line, verb: Verb, document: Document, form: Form, *, status: str = "") -> None:
    """Request the action when its answer means nothing."""
    if verb.get("action"):
        usual = of_leg(line.exchange, line.leg)
        said = [(key, (status or value) if key == "CallStatus" else value) for key, value in usual]
        wanted = Subscription(verb.get("action"), verb.get("method", "POST"))
        line.exchange.callbacks.post(line.exchange, wanted, said + form, "dequeued", base=document.url)


def _tell_hangup(line: Line, verb: Verb, document: Document, form: Form) -> None:
    """The caller is gone: the action is requested all the same."""
    tell = partial(_tell, line, verb, document, form, status="completed")
    if line.exchange.beliefs.queue_action_before_completed:
        tell()
    else:
        line.exchange.clock.schedule(1.0, tell)


def _tell_redirect(line: Line, verb: Verb, document: Document, form: Form) -> Steps:
    """REST took the call out: the action is requested before, or beside, the new document."""
    if not line.exchange.beliefs.queue_action_before_redirect:
        _tell(line, verb, document, form)
        return
    action = _action(verb, document, form)
    if action is None:
        return
    answer = yield from asking.document_or_fallback(line, action)
    if not line.exchange.beliefs.queue_action_answer_ignored:
        yield from line.perform(line, answer)
