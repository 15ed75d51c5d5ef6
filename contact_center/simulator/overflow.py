"""Overflow in a run: when a queue takes its steps with what waits, and where that goes. Pure.

`routing.spilling` says when, as it does for the dispatcher. A promised call or a letter leaves the work where it waits:
such a step only counts as taken.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from math import inf

from contact_center.routing.spilling import Crowd
from contact_center.simulator.seats import Seat
from contact_center.simulator.setting import Setting
from contact_center.simulator.work import Work

EVERY = 15.0  # seconds between two looks at what a crowded queue has
_LATELY = 7200.0


class Overflow:
    """The steps of all queues of a run."""

    def __init__(self, setting: Setting) -> None:
        self._queues = setting.queues
        self._took: dict[int, deque[tuple[float, float]]] = {}  # when something of a queue ended, and how long it took
        self.watched = {
            queue.id
            for queue in setting.queues.values()
            if queue.overflow and (queue.max_size is not None or any(s["when"] != "wait" for s in queue.overflow))
        }

    def by_clock(self, work: Work) -> float:
        """When its next step comes because it has waited; inf: never, or that is not what the step goes by."""
        steps = self._queues[work.queue].overflow
        step = steps[work.overflowed] if work.overflowed < len(steps) else None
        return work.entered + step["at"] if step and step["when"] == "wait" else inf

    def ended(self, work: Work, now: float) -> None:
        """Remember how long it took, for how long others may have to wait."""
        if work.queue in self.watched:
            self._took.setdefault(work.queue, deque()).append((now, work.arrival.service))

    def crowd(self, queue_id: int, seats: Iterable[Seat], now: float) -> Crowd:
        """How crowded a queue is."""
        queue = self._queues[queue_id]
        here = [seat for seat in seats if seat.is_here and not seat.is_away and queue_id in seat.agent.levels]
        idle = sum(seat.is_idle for seat in here)
        return Crowd(queue.overflow, queue.max_size, len(here), idle, self._seconds(queue_id, now))

    def take(self, work: Work, now: float) -> bool:
        """Take the next step with it; returns whether it goes to another queue. None leads back where it has been."""
        step = self._queues[work.queue].overflow[work.overflowed]
        work.overflowed += 1
        to = self._queues.get(step.get("queue_id", 0)) if step["to"] == "queue" else None
        if to is None or not to.is_open or to.id in (work.queue, *work.been):
            return False
        work.been = (*work.been, work.queue)
        work.queue, work.entered, work.overflowed = to.id, now, 0
        return True

    def _seconds(self, queue_id: int, now: float) -> float | None:
        took = self._took.get(queue_id, deque())
        while took and took[0][0] < now - _LATELY:
            took.popleft()
        return sum(seconds for _at, seconds in took) / len(took) if took else None
