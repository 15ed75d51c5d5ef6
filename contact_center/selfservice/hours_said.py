"""The hours of a calendar in a sentence or two, to be spoken: open until when, or closed until when, and why."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask_babel import get_locale
from flask_babel import gettext as _

from contact_center.calendars.arithmetic import Hours, NeverOpen


def now(hours: Hours, at: datetime) -> list[str]:
    """Whether it is open at that instant, until when, and when it opens next; a holiday is named."""
    closes = hours.closes(at)
    if hours.never_closes or (closes is not None and closes - at > timedelta(days=6)):
        return [str(_("We are here around the clock."))]
    if closes is not None:
        return [str(_("We are open until %(when)s.", when=when(closes, at, hours)))]
    return [*_holiday(hours, at), str(_("We are closed at the moment.")), *next_opening(hours, at)]


def next_opening(hours: Hours, at: datetime) -> list[str]:
    """When it opens next; nothing where that is never."""
    try:
        opens = hours.next_open(at)
    except NeverOpen:
        return []
    return [str(_("We open again %(when)s.", when=when(opens, at, hours)))]


def _holiday(hours: Hours, at: datetime) -> list[str]:
    name = hours.name_of(_local(at, hours).date(), _locale())
    return [str(_("Today is %(holiday)s.", holiday=name))] if name else []


def when(then: datetime, at: datetime, hours: Hours) -> str:
    """The day and the hour of *then*, as it is said at that instant."""
    local, locale = _local(then, hours), _locale()
    clock = str(format_time(local, "short", locale=locale))
    days = (local.date() - _local(at, hours).date()) / timedelta(days=1)
    if days == 0:
        return str(_("today at %(clock)s", clock=clock))
    if days == 1:
        return str(_("tomorrow at %(clock)s", clock=clock))
    return str(_("on %(day)s at %(clock)s", day=_day(local.date(), locale), clock=clock))


def _day(day: date, locale: str) -> str:
    return str(format_date(day, "M月d日EEEE" if locale.startswith("zh") else "EEEE d MMMM", locale=locale))


def _local(at: datetime, hours: Hours) -> datetime:
    return at.astimezone(ZoneInfo(hours.zone))


def _locale() -> str:
    return str(get_locale() or "en")
