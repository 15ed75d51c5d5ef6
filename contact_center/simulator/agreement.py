"""The strict policy against queueing theory: the same traffic simulated and calculated. Pure, no settings needed.

`contact-center simulate --theory` prints it, the tests hold every line to three standard errors.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from contact_center.simulator import chance, erlang
from contact_center.simulator.engine import Run
from contact_center.simulator.setting import AgentSetting, Arrival, ChannelSetting, QueueSetting, Setting
from contact_center.simulator.work import Work

BATCHES = 40
NUMBER = 100_000  # of arrivals a case


@dataclass(frozen=True, slots=True)
class Line:
    """One quantity of one model: what theory says, what the simulation says, and how sure that is."""

    model: str
    what: str
    theory: float
    simulated: float
    error: float  # standard error of the simulated mean

    @property
    def distance(self) -> float:
        """Between the two, in standard errors."""
        return abs(self.simulated - self.theory) / self.error if self.error else inf


def lines(number: int = NUMBER, seed: int = 2) -> list[Line]:
    """Every case with so many arrivals each."""
    return [line for case in (_one_server, _ten_servers, _classes, _uneven, _impatient) for line in case(number, seed)]


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """The mean, and its standard error by batch means: neighbours in a queue are alike, batches hardly."""
    size = len(values) // BATCHES
    means = [statistics.fmean(values[n * size : (n + 1) * size]) for n in range(BATCHES)]
    return statistics.fmean(means), statistics.stdev(means) / BATCHES**0.5


def _one_server(number: int, seed: int) -> Iterator[Line]:
    works = _played(1, [0.6], number, seed, _exponential)
    yield _line("M/M/1, load 0.6", "mean wait (Erlang C)", erlang.mean_wait(1, 0.6, 1), _waits(works))


def _ten_servers(number: int, seed: int) -> Iterator[Line]:
    model, waits = "M/M/10, load 0.7", _waits(_played(10, [7.0], number, seed, _exponential))
    yield _line(model, "have to wait (Erlang C)", erlang.waits(10, 7.0), [float(wait > 0) for wait in waits])
    yield _line(model, "mean wait (Erlang C)", erlang.mean_wait(10, 7.0, 1), waits)
    level = erlang.service_level(10, 7.0, 1, 0.25)
    yield _line(model, "answered within a quarter (Erlang C)", level, [float(wait <= 0.25) for wait in waits])


def _classes(number: int, seed: int) -> Iterator[Line]:
    rates = [0.5, 1.0, 1.2, 0.8]
    works = _played(5, rates, 2 * number, seed, _exponential)
    for cls, expected in enumerate(erlang.priority_waits(5, rates, 1)):
        yield _line(
            "M/M/5, four classes, load 0.7", f"mean wait of {'ABCD'[cls]} (Cobham)", expected, _waits(works, cls)
        )


def _uneven(number: int, seed: int) -> Iterator[Line]:
    """Half a unit each time, or anything up to 1.6."""

    def service(rng: random.Random, cls: int) -> float:
        return 1.6 * rng.random() if cls else 0.5

    rates = [0.4, 0.6]
    expected = erlang.priority_waits_of_one(rates, [0.5, 0.8], [0.25, 1.6**2 / 3])
    works = _played(1, rates, 2 * number, seed, service)
    for cls, wait in enumerate(expected):
        yield _line("M/G/1, two classes, load 0.68", f"mean wait of {'AB'[cls]} (Cobham)", wait, _waits(works, cls))


def _impatient(number: int, seed: int) -> Iterator[Line]:
    model, (left, wait) = "M/M/5+M, load 1.2", erlang.impatient(5, 6.0, 1, 2)
    works = _played(5, [6.0], number, seed, _exponential, patience=2)
    yield _line(model, "give up (Erlang A)", left, [float(work.left_at is not None) for work in works])
    yield _line(model, "mean wait of all (Erlang A)", wait, _waits(works))


def _exponential(rng: random.Random, _cls: int) -> float:
    return rng.expovariate(1.0)


def _played(
    servers: int, rates: Sequence[float], number: int, seed: int, service: Callable[[random.Random, int], float],
    patience: float = inf,
) -> list[Work]:  # fmt: skip
    """In order of arrival, without the first tenth: it began with nobody there."""
    rng, now, arrivals = chance.stream(seed, "theory", servers, *rates), 0.0, []
    classes = range(len(rates))
    for _ in range(number):
        now += rng.expovariate(sum(rates))
        cls = rng.choices(classes, rates)[0]
        gives_up = rng.expovariate(1 / patience) if patience < inf else inf
        arrivals.append(Arrival(now, service(rng, cls), tier=cls, patience=gives_up))
    agents = [AgentSetting(n, str(n), {1: 1}) for n in range(servers)]
    setting = Setting({1: QueueSetting(1, "")}, {"phone": ChannelSetting()}, agents, is_strict=True)
    return Run(setting, arrivals).go().works[number // 10 :]


def _waits(works: Sequence[Work], cls: int | None = None) -> list[float]:
    return [work.waited(inf) for work in works if cls is None or work.arrival.tier == cls]


def _line(model: str, what: str, theory: float, values: Sequence[float]) -> Line:
    return Line(model, what, theory, *mean_and_error(values))
