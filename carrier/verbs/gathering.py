"""<Gather>: prompts that a key or a word interrupts, then what the person pressed or said.

Source: "TwiML: Gather". The time to answer begins when the prompts are over; `#` alone counts as no input; with both
kinds of input a key wins over speech.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin

from carrier.legs import HungUp, Subscription, Utterance
from carrier.lines import Fetch, Line
from carrier.parameters import of_leg
from carrier.process import Signal, Steps, Wait
from carrier.twiml.documents import Document, Verb
from carrier.verbs import speaking
from carrier.webhooks import Form


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a <Gather> asks for."""

    kinds: frozenset[str]
    timeout: float
    speech_end: float
    digits: int
    finish: str
    language: str

    @classmethod
    def of(cls, line: Line, verb: Verb) -> _Wish:
        words = verb.get("input", "dtmf").split()
        timeout = verb.number("timeout", 5)
        auto = line.exchange.timings.speech_end
        pause = auto if verb.get("speechTimeout") == "auto" else float(verb.number("speechTimeout", timeout))
        kinds = frozenset({"dtmf": "key", "speech": "speech"}[word] for word in words)
        finish = verb.get("finishOnKey", "#")
        return cls(kinds, timeout, pause, verb.number("numDigits", 10_000), finish, verb.get("language", "en-US"))


@dataclass(slots=True)
class _Input:
    """What came."""

    digits: str = ""
    finished_on: str = ""
    said: Utterance | None = None

    @property
    def given(self) -> bool:
        return bool(self.digits) or self.said is not None


def gather(line: Line, verb: Verb, document: Document) -> Steps:
    """<Gather>."""
    wish = _Wish.of(line, verb)
    got = _Input()
    line.exchange.note(line.leg, "gather", input=verb.get("input", "dtmf"), digits=wish.digits)
    try:
        yield from _collect(line, verb, document, wish, got)
    except HungUp:
        if line.exchange.beliefs.gather_action_on_hangup and got.given:
            _tell_late(line, verb, document, _form(line, wish, got))
        raise
    if not got.given and not verb.flag("actionOnEmptyResult"):
        return None
    line.exchange.note(line.leg, "input", digits=got.digits, said=got.said.text if got.said else "")
    url = urljoin(document.url, verb.get("action"))
    return Fetch(url, verb.get("method", "POST"), tuple(_form(line, wish, got)))


def _collect(line: Line, verb: Verb, document: Document, wish: _Wish, got: _Input) -> Steps:
    kept, line.leg.kept_keys = line.leg.kept_keys, ""
    signal = Signal("key", kept[0]) if kept and "key" in wish.kinds else None
    rest = kept[1:] if signal else ""
    if signal is None:
        signal = yield from _prompted(line, verb, document, wish)
    while signal is not None:
        if signal.kind == "speech":
            signal = yield from _listen(line, verb, document, wish, got, signal.value)
            continue
        got.said = None
        if _pressed(wish, got, signal.value):
            return
        if rest:
            signal, rest = Signal("key", rest[0]), rest[1:]
        else:
            signal = yield Wait(wish.timeout, wish.kinds & {"key"} or wish.kinds)


def _prompted(line: Line, verb: Verb, document: Document, wish: _Wish) -> Steps:
    """Play the prompts, then wait; the first key or word."""
    for child in verb.children:
        signal = yield from speaking.heard(line, child, document, wish.kinds)
        if signal is not None:
            line.listens()
            return signal
    line.listens()
    return (yield Wait(wish.timeout, wish.kinds))


def _pressed(wish: _Wish, got: _Input, key: str) -> bool:
    """Take a key; whether it was the last."""
    if key == wish.finish:
        got.finished_on = key
        return True
    got.digits += key
    return len(got.digits) >= wish.digits


def _listen(line: Line, verb: Verb, document: Document, wish: _Wish, got: _Input, said: Utterance) -> Steps:
    """Hear the utterance out; a key that was pressed meanwhile."""
    _tell_partial(line, verb, document, wish, said)
    signal = yield Wait(said.seconds + wish.speech_end, wish.kinds)
    while signal is not None and signal.kind == "speech":
        more: Utterance = signal.value
        said = Utterance(f"{said.text} {more.text}", min(said.confidence, more.confidence), more.seconds)
        signal = yield Wait(more.seconds + wish.speech_end, wish.kinds)
    got.said = said
    return signal


def _tell_partial(line: Line, verb: Verb, document: Document, wish: _Wish, said: Utterance) -> None:
    url = verb.get("partialResultCallback")
    if url:
        form = [
            *of_leg(line.exchange, line.leg),
            ("UnstableSpeechResult", said.text[: max(1, len(said.text) // 2)]),
            ("Stability", "0.8"),
            ("Language", wish.language),
            ("SequenceNumber", "0"),
        ]
        wanted = Subscription(url, verb.get("partialResultCallbackMethod", "POST"))
        line.exchange.callbacks.post(line.exchange, wanted, form, "partial", base=document.url)


def _tell_late(line: Line, verb: Verb, document: Document, form: Form) -> None:
    """The person hung up after pressing keys: the action is requested, its answer means nothing."""
    wanted = Subscription(urljoin(document.url, verb.get("action")), verb.get("method", "POST"))
    usual = [(key, "completed" if key == "CallStatus" else value) for key, value in of_leg(line.exchange, line.leg)]
    line.exchange.callbacks.post(line.exchange, wanted, usual + form, "gather")


def _form(line: Line, wish: _Wish, got: _Input) -> Form:
    if got.said is not None:
        said = got.said
        return [("SpeechResult", said.text), ("Confidence", f"{said.confidence:.4f}"), ("Language", wish.language)]
    if got.digits or got.finished_on:
        finished = [("FinishedOnKey", got.finished_on)] if got.finished_on else []
        return [("Digits", got.digits), *finished]
    if not line.exchange.beliefs.empty_gather_sends_fields:
        return []
    empty = [("Digits", "")] if "key" in wish.kinds else []
    return [*empty, *([("SpeechResult", "")] if "speech" in wish.kinds else [])]
