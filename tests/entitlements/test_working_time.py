"""Promises in working time: exact, monotone, and right when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.entitlements import working_time

BERLIN = ZoneInfo("Europe/Berlin")
instants = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001 (hypothesis adds the zone)
    datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
minutes = st.integers(1, 20_000)
PATIENT = settings(deadline=None)  # a busy machine is no error


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "many", "end"),
    [
        ("2026-03-11T12:00", 60, "2026-03-11T13:00"),
        ("2026-03-11T17:00", 60, "2026-03-12T09:30"),
        ("2026-03-13T17:29", 2, "2026-03-16T09:01"),  # Friday evening to Monday
        ("2026-03-14T10:00", 510, "2026-03-16T17:30"),  # a Saturday; one whole working day
        ("2026-03-11T03:00", 1, "2026-03-11T09:01"),
        ("2026-03-27T17:00", 60, "2026-03-30T09:30"),  # clocks go forward in between
    ],
)
def test_working_minutes_run_while_we_work(start: str, many: int, end: str) -> None:
    assert working_time.add(berlin(start), many, "working", BERLIN) == berlin(end)


def test_round_the_clock_is_plain_time() -> None:
    start = berlin("2026-03-28T23:00")
    assert working_time.add(start, 240, "24x7", BERLIN) == start + timedelta(hours=4)


@PATIENT
@given(instants, minutes, minutes)
def test_promises_add_up(start: datetime, first: int, second: int) -> None:
    once = working_time.add(start, first + second, "working", BERLIN)
    assert working_time.add(working_time.add(start, first, "working", BERLIN), second, "working", BERLIN) == once


@PATIENT
@given(instants, instants, minutes)
def test_who_asks_later_is_never_promised_earlier(one: datetime, other: datetime, many: int) -> None:
    early, late = sorted((one, other))
    assert working_time.add(early, many, "working", BERLIN) <= working_time.add(late, many, "working", BERLIN)


@PATIENT
@given(instants, minutes)
def test_a_promise_falls_into_working_time(start: datetime, many: int) -> None:
    end = working_time.add(start, many, "working", BERLIN).astimezone(BERLIN)
    assert end.weekday() < 5
    assert working_time.OPENS < end.time() <= working_time.CLOSES
