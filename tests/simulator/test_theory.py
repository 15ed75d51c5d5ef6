"""The strict policy of the simulator, which is the product's own matching, meets queueing theory."""

from __future__ import annotations

import random
from math import exp

import pytest

from contact_center.simulator import erlang, trace
from contact_center.simulator.engine import Run
from contact_center.simulator.setting import AgentSetting, Arrival, ChannelSetting, QueueSetting, Setting
from tests.simulator import theory


def exponential(rng: random.Random, _cls: int) -> float:
    return rng.expovariate(1.0)


def assert_meets(arrivals: list[Arrival], servers: int, expected: list[float]) -> None:
    served = trace.replay(arrivals, servers, is_strict=True)
    for cls, wait in enumerate(expected):
        mean, error = theory.mean_and_error(theory.waits(arrivals, served, cls if len(expected) > 1 else None))
        assert abs(mean - wait) <= 3 * error, f"class {cls}: {mean:.4f} ± {error:.4f}, theory says {wait:.4f}"
        assert error < wait / 4


def test_waits_are_those_of_erlang_c() -> None:
    arrivals = theory.traffic(11, 60_000, [8.0], exponential)
    assert_meets(arrivals, 10, [erlang.mean_wait(10, 8.0, 1.0)])
    served = trace.replay(arrivals, 10, is_strict=True)
    late = [float(wait > 0.5) for wait in theory.waits(arrivals, served)]
    mean, error = theory.mean_and_error(late)
    assert abs(1 - mean - erlang.service_level(10, 8.0, 1.0, 0.5)) <= 3 * error


def test_four_classes_wait_as_cobham_says() -> None:
    rates = [0.5, 1.3, 1.3, 0.9]
    arrivals = theory.traffic(12, 90_000, rates, exponential)
    assert_meets(arrivals, 5, erlang.priority_waits(5, rates, 1.0))


def test_one_server_with_uneven_handle_times_waits_as_cobham_says() -> None:
    rates, handles = [0.3, 0.5], [1.0, 0.8]

    def service(rng: random.Random, cls: int) -> float:
        return handles[0] if cls == 0 else 2 * handles[1] * rng.random()

    arrivals = theory.traffic(13, 90_000, rates, service)
    squares = [handles[0] ** 2, (2 * handles[1]) ** 2 / 3]
    assert_meets(arrivals, 1, erlang.priority_waits_of_one(rates, handles, squares))


def test_impatience_is_that_of_erlang_a() -> None:
    rng, now, arrivals = random.Random(14), 0.0, []
    for _ in range(60_000):
        now += rng.expovariate(6.0)
        arrivals.append(Arrival(now, rng.expovariate(1.0), patience=rng.expovariate(0.5)))
    agents = [AgentSetting(n, str(n), {1: 1}) for n in range(5)]
    run = Run(Setting({1: QueueSetting(1, "")}, {"phone": ChannelSetting()}, agents), arrivals).go()
    left, wait = erlang.impatient(5, 6.0, 1.0, 2.0)
    for expected, values in (
        (left, [float(work.left_at is not None) for work in run.works[6_000:]]),
        (wait, [work.waited(run.now) for work in run.works[6_000:]]),
    ):
        mean, error = theory.mean_and_error(values)
        assert abs(mean - expected) <= 3 * error


@pytest.mark.parametrize(
    ("servers", "load", "expected"),
    [(1, 0.5, 0.5), (2, 1.0, 1 / 3), (10, 8.0, 0.409180), (100, 90.0, 0.216932)],  # c = 1: load; c = 2: a²/(2+a)
)
def test_erlang_c_has_its_known_values(servers: int, load: float, expected: float) -> None:
    assert erlang.waits(servers, load) == pytest.approx(expected, abs=1e-5)


def test_too_few_servers_never_catch_up() -> None:
    assert erlang.waits(3, 3.0) == 1
    assert erlang.mean_wait(3, 3.0, 1.0) == float("inf")
    assert erlang.service_level(3, 4.0, 1.0, 60) == 0
    assert erlang.priority_waits(2, [1.0, 1.5], 1.0)[0] < erlang.priority_waits(2, [1.0, 1.5], 1.0)[1] == float("inf")


def test_the_fewest_servers_that_suffice_are_found() -> None:
    needed = erlang.servers_needed(0.1, 180.0, 0.8, 20)
    assert needed is not None
    assert erlang.service_level(needed, 0.1, 180.0, 20) >= 0.8 > erlang.service_level(needed - 1, 0.1, 180.0, 20)
    assert erlang.servers_needed(1.0, 100.0, 0.99, 0, most=100) is None


def test_the_formulas_agree_where_they_meet() -> None:
    assert erlang.priority_waits(7, [5.0], 1.0)[0] == pytest.approx(erlang.mean_wait(7, 5.0, 1.0))
    assert erlang.priority_waits_of_one([0.6], [1.0], [2.0])[0] == pytest.approx(erlang.mean_wait(1, 0.6, 1.0))
    left, wait = erlang.impatient(7, 5.0, 1.0, 1e9)
    assert left == pytest.approx(0, abs=1e-6)
    assert wait == pytest.approx(erlang.mean_wait(7, 5.0, 1.0), rel=1e-4)
    assert erlang.service_level(1, 0.5, 1.0, 2.0) == pytest.approx(1 - 0.5 * exp(-1.0))
