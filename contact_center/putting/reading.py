"""What a field from somebody else's system may hold: readers that return a plain value or raise a translated sentence.

Called by `putting.register` for imports, the API, screens and the demo alike. They take what CSV, JSON and Python
bring: a text, a number, a date. They touch no table.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask import current_app
from flask_babel import gettext as _

from contact_center import clock
from contact_center.text import addresses, lines

Reader = Callable[[Any], Any]
EARLIEST = date(1900, 1, 1)
AHEAD = timedelta(days=366 * 20)
LARGEST, LARGEST_QUANTITY = Decimal(10) ** 13, Decimal(10) ** 11
_NOTHING = (None, "")
_CENT, _THOUSANDTH = Decimal("0.01"), Decimal("0.001")
_YES, _NO = frozenset({"1", "true", "yes", "y", "是"}), frozenset({"0", "false", "no", "n", "否"})


def text(longest: int) -> Reader:
    """One line of text; nothing is the empty text."""

    def read(value: Any) -> str:
        words = _words(value)
        if words.isprintable() and len(words) <= longest:
            return words.strip()
        return lines.one_line(_storable(words), longest)

    return read


def texts(longest: int) -> Reader:
    """Text of several lines."""
    return lambda value: lines.several_lines(_storable(_words(value)), longest)


def maybe(read: Reader) -> Reader:
    """The same, and None for nothing."""

    def maybe_read(value: Any) -> Any:
        found = None if value in _NOTHING else read(value)
        return None if found == "" else found

    return maybe_read


def name(longest: int = 200) -> Reader:
    """A text that may not be empty."""
    return _filled(text(longest))


def number(longest: int = 100) -> Reader:
    """A number by which another system knows a row; kept as text, as it stands."""
    return _filled(text(longest))


def money(value: Any) -> Decimal:
    """An amount that is not negative, with two decimals at most."""
    amount = decimal(value)
    if amount < 0:
        raise ValueError(_("An amount cannot be negative."))
    if amount >= LARGEST:
        raise ValueError(_("That is more than can be kept."))
    rounded = amount.quantize(_CENT)
    if rounded != amount:
        raise ValueError(_("An amount has two decimals at most."))
    return rounded


def quantity(value: Any) -> Decimal:
    """How many, with three decimals at most; none is possible."""
    many = decimal(value)
    if many < 0:
        raise ValueError(_("A quantity cannot be negative."))
    if many >= LARGEST_QUANTITY:
        raise ValueError(_("That is more than can be kept."))
    rounded = many.quantize(_THOUSANDTH)
    if rounded != many:
        raise ValueError(_("A quantity has three decimals at most."))
    return rounded


def some(value: Any) -> Decimal:
    """A quantity of at least something."""
    many = quantity(value)
    if not many:
        raise ValueError(_("The quantity cannot be 0."))
    return many


def decimal(value: Any) -> Decimal:
    """A number written plainly: 1234.50."""
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if isinstance(value, bool) or not found.is_finite():
        raise ValueError(_("“%(value)s” is not a number. Write it like 1234.50.", value=_shown(value)))
    return found


def whole(lowest: int, highest: int) -> Reader:
    """A whole number between the two."""

    def read(value: Any) -> int:
        found = decimal(value)
        if found != found.to_integral_value():
            raise ValueError(_("Please write a whole number."))
        if not lowest <= found <= highest:
            raise ValueError(_("Please write a number from %(lowest)s to %(highest)s.", lowest=lowest, highest=highest))
        return int(found)

    return read


def day(value: Any) -> date:
    """A day as 2026-03-31."""
    if isinstance(value, datetime):
        _possible(value.date())
        return value.astimezone(zone()).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return _possible(value)
    try:
        found = datetime.fromisoformat(_words(value).strip()).date()
    except ValueError:
        raise ValueError(_bad_day(value)) from None
    return _possible(found)


def instant(value: Any) -> datetime:
    """A time as 2026-03-31T14:05:00Z; without a zone it is the installation's, without a time the day's begin."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError(_bad_day(value)) from None
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=zone())
    if not isinstance(value, datetime):
        raise ValueError(_bad_day(value))
    _possible(value.date())
    return (value if value.tzinfo else value.replace(tzinfo=zone())).astimezone(UTC)


def past(value: Any) -> datetime:
    """A time that is no later than now; clocks may differ by a day."""
    found = instant(value)
    if found > clock.now() + timedelta(days=1):
        raise ValueError(_("%(day)s has not come yet.", day=found.date().isoformat()))
    return found


def choice(words: type[StrEnum]) -> Reader:
    """One of an enumeration's words, in any case."""
    members = {word: words(word) for word in words.__members__}

    def read(value: Any) -> StrEnum:
        found = members.get(_words(value).strip().upper().replace(" ", "_"))
        if found is None:
            known = ", ".join(members)
            raise ValueError(_("“%(value)s” is none of %(known)s.", value=_shown(value), known=known))
        return found

    return read


def one_of(*words: str) -> Reader:
    """One of these very words."""

    def read(value: Any) -> str:
        found = _words(value).strip()
        if found not in words:
            known = ", ".join(words)
            raise ValueError(_("“%(value)s” is none of %(known)s.", value=_shown(value), known=known))
        return found

    return read


def words_of(words: type[StrEnum]) -> Reader:
    """Some of an enumeration's words: a list, or one text with commas between."""
    read = choice(words)

    def some_of(value: Any) -> list[str]:
        if value in _NOTHING:
            return []
        found = re.split(r"[,;|，；、]", value) if isinstance(value, str) else value
        if not isinstance(found, list | tuple):
            raise ValueError(_("A list is expected here."))
        return sorted({str(read(each)) for each in found if each != ""})

    return some_of


def flag(value: Any) -> bool:
    """Yes or no."""
    if isinstance(value, bool):
        return value
    word = _words(value).strip().lower()
    if word not in _YES and word not in _NO:
        raise ValueError(_("“%(value)s” is neither yes nor no.", value=_shown(value)))
    return word in _YES


def currency(value: Any) -> str:
    """An ISO 4217 code."""
    code = _words(value).strip().upper()
    if code not in currencies():
        raise ValueError(_("“%(code)s” is no currency. Write its code, like EUR.", code=_shown(value)))
    return code


def email(value: Any) -> str | None:
    """An e-mail address in its normal form."""
    found = addresses.email_normal(_storable(_words(value)).strip())
    if not found:
        raise ValueError(_("That is no complete e-mail address, like name@example.com."))
    return found


def phone(value: Any) -> str | None:
    """A phone number in its normal form."""
    found = addresses.phone_normal(_storable(_words(value)).strip(), current_app.config["CC"].default_region)
    if not found:
        raise ValueError(_("That is no complete phone number."))
    return found


@cache
def currencies() -> frozenset[str]:
    """Every code that there is, or was."""
    return frozenset(Locale("en").currencies)


def zone() -> ZoneInfo:
    """The installation's zone, in which a day without one is meant."""
    return ZoneInfo(current_app.config["CC"].time_zone)


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a number in a cell of a spreadsheet
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)
    raise ValueError(_("A text is expected here."))


def _storable(words: str) -> str:
    if "\x00" in words:
        raise ValueError(_("It holds a character that cannot be kept (NUL)."))
    return words


def _filled(read: Reader) -> Reader:
    def filled(value: Any) -> Any:
        found = read(value)
        if not found:
            raise ValueError(_("This is needed."))
        return found

    return filled


def _possible(found: date) -> date:
    if found < EARLIEST:
        raise ValueError(_("%(day)s is too long ago.", day=found.isoformat()))
    if found > clock.now().date() + AHEAD:
        raise ValueError(_("%(day)s is too far ahead.", day=found.isoformat()))
    return found


def _bad_day(value: Any) -> str:
    return str(_("“%(value)s” is no date. Write it like 2026-03-31.", value=_shown(value)))


def _shown(value: Any) -> str:
    shown = "".join(c if c.isprintable() else "�" for c in str(value))
    return shown if len(shown) <= 40 else f"{shown[:39]}…"
