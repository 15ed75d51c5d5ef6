"""Periods in somebody's zone, the period before, and when a letter is due."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from contact_center.reports import periods, schedules
from contact_center.reports.periods import Named
from contact_center.reports.schedules import Every, ReportSchedule

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        (Named.TODAY, "2026-11-24T00:00+01:00", "2026-11-25T00:00+01:00"),
        (Named.YESTERDAY, "2026-11-23T00:00+01:00", "2026-11-24T00:00+01:00"),
        (Named.LAST_WEEK, "2026-11-16T00:00+01:00", "2026-11-23T00:00+01:00"),
        (Named.LAST_MONTH, "2026-10-01T00:00+02:00", "2026-11-01T00:00+01:00"),
        (Named.TWELVE_MONTHS, "2025-11-01T00:00+01:00", "2026-11-01T00:00+01:00"),
    ],
)
def test_a_period_begins_and_ends_with_the_zones_days(name: Named, since: str, until: str) -> None:
    found = periods.named(name, NOW, BERLIN)
    assert (found.since, found.until) == (datetime.fromisoformat(since), datetime.fromisoformat(until))


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        (Named.YESTERDAY, "2026-11-16T00:00+01:00", "2026-11-17T00:00+01:00"),  # the Monday before
        (Named.TODAY, "2026-11-17T00:00+01:00", "2026-11-17T10:30+01:00"),  # as far as today has come
        (Named.LAST_MONTH, "2026-09-01T00:00+02:00", "2026-10-01T00:00+02:00"),
        (Named.THIS_MONTH, "2026-10-01T00:00+02:00", "2026-10-24T10:30+02:00"),
        (Named.LAST_WEEK, "2026-11-09T00:00+01:00", "2026-11-16T00:00+01:00"),
    ],
)
def test_a_period_is_compared_with_one_like_it(name: Named, since: str, until: str) -> None:
    before = periods.named(name, NOW, BERLIN).before(NOW)
    assert (before.since, before.until) == (datetime.fromisoformat(since), datetime.fromisoformat(until))


def test_a_part_of_a_day_comes_back_from_its_address() -> None:
    args = {"period": "custom", "since": "2026-10-25T02:15+02:00", "until": "2026-10-25T02:30+02:00"}
    found = periods.read(args, NOW, BERLIN)
    assert found.since == datetime(2026, 10, 25, 0, 15, tzinfo=UTC)
    assert found.args() == args


@pytest.mark.parametrize(
    ("every", "day", "after", "due"),
    [
        (Every.DAY, 0, "2026-11-24T06:59+01:00", "2026-11-24T07:00+01:00"),
        (Every.DAY, 0, "2026-11-24T07:00+01:00", "2026-11-25T07:00+01:00"),
        (Every.WEEK, 0, "2026-11-24T09:30+01:00", "2026-11-30T07:00+01:00"),
        (Every.WEEK, 6, "2026-11-24T09:30+01:00", "2026-11-29T07:00+01:00"),
        (Every.MONTH, 28, "2027-01-28T07:00+01:00", "2027-02-28T07:00+01:00"),
        (Every.MONTH, 1, "2026-12-15T00:00+01:00", "2027-01-01T07:00+01:00"),
        (Every.DAY, 0, "2027-03-27T12:00+01:00", "2027-03-28T07:00+02:00"),  # the clocks were put forward
    ],
)
def test_a_letter_is_due_at_the_hour_of_its_zone(every: Every, day: int, after: str, due: str) -> None:
    schedule = ReportSchedule(every=every, day=day, hour=7, zone="Europe/Berlin")
    assert schedules.following(schedule, datetime.fromisoformat(after)) == datetime.fromisoformat(due)
