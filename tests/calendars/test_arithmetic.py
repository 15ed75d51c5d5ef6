"""Working time: the rules that hold for every calendar, and the days on which programs go wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.calendars.arithmetic import ROUND_THE_CLOCK, Hours, NeverOpen, Why

BERLIN, SHANGHAI = "Europe/Berlin", "Asia/Shanghai"
NINE_TO_FIVE = ((9 * 60, 17 * 60),)
OFFICE = (*(NINE_TO_FIVE,) * 5, (), ())
ALL_DAY = (((0, 1440),),) * 7
ZONES = (
    BERLIN, SHANGHAI, "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Africa/Casablanca", "America/Havana", "Pacific/Apia", "UTC",
)  # fmt: skip


def local(zone: str, *at: int, fold: int = 0) -> datetime:
    return datetime(*at, tzinfo=ZoneInfo(zone), fold=fold)  # type: ignore[arg-type]


def said(at: datetime, zone: str = BERLIN) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%a %d %b %H:%M")


DATES = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@st.composite
def slots(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    edges = sorted(draw(st.lists(st.integers(0, 1440), min_size=0, max_size=6, unique=True)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Hours:
    week = list(draw(st.tuples(*(slots() for _ in range(7)))))
    week[draw(st.integers(0, 6))] = draw(st.sampled_from([NINE_TO_FIVE, ((0, 720), (780, 1440)), ((120, 180),)]))
    days = draw(st.dictionaries(DATES, st.none() | st.integers(0, 6), max_size=6))
    own = tuple((day, works_as, "own") for day, works_as in sorted(days.items()))
    return Hours(draw(st.sampled_from(ZONES)), tuple(week), own, draw(st.sampled_from([None, "CN", "GB"])))


instants = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 (hypothesis adds the zone)
    datetime(2028, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
minutes = st.integers(0, 20_000) | st.floats(0, 5_000, allow_nan=False)
A_FEW = settings(max_examples=60, deadline=None)


@A_FEW
@given(calendars(), instants, minutes)
def test_it_counts_exactly_what_it_added(hours: Hours, start: datetime, span: float) -> None:
    end = hours.add(start, span)
    assert end >= start
    assert abs(hours.between(start, end) - span) < 1e-4


@A_FEW
@given(calendars(), instants, minutes, minutes)
def test_it_is_later_with_more_minutes_or_a_later_start(hours: Hours, start: datetime, a: float, b: float) -> None:
    less, more = sorted((a, b))
    assert hours.add(start, less) <= hours.add(start, more)
    assert hours.add(start, less) <= hours.add(start + timedelta(minutes=more), less)


@A_FEW
@given(calendars(), instants, instants, instants)
def test_it_counts_parts_as_their_whole(hours: Hours, a: datetime, b: datetime, c: datetime) -> None:
    assert abs(hours.between(a, b) + hours.between(b, c) - hours.between(a, c)) < 1e-4
    assert hours.between(a, b) == -hours.between(b, a)


@A_FEW
@given(calendars(), instants, st.integers(1, 5_000), st.integers(1, 5_000))
def test_it_goes_on_where_it_stopped(hours: Hours, start: datetime, first: int, second: int) -> None:
    assert hours.add(hours.add(start, first), second) == hours.add(start, first + second)


@A_FEW
@given(calendars(), instants)
def test_it_is_open_when_it_says_that_it_opens(hours: Hours, at: datetime) -> None:
    opens = hours.next_open(at)
    assert opens >= at
    assert hours.is_open(opens)
    assert hours.is_open(at) == (opens == at)
    assert hours.between(at, opens) == 0


@A_FEW
@given(calendars(), instants, st.integers(0, 5_000))
def test_its_steps_have_no_gap_and_sum_up(hours: Hours, start: datetime, span: int) -> None:
    steps = hours.steps(start, span)
    assert abs(sum(step.minutes for step in steps) - span) < 1e-4
    assert all(a.ends == b.begins for a, b in pairwise(steps))
    if span:
        assert (steps[0].begins, steps[-1].ends) == (start, hours.add(start, span))


def test_it_carries_friday_afternoon_over_to_monday() -> None:
    hours = Hours(BERLIN, OFFICE)
    assert said(hours.add(local(BERLIN, 2026, 11, 20, 16, 30), 240)) == "Mon 23 Nov 12:30"


def test_it_tells_the_steps_from_friday_to_monday() -> None:
    steps = Hours(BERLIN, OFFICE).steps(local(BERLIN, 2026, 11, 20, 16, 30), 240)
    assert [(step.why, said(step.begins), step.minutes) for step in steps] == [
        (Why.OPEN, "Fri 20 Nov 16:30", 30),
        (Why.FREE_WEEKDAY, "Fri 20 Nov 17:00", 0),
        (Why.OPEN, "Mon 23 Nov 09:00", 210),
    ]


def test_it_ends_with_the_slot_rather_than_beginning_with_the_next() -> None:
    assert said(Hours(BERLIN, OFFICE).add(local(BERLIN, 2026, 11, 20, 16, 30), 30)) == "Fri 20 Nov 17:00"


def test_it_leaves_out_the_lunch_between_two_slots() -> None:
    hours = Hours(BERLIN, (((540, 720), (780, 1080)),) * 5 + ((), ()))
    assert said(hours.add(local(BERLIN, 2026, 11, 23, 11, 30), 60)) == "Mon 23 Nov 13:30"


def test_it_knows_the_leap_day() -> None:
    hours = Hours(BERLIN, ALL_DAY)
    assert hours.between(local(BERLIN, 2028, 2, 28), local(BERLIN, 2028, 3, 1)) == 2 * 1440
    assert said(Hours(BERLIN, OFFICE).add(local(BERLIN, 2028, 2, 28, 16), 120)) == "Tue 29 Feb 10:00"


def test_it_never_closes_without_slots() -> None:
    start = local(BERLIN, 2026, 12, 25, 3)
    assert ROUND_THE_CLOCK.add(start, 90) == start + timedelta(minutes=90)
    assert ROUND_THE_CLOCK.is_open(start)
    assert ROUND_THE_CLOCK.next_open(start) == start


@pytest.mark.parametrize(
    ("zone", "spring", "autumn", "missing"),
    [
        (BERLIN, (2026, 3, 29), (2026, 10, 25), 60),
        ("America/New_York", (2026, 3, 8), (2026, 11, 1), 60),
        ("America/Havana", (2026, 3, 8), (2026, 11, 1), 60),  # at midnight
        ("Australia/Lord_Howe", (2026, 10, 4), (2026, 4, 5), 30),  # by half an hour
    ],
)
def test_it_has_a_shorter_and_a_longer_day_when_clocks_change(
    zone: str, spring: tuple[int, ...], autumn: tuple[int, ...], missing: int
) -> None:
    hours = Hours(zone, ALL_DAY)
    for day, length in ((spring, 1440 - missing), (autumn, 1440 + missing)):
        midnight = local(zone, *day)
        assert hours.between(midnight, midnight + timedelta(days=1)) == length  # wall-clock addition
        assert sum((b - a).total_seconds() / 60 for a, b in hours.windows(date(*day))) == length


def test_it_cuts_a_slot_at_the_hour_that_is_missing() -> None:
    hours = Hours(BERLIN, ((), (), (), (), (), (), ((60, 150), (150, 240))))  # Sunday 1:00 to 2:30, 2:30 to 4:00
    assert hours.between(local(BERLIN, 2026, 3, 29), local(BERLIN, 2026, 3, 29, 12)) == 120
    only_missing = Hours(BERLIN, (NINE_TO_FIVE, (), (), (), (), (), ((130, 170),)))
    assert not only_missing.windows(date(2026, 3, 29))


def test_it_counts_the_hour_that_comes_twice_once_for_each_time() -> None:
    hours = Hours(BERLIN, ((), (), (), (), (), (), ((120, 180),)))  # Sunday 2:00-3:00
    assert [b - a for a, b in hours.windows(date(2026, 10, 25))] == [timedelta(hours=2)]


def test_it_survives_a_day_that_a_country_left_out() -> None:
    hours = Hours("Pacific/Apia", ALL_DAY)  # no 30 December 2011
    assert hours.windows(date(2011, 12, 30)) == ()
    start = local("Pacific/Apia", 2011, 12, 29, 12)
    assert said(hours.add(start, 1440), "Pacific/Apia") == "Sat 31 Dec 12:00"


def test_it_is_closed_on_public_holidays() -> None:
    hours = Hours(BERLIN, OFFICE, country="DE")
    assert said(hours.add(local(BERLIN, 2026, 12, 24, 16), 120)) == "Mon 28 Dec 10:00"
    assert hours.name_of(date(2026, 12, 25), "en") == "Christmas Day"


def test_it_works_on_the_weekend_that_china_exchanged() -> None:
    hours = Hours(SHANGHAI, OFFICE, country="CN")
    assert hours.is_open(local(SHANGHAI, 2026, 2, 14, 10))  # Saturday, for the Spring Festival
    assert not hours.is_open(local(SHANGHAI, 2026, 2, 18, 10))
    assert not hours.is_open(local(SHANGHAI, 2026, 2, 15, 10))


def test_it_prefers_the_firms_own_days() -> None:
    own = ((date(2026, 11, 28), 0, "Make-up"), (date(2026, 11, 27), None, "Stocktaking"), (date(2026, 12, 25), 4, ""))
    hours = Hours(BERLIN, OFFICE, own, country="DE")
    assert said(hours.add(local(BERLIN, 2026, 11, 26, 16, 30), 60)) == "Sat 28 Nov 09:30"
    assert hours.is_open(local(BERLIN, 2026, 12, 25, 10))
    step = hours.steps(local(BERLIN, 2026, 11, 26, 16, 30), 60)[1]
    assert (step.why, step.names) == (Why.FREE_DAY, ("Stocktaking",))


def test_it_refuses_a_calendar_without_a_working_minute() -> None:
    free = tuple((date(2026, 1, 5) + timedelta(days=7 * week), None, "") for week in range(120))
    mondays = Hours(BERLIN, (NINE_TO_FIVE, (), (), (), (), (), ()), free)
    with pytest.raises(NeverOpen):
        mondays.add(local(BERLIN, 2026, 1, 1), 1)
    with pytest.raises(NeverOpen):
        mondays.next_open(local(BERLIN, 2026, 1, 1))


def test_what_takes_longer_than_ten_years_is_given_up_soon() -> None:
    a_minute_a_week = Hours(BERLIN, (((540, 541),), (), (), (), (), (), ()), country="DE")
    start = local(BERLIN, 2026, 1, 1)
    assert a_minute_a_week.add(start, 400).year == 2034
    with pytest.raises(NeverOpen):
        a_minute_a_week.add(start, 1_000_000)


def test_it_tells_when_it_closes() -> None:
    hours = Hours(BERLIN, (((0, 1440),), ((0, 720),), (), (), (), (), ()))
    closes = hours.closes(local(BERLIN, 2026, 11, 23, 10))
    assert closes is not None
    assert said(closes) == "Tue 24 Nov 12:00"
    assert hours.closes(local(BERLIN, 2026, 11, 25, 10)) is None
    assert Hours(BERLIN, ALL_DAY).closes(local(BERLIN, 2026, 11, 25, 10)) is not None
