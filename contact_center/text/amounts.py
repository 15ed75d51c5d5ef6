"""Numbers, amounts and currencies as people type them, and amounts as their language writes them.

Readers raise ValueError with a sentence for the field.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import NumberPattern, format_currency, parse_pattern
from flask_babel import get_locale
from flask_babel import gettext as _

MINUS = "\u2212"  # as wide as a plus and a figure
_DECIMAL = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,12})?")
_SPACES = re.compile(r"[\s'’]")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def whole(typed: str, least: int, most: int) -> int:
    """A whole number within its limits."""
    plain = _plain(typed)
    if not re.fullmatch(r"[+-]?\d{1,18}", plain) or not least <= int(plain) <= most:
        raise ValueError(_("Write a whole number from %(least)s to %(most)s.", least=least, most=most))
    return int(plain)


def decimal(typed: str, least: Decimal, most: Decimal, *, places: int) -> Decimal:
    """A number within its limits; `1,234.50`, `1234,5` and `１２` are understood, `1e5` and `NaN` are not."""
    plain = _plain(typed).removesuffix("%")
    plain = plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain.replace(",", ".")
    if not _DECIMAL.fullmatch(plain) or not least <= Decimal(plain) <= most:
        raise ValueError(
            _("Write a number from %(least)s to %(most)s.", least=f"{least.normalize():f}", most=f"{most:f}")
        )
    value = Decimal(plain)
    if value != round(value, places):
        raise ValueError(_("Not more than %(places)s digits after the point.", places=places))
    return value


def currency(typed: str) -> str:
    """An ISO 4217 code, upper case."""
    code = _plain(typed).upper()
    if code not in Locale("en").currencies or len(code) != 3:
        raise ValueError(_("“%(code)s” is no currency. Write its three letters, such as EUR or CNY.", code=code[:20]))
    return code


def money(value: Decimal, currency: str) -> str:
    """An amount with its currency, as the reader writes it."""
    return signed(format_currency(value, currency, locale=str(get_locale() or "en")))


def whole_money(value: Decimal, currency: str) -> str:
    """The same rounded to whole units, without decimals."""
    locale = str(get_locale() or "en")
    return signed(format_currency(value, currency, _wholly(locale), locale=locale, currency_digits=False))


def signed(said: str) -> str:
    """A sum that was written with a hyphen, with a minus instead."""
    return said.replace("-", MINUS)


@cache
def _wholly(locale: str) -> NumberPattern:
    """How a language writes an amount, less the decimals."""
    return parse_pattern(re.sub(r"\.0+", "", Locale.parse(locale).currency_formats["standard"].pattern))


def _plain(typed: str) -> str:
    return _SPACES.sub("", unicodedata.normalize("NFKC", typed))
