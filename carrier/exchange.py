"""The exchange: everything that there is at one carrier, in one place. Every part of the carrier works on it.

It keeps and finds; it decides nothing.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from carrier.account import Account, Application, Hooks, PhoneNumber
from carrier.beliefs import Beliefs
from carrier.chances import Chances
from carrier.clocks import Clock
from carrier.couriers import Courier
from carrier.errors import TwimlError
from carrier.faults import Faults
from carrier.legs import Event, Heard, Leg
from carrier.queues import CallQueue
from carrier.rooms import Room
from carrier.silences import Silences
from carrier.timings import Timings

if TYPE_CHECKING:
    from carrier.callbacks import Callbacks
    from carrier.phones import Phone
    from carrier.recordings import Recording
    from carrier.texts import Text


E164 = re.compile(r"\+[1-9]\d{5,14}")


@dataclass(frozen=True, slots=True)
class Alert:
    """What the carrier's debugger would show: an error code, what it was about, which call."""

    at: datetime
    code: int
    message: str
    sid: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that went to the application, and what came back."""

    at: datetime
    kind: str  # document, callback, sound
    method: str
    url: str
    form: tuple[tuple[str, str], ...]
    token: str
    outcome: str  # the status, or what failed
    body: str = ""


@dataclass(eq=False, slots=True)
class Exchange:
    """The state of one carrier."""

    account: Account
    clock: Clock
    chances: Chances
    timings: Timings
    beliefs: Beliefs
    courier: Courier
    faults: Faults
    callbacks: Callbacks
    api_base: str = "https://api.twilio.com"
    strict: bool = True  # unknown TwiML is a failure of the test, not a warning
    legs: dict[str, Leg] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    open_rooms: dict[str, Room] = field(default_factory=dict)  # those of them that are not over
    queues: dict[str, CallQueue] = field(default_factory=dict)
    recordings: dict[str, Recording] = field(default_factory=dict)
    numbers: dict[str, PhoneNumber] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    phones: dict[str, Phone] = field(default_factory=dict)
    unattended: str = "answer"  # what becomes of a number that nobody said anything about when it is rung
    texts: dict[str, Text] = field(default_factory=dict)
    opted_out: set[tuple[str, str]] = field(
        default_factory=set
    )  # who does not want texts, from which number or service
    timeline: deque[Event] = field(default_factory=deque)
    alerts: list[Alert] = field(default_factory=list)
    sent: deque[Sent] = field(default_factory=deque)
    silences: Silences = field(default_factory=Silences)
    sounds: dict[str, float] = field(default_factory=dict)  # how long what <Play> plays is, by address
    hidden: dict[str, datetime] = field(default_factory=dict)  # what REST does not find yet, until when
    senders: dict[str, float] = field(default_factory=dict)  # when each number may send its next text
    next_call_at: datetime | None = None  # when the account may begin its next call
    every_number: Hooks | None = None  # set: whatever number is asked for is the account's, and asks there
    observers: list[Callable[[Event], object]] = field(default_factory=list)  # hear of all that happens

    @property
    def now(self) -> datetime:
        """This instant."""
        return self.clock.now

    def note(self, leg: Leg, kind: str, **data: Any) -> None:
        """Write into a leg's timeline and the carrier's, and tell who watches the leg."""
        event = Event(self.clock.now, kind, leg.sid, data)
        leg.timeline.append(event)
        self.timeline.append(event)
        for watcher in [*leg.watchers, *self.observers]:
            watcher(event)

    def note_of(self, sid: str, kind: str, **data: Any) -> None:
        """Write into the carrier's timeline what is not about one leg."""
        event = Event(self.clock.now, kind, sid, data)
        self.timeline.append(event)
        for observer in self.observers:
            observer(event)

    def alert(self, code: int, message: str, sid: str) -> None:
        """Put an error into the debugger."""
        self.alerts.append(Alert(self.clock.now, code, message, sid))

    def blame(self, error: TwimlError, sid: str) -> None:
        """An application wrote what the carrier does not understand: that fails a test, and warns otherwise."""
        self.alert(error.code, error.message, sid)
        if self.strict:
            raise error

    def plays(self, leg: Leg, kind: str, what: str, seconds: float, language: str = "") -> None:
        """Let a leg hear something."""
        leg.heard.append(Heard(self.clock.now, kind, what, seconds))
        self.silences.loud(leg, self.clock.now)
        self.note(leg, "hears", sound=kind, what=what, seconds=round(seconds, 2), language=language)

    def quiet(self, leg: Leg) -> None:
        """Let a leg hear nothing from now on."""
        self.silences.quiet(leg, self.clock.now)

    def loud(self, leg: Leg) -> None:
        """Let a leg not be in silence from now on."""
        self.silences.loud(leg, self.clock.now)

    def room_named(self, name: str, region: str) -> Room | None:
        """The room of this name that is not over."""
        split = self.beliefs.rooms_split_by_region
        found = (
            room for room in self.open_rooms.values() if room.name == name and (not split or room.region == region)
        )
        return next(found, None)

    def queue_named(self, name: str) -> CallQueue | None:
        """The queue of this name."""
        return next((queue for queue in self.queues.values() if queue.name == name), None)

    def number_of(self, address: str) -> PhoneNumber | None:
        """The account's number with these digits."""
        found = next((number for number in self.numbers.values() if number.number == address), None)
        if found is None and self.every_number is not None and E164.fullmatch(address):
            sid = self.chances.sid("PN")
            found = PhoneNumber(sid, address, address, self.now, self.now, replace(self.every_number))
            self.numbers[sid] = found
        return found
