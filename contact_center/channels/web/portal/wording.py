"""How the portal writes amounts and days, for its templates, its PDFs and the letters about visits.

Registered as filters by `door`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from flask_babel import get_locale, ngettext, pgettext
from flask_babel import gettext as _

from contact_center import clock, pages
from contact_center.entitlements.models import Asset
from contact_center.selfservice.purchases import Purchase
from contact_center.text import amounts


def amount(value: Decimal, currency: str) -> str:
    """An amount as the reader writes it, with its currency."""
    return amounts.money(value, currency)


def bare_amount(value: Decimal) -> str:
    """An amount in a column whose head names the currency."""
    return str(format_decimal(value, "#,##0.00;−#,##0.00", locale=_locale()))


def quantity(value: Decimal) -> str:
    """2, or 1.5."""
    return str(format_decimal(value, locale=_locale()))


def on_day(day: date | None) -> str:
    """A day: today, tomorrow, or its weekday and date; the year only where it is another."""
    if day is None:
        return ""
    away = (day - today()).days
    if away in (-1, 0, 1):
        return str((_("Today"), _("Tomorrow"), _("Yesterday"))[away])
    return dated(day)


def in_sentence(day: date | None) -> str:
    """A day inside a sentence: today, tomorrow, or its weekday and date."""
    if day is None:
        return ""
    away = (day - today()).days
    if away in (-1, 0, 1):
        return str(
            (
                pgettext("in a sentence", "today"),
                pgettext("in a sentence", "tomorrow"),
                pgettext("in a sentence", "yesterday"),
            )[away]
        )
    return dated(day)


def is_past(day: date) -> bool:
    """Whether the reader's day is after *day*."""
    return day < today()


def dated(day: date | None) -> str:
    """A weekday and date; the year only where it is another."""
    if day is None:
        return ""
    is_chinese, same = pages.lang_tag() == "zh-CN", day.year == today().year
    pattern = ("M月d日 EEE" if same else "y年M月d日") if is_chinese else ("EEE d MMM" if same else "d MMM y")
    return str(format_date(day, pattern, locale=_locale()))


def in_column(day: date) -> str:
    """A date in a table: short, with its year."""
    return str(format_date(day, "y-MM-dd" if pages.lang_tag() == "zh-CN" else "d MMM y", locale=_locale()))


def of_instant(instant: datetime | None) -> date | None:
    """The reader's day of an instant."""
    return instant.astimezone(pages.zone()).date() if instant else None


def at(instant: datetime, *, in_a_sentence: bool = False) -> str:
    """When something happened, as a shop writes it: Today 08:05 (today 08:05 in a sentence), or 17 Nov 09:12."""
    local = instant.astimezone(pages.zone())
    away = (today() - local.date()).days
    hour = format_time(local.timetz(), "HH:mm", locale=_locale())
    if away in (0, 1):
        return f"{(in_sentence if in_a_sentence else on_day)(local.date())} {hour}"
    is_chinese, same = pages.lang_tag() == "zh-CN", local.year == today().year
    pattern = ("M月d日 HH:mm" if same else "y年M月d日") if is_chinese else ("d MMM HH:mm" if same else "d MMM y")
    return str(format_datetime(instant, pattern, tzinfo=pages.zone(), locale=_locale()))


def clock_time(instant: datetime) -> str:
    """09:00."""
    return f"{instant.astimezone(pages.zone()):%H:%M}"


def lasting(minutes: int) -> str:
    """A promised time: 30 minutes, 4 hours, 2 days."""
    if minutes % 1440 == 0:
        return str(ngettext("one day", "%(num)s days", minutes // 1440))
    if minutes % 60 == 0:
        return str(ngettext("one hour", "%(num)s hours", minutes // 60))
    return str(ngettext("one minute", "%(num)s minutes", minutes))


def order_options(purchases: Iterable[Purchase]) -> list[tuple[str, str]]:
    """Orders for a select: the number, and what it was."""
    return [
        (
            one.order.external_id,
            f"{one.order.external_id} · {one.title[:60]} · {dated(of_instant(one.order.placed_at))}",
        )
        for one in purchases
    ]


def device_options(owned: Iterable[Asset]) -> list[tuple[str, str]]:
    """Devices for a select: the name, and the serial number."""
    return [(str(one.id), " · ".join(filter(None, (one.name[:60], one.serial)))) for one in owned]


def country(code: str) -> str:
    """A country's name in the language of the moment; what is no code stays as it is."""
    return str(Locale.parse(_locale()).territories.get(code, code))


def today() -> date:
    """The reader's day."""
    return clock.now().astimezone(pages.zone()).date()


def greeting() -> str:
    """Good morning, by the reader's clock."""
    hour = clock.now().astimezone(pages.zone()).hour
    if hour < 5 or hour >= 18:
        return str(_("Good evening"))
    return str(_("Good morning") if hour < 12 else _("Good afternoon"))


def masked(email: str) -> str:
    """An address that its owner recognises and nobody else learns."""
    if email.startswith("+"):
        return f"{email[:3]} {'•' * 5} {email[-3:]}"
    local, at_sign, domain = email.partition("@")
    return f"{local[0]}{'•' * 4}{local[-1] if len(local) > 3 else ''}{at_sign}{domain}"


def first_name(name: str) -> str:
    """What to call somebody: the first of several Latin names; a Chinese name, or a firm's, is said whole."""
    first, _space, rest = name.partition(" ")
    is_latin = first.isalpha() and first[0] < "\u2e80"
    return first if rest and is_latin and first[0].isupper() and len(name.split()) <= 3 else name


FILTERS: dict[str, Callable[..., Any]] = {
    "amount": amount, "bare_amount": bare_amount, "quantity": quantity, "on_day": on_day, "dated": dated,
    "in_column": in_column, "in_sentence": in_sentence,
    "is_past": is_past, "of_instant": of_instant, "happened": at, "masked": masked,
    "clock": clock_time, "first_name": first_name, "lasting": lasting, "order_options": order_options,
    "device_options": device_options, "country": country,
    "pair": lambda word: (word, word),
}  # fmt: skip


def _locale() -> str:
    return str(get_locale() or "en")
