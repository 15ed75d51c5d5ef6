"""What a customer's fields may hold: each one's cleaner, which returns the normal form or raises a sentence.

`records` cleans everything that screens, imports and demo data hand in; nothing here touches the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from flask_babel import gettext as _

from contact_center import clock
from contact_center.customers.models import CustomerKind, CustomerStatus
from contact_center.errors import Invalid
from contact_center.text.lines import one_line, several_lines

# Languages offered first, in the order of their number of speakers; any other code of CLDR is taken as well.
LANGUAGES = (
    "en", "zh", "es", "ar", "fr", "pt", "ru", "ja", "de", "ko", "vi", "tr", "it", "th", "pl", "uk", "nl",
    "ro", "el", "hu", "cs", "sv", "da", "fi", "nb", "id", "ms", "he", "hi", "fa",
)  # fmt: skip
MAX_ABOUT = 20_000
MAX_REMARK = 2_000
OF_PERSONS = ("birthday", "education", "family", "work", "interests", "personality")
OF_COMPANIES = ("nature", "industry", "scale", "business", "bank_account")


def clean(given: Mapping[str, Any]) -> dict[str, Any]:
    """The normal forms of *given* fields; raises Invalid with one sentence per bad field."""
    cleaned: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in given.items():
        try:
            cleaned[name] = _CLEANERS[name](value)
        except ValueError as error:
            wrong[name] = str(error)
    Invalid.raise_for(wrong)
    return cleaned


@cache
def country_codes() -> dict[str, str]:
    """Names of countries in English and Chinese, folded, with their ISO 3166 codes; the codes themselves too."""
    codes: dict[str, str] = {}
    for locale in (Locale("en"), Locale("zh", script="Hans")):
        for code, name in locale.territories.items():
            if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES:
                codes[name.casefold()] = codes[code.casefold()] = code
    return codes


_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


def _name(value: Any) -> str:
    name = one_line(value, 200)
    if not name:
        raise ValueError(_("A customer needs a name."))
    return name


def _optional(longest: int) -> Callable[[Any], str | None]:
    return lambda value: one_line(value, longest) or None


def _country(value: Any) -> str | None:
    name = one_line(value, 100)
    if not name:
        return None
    try:
        return country_codes()[name.casefold()]
    except KeyError:
        raise ValueError(_("No country is called “%(name)s”.", name=name)) from None


def _language(value: Any) -> str | None:
    code = one_line(value, 20).replace("-", "_")
    if not code:
        return None
    if code.split("_")[0].lower() not in Locale("en").languages:
        raise ValueError(_("No language has the code “%(code)s”.", code=code))
    return code


def _time_zone(value: Any) -> str | None:
    zone = one_line(value, 64)
    if zone and zone not in available_timezones():
        raise ValueError(_("“%(zone)s” is not a time zone. Write it like Europe/Berlin.", zone=zone))
    return zone or None


def _id(value: Any) -> int | None:
    if value in (None, ""):
        return None
    if not str(value).isascii() or not str(value).isdecimal() or int(value) >= 2**63:
        raise ValueError(_("That does not exist any more."))
    return int(value)


def _kind(value: Any) -> CustomerKind:
    if value not in CustomerKind.__members__:
        raise ValueError(_("A customer is a person or a company."))
    return CustomerKind(value)


def _status(value: Any) -> CustomerStatus:
    if value not in CustomerStatus.__members__:
        raise ValueError(_("A customer is a prospect, active or former."))
    return CustomerStatus(value)


def _about(value: Any) -> str:
    return several_lines(value, MAX_ABOUT)


def _remark(value: Any) -> str | None:
    return several_lines(value, MAX_REMARK) or None


def _birthday(value: Any) -> date | None:
    born = day(value)
    if born is not None and not date(1850, 1, 1) <= born <= clock.now().date():
        raise ValueError(_("Nobody who lives was born on %(day)s.", day=born.isoformat()))
    return born


def day(value: Any) -> date | None:
    """A date as forms and files write it: 1984-03-09; raises ValueError with a sentence."""
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    typed = one_line(value, 40)
    try:
        return date.fromisoformat(typed[:10]) if typed else None
    except ValueError:
        raise ValueError(_("“%(typed)s” is not a date. Write it like 1984-03-09.", typed=typed)) from None


_CLEANERS: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "kind": _kind,
    "status": _status,
    "company_id": _id,
    "position": _optional(100),
    "role": _optional(100),
    "language": _language,
    "time_zone": _time_zone,
    "street": _optional(200),
    "postcode": _optional(20),
    "city": _optional(100),
    "country": _country,
    "region": _optional(100),
    "birthday": _birthday,
    **dict.fromkeys(("education", "family", "work", "interests", "personality", "business"), _remark),
    **dict.fromkeys(("nature", "industry", "scale", "bank_account"), _optional(100)),
    "about": _about,
    "owner_id": _id,
    "external_id": _optional(100),
}
NAMES = tuple(_CLEANERS)
