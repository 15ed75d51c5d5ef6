"""What goes wrong on purpose: rules that strike callbacks, requests, REST calls, calls and messages, by seeded chance.

A rule says when (the point, a part of the address, an event, the how-manieth time, a probability) and what happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from carrier.chances import Chances, Span


@dataclass(frozen=True, slots=True)
class When:
    """Which moments a rule strikes. Points: callback, request, rest, call, recording, message."""

    point: str
    path: str = ""  # a part of the address
    event: str = ""  # the event, status or method, exactly
    nth: int | None = None  # only the how-manieth that fits, from 1
    probability: float = 1.0
    limit: int | None = None  # at most so often


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong."""


@dataclass(frozen=True, slots=True)
class Lose(Fault):
    """A callback, or a message's receipt, never comes."""


@dataclass(frozen=True, slots=True)
class Duplicate(Fault):
    """A callback comes twice."""

    after: Span = (0.05, 2.0)


@dataclass(frozen=True, slots=True)
class Delay(Fault):
    """A callback comes late, and lets others overtake it."""

    by: Span = (1.0, 8.0)


@dataclass(frozen=True, slots=True)
class Swap(Fault):
    """A callback changes places with the next one to the same address."""


@dataclass(frozen=True, slots=True)
class Early(Fault):
    """A callback arrives before the REST request that caused it has been answered."""


@dataclass(frozen=True, slots=True)
class Respond(Fault):
    """The application seems to answer with this status; it never sees the request."""

    status: int = 500


@dataclass(frozen=True, slots=True)
class Slow(Fault):
    """The application sees the request and takes so long to answer."""

    seconds: float = 16.0


@dataclass(frozen=True, slots=True)
class LoseAnswer(Fault):
    """The application did what was asked and the connection broke: webhooks are retried, REST requests time out."""


@dataclass(frozen=True, slots=True)
class Refuse(Fault):
    """A REST request is refused and nothing is done."""

    status: int = 429
    code: int = 20429
    message: str = "Too Many Requests"


@dataclass(frozen=True, slots=True)
class Hide(Fault):
    """What a REST request created is not found for a while."""

    seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class Skew(Fault):
    """A callback's Timestamp is wrong by so many seconds."""

    by: Span = (-3.0, 3.0)


@dataclass(frozen=True, slots=True)
class Outcome(Fault):
    """A call that is placed ends like this: busy, no-answer or failed."""

    status: str = "busy"


@dataclass(frozen=True, slots=True)
class Absent(Fault):
    """A recording is lost."""


@dataclass(frozen=True, slots=True)
class Fail(Fault):
    """A message is not delivered, with this error; `late` says after it had been called delivered."""

    code: int = 30008
    status: str = "undelivered"
    late: bool = False


@dataclass(slots=True)
class Rule:
    """When, and what then."""

    when: When
    do: Fault
    met: int = 0
    struck: int = 0


@dataclass(slots=True)
class Faults:
    """The rules in force."""

    chances: Chances
    rules: list[Rule] = field(default_factory=list)

    def add(self, rule: Rule) -> Rule:
        """Put a rule in force."""
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Let everything go well again."""
        self.rules.clear()

    def strike(self, point: str, path: str, event: str = "") -> Iterator[Fault]:
        """What goes wrong at this moment."""
        for place, rule in enumerate(self.rules):
            if self._fits(rule, point, path, event) and self._falls(rule, place):
                rule.struck += 1
                yield rule.do

    def _fits(self, rule: Rule, point: str, path: str, event: str) -> bool:
        when = rule.when
        return when.point == point and when.path in path and when.event in {"", event}

    def _falls(self, rule: Rule, place: int) -> bool:
        when = rule.when
        rule.met += 1
        if when.nth is not None and rule.met != when.nth:
            return False
        if when.limit is not None and rule.struck >= when.limit:
            return False
        return self.chances.happens(f"fault {place}", when.probability)
