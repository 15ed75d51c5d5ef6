"""<Record>, and <Start><Recording>; the latter is ended over REST, for the library has no <Stop><Recording>.

Sources: "TwiML: Record": ends after silence, at a key, at its length; requests its action then; when the caller hangs
up the action comes with Digits=hangup. "TwiML: Recording".
"""

from __future__ import annotations

from urllib.parse import urljoin

from carrier import recordings
from carrier.legs import HungUp, Subscription, Utterance
from carrier.lines import Fetch, Line
from carrier.parameters import of_leg
from carrier.process import Steps, Wait
from carrier.recordings import Recording
from carrier.twiml.documents import Document, Verb
from carrier.webhooks import Form

HEARD = frozenset({"key", "speech", "voice"})
ANY_KEY = "1234567890*#"


def record(line: Line, verb: Verb, document: Document) -> Steps:
    """<Record>."""
    if verb.flag("playBeep", default=True):
        line.plays("beep", "beep", 0.3)
        yield Wait(0.3)
    line.listens()
    made = recordings.start(
        line.exchange, "RecordVerb", leg=line.leg, track="inbound", subscription=subscription(verb, document)
    )
    try:
        key = yield from _until_over(line, verb, made)
    except HungUp:
        recordings.stop(line.exchange, made)
        if line.exchange.beliefs.record_action_on_hangup:
            _tell_hangup(line, verb, document, _form(line, made, "hangup"))
        raise
    recordings.stop(line.exchange, made)
    url = urljoin(document.url, verb.get("action"))
    return Fetch(url, verb.get("method", "POST"), tuple(_form(line, made, key)))


def start(line: Line, verb: Verb, document: Document) -> Steps:
    """<Start>."""
    yield from ()
    for noun in verb.children:
        recordings.start(
            line.exchange,
            "StartCallRecordingAPI",
            leg=line.leg,
            channels=2 if noun.get("channels") == "dual" else 1,
            track=noun.get("track", "both"),
            subscription=subscription(noun, document),
        )


def subscription(verb: Verb, document: Document) -> Subscription | None:
    """Who wants to hear of a recording."""
    url = verb.get("recordingStatusCallback")
    if not url:
        return None
    events = frozenset(verb.get("recordingStatusCallbackEvent", "completed").split())
    return Subscription(urljoin(document.url, url), verb.get("recordingStatusCallbackMethod", "POST"), events)


def _until_over(line: Line, verb: Verb, made: Recording) -> Steps:
    """Listen until silence, a key or the end of the time; the key."""
    exchange = line.exchange
    silence = float(verb.number("timeout", 5))
    keys = verb.get("finishOnKey", ANY_KEY)
    left = float(verb.number("maxLength", 3600))
    patience = silence or left
    while left > 0:
        before = exchange.now
        signal = yield Wait(min(patience, left), HEARD)
        left -= (exchange.now - before).total_seconds()
        if signal is None:
            return ""
        if signal.kind == "key":
            if signal.value in keys:
                return signal.value
            continue
        if signal.kind == "voice":
            patience = silence or left
            continue
        said: Utterance = signal.value
        made.said.append(said.text)
        patience = said.seconds + (silence or left)
    return ""


def _form(line: Line, made: Recording, key: str) -> Form:
    return [
        ("RecordingUrl", recordings.address(line.exchange, made)),
        ("RecordingSid", made.sid),
        ("RecordingDuration", str(int(made.seconds(line.exchange.now)))),
        *([("Digits", key)] if key else []),
    ]


def _tell_hangup(line: Line, verb: Verb, document: Document, form: Form) -> None:
    usual = [(name, "completed" if name == "CallStatus" else value) for name, value in of_leg(line.exchange, line.leg)]
    wanted = Subscription(urljoin(document.url, verb.get("action")), verb.get("method", "POST"))
    line.exchange.callbacks.post(line.exchange, wanted, usual + form, "record")
