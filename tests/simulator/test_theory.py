"""The strict policy of the simulator, which is the product's own matching, meets queueing theory."""

from __future__ import annotations

from math import exp, sqrt

import pytest

from contact_center.simulator import agreement, erlang


def test_the_strict_policy_meets_theory_within_three_standard_errors() -> None:
    for line in agreement.lines(30_000):
        assert line.distance <= 3, line
        assert line.error < line.theory / 5, f"too unsure to say anything: {line}"


def test_a_standard_error_is_what_it_says() -> None:
    """Of independent values it is the usual one."""
    values = [(n * 0.754877666) % 1 for n in range(40_000)]
    mean, error = agreement.mean_and_error([float(value > 0.5) for value in values])
    assert mean == pytest.approx(0.5, abs=0.01)
    assert error < 2 * 0.5 / sqrt(40_000)


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
