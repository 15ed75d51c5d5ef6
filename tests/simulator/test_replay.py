"""What holds of every replayed trace, whatever comes in."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.routing import policy
from contact_center.simulator import ordering, trace
from contact_center.simulator.setting import BONUS, Arrival
from contact_center.simulator.trace import Served

TIMES = st.one_of(st.integers(0, 30), st.floats(0, 30, allow_nan=False))
ARRIVALS = st.lists(
    st.builds(
        lambda at, service, cls: (at, service, cls),
        TIMES, st.one_of(st.integers(0, 12), st.floats(0, 12)),
        st.sampled_from(["A", "B", "C", "D", "X", 1, 2.5, None]),
    ),
    max_size=40,
)  # fmt: skip
UNTIMED = settings(deadline=None)  # other processes may have the machine
SERVERS = st.integers(1, 4)


def made(rows: list[tuple[float, float, object]]) -> list[Arrival]:
    return [Arrival(at, service, channel="trace", tier=cls, key=n) for n, (at, service, cls) in enumerate(rows)]


def replayed(arrivals: list[Arrival], servers: int, *, strict: bool) -> list[Served]:
    return trace.replay(arrivals, servers, is_strict=strict)


@UNTIMED
@given(ARRIVALS, SERVERS, st.booleans())
def test_everybody_is_served_once_and_never_before_they_come(
    rows: list[tuple[float, float, object]], servers: int, strict: bool
) -> None:
    arrivals = made(rows)
    served = replayed(arrivals, servers, strict=strict)
    assert sorted(one.id for one in served) == list(range(len(arrivals)))
    assert all(one.start >= arrivals[one.id].at for one in served)
    assert all(before.start <= after.start for before, after in pairwise(served))
    assert {one.server for one in served} <= set(range(servers))


@UNTIMED
@given(ARRIVALS, SERVERS, st.booleans())
def test_no_server_serves_two_at_once(rows: list[tuple[float, float, object]], servers: int, strict: bool) -> None:
    arrivals = made(rows)
    free_at: dict[int, float] = defaultdict(float)
    for one in replayed(arrivals, servers, strict=strict):
        assert one.start >= free_at[one.server]
        free_at[one.server] = one.start + arrivals[one.id].service


@UNTIMED
@given(ARRIVALS, SERVERS, st.booleans())
def test_nobody_waits_while_a_server_is_idle(
    rows: list[tuple[float, float, object]], servers: int, strict: bool
) -> None:
    """Each starts as it comes, or at the very instant at which its server has become free, all others being busy."""
    arrivals = made(rows)
    served = replayed(arrivals, servers, strict=strict)
    ends = {one.id: one.start + arrivals[one.id].service for one in served}
    for place, one in enumerate(served):
        if one.start > arrivals[one.id].at:
            assert one.start in {ends[other.id] for other in served[:place] if other.server == one.server}
            before = [other for other in served[:place] if ends[other.id] >= one.start]
            assert {other.server for other in before} == set(range(servers))


@UNTIMED
@given(ARRIVALS, SERVERS, st.booleans())
def test_the_best_of_those_who_wait_is_next_and_equals_are_first_come_first_served(
    rows: list[tuple[float, float, object]], servers: int, strict: bool
) -> None:
    arrivals = made(rows)

    def place(n: int) -> tuple[object, float, int]:
        one = arrivals[n]
        best = ordering.rank(one.tier) if strict else policy.order_of(one.at, {"tier": BONUS.get(one.tier, 0)})  # type: ignore[call-overload]
        return (best, one.at, n)

    served = replayed(arrivals, servers, strict=strict)
    for n, one in enumerate(served):
        waiting = [other.id for other in served[n:] if arrivals[other.id].at <= one.start]
        assert min(waiting, key=place) == one.id


@UNTIMED
@given(ARRIVALS, SERVERS)
def test_the_server_is_the_one_idle_for_the_longest(rows: list[tuple[float, float, object]], servers: int) -> None:
    arrivals = made(rows)
    idle_since = [(-1.0, number) for number in range(servers)]
    for one in replayed(arrivals, servers, strict=True):
        if one.start == arrivals[one.id].at and min(idle_since)[0] < one.start:
            assert min(idle_since)[1] == one.server
        idle_since[one.server] = (one.start + arrivals[one.id].service, one.server)


@given(st.lists(st.tuples(st.floats(0, 600), st.sampled_from("ABC")), min_size=50, max_size=150), st.floats(0, 60))
@settings(max_examples=50, deadline=None)
def test_who_waits_longer_than_all_bonus_minutes_outranks_every_newcomer(
    rows: list[tuple[float, str]], service: float
) -> None:
    """However many A, B and C come, a D is served before any of those who came an hour after it."""
    bound = 60 * max(BONUS.values())
    crowd = [(bound * 3 * n / len(rows) + at, 120 + service, cls) for n, (at, cls) in enumerate(rows)]
    arrivals = made([(100.0, 1.0, "D"), *crowd])
    served = replayed(arrivals, 1, strict=False)
    place = [one.id for one in served].index(0)
    assert all(arrivals[one.id].at <= 100 + bound for one in served[:place])


def test_strict_lets_the_last_class_starve_and_shipped_does_not() -> None:
    rows: list[tuple[float, float, object]] = [(0, 10, "A"), (1, 10, "D")]
    rows += [(5 + 9 * n, 10, "A") for n in range(1000)]
    strict, shipped = (replayed(made(rows), 1, strict=strict) for strict in (True, False))
    assert strict[-1].id == 1
    assert next(one for one in shipped if one.id == 1).start < 10 * 3600


def test_numbers_come_before_words_and_unknown_classes_behind_d() -> None:
    rows: list[tuple[float, float, object]] = [(0, 1, "A")]
    rows += [(0.5, 1, cls) for cls in (None, "E", "D", "B", "A", 10, 2)]
    served = replayed(made(rows), 1, strict=True)
    assert [rows[one.id][2] for one in served] == ["A", 2, 10, "A", "B", "D", "E", None]


def test_at_one_instant_the_first_in_order_goes_before_the_others() -> None:
    rows: list[tuple[float, float, object]] = [(0, 2, "D"), (0, 2, "A"), (2, 2, "A"), (2, 2, "B"), (2, 2, "A")]
    assert [one.id for one in replayed(made(rows), 1, strict=True)] == [1, 2, 4, 3, 0]


def test_instants_stay_the_numbers_they_came_as() -> None:
    lines = ['{"id": 7, "t": 3, "cls": "A", "service": 1}', '{"id": "é", "t": 0.1, "cls": 1, "service": 0.2}']
    served = trace.replay(trace.read(lines), 1, is_strict=True)
    assert list(trace.write(served)) == [
        '{"id": "\\u00e9", "start": 0.1, "server": 0}', '{"id": 7, "start": 3, "server": 0}',
    ]  # fmt: skip
    assert trace.read_served(trace.write(served)) == served


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "no JSON"), ("[]", "object"), ('{"id": 1, "t": 0}', "cls, service is missing"),
        ('{"id": 1.5, "t": 0, "cls": "A", "service": 1}', "id is neither"),
        ('{"id": true, "t": 0, "cls": "A", "service": 1}', "id is neither"),
        ('{"id": 1, "t": "0", "cls": "A", "service": 1}', "t is no number"),
        ('{"id": 1, "t": NaN, "cls": "A", "service": 1}', "no JSON"),
        ('{"id": 1, "t": 1e999, "cls": "A", "service": 1}', "t is no number"),
        ('{"id": 1, "t": 0, "cls": [], "service": 1}', "cls is no number"),
        ('{"id": 1, "t": 0, "cls": "A", "service": -1}', "less than 0"),
        ('{"id": 0, "t": 0, "cls": "A", "service": 1}', "stands in line 1 already"),
        ("[" * 100_000, "no JSON"), (b"\xff", "no JSON"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named(line: str | bytes, said: str) -> None:
    good = '{"id": 0, "t": 0, "cls": "A", "service": 1}'
    with pytest.raises(trace.BadLine, match="line 3: ") as caught:
        trace.read([good, "", line])  # type: ignore[list-item]
    assert said in str(caught.value)


def test_two_orders_of_service_are_compared() -> None:
    one = [Served("a", 0, 0), Served("b", 1, 0)]
    assert trace.differing(one, one) == []
    assert trace.differing(one, [Served("b", 0, 0)]) == [(0, "a", "b"), (1, "b", None)]
