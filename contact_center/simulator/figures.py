"""What a run comes to: per tier, per queue and over the hours. Pure; the screens and the command show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil, floor
from typing import Any

from contact_center.simulator.engine import Run
from contact_center.simulator.seats import Seat
from contact_center.simulator.work import Work

SLOT = 1800.0  # seconds of a point on the charts
_MOST_SLOTS = 400


@dataclass(frozen=True, slots=True)
class Figure:
    """One row. Shares are 0 to 1, waits seconds of those who were answered; None where there is nothing to say of."""

    name: str
    offered: int
    answered: int
    abandoned: int
    unserved: int  # still waiting when everybody had gone home
    service_level: float | None  # answered within their queue's target, of all offered
    in_time: float | None  # answered within their tier's target for the first answer, of all offered
    asa: float | None
    p50: float | None
    p90: float | None
    p99: float | None
    longest: float | None  # of all, answered or not
    occupancy: float | None  # part of the agents' time (of a queue: its members') that this work filled
    starved: int  # waited longer than the bound, answered or not


@dataclass(frozen=True, slots=True)
class Slot:
    """Half an hour (or more, of a long run): what came in it, how long it waited, who was there."""

    begin: float
    offered: int
    wait: float | None  # mean of those who came in it
    agents: float
    occupancy: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a run."""

    name: str
    starved_seconds: float
    total: Figure
    tiers: Sequence[Figure]
    queues: Sequence[Figure]
    slots: Sequence[Slot]

    def as_json(self) -> dict[str, Any]:
        """As plain values; seconds and shares to four digits."""
        return {key: _rounded(value) for key, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Difference:
    """Two runs over the same arrivals: how many were answered sooner, later, as soon; and seconds of wait gained."""

    sooner: int
    later: int
    same: int
    gained: float  # mean, of all


def of(run: Run) -> Report:
    """Count a run that was played."""
    setting, works = run.setting, run.works
    counting = _Counting(run)
    tiers = sorted({work.arrival.tier or "" for work in works}, key=lambda tier: (tier == "", str(tier)))
    by_tier = _grouped(works, lambda work: work.arrival.tier or "")
    by_queue = _grouped(works, lambda work: work.queue)
    return Report(
        setting.name, setting.starved_seconds, counting.figure("", works, run.seats.values()),
        [counting.figure(str(tier), by_tier[tier], run.seats.values()) for tier in tiers],
        [
            counting.figure(
                queue.name, by_queue.get(queue.id, []),
                [seat for seat in run.seats.values() if queue.id in seat.agent.levels],
            )
            for queue in setting.queues.values()
        ],
        _slots(run),
    )  # fmt: skip


def difference(one: Run, other: Run) -> Difference:
    """Compare, arrival by arrival, how long they waited."""
    gains = [a.waited(one.now) - b.waited(other.now) for a, b in zip(one.works, other.works, strict=True)]
    sooner, later = sum(gain > 1 for gain in gains), sum(gain < -1 for gain in gains)
    return Difference(sooner, later, len(gains) - sooner - later, sum(gains) / len(gains) if gains else 0.0)


class _Counting:
    def __init__(self, run: Run) -> None:
        self._run = run
        handled = sum(self._handle(work) for work in run.works)
        busy = sum(seat.busy for seat in run.seats.values())
        self._busy_part = busy / handled if handled else 0.0  # work done side by side shares the agent's time

    def figure(self, name: str, works: Sequence[Work], seats: Iterable[Seat]) -> Figure:
        run, setting, number = self._run, self._run.setting, len(works)
        waits = sorted(work.waited(run.now) for work in works if work.start is not None)
        abandoned = sum(work.left_at is not None for work in works)
        every = [work.waited(run.now) for work in works]
        here = sum(seat.here for seat in seats)
        good = sum(
            wait <= setting.queues[work.queue].target_seconds
            for work, wait in zip(works, every, strict=True) if work.start is not None
        )  # fmt: skip
        return Figure(
            name, number, len(waits), abandoned, number - len(waits) - abandoned, good / number if number else None,
            self._in_time(works), sum(waits) / len(waits) if waits else None,
            _quantile(waits, 0.5), _quantile(waits, 0.9), _quantile(waits, 0.99), max(every, default=None),
            sum(self._handle(work) for work in works) * self._busy_part / here if here else None,
            sum(wait > setting.starved_seconds for wait in every),
        )  # fmt: skip

    def _in_time(self, works: Sequence[Work]) -> float | None:
        targets = self._run.setting.response
        told = [work for work in works if work.arrival.tier in targets]
        if not told:
            return None
        good = sum(
            work.start is not None and work.start - work.arrival.at <= 60 * targets[work.arrival.tier] for work in told
        )
        return good / len(told)

    def _handle(self, work: Work) -> float:
        if work.start is None:
            return 0.0
        return work.arrival.service + self._run.setting.queues[work.queue].wrap_up_seconds


def _grouped(works: Sequence[Work], key: Callable[[Work], Any]) -> Mapping[Any, list[Work]]:
    found: dict[Any, list[Work]] = {}
    for work in works:
        found.setdefault(key(work), []).append(work)
    return found


def _quantile(values: Sequence[float], part: float) -> float | None:
    """The least value that this part does not exceed; of sorted ones."""
    return values[ceil(part * len(values)) - 1] if values else None


def _slots(run: Run) -> list[Slot]:
    works = [work for work in run.works if work.arrival.at >= 0]  # without what the day before has left over
    if not works:
        return []
    first, last = works[0].arrival.at, works[-1].arrival.at
    width = SLOT * max(1, ceil((last - first) / SLOT / _MOST_SLOTS))
    begin = floor(first / width)
    count = floor(last / width) - begin + 1
    came = _grouped(works, lambda work: floor(work.arrival.at / width) - begin)
    here = _spread((span for seat in run.seats.values() for span in seat.here_spans), begin * width, width, count)
    busy = _spread((span for seat in run.seats.values() for span in seat.busy_spans), begin * width, width, count)
    made = []
    for n in range(count):
        waits = [work.waited(run.now) for work in came.get(n, ())]
        made.append(Slot(
            (begin + n) * width, len(waits), sum(waits) / len(waits) if waits else None, here[n] / width,
            busy[n] / here[n] if here[n] else None,
        ))  # fmt: skip
    return made


def _spread(spans: Iterable[tuple[float, float]], begin: float, width: float, count: int) -> list[float]:
    """How many seconds of the spans lie in each slot."""
    found = [0.0] * count
    for since, until in spans:
        first, last = max(0, floor((since - begin) / width)), min(count - 1, floor((until - begin) / width))
        for n in range(first, last + 1):
            found[n] += min(until, begin + (n + 1) * width) - max(since, begin + n * width)
    return found


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(one) for one in value]
    return value
