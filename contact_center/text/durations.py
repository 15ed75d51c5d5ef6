"""Lengths of time as people type and read them: `90 s`, `2 min 30 s`, `1.5 h`, `2:30`, `5 分钟`.

Readers raise ValueError with a sentence for the field. A bare number is seconds.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from flask_babel import gettext as _

_UNITS = {
    "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "秒": 1, "秒钟": 1,
    "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "分": 60, "分钟": 60,
    "h": 3600, "hour": 3600, "hours": 3600, "小时": 3600, "时": 3600,
    "d": 86400, "day": 86400, "days": 86400, "天": 86400,
}  # fmt: skip
_PART = re.compile(r"\s*(\d{1,9}(?:[.,]\d{1,3})?)\s*([^\W\d]*)\s*")
_COLON = re.compile(r"(\d{1,4}):([0-5]?\d)")


def read(typed: str, least: int, most: int) -> int:
    """Seconds, whole and within their limits."""
    seconds = _seconds(unicodedata.normalize("NFKC", typed).strip().lower())
    if seconds is None or seconds != int(seconds):
        raise ValueError(_("Write a time such as 90 s, 5 min or 2 h."))
    if not least <= seconds <= most:
        raise ValueError(_("Write a time from %(least)s to %(most)s.", least=say(least), most=say(most)))
    return int(seconds)


def say(seconds: int) -> str:
    """The same in words, in the units it needs."""
    parts = []
    for size, word in _words():
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {word}")
    return " ".join(parts) or f"0 {_words()[-1][1]}"


def _words() -> list[tuple[int, str]]:
    return [(86400, _("d")), (3600, _("h")), (60, _("min")), (1, _("s"))]


def _seconds(plain: str) -> Decimal | None:
    if colon := _COLON.fullmatch(plain):
        return Decimal(int(colon[1]) * 60 + int(colon[2]))
    total, place = Decimal(0), 0
    while place < len(plain):
        part = _PART.match(plain, place)
        if part is None or (part[2] not in _UNITS and (part[2] or total or part.end() < len(plain))):
            return None
        total += Decimal(part[1].replace(",", ".")) * _UNITS.get(part[2], 1)
        place = part.end()
    return total if plain else None
