"""A leg: one telephone (or browser) connected to the carrier, what it heard and what happened to it.

A leg does nothing by itself: `calls` runs it, the verbs move it. The person at its end presses keys and speaks here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from carrier.clocks import Clock
from carrier.process import Process

LIVE = frozenset({"queued", "initiated", "ringing", "in-progress"})


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, for the timeline."""

    at: datetime
    kind: str
    sid: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that the person at the end of a leg heard."""

    at: datetime
    kind: str  # say, play, music, beep, ringing, people
    what: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something that the person said, as speech recognition would understand it."""

    text: str
    confidence: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Subscription:
    """An address that wants to hear of some events."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


class HungUp(Exception):
    """The call is over; `by` says whose doing it was: far end, api, carrier, verb."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


@dataclass(eq=False, slots=True)
class Leg:
    """One telephone connected to the carrier."""

    sid: str
    clock: Clock
    direction: str  # inbound, outbound-api, outbound-dial
    from_: str
    to: str
    created_at: datetime
    status: str = "queued"
    parent_sid: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    updated_at: datetime | None = None
    queue_time: float = 0.0
    cause: str = ""
    fallback: tuple[str, str] = ("", "POST")
    subscription: Subscription | None = None
    parameters: list[tuple[str, str]] = field(default_factory=list)  # that go with the first request: of device.connect
    phone_number_sid: str = ""
    sequence: int = 0
    process: Process | None = None
    person: Process | None = None
    room_sid: str = ""
    queue_sid: str = ""
    recording_sids: list[str] = field(default_factory=list)
    keeps_keys: bool = False  # those that nobody waits for
    kept_keys: str = ""
    heard: list[Heard] = field(default_factory=list)
    timeline: list[Event] = field(default_factory=list)
    watchers: list[Callable[[Event], object]] = field(default_factory=list)
    quiet_since: datetime | None = None
    finish: Callable[[str], object] | None = None  # how a leg ends that is not answered yet

    @property
    def state(self) -> str:
        """The call's status in the carrier's words."""
        return self.status

    @property
    def live(self) -> bool:
        """Whether it is not over."""
        return self.status in LIVE

    @property
    def is_client(self) -> bool:
        """Whether a browser is at its end."""
        return self.address.startswith("client:")

    @property
    def address(self) -> str:
        """The far end's address: who calls in, or who is called."""
        return self.from_ if self.direction == "inbound" else self.to

    @property
    def seconds(self) -> int:
        """How long it was, or has been, answered."""
        if self.started_at is None:
            return 0
        return int(((self.ended_at or self.clock.now) - self.started_at).total_seconds())

    def press(self, keys: str, gap: float = 0.2) -> None:
        """Press keys, one after the other."""
        for place, key in enumerate(keys):
            self.clock.schedule(place * gap, partial(self._signal, "key", key))

    def say(self, text: str, confidence: float = 0.9, seconds: float | None = None) -> None:
        """Speak."""
        spoken = max(0.4, len(text) * 0.06) if seconds is None else seconds
        self._signal("speech", Utterance(text, confidence, spoken))

    def answer(self, yes: bool = True) -> None:
        """Pick up, or decline, a telephone that rings and is answered by hand."""
        if self.process is not None:
            self.process.signal("pick up" if yes else "decline")

    def hang_up(self, after: float = 0.0, by: str = "far end") -> None:
        """End it from this end."""
        self.clock.schedule(after, partial(self._hang_up, by))

    def heard_text(self) -> str:
        """All that was said to this leg."""
        return "\n".join(heard.what for heard in self.heard if heard.kind == "say")

    def _signal(self, kind: str, value: Any) -> None:
        if self.process is None or self.status not in {"in-progress", "ringing"}:
            return
        if kind == "key" and self.keeps_keys and not self.process.awaits("key"):
            self.kept_keys += value
        self.process.signal(kind, value)

    def _hang_up(self, by: str) -> None:
        if self.live and self.process is not None:
            self.process.interrupt(HungUp(by))
