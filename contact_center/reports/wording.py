"""How figures, periods and stretches of time are written, in the reader's language: on pages, in letters, in files.

Called by the report pages and by whatever writes files. Asks nothing of the database but the reporting currency.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from flask_babel import get_locale
from flask_babel import gettext as _

from contact_center.reports.figures import Figure
from contact_center.reports.metrics import Metric, Unit
from contact_center.reports.periods import CUSTOM, Named, Period
from contact_center.text import amounts
from contact_center.value import settings as value_settings

NOTHING = "–"
_HOUR, _TWO_DAYS = 3600, 172_800


def currency() -> str | None:
    """The reporting currency, in which money is told; None before anything was sold."""
    found = value_settings.row().figures.get("currency")
    return str(found) if found else None


def value(metric: Metric, number: float | None) -> str:
    """A value of *metric*."""
    if number is None:
        return NOTHING
    return {
        Unit.SHARE: lambda: share(number),
        Unit.SECONDS: lambda: seconds(number),
        Unit.MONEY: lambda: money(number),
        Unit.SCORE: lambda: _decimal(number, "#,##0.00" if abs(number) < 10 else "#,##0.0"),
    }.get(metric.unit, lambda: count(number))()


def interval(metric: Metric, figure: Figure) -> str:
    """The 95 % interval of a figure; empty where it has none."""
    if figure.low is None or figure.high is None:
        return ""
    if metric.unit is Unit.SHARE:
        return f"{_decimal(figure.low * 100, '0.0')}–{share(figure.high)}"
    return f"{value(metric, figure.low)}–{value(metric, figure.high)}"


def change(metric: Metric, now: float, before: float) -> str:
    """By how much a value is more or less than it was: shares in points, everything else in per cent."""
    moved = (now - before) * 100 if metric.unit is Unit.SHARE else _relative(now, before)
    if moved is None:
        return ""
    is_nothing = round(abs(moved), 1 if metric.unit is Unit.SHARE else 2) == 0
    sign = "±" if is_nothing else "+" if moved > 0 else amounts.MINUS
    if metric.unit is Unit.SHARE:
        return str(_("%(change)s points", change=f"{sign}{_decimal(abs(moved), '0.0')}"))
    return f"{sign}{share(abs(moved), 0)}"


def share(number: float, digits: int = 1) -> str:
    """0.224 as 22.4 %."""
    pattern = "#,##0." + "0" * digits + "%" if digits else "#,##0%"
    return str(format_percent(number, pattern, locale=_locale()))


def count(number: float) -> str:
    """A whole number in groups of three."""
    return _decimal(round(number), "#,##0")


def seconds(number: float) -> str:
    """0:45, 12:05, 1.5 h, 3.2 d."""
    whole = round(number)
    if abs(whole) < _HOUR:
        return f"{amounts.MINUS if whole < 0 else ''}{abs(whole) // 60}:{abs(whole) % 60:02d}"
    unit, size = ("hour", _HOUR) if abs(whole) < _TWO_DAYS else ("day", 86_400)
    length: Any = "short" if _locale().startswith("zh") else "narrow"  # Chinese has no narrower form
    return str(format_unit(round(number / size, 1), f"duration-{unit}", length=length, locale=_locale()))


def money(number: float) -> str:
    """An amount in the reporting currency; small ones with their cents."""
    code = currency()
    if code is None:
        return _decimal(number, "#,##0.00")
    exact = Decimal(str(round(number, 2)))
    return amounts.money(exact, code) if abs(exact) < 100 else amounts.whole_money(exact, code)


def period(chosen: Period) -> str:
    """The days of a period, or the hours where it is a part of one: 16–22 November 2026."""
    if not chosen.is_of_days:
        begin, end = (at.astimezone(chosen.zone) for at in (chosen.since, chosen.until))
        is_one_day = begin.date() == (end - timedelta(microseconds=1)).date()
        return f"{_moment(begin)} – {f'{end:%H:%M}' if is_one_day else _moment(end)}"
    zh, first, last = _locale().startswith("zh"), chosen.first_day, chosen.last_day
    if first == last:
        return _date(first, "y年M月d日 EEEE" if zh else "EEEE d MMMM y")
    whole = "y年M月d日" if zh else "d MMM y"
    begins, ends = whole, whole
    if first.year == last.year:
        begins, ends = (whole, "M月d日") if zh else ("d MMM", whole)
    return f"{_date(first, begins)} – {_date(last, ends)}"


def period_name(name: str) -> str:
    """What a period is called that moves with the days."""
    return str({
        Named.TODAY: _("Today"), Named.YESTERDAY: _("Yesterday"), Named.THIS_WEEK: _("This week"),
        Named.LAST_WEEK: _("Last week"), Named.THIS_MONTH: _("This month"), Named.LAST_MONTH: _("Last month"),
        Named.TWELVE_WEEKS: _("Last 12 weeks"), Named.TWELVE_MONTHS: _("Last 12 months"), CUSTOM: _("Other days"),
    }[name if name == CUSTOM else Named(name)])  # fmt: skip


def stretch(grain: str, begin: datetime, *, short: bool = False) -> str:
    """When a stretch of time begins, as *begin*'s own zone has it; *short* for an axis."""
    zh = _locale().startswith("zh")
    if grain in ("quarter-hour", "hour"):
        return f"{begin:%H:%M}" if short else _moment(begin)
    if grain in ("day", "week"):
        pattern = "M月d日" if zh else "d MMM"
        return _date(begin, pattern if short else ("y年M月d日 EEE" if zh else "EEE d MMM y"))
    if grain == "month":
        return _date(begin, ("y年M月" if zh else "MMM y"))
    if grain == "quarter":
        return _date(begin, "y年第Q季度" if zh else "QQQ y")
    return _date(begin, "y年" if zh else "y")


def _moment(at: datetime) -> str:
    return f"{_date(at, 'M月d日' if _locale().startswith('zh') else 'd MMM')} {at:%H:%M}"


def _relative(now: float, before: float) -> float | None:
    return (now - before) / abs(before) if before else None


def _date(day: date, pattern: str) -> str:
    return str(format_date(day, pattern, locale=_locale()))


def _decimal(number: float, pattern: str) -> str:
    return amounts.signed(format_decimal(number, pattern, locale=_locale()))


def _locale() -> str:
    found = get_locale() or Locale("en")
    return str(found)
