"""How a request travels to the application and its answer back: in the same thread, or by threads over HTTP.

Whoever sends is told the outcome in an event of the clock: an answer, or what failed ("ct" no connection, "rt" no
answer in time).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol

from carrier.chances import Chances
from carrier.clocks import Clock
from carrier.errors import TimedOut, Unreachable
from carrier.overrides import Overrides
from carrier.timings import Timings
from carrier.webhooks import Deliver, Webhook, WebhookAnswer

Outcome = WebhookAnswer | str
Done = Callable[[Outcome], object]
logger = logging.getLogger(__name__)


class Courier(Protocol):
    """Takes requests to the application."""

    def send(self, webhook: Webhook, limits: Overrides, done: Done) -> None:
        """Deliver, and tell `done` later what came of it."""

    def hand_over(self, webhook: Webhook) -> Outcome:
        """Deliver at once, inside whatever is happening."""


class InlineCourier:
    """Calls the application in the clock's own thread; the way takes virtual time."""

    def __init__(self, clock: Clock, deliver: Deliver, chances: Chances, timings: Timings) -> None:
        self._clock = clock
        self._deliver = deliver
        self._chances = chances
        self._timings = timings

    def send(self, webhook: Webhook, limits: Overrides, done: Done) -> None:
        """Deliver, and tell `done` later what came of it."""
        way = self._chances.within("webhook", self._timings.webhook) / 2
        self._clock.schedule(way, partial(self._arrive, webhook, limits, way, done))

    def hand_over(self, webhook: Webhook) -> Outcome:
        """Deliver at once, inside whatever is happening."""
        try:
            return self._deliver(webhook)
        except Unreachable:
            return "ct"
        except TimedOut:
            return "rt"

    def _arrive(self, webhook: Webhook, limits: Overrides, way: float, done: Done) -> None:
        outcome = self.hand_over(webhook)
        delay = {"ct": limits.connect, "rt": limits.read}.get(outcome, way) if isinstance(outcome, str) else way
        self._clock.schedule(delay, partial(done, outcome))


class PooledCourier:
    """Delivers in threads, for real time; what comes of it becomes an event of the clock."""

    def __init__(self, clock: Clock, deliver: Callable[[Webhook, Overrides], WebhookAnswer], threads: int = 16) -> None:
        self._clock = clock
        self._deliver = deliver
        self._pool = ThreadPoolExecutor(threads, "carrier-webhook")

    def send(self, webhook: Webhook, limits: Overrides, done: Done) -> None:
        """Deliver, and tell `done` later what came of it."""
        self._pool.submit(self._carry, webhook, limits, done)

    def hand_over(self, webhook: Webhook) -> Outcome:
        """Deliver as soon as a thread is free: who sends holds the carrier's lock and must not wait."""
        self._pool.submit(self._deliver, webhook, Overrides(webhook.url))
        return WebhookAnswer(202)

    def close(self) -> None:
        """Deliver nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _carry(self, webhook: Webhook, limits: Overrides, done: Done) -> None:
        try:
            outcome: Outcome = self._deliver(webhook, limits)
        except Unreachable:
            outcome = "ct"
        except TimedOut:
            outcome = "rt"
        except Exception:
            logger.exception("a request could not be delivered")
            outcome = "ct"
        self._clock.schedule(0, partial(done, outcome))
