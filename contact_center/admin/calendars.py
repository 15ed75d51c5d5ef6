"""Settings, Calendars: the hours of a week, a country's holidays, days of the firm's own, and what it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from contact_center import access, clock, once
from contact_center.admin import comparing, reading
from contact_center.calendars import public_days, settings, typed
from contact_center.calendars.arithmetic import NeverOpen, Slot
from contact_center.calendars.models import Calendar
from contact_center.errors import Stale
from contact_center.extensions import db

blueprint = Blueprint("calendars", __name__, url_prefix="/admin/calendars")
NEW_HOURS = "9:00–18:00"


@dataclass(frozen=True, slots=True)
class Now:
    """Whether a calendar is open at present, and when that changes; `next_at` None: never."""

    is_open: bool
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Weekday:
    """A row of the week: the hours as text, and as stretches for the bar."""

    name: str
    typed: str
    slots: Sequence[Slot]


@blueprint.get("")
@access.administrator
def listing() -> str:
    settings.default()
    db.session.commit()
    found = settings.listed()
    return render_template(
        "admin/calendars.html", page="calendars", calendars=found, now_of={each.id: now_of(each) for each in found},
        week_of={each.id: week(each) for each in found}, countries=_countries(),
    )  # fmt: skip


@blueprint.post("")
@access.administrator
def create() -> Any:
    """A new calendar with the hours of an office, to be changed at once."""
    form = {"name": reading.text("name"), "time_zone": str(settings.default().time_zone)}
    form |= {f"slots_{weekday}": NEW_HOURS for weekday in settings.WORKDAYS}
    row = once.made(Calendar, lambda: settings.create(typed.read(form), access.me()))
    db.session.commit()
    return redirect(url_for("calendars.edit", calendar_id=row.id), 303)


@blueprint.get("/<int:calendar_id>")
@access.administrator
def edit(calendar_id: int) -> str:
    found = reading.or_404(Calendar, calendar_id)
    today = _today(found)
    return render_template(
        "admin/calendar.html", page="calendars", calendar=found, now=now_of(found), week=week(found),
        zones=sorted(available_timezones()), countries=_countries(),
        parts=public_days.countries().get(found.country or "", ()),
        years=[(each, _holidays(found, each)) for each in (today.year, today.year + 1)], weekdays=weekdays(),
        today=today,
    )  # fmt: skip


@blueprint.post("/<int:calendar_id>")
@access.administrator
def save(calendar_id: int) -> Any:
    found = reading.or_404(Calendar, calendar_id)
    try:
        settings.change(found, access.me(), reading.version(), typed.read(request.form))
    except Stale as stale:
        return comparing.answer(stale, found, _words())
    return _done(found)


@blueprint.post("/<int:calendar_id>/days")
@access.administrator
def set_day(calendar_id: int) -> Any:
    """A free day, or one that is worked as another weekday."""
    found = reading.or_404(Calendar, calendar_id)
    day, works_as = typed.day(reading.text("day")), typed.works_as(reading.text("works_as"))
    settings.set_day(found, access.me(), day, reading.text("day_name"), works_as)
    return _done(found)


@blueprint.post("/<int:calendar_id>/days/drop")
@access.administrator
def drop_day(calendar_id: int) -> Any:
    found = reading.or_404(Calendar, calendar_id)
    settings.drop_day(found, access.me(), typed.day(reading.text("day")))
    return _done(found)


@blueprint.post("/<int:calendar_id>/duplicate")
@access.administrator
def duplicate(calendar_id: int) -> Any:
    found = reading.or_404(Calendar, calendar_id)
    copy = once.made(Calendar, lambda: settings.duplicate(found, access.me()))
    db.session.commit()
    return redirect(url_for("calendars.edit", calendar_id=copy.id), 303)


@blueprint.post("/<int:calendar_id>/default")
@access.administrator
def make_default(calendar_id: int) -> Any:
    found = reading.or_404(Calendar, calendar_id)
    settings.make_default(found, access.me())
    return _done(found)


@blueprint.post("/<int:calendar_id>/remove")
@access.administrator
def remove(calendar_id: int) -> Any:
    """Take it away, if nothing counts by it."""
    settings.remove(reading.or_404(Calendar, calendar_id), access.me())
    db.session.commit()
    flash(_("Removed."), "success")
    return redirect(url_for("calendars.listing"), 303)


def now_of(calendar: Calendar) -> Now:
    """What it is at this moment."""
    hours, now = settings.hours_of(calendar), clock.now()
    try:
        is_open = hours.is_open(now)
        return Now(is_open, hours.closes(now) if is_open else hours.next_open(now))
    except NeverOpen:
        return Now(False, None)


def week(calendar: Calendar) -> list[Weekday]:
    """The seven rows."""
    by_weekday = zip(weekdays(), settings.hours_of(calendar).week, strict=True)
    return [Weekday(name, typed.shown(slots), slots) for name, slots in by_weekday]


def weekdays() -> list[str]:
    return [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]


def _done(calendar: Calendar) -> Any:
    db.session.commit()
    flash(_("Saved. Deadlines of open tickets are counted anew within a minute."), "success")
    return redirect(url_for("calendars.edit", calendar_id=calendar.id), 303)


def _today(calendar: Calendar) -> date:
    return clock.now().astimezone(ZoneInfo(calendar.time_zone)).date()


def _countries() -> list[tuple[str, str]]:
    """Codes with their names in the reader's language, in its order."""
    locale = get_locale() or Locale("en")
    named = [(code, str(locale.territories.get(code, code))) for code in public_days.countries()]
    return sorted(named, key=lambda each: each[1])


def _holidays(calendar: Calendar, year: int) -> list[tuple[date, str, bool]]:
    """The country's days of a year: day, name, whether it is worked."""
    language = public_days.reader_language()
    found = public_days.of(calendar.country, calendar.subdivision, year, language)
    days = [(day, name, False) for day, name in found.free.items()]
    return sorted([*days, *((day, _("worked in exchange"), True) for day in found.worked)])


def _words() -> comparing.Words:
    return {
        "name": (_("Name"), str), "time_zone": (_("Time zone"), str),
        "country": (_("Holidays of"), lambda code: dict(_countries()).get(code, "–")),
        "subdivision": (_("Region"), lambda part: part or "–"),
        "slots": (_("Hours"), _slots_in_words),
    }  # fmt: skip


def _slots_in_words(slots: Any) -> str:
    names = weekdays()
    told = [f"{names[int(weekday)]} {hours}" for weekday, hours in settings.in_words(slots).items()]
    return "; ".join(told) or _("round the clock")


def on_weekday(day: date) -> str:
    """A day with its weekday, as a table shows it."""
    return format_date(day, "M月d日 EEE" if str(get_locale() or "").startswith("zh") else "EEE d MMM")


blueprint.add_app_template_filter(on_weekday, "on_weekday")
