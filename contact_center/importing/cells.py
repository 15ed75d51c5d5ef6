"""What a cell says: numbers, dates, yes and no, in the ways that shops, banks and spreadsheets write them.

Called by the types of `types`. Pure; raises ValueError, whose text is a sentence that can be kept for later readers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from contact_center.text.sayings import gettext

LONGEST_SHOWN = 60  # characters of a wrong cell that a sentence repeats
_PLAIN = re.compile(r"[+-]?\d{1,16}(?:\.\d{1,9})?")
_AMOUNT = re.compile(r"[^\d(+-]{0,5}?([+-]?)\s*[^\d(+-]{0,5}?(\(?)\s*(\d[\d.,' \u2019]*)\s*(\)?)\s*(-?)[^\d()-]{0,5}")
_GROUPS = {
    ".": re.compile(r"\d{1,3}(?:[,' \u2019]\d{3})+(?:\.\d+)?"),
    ",": re.compile(r"\d{1,3}(?:[.' \u2019]\d{3})+(?:,\d+)?"),
}
_UNGROUPED = {".": re.compile(r"\d+(?:\.\d+)?"), ",": re.compile(r"\d+(?:,\d+)?")}
_TIME = r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?" + _TIME)
_YEAR_LAST = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})" + _TIME)
_BARE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?")  # days since the last of 1899, as spreadsheets count: 1954 to 2119
_SERIAL_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
_UTC = ZoneInfo("UTC")
_YES = frozenset("yes y true 1 x on ja wahr oui si 是 有 真 对 ✓ ✔".split())
_NO = frozenset("no n false 0 - off nein falsch non 否 无 没有 假 不是 ✗".split())


@dataclass(frozen=True, slots=True)
class Reading:
    """How one file writes what can be read in two ways, and where its clocks stand."""

    decimal: str = "."  # the decimal mark, "." or ","
    order: str = "DMY"  # of 01/02/2026; else "MDY"
    zone: ZoneInfo = _UTC


def shown(text: str) -> str:
    """What a sentence repeats of a cell."""
    text = text.replace("\0", "")
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def number(text: str, reading: Reading) -> Decimal:
    """A number with any usual separators of thousands, a currency around it, a minus before or behind, or brackets."""
    if _PLAIN.fullmatch(text) and (reading.decimal == "." or "." not in text):
        return Decimal(text)
    found = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    digits = found[3].strip() if found else ""
    if not found or bool(found[2]) != bool(found[4]):
        raise ValueError(gettext("“%(text)s” is not a number.", text=shown(text)))
    if not (_UNGROUPED[reading.decimal].fullmatch(digits) or _GROUPS[reading.decimal].fullmatch(digits)):
        raise ValueError(_as_written(text, reading))
    grouping = ",' ’" if reading.decimal == "." else ".' ’"
    value = Decimal(digits.translate({ord(mark): None for mark in grouping}).replace(",", "."))
    return -value if found[1] == "-" or found[2] or found[5] else value


def _as_written(text: str, reading: Reading) -> str:
    if reading.decimal == ".":
        return gettext("“%(text)s” is not a number with a decimal point.", text=shown(text))
    return gettext("“%(text)s” is not a number with a decimal comma.", text=shown(text))


def decimal_mark(numbers: Iterable[str]) -> str | None:
    """The decimal mark that these cells prove; None where each of them can be read either way."""
    for text in numbers:
        digits = re.sub(r"[^\d.,]", "", unicodedata.normalize("NFKC", text))
        marks = [mark for mark in digits if mark in ".,"]
        if not marks or not digits[-1].isdigit():
            continue
        last, behind = marks[-1], len(digits) - digits.rindex(marks[-1]) - 1
        if len(set(marks)) == 2 or (len(marks) == 1 and (behind != 3 or digits.startswith(("0.", "0,")))):
            return last
        if len(marks) > 1:
            return "," if last == "." else "."
    return None


def date_order(dates: Iterable[str]) -> str | None:
    """Whether day or month comes first in 01/02/2026, as far as these cells prove it."""
    for text in dates:
        found = _YEAR_LAST.fullmatch(text.strip())
        if found and int(found[1]) > 12:
            return "DMY"
        if found and int(found[3]) > 12:
            return "MDY"
    return None


@lru_cache(maxsize=8192)
def day(text: str, reading: Reading) -> date:
    """A date; of an instant the day it stands for in the file's zone."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        found = instant(text, reading)
    return found.astimezone(reading.zone).date()


@lru_cache(maxsize=8192)
def instant(text: str, reading: Reading) -> datetime:
    """A date with or without a time; without one it is midnight, and without a zone it is the file's."""
    typed = unicodedata.normalize("NFKC", text).strip()
    try:
        found = _parts(typed, reading.order) or _serial(typed)
        if found is None:
            raise ValueError(gettext("“%(text)s” is not a date. Write it like 2026-01-31.", text=shown(text)))
        return found if found.tzinfo else _zoned(found, reading.zone)
    except (OverflowError, ValueError) as error:
        if hasattr(error.args[0], "made_of"):
            raise
        raise ValueError(gettext("There is no such day: “%(text)s”.", text=shown(text))) from None


def _zoned(naive: datetime, zone: ZoneInfo) -> datetime:
    if not 1800 <= naive.year <= 2200:
        raise ValueError("year")
    return naive.replace(tzinfo=zone).astimezone(UTC)


def _parts(text: str, order: str) -> datetime | None:
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day_ = int(found[1]), int(found[3]), int(found[4])
        return _at(year, month, day_, found.groups()[4:])
    if found := _YEAR_LAST.fullmatch(text):
        first, second = int(found[1]), int(found[3])
        day_, month = (second, first) if order == "MDY" and found[2] != "." else (first, second)
        return _at(int(found[4]), month, day_, found.groups()[4:])
    if found := _BARE.fullmatch(text):
        return datetime(int(found[1]), int(found[2]), int(found[3]))  # noqa: DTZ001 (the caller gives it its zone)
    return None


def _at(year: int, month: int, day_: int, time: tuple[str | None, ...]) -> datetime:
    hour, minute, second, zone = time
    if hour is None:
        return datetime(year, month, day_)  # noqa: DTZ001 (the caller gives it its zone)
    made = datetime(year, month, day_, int(hour), int(minute or 0), int(second or 0))  # noqa: DTZ001
    return made.replace(tzinfo=_offset(zone)).astimezone(UTC) if zone else made


def _offset(text: str) -> timezone:
    if text in ("Z", "UTC"):
        return UTC
    digits = text[1:].replace(":", "")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-away if text[0] == "-" else away)


def _serial(text: str) -> datetime | None:
    found = _SERIAL.fullmatch(text)
    if not found or not 19000 <= int(found[1]) <= 80000:
        return None
    return (_SERIAL_ZERO + timedelta(days=float(text))).replace(tzinfo=None, microsecond=0)


def yes_no(text: str) -> bool:
    """Yes or no in the languages of our users."""
    word = text.strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError(gettext("“%(text)s” is neither yes nor no.", text=shown(text)))
