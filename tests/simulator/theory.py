"""Traffic with known answers, and how sure a simulated mean is."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Sequence

from contact_center.simulator import trace
from contact_center.simulator.setting import Arrival

BATCHES = 40


def traffic(
    seed: int, number: int, rates: Sequence[float], service: Callable[[random.Random, int], float]
) -> list[Arrival]:
    """Poisson arrivals of several classes, numbered from 0."""
    rng, now, made = random.Random(seed), 0.0, []
    classes = range(len(rates))
    for n in range(number):
        now += rng.expovariate(sum(rates))
        cls = rng.choices(classes, rates)[0] if len(rates) > 1 else 0
        made.append(Arrival(now, service(rng, cls), channel="trace", tier=cls, key=n))
    return made


def waits(arrivals: Sequence[Arrival], served: Sequence[trace.Served], cls: int | None = None) -> list[float]:
    """How long each of a class waited, in order of arrival, without the first tenth: it began with nobody there."""
    start = {one.id: one.start for one in served}
    counted = arrivals[len(arrivals) // 10 :]
    return [start[one.key] - one.at for one in counted if cls is None or one.tier == cls]


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """The mean, and its standard error by batch means: neighbours in a queue are alike, batches hardly."""
    size = len(values) // BATCHES
    means = [statistics.fmean(values[n * size : (n + 1) * size]) for n in range(BATCHES)]
    return statistics.fmean(means), statistics.stdev(means) / BATCHES**0.5
