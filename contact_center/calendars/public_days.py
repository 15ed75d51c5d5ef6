"""The public holidays of a country, and the weekend days that are worked in exchange (调休), by year.

What the library `holidays` knows, kept in memory. Asked by `arithmetic` and by the screen of calendars; no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import flask_babel

OWN_TONGUE = {"zh": "zh_CN", "en": "en_US"}  # of the library, by the reader's


@dataclass(frozen=True, slots=True)
class Year:
    """A country's days in one year: which are free, by name, and which days of a weekend are worked."""

    free: dict[date, str]
    worked: frozenset[date]


NOTHING = Year({}, frozenset())


def of(country: str | None, subdivision: str | None, year: int, language: str = "") -> Year:
    """A year's days; their names in *language* ("zh" or "en") where the library speaks it, else in the country's own.

    No country, or one that the library does not know any more, has none.
    """
    return _year(country, subdivision, year, language) if country else NOTHING


def reader_language() -> str:
    """The language in which the present reader is told the names of days."""
    return "zh" if str(flask_babel.get_locale() or "").startswith("zh") else "en"


@lru_cache(maxsize=512)
def _year(country: str, subdivision: str | None, year: int, language: str) -> Year:
    import holidays

    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=year)
        tongue = OWN_TONGUE.get(language)
        if tongue in (found.supported_languages or ()):
            found = holidays.country_holidays(country, subdiv=subdivision, years=year, language=tongue)
    except (NotImplementedError, AttributeError, KeyError, ValueError):
        return NOTHING
    worked = frozenset(day for day in getattr(found, "weekend_workdays", ()) if day.year == year)
    return Year({day: name for day, name in sorted(found.items()) if day.year == year}, worked)


@lru_cache(maxsize=1)
def countries() -> dict[str, tuple[str, ...]]:
    """What can be chosen: two letters of a country → its subdivisions."""
    import holidays

    return {code: tuple(parts) for code, parts in sorted(holidays.list_supported_countries().items()) if len(code) == 2}
