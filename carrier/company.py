"""The telephone company as its users see it: numbers, calls, texts, REST, time. Tests and simulations begin here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from carrier import calls, interpreter, texting
from carrier.account import Account, Application, Hooks, PhoneNumber
from carrier.beliefs import Beliefs
from carrier.callbacks import Callbacks
from carrier.chances import Chances
from carrier.clocks import Clock, RealClock, Timer, VirtualClock
from carrier.couriers import Courier, InlineCourier
from carrier.errors import CarrierError
from carrier.exchange import Alert, Exchange, Sent
from carrier.faults import Faults
from carrier.legs import Event, Leg
from carrier.phones import Phone, Script
from carrier.queues import CallQueue
from carrier.recordings import Recording
from carrier.rest import RestAnswer, serve
from carrier.rooms import Room
from carrier.silences import Silence
from carrier.texting import Attachment
from carrier.texts import Text
from carrier.timings import Timings
from carrier.webhooks import Deliver

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday morning
Pairs = Sequence[tuple[str, str]]


class Carrier:
    """A phone company in a box."""

    def __init__(  # noqa: PLR0913 - each has a default, and says what kind of company this is
        self,
        account: Account,
        *,
        deliver: Deliver | None = None,
        courier: Courier | None = None,
        clock: Clock | None = None,
        seed: int = 1,
        era: str = "",
        beliefs: Beliefs | None = None,
        timings: Timings | None = None,
        strict: bool = True,
        api_base: str = "https://api.twilio.com",
    ) -> None:
        clock = clock or VirtualClock(START)
        chances, timings = Chances(seed, f"{clock.now.isoformat()}{era}"), timings or Timings()
        if courier is None:
            if deliver is None:
                raise CarrierError("a carrier needs to know how to deliver webhooks")
            courier = InlineCourier(clock, deliver, chances, timings)
        self.exchange = Exchange(
            account,
            clock,
            chances,
            timings,
            beliefs or Beliefs(),
            courier,
            Faults(chances),
            Callbacks(),
            api_base,
            strict,
        )
        self.on_rest: list[Callable[[str, str, Pairs, Pairs, RestAnswer], object]] = []  # told of every REST answer
        self.on_advance: list[Callable[[datetime], object]] = []
        if isinstance(clock, VirtualClock):
            self.on_advance = clock.on_advance

    # What there is

    @property
    def now(self) -> datetime:
        """This instant."""
        return self.exchange.clock.now

    @property
    def faults(self) -> Faults:
        """What goes wrong on purpose."""
        return self.exchange.faults

    @property
    def legs(self) -> Mapping[str, Leg]:
        """All calls, by CallSid."""
        return self.exchange.legs

    @property
    def rooms(self) -> Mapping[str, Room]:
        """All conferences, by ConferenceSid."""
        return self.exchange.rooms

    @property
    def queues(self) -> Mapping[str, CallQueue]:
        """All queues, by QueueSid."""
        return self.exchange.queues

    @property
    def recordings(self) -> Mapping[str, Recording]:
        """All recordings, by RecordingSid."""
        return self.exchange.recordings

    @property
    def messages(self) -> Mapping[str, Text]:
        """All texts, by MessageSid."""
        return self.exchange.texts

    @property
    def timeline(self) -> deque[Event]:
        """What happened."""
        return self.exchange.timeline

    @property
    def sent(self) -> deque[Sent]:
        """All requests that went to the application."""
        return self.exchange.sent

    @property
    def alerts(self) -> list[Alert]:
        """What the carrier's debugger would show."""
        return self.exchange.alerts

    def silences(self) -> list[Silence]:
        """Callers who heard nothing for more than three seconds."""
        return self.exchange.silences.found(self.now)

    # What the account has

    def number(self, number: str, *, name: str = "", **hooks: str) -> PhoneNumber:
        """A telephone number of the account, with the addresses it asks: voice_url=, status_callback=, sms_url=, …"""
        sid = self.exchange.chances.sid("PN")
        made = PhoneNumber(sid, number, name or number, self.now, self.now, Hooks(**hooks))
        self.exchange.numbers[sid] = made
        return made

    def application(self, sid: str = "", *, name: str = "", **hooks: str) -> Application:
        """A TwiML application of the account."""
        sid = sid or self.exchange.chances.sid("AP")
        made = Application(sid, name or sid, self.now, self.now, Hooks(**hooks))
        self.exchange.applications[sid] = made
        return made

    def phone(
        self, address: str, outcome: str = "answer", *, rings_for: float | None = None, script: Script | None = None
    ) -> Phone:
        """What happens when this number or browser is rung: answer, busy, no-answer, failed, by hand."""
        made = self.exchange.phones[address] = Phone(outcome, rings_for, script)
        return made

    # What people do

    def place_call(self, from_: str, to: str, script: Script | None = None) -> Leg:
        """Somebody calls a number of the account."""
        return calls.arrive(self.exchange, interpreter.perform, from_=from_, to=to, script=script)

    def connect_client(
        self, identity: str, application: str, params: Mapping[str, str] | None = None, script: Script | None = None
    ) -> Leg:
        """A browser calls: what `device.connect()` does."""
        hooks = self.exchange.applications[application].hooks
        return calls.connect(self.exchange, interpreter.perform, hooks, identity, dict(params or {}), script)

    def lose(self, leg: Leg) -> None:
        """A browser vanishes without a word: the carrier notices after a while."""
        leg.hang_up(self.exchange.chances.within("dead client", self.exchange.timings.dead_client))

    def send_text(self, from_: str, to: str, body: str, media: Sequence[Attachment] = (), **extra: str) -> Text:
        """Somebody writes to a number of the account."""
        return texting.receive(self.exchange, from_, to, body, media, extra)

    # REST

    def rest(
        self, method: str, path: str, query: Pairs = (), form: Pairs = (), auth: tuple[str, str] = ("", "")
    ) -> RestAnswer:
        """One request to the REST API; raises TimedOut when a fault says so."""
        answer = serve(self.exchange, method, path, query, form, auth)
        for listener in self.on_rest:
            listener(method, path, query, form, answer)
        return answer

    # Time

    @property
    def clock(self) -> Clock:
        """The clock."""
        return self.exchange.clock

    def at(self, seconds: float, action: Callable[[], object]) -> Timer:
        """Do something of the driver's in the carrier's time."""
        return self.exchange.clock.schedule(seconds, action)

    def step(self) -> bool:
        """Let the next thing happen; False when nothing is left."""
        return self._virtual.step()

    def run_for(self, seconds: float) -> None:
        """Let time pass."""
        self.run_until(self.now + timedelta(seconds=seconds))

    def run_until(self, goal: datetime | Callable[[], bool], limit: float = 86_400.0) -> None:
        """Let time pass until an instant, or until something is so; fail after `limit` seconds."""
        clock = self._virtual
        if isinstance(goal, datetime):
            while (due := clock.next_due) is not None and due <= goal:
                clock.step()
            clock.move_to(goal)
            return
        end = self.now + timedelta(seconds=limit)
        while not goal():
            due = clock.next_due
            if due is None or due > end:
                raise CarrierError(f"what was waited for did not come within {limit:g} seconds")
            clock.step()

    def run_out(self, limit: float = 86_400.0) -> None:
        """Let everything happen that is going to."""
        end = self.now + timedelta(seconds=limit)
        while (due := self._virtual.next_due) is not None and due <= end:
            self._virtual.step()

    @property
    def _virtual(self) -> VirtualClock:
        if isinstance(self.exchange.clock, RealClock) or not isinstance(self.exchange.clock, VirtualClock):
            raise CarrierError("real time cannot be stepped")
        return self.exchange.clock
