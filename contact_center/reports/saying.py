"""Values and figures in words, in the reader's language."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from flask_babel import get_locale
from sqlalchemy import text

from contact_center.extensions import db
from contact_center.reports.metrics import Metric, Unit
from contact_center.text import durations

_MINUTE, _HOUR = 60, 3600


def value(metric: Metric, number: float | None) -> str:
    """A value of *metric*: 81.4 %, 2 min 5 s, 1,204."""
    locale = str(get_locale() or "en")
    if number is None:
        return "–"
    if metric.unit is Unit.SHARE:
        return str(format_percent(number, format="#,##0.#%", locale=locale))
    if metric.unit is Unit.SECONDS:
        return durations.say(_coarse(number))
    if metric.unit is Unit.MONEY:
        return str(format_currency(number, currency(), locale=locale))
    return str(format_decimal(number, format="#,##0.##", locale=locale))


def day(on: date) -> str:
    """A day with its weekday."""
    locale = str(get_locale() or "en")
    return str(format_date(on, "M月d日EEEE" if locale.startswith("zh") else "EEEE, d MMMM", locale=locale))


def currency() -> str:
    """The reporting currency, in which all money of the reports is."""
    return str(db.session.scalar(text("SELECT code FROM bi.currency")))


def _coarse(seconds: float) -> int:
    """No seconds beside hours, no minutes beside days."""
    whole = round(seconds)
    if whole >= 24 * _HOUR:
        return whole // _HOUR * _HOUR
    return whole // _MINUTE * _MINUTE if whole >= _HOUR else whole
