"""Until when something is promised, in minutes of a contract's hours: round the clock, or while we work.

"working" is Monday to Friday, 9:00 to 17:30, in the installation's zone; holidays are not taken out. Pure but for the
zone, which the caller gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(9), time(17, 30)
WORKDAYS = frozenset(range(5))  # Monday is 0


def add(start: datetime, minutes: int, hours: str, zone: ZoneInfo) -> datetime:
    """The instant at which *minutes* of *hours* ("24x7" or "working") have passed since *start*."""
    left = timedelta(minutes=minutes)
    if hours == "24x7":
        return start + left
    for opens, closes in _windows(start.astimezone(zone).date(), zone):
        begins = max(opens, start)
        if begins + left <= closes:
            return begins + left
        left -= max(closes - begins, timedelta(0))
    raise AssertionError("there is always another working day")


def _windows(day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Working days from *day* on, as instants: on the days when clocks change they are still 8½ hours."""
    while True:
        if day.weekday() in WORKDAYS:
            opens, closes = (datetime.combine(day, each, zone).astimezone(UTC) for each in (OPENS, CLOSES))
            yield opens, closes
        day += timedelta(days=1)
