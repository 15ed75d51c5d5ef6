"""A line: one run of documents for one leg. The call itself is one; the music in a room is another.

Everything that happens in it is written as a generator that waits (`carrier.process`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from carrier.exchange import Exchange
from carrier.legs import Leg
from carrier.process import Process, Steps
from carrier.twiml.contexts import Context
from carrier.twiml.documents import Document
from carrier.webhooks import Form


@dataclass(frozen=True, slots=True)
class Fetch:
    """A document to be had: an address and what is sent there beside the usual; or the document itself."""

    url: str
    method: str = "POST"
    form: tuple[tuple[str, str], ...] = ()
    twiml: str | None = None


class Redirected(Exception):
    """REST gives the call another document."""

    def __init__(self, fetch: Fetch) -> None:
        super().__init__(fetch.url)
        self.fetch = fetch


class Left(Exception):
    """<Leave>: out of the queue."""


class Rejected(Exception):
    """<Reject>: the call is never answered; `status` is what it ends as."""

    def __init__(self, status: str, cause: str) -> None:
        super().__init__(status)
        self.status = status
        self.cause = cause


class CallFailed(Exception):
    """No document could be had, and no fallback either: the call ends with an error."""


Perform = Callable[["Line", Document], Steps]


@dataclass(eq=False, slots=True)
class Line:
    """One run of documents."""

    exchange: Exchange
    leg: Leg
    perform: Perform
    context: Context = Context.CALL
    extra: Callable[[], Form] = field(default=list)  # parameters that go with every request in this context
    process: Process | None = None
    on_sound: Callable[[bool], object] | None = None  # who else has to know whether it plays something: a room

    def within(self, context: Context, extra: Callable[[], Form]) -> Line:
        """The same run, in the documents of a queue."""
        return Line(self.exchange, self.leg, self.perform, context, extra, self.process, self.on_sound)

    def plays(self, kind: str, what: str, seconds: float, language: str = "") -> None:
        """Let the leg hear something."""
        if self.on_sound is not None:
            self.on_sound(True)
        self.exchange.plays(self.leg, kind, what, seconds, language)

    def is_silent(self) -> None:
        """Let the leg hear nothing from now on."""
        if self.on_sound is not None:
            self.on_sound(False)
        else:
            self.exchange.quiet(self.leg)

    def listens(self) -> None:
        """Wait for the person: that is no silence."""
        self.exchange.loud(self.leg)
