"""<Say>, <Play> and <Pause>: what the person hears, and for how long.

Sources: their TwiML pages. loop="0" means for ever.
"""

from __future__ import annotations

from urllib.parse import urljoin

from carrier import sounds
from carrier.lines import Line
from carrier.process import NOTHING, Signal, Steps, Wait
from carrier.timings import Timings
from carrier.twiml.documents import Document, Verb

FOR_EVER = 1000


def spoken_seconds(timings: Timings, text: str) -> float:
    """How long a text takes to say."""
    han = sum("\u2e80" <= letter <= "\u9fff" for letter in text)
    return 2 * timings.breath + han * timings.han + (len(text) - han) * timings.announcement


def say(line: Line, verb: Verb, document: Document) -> Steps:
    """<Say>."""
    yield from heard(line, verb, document, NOTHING)


def play(line: Line, verb: Verb, document: Document) -> Steps:
    """<Play>."""
    yield from heard(line, verb, document, NOTHING)


def pause(line: Line, verb: Verb, document: Document) -> Steps:
    """<Pause>."""
    yield from heard(line, verb, document, NOTHING)


def heard(line: Line, verb: Verb, document: Document, kinds: frozenset[str]) -> Steps:
    """Let something be heard; the signal that interrupted it, or None."""
    if verb.name == "Pause":
        line.is_silent()
        return (yield Wait(verb.number("length", 1), kinds))
    kind, what, seconds = yield from _sound(line, verb, document)
    rounds = verb.number("loop", 1) or FOR_EVER
    for _ in range(rounds if seconds else 0):
        line.plays(kind, what, seconds, verb.get("language"))
        signal: Signal | None = yield Wait(seconds, kinds)
        if signal is not None:
            return signal
    return None


def _sound(line: Line, verb: Verb, document: Document) -> Steps:
    if verb.name == "Say":
        return "say", verb.text, spoken_seconds(line.exchange.timings, verb.text)
    if verb.get("digits"):
        return "play", f"keys {verb.get('digits')}", 0.5 * len(verb.get("digits"))
    url = urljoin(document.url, verb.text)
    seconds = yield from sounds.seconds(line, url)
    return "play", url, seconds
