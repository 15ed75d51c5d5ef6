"""Periods as people say them (yesterday, last week, 3 to 9 November), and as instants; the period before, to compare.

Called by whatever reads a report's address: pages, files, the clock of the letters. Pure: whose zone, and when now is,
the caller says. A day is the zone's day, so some of them have 23 hours or 25.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from contact_center.errors import Invalid

LONGEST = timedelta(days=3660)
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


class Named(StrEnum):
    """The periods that move with the days."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this-week"
    LAST_WEEK = "last-week"
    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    TWELVE_WEEKS = "12-weeks"
    TWELVE_MONTHS = "12-months"


CUSTOM = "custom"
USUAL = Named.LAST_WEEK


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` until before `until`; `name` is a Named, or CUSTOM."""

    name: str
    since: datetime
    until: datetime
    zone: ZoneInfo

    @property
    def first_day(self) -> date:
        return self.since.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        return (self.until.astimezone(self.zone) - timedelta(microseconds=1)).date()

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def is_of_days(self) -> bool:
        """Whether it begins and ends with days; else it is a part of a day, as one comes to from a chart."""
        ends = (at.astimezone(self.zone).time() for at in (self.since, self.until))
        return all(at == time() for at in ends)

    def args(self) -> dict[str, str]:
        """Its part of an address."""
        if self.name != CUSTOM:
            return {"period": self.name}
        if self.is_of_days:
            return {"period": CUSTOM, "since": self.first_day.isoformat(), "until": self.last_day.isoformat()}
        local = (at.astimezone(self.zone).isoformat(timespec="minutes") for at in (self.since, self.until))
        return {"period": CUSTOM, **dict(zip(("since", "until"), local, strict=True))}

    def before(self, now: datetime) -> Period:
        """What it is compared with: as long, right before; of single days, the same day of the week before.

        Of a period that still runs only the part that is over counts: a Tuesday is not compared with a whole week.
        """
        if self.name in (Named.THIS_MONTH, Named.LAST_MONTH):
            since = _midnight((self.first_day.replace(day=1) - timedelta(days=1)).replace(day=1), self.zone)
            until = min(since + (min(self.until, now) - self.since), _midnight(self.first_day, self.zone))
            return Period(CUSTOM, since, self.since if self.until <= now else until, self.zone)
        back = timedelta(days=7 if self.days == 1 else self.days)
        until = min(self.until, max(now, self.since))
        return Period(CUSTOM, _earlier(self.since, back, self.zone), _earlier(until, back, self.zone), self.zone)


def named(name: Named, now: datetime, zone: ZoneInfo) -> Period:
    """The period of that name, as it is *now* in *zone*."""
    first, last = _days(name, now.astimezone(zone).date())
    return Period(name, _midnight(first, zone), _midnight(last + timedelta(days=1), zone), zone)


def read(args: Mapping[str, str], now: datetime, zone: ZoneInfo, usual: Named = USUAL) -> Period:
    """The period that an address asks for; raises Invalid with a sentence about days that cannot be."""
    said = args.get("period", "")
    if said in set(Named):
        return named(Named(said), now, zone)
    if not (args.get("since") or args.get("until")):
        return named(usual, now, zone)
    since = _instant(args.get("since", ""), zone, ends=False)
    until = _instant(args.get("until", ""), zone, ends=True)
    if since is None or until is None:
        raise Invalid(_("Say the first day and the last one."))
    if since >= until:
        raise Invalid(_("The first day comes after the last one."))
    if until - since > LONGEST:
        raise Invalid(_("Ten years at most."))
    return Period(CUSTOM, since, until, zone)


def _days(name: Named, today: date) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    before = first - timedelta(days=1)
    yesterday = today - timedelta(days=1)
    return {
        Named.TODAY: (today, today),
        Named.YESTERDAY: (yesterday, yesterday),
        Named.THIS_WEEK: (monday, monday + timedelta(days=6)),
        Named.LAST_WEEK: (monday - timedelta(days=7), monday - timedelta(days=1)),
        Named.THIS_MONTH: (first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)),
        Named.LAST_MONTH: (before.replace(day=1), before),
        Named.TWELVE_WEEKS: (monday - timedelta(days=84), monday - timedelta(days=1)),
        Named.TWELVE_MONTHS: (first.replace(year=first.year - 1), before),
    }[name]


def _instant(typed: str, zone: ZoneInfo, *, ends: bool) -> datetime | None:
    """A day (of the last one, its end) or an instant with its offset, as our own links have it."""
    typed = typed.strip()
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed) if len(typed) == 10 else None
        at = datetime.fromisoformat(typed.replace(" ", "+")) if day is None else None
    except ValueError:
        raise Invalid(_("Write the day as in 2026-12-31.")) from None
    if not _FIRST_YEAR <= (day or at or date.max).year <= _LAST_YEAR:
        raise Invalid(_("Choose a day between 2000 and 2100."))
    if day is not None:
        return _midnight(day + timedelta(days=1) if ends else day, zone)
    assert at is not None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _earlier(at: datetime, back: timedelta, zone: ZoneInfo) -> datetime:
    """So many days before at the same time of day, whatever the clocks did in between."""
    local = at.astimezone(zone)
    return datetime.combine(local.date() - back, local.time(), zone)
