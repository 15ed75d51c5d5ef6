"""Time: a heap of what happens next. Tests drive the virtual clock; the real one runs in a thread of its own.

Everything the carrier does is an event of one of these clocks, so that one thing happens at a time.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

Action = Callable[[], object]
logger = logging.getLogger(__name__)


class Timer:
    """Something that is going to happen, unless it is cancelled."""

    __slots__ = ("action",)

    def __init__(self, action: Action) -> None:
        self.action: Action | None = action

    def cancel(self) -> None:
        """Let it never happen."""
        self.action = None


class Clock(Protocol):
    """What the carrier asks of time."""

    @property
    def now(self) -> datetime:
        """This instant, in UTC."""

    def schedule(self, seconds: float, action: Action) -> Timer:
        """Do something later; things due at one instant happen in the order in which they were scheduled."""


class _Agenda:
    """What is due when; the earliest first, and of the same instant the first scheduled."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()

    def add(self, due: float, action: Action) -> Timer:
        timer = Timer(action)
        heapq.heappush(self._heap, (due, next(self._order), timer))
        return timer

    def next_due(self) -> float | None:
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop(self) -> Action:
        action = heapq.heappop(self._heap)[2].action
        assert action is not None
        return action


class VirtualClock:
    """Time that passes only when somebody steps it: a thousand calls in a second, the same every time."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._elapsed = 0.0
        self._now = start
        self._agenda = _Agenda()
        self.on_advance: list[Callable[[datetime], object]] = []

    @property
    def now(self) -> datetime:
        """This instant, in UTC."""
        return self._now

    @property
    def next_due(self) -> datetime | None:
        """When the next thing happens."""
        due = self._agenda.next_due()
        return None if due is None else self._start + timedelta(seconds=due)

    def schedule(self, seconds: float, action: Action) -> Timer:
        """Do something later."""
        return self._agenda.add(self._elapsed + max(seconds, 0.0), action)

    def step(self) -> bool:
        """Let the next thing happen; False when nothing is left."""
        due = self._agenda.next_due()
        if due is None:
            return False
        action = self._agenda.pop()
        self._move(due)
        action()
        return True

    def move_to(self, instant: datetime) -> None:
        """Let time pass, though nothing is due before."""
        self._move(max((instant - self._start).total_seconds(), self._elapsed))

    def _move(self, due: float) -> None:
        if due > self._elapsed:
            self._elapsed = due
            self._now = self._start + timedelta(seconds=due)
        for listener in self.on_advance:
            listener(self._now)


class RealClock:
    """Time as it is. One thread lets everything happen, one thing at a time, holding `lock`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._agenda = _Agenda()
        self._changed = threading.Condition(self.lock)
        self._thread: threading.Thread | None = None
        self._stopping = False

    @property
    def now(self) -> datetime:
        """This instant, in UTC."""
        return datetime.now(UTC)

    def schedule(self, seconds: float, action: Action) -> Timer:
        """Do something later, in the clock's thread."""
        with self._changed:
            timer = self._agenda.add(time.monotonic() + max(seconds, 0.0), action)
            self._changed.notify()
            return timer

    def start(self) -> None:
        """Begin to let things happen."""
        self._thread = threading.Thread(target=self._run, name="carrier-clock", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let nothing more happen."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        with self._changed:
            while not self._stopping:
                due = self._agenda.next_due()
                left = None if due is None else due - time.monotonic()
                if left is None or left > 0:
                    self._changed.wait(left)
                    continue
                action = self._agenda.pop()
                try:
                    action()
                except Exception:
                    logger.exception("something that was due failed")
