"""What people on the phone do: scripts of steps, reflexes to what they hear, patience, and where they hang up.

`scripts.caller([until("enqueued"), wait(20), hang_up()], answers={"Press 1": "1"}, patience=90)`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from carrier.exchange import Exchange
from carrier.legs import Event, Leg
from carrier.phones import Script
from carrier.process import Steps, Wait

EVENT = frozenset({"event"})
REACTION = 0.6  # seconds from hearing to pressing


@dataclass(eq=False, slots=True)
class Person:
    """Who acts, and what of the leg's timeline they have lived through."""

    exchange: Exchange
    leg: Leg
    lived: int = 0


Step = Callable[[Person], Steps]


def wait(seconds: float) -> Step:
    """Do nothing for a while."""

    def step(_person: Person) -> Steps:
        yield Wait(seconds)

    return step


def until(kind: str, **data: Any) -> Step:
    """Wait until this happens to the leg: enqueued, gather, joined, started, hold, left, …"""

    def step(person: Person) -> Steps:
        yield from _until(person, lambda event: event.kind == kind and _fits(event, data))

    return step


def hear(text: str) -> Step:
    """Wait until something with this text, or from this address, is heard."""

    def step(person: Person) -> Steps:
        yield from _until(person, lambda event: event.kind == "hears" and text in event.data["what"])

    return step


def press(keys: str, gap: float = 0.2) -> Step:
    """Press keys."""

    def step(person: Person) -> Steps:
        person.leg.press(keys, gap)
        yield Wait(gap * len(keys))

    return step


def say(text: str, confidence: float = 0.9, seconds: float | None = None) -> Step:
    """Speak."""

    def step(person: Person) -> Steps:
        person.leg.say(text, confidence, seconds)
        yield Wait(0.1 if seconds is None else seconds)

    return step


def hang_up() -> Step:
    """End the call."""

    def step(person: Person) -> Steps:
        person.leg.hang_up()
        yield Wait(0)

    return step


def talk(seconds: float) -> Step:
    """Wait for the conversation to begin, and take part in it for so long."""

    def step(person: Person) -> Steps:
        yield from until("started")(person)
        yield Wait(seconds)

    return step


def caller(
    steps: Sequence[Step] = (),
    *,
    answers: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    patience: float | None = None,
    hangs_up_at: tuple[str, int, float] | None = None,
) -> Script:
    """Somebody on the phone.

    `answers` says which keys follow on hearing what, every time it is heard; `words` what is said then. `patience` is
    how long a queue may take. `hangs_up_at` is an event of the leg, the how-manieth, and how long after it.
    """

    def script(exchange: Exchange, leg: Leg) -> Steps:
        person = Person(exchange, leg)
        leg.watchers.append(partial(_wake, leg))
        leg.watchers.append(_Reflexes(leg, answers or {}, words or {}))
        if patience is not None:
            leg.watchers.append(_Patience(leg, patience))
        if hangs_up_at is not None:
            leg.watchers.append(_Farewell(leg, *hangs_up_at))
        return _live(person, steps)

    return script


agent = caller  # who sits at a browser acts in the same ways


def _live(person: Person, steps: Sequence[Step]) -> Steps:
    for step in steps:
        yield from step(person)


def _wake(leg: Leg, _event: Event) -> None:
    if leg.person is not None and leg.person.awaits("event"):
        leg.person.signal("event")


def _fits(event: Event, data: Mapping[str, Any]) -> bool:
    return all(event.data.get(name) == value for name, value in data.items())


def _until(person: Person, met: Callable[[Event], bool]) -> Steps:
    while person.leg.live or person.lived < len(person.leg.timeline):
        while person.lived < len(person.leg.timeline):
            event = person.leg.timeline[person.lived]
            person.lived += 1
            if met(event):
                return
        yield Wait(None, EVENT)
    yield Wait(None)  # what was waited for cannot come any more


@dataclass(eq=False, slots=True)
class _Reflexes:
    leg: Leg
    answers: Mapping[str, str]
    words: Mapping[str, str]

    def __call__(self, event: Event) -> None:
        if event.kind != "hears":
            return
        what = event.data["what"]
        for text, keys in self.answers.items():
            if text in what:
                self.leg.clock.schedule(REACTION, partial(self.leg.press, keys))
        for text, words in self.words.items():
            if text in what:
                self.leg.clock.schedule(REACTION, partial(self.leg.say, words))


@dataclass(eq=False, slots=True)
class _Patience:
    leg: Leg
    seconds: float

    def __call__(self, event: Event) -> None:
        if event.kind == "enqueued":
            self.leg.clock.schedule(self.seconds, self._give_up)

    def _give_up(self) -> None:
        if self.leg.queue_sid:
            self.leg.hang_up()


@dataclass(eq=False, slots=True)
class _Farewell:
    leg: Leg
    kind: str
    nth: int
    after: float
    met: int = 0

    def __call__(self, event: Event) -> None:
        if self.kind in {event.kind, "*"}:
            self.met += 1
            if self.met == self.nth:
                self.leg.hang_up(self.after)
