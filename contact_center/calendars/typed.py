"""What people type about a calendar: hours such as "9:00–12:00, 13:00–18:00", zones, countries, days.

Read and checked for `settings`; called by the admin door, and by what reads the forms of those who count in them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from zoneinfo import available_timezones

from flask_babel import gettext as _

from contact_center import rows
from contact_center.calendars import public_days
from contact_center.calendars.arithmetic import Slot
from contact_center.calendars.models import Calendar
from contact_center.calendars.settings import Wanted
from contact_center.errors import Invalid
from contact_center.extensions import db

MOST_SLOTS = 6
_TIME = r"(\d{1,2})(?:[:.：](\d{2}))?"
_SLOT = re.compile(rf"{_TIME}\s*(?:-|–|—|~|至|to)\s*{_TIME}", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;，；、]*")


def read(form: Mapping[str, str]) -> Wanted:
    """A calendar out of a form with `name`, `time_zone`, `country`, `subdivision` and `slots_0` … `slots_6`.

    Raises Invalid with everything that is wrong.
    """
    wrong: dict[str, str] = {}
    name = ""
    try:
        name = rows.name(form.get("name", ""))
    except Invalid as error:
        wrong |= error.fields
    zone = form.get("time_zone", "").strip()
    if zone not in available_timezones():
        wrong["time_zone"] = _("Choose a time zone of the list, such as Europe/Berlin.")
    country, subdivision = _country(form, wrong)
    found: set[tuple[int, int, int]] = set()
    for weekday in range(7):
        try:
            found |= {(weekday, begins, ends) for begins, ends in slots(form.get(f"slots_{weekday}", ""))}
        except ValueError as error:
            wrong[f"slots_{weekday}"] = str(error)
    Invalid.raise_for(wrong)
    return Wanted(name, zone, country, subdivision, frozenset(found))


def slots(typed: str) -> list[tuple[int, int]]:
    """The slots of one day, in order. Raises ValueError with a sentence."""
    found, rest = [], typed.strip()
    while rest:
        match = _SLOT.match(rest)
        if match is None:
            raise ValueError(_("Hours look like 9:00–12:00, 13:00–18:00."))
        found.append((_minute(*match.group(1, 2)), _minute(*match.group(3, 4))))
        rest = rest[match.end() :]
        rest = rest[_BETWEEN.match(rest).end() :]  # type: ignore[union-attr]
    return _checked(sorted(found))


def shown(found: Sequence[Slot]) -> str:
    """Slots as people type them."""
    return ", ".join(f"{a // 60}:{a % 60:02}–{b // 60}:{b % 60:02}" for a, b in found)


def day(typed: str) -> date:
    """A day of a calendar. Raises Invalid."""
    try:
        found = date.fromisoformat(typed.strip())
    except ValueError:
        found = date.min
    if not 2000 <= found.year <= 2100:
        raise Invalid(_("Choose a day."), {"day": _("Choose a day.")})
    return found


def works_as(typed: str) -> int | None:
    """The weekday whose hours a day is worked with; None for a free day. Raises Invalid."""
    if typed in ("", "free"):
        return None
    weekday = rows.number(typed)
    if weekday is None or weekday > 6:
        raise Invalid(_("Choose one from the list."), {"works_as": _("Choose one from the list.")})
    return weekday


def chosen(typed: str) -> int | None:
    """The calendar that a list was set to; None for none. Raises ValueError with a sentence."""
    if not typed:
        return None
    calendar_id = rows.number(typed)
    if calendar_id is None or db.session.get(Calendar, calendar_id) is None:
        raise ValueError(_("This calendar does not exist any more."))
    return calendar_id


def _minute(hour: str, minute: str | None) -> int:
    at = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or at > 1440:
        raise ValueError(_("A time lies between 0:00 and 24:00."))
    return at


def _checked(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if any(ends <= begins for begins, ends in found):
        raise ValueError(
            _("It ends before it begins. Hours over midnight belong to two days: until 24:00, and from 0:00.")
        )
    if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
        raise ValueError(_("These hours overlap."))
    if len(found) > MOST_SLOTS:
        raise ValueError(_("Not more than %(number)s stretches a day.", number=MOST_SLOTS))
    return found


def _country(form: Mapping[str, str], wrong: dict[str, str]) -> tuple[str | None, str | None]:
    country, part = form.get("country", "").strip() or None, form.get("subdivision", "").strip() or None
    if country is None:
        return None, None
    parts = public_days.countries().get(country)
    if parts is None:
        wrong["country"] = _("Choose a country of the list.")
        return None, None
    if part is not None and parts and part not in parts:
        wrong["subdivision"] = _("This country has no such region in the list.")
    return country, part if parts else None
