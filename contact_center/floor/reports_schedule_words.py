"""When a report is sent, and why it is not, in words."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from flask_babel import get_locale
from flask_babel import gettext as _

from contact_center.reports.schedules import Every, Pause, ReportSchedule


def when(schedule: ReportSchedule) -> str:
    """Every Monday at 07:00 (Asia/Shanghai)."""
    given = {"hour": f"{schedule.hour:02d}:00", "zone": schedule.zone, "day": schedule.day}
    if schedule.every is Every.WEEK:
        return str(_("every %(weekday)s at %(hour)s (%(zone)s)", weekday=weekday(schedule.day), **given))
    if schedule.every is Every.MONTH:
        return str(_("on day %(day)s of every month at %(hour)s (%(zone)s)", **given))
    return str(_("every day at %(hour)s (%(zone)s)", **given))


def weekday(number: int) -> str:
    """Monday = 0."""
    return str(format_date(date(2024, 1, 1 + number), "EEEE", locale=str(get_locale() or "en")))


def paused(why: Pause) -> str:
    """Why nothing is sent."""
    return str({
        Pause.BY_HAND: _("Paused"),
        Pause.LEFT: _("Paused: its reader may not see reports any more"),
        Pause.WITHDRAWN: _("Paused: the report is not shared any more"),
        Pause.UNREADABLE: _("Paused: the report could not be made"),
    }[why])  # fmt: skip
