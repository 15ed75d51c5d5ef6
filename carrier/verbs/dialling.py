"""<Dial>: into a conference, to a telephone or a browser, or to the first caller of a queue.

Sources: "TwiML: Dial", "TwiML: Conference", "TwiML: Number", "TwiML: Client", "TwiML: Queue". After a conference
DialCallStatus is `answered` and there is no DialCallDuration. Without an action the next verb follows.
"""

from __future__ import annotations

from urllib.parse import urljoin

from carrier import conferences, recordings, sitting
from carrier.conferences import NotLetIn, Wish
from carrier.legs import Subscription
from carrier.lines import Fetch, Line
from carrier.process import Steps
from carrier.rooms import Participant
from carrier.twiml.documents import Document, Verb
from carrier.verbs import bridging
from carrier.verbs.recording import subscription as recording_subscription
from carrier.webhooks import Form


def dial(line: Line, verb: Verb, document: Document) -> Steps:
    """<Dial>."""
    noun = verb.children[0] if verb.children else Verb("Number", {}, verb.text)
    _record(line, verb, document)
    if noun.name == "Conference":
        return (yield from _conference(line, verb, noun, document))
    if noun.name == "Queue":
        form = yield from bridging.from_queue(line, noun)
    else:
        form = yield from bridging.to_phones(line, verb, verb.children or (noun,), document)
    return _action(verb, document, form)


def _action(verb: Verb, document: Document, form: Form) -> Fetch | None:
    if not verb.get("action"):
        return None
    return Fetch(urljoin(document.url, verb.get("action")), verb.get("method", "POST"), tuple(form))


def _record(line: Line, verb: Verb, document: Document) -> None:
    wish = verb.get("record", "do-not-record")
    if wish not in {"do-not-record", "false"}:
        recordings.start(
            line.exchange,
            "DialVerb",
            leg=line.leg,
            channels=2 if wish.endswith("dual") else 1,
            subscription=recording_subscription(verb, document),
        )


def _conference(line: Line, verb: Verb, noun: Verb, document: Document) -> Steps:
    exchange = line.exchange
    wish = _wish(noun, document)
    guest = _guest(line, noun, document)
    room = conferences.find_or_open(exchange, wish)
    try:
        conferences.join(exchange, room, guest, wish, line.perform)
    except NotLetIn as refused:
        exchange.alert(refused.code, str(refused), line.leg.sid)
        exchange.note(line.leg, "not let in", code=refused.code)
        if not room.members and not room.coming:
            del exchange.rooms[room.sid], exchange.open_rooms[room.sid]
        return _action(verb, document, [("DialCallStatus", "failed")]) if refused.fails else None
    if noun.get("record") == "record-from-start" and not room.recording_sid:
        recordings.start(exchange, "Conference", room=room, subscription=recording_subscription(noun, document))
    limit = float(verb.number("timeLimit", 14_400))
    yield from sitting.sit(line, room, guest, limit=limit, star_leaves=verb.flag("hangupOnStar"))
    return _action(verb, document, [("DialCallStatus", "answered"), ("DialBridged", "true")])


def _wish(noun: Verb, document: Document) -> Wish:
    subscription = None
    if noun.get("statusCallback") and noun.get("statusCallbackEvent"):
        subscription = Subscription(
            urljoin(document.url, noun.get("statusCallback")),
            noun.get("statusCallbackMethod", "POST"),
            frozenset(noun.get("statusCallbackEvent").split()),
        )
    return Wish(noun.text, noun.get("region"), subscription, noun.number("maxParticipants", 250))


def _guest(line: Line, noun: Verb, document: Document) -> Participant:
    wait = noun.attributes.get("waitUrl")
    return Participant(
        line.leg,
        label=noun.get("participantLabel"),
        muted=noun.flag("muted"),
        coaching=bool(noun.get("coach")),
        call_sid_to_coach=noun.get("coach"),
        start_on_enter=noun.flag("startConferenceOnEnter", default=True),
        end_on_exit=noun.flag("endConferenceOnExit"),
        beep=noun.get("beep", "true"),
        wait_url=urljoin(document.url, wait) if wait else wait,
        wait_method=noun.get("waitMethod", "POST"),
    )
