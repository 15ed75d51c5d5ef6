"""The types of fields: how each reads a cell of a file, a value of the API's JSON, and how it describes itself.

Called by `fields`. One type, three faces: that is why a file, the API and its description cannot drift apart.
Raises ValueError, whose text is a sentence that can be kept for later readers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol

from contact_center.importing import cells
from contact_center.importing.cells import Reading, shown
from contact_center.putting.reading import currencies
from contact_center.text.sayings import gettext

Schema = dict[str, Any]
_LARGEST = 10**14
_PLAIN = re.compile(r"-?[0-9]{1,14}(?:\.[0-9]{1,20})?")
_USUAL = re.compile(r"\d{1,12}(?:\.\d{1,2})?")  # within the bounds of every number: most cells by far
_CURRENCY_WORDS = {
    "€": "EUR",
    "EURO": "EUR",
    "£": "GBP",
    "US$": "USD",
    "元": "CNY",
    "RMB": "CNY",
    "人民币": "CNY",
    "￥": "CNY",
}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Type(Protocol):
    """How values of a field are written."""

    def cell(self, text: str, reading: Reading) -> Any:
        """The value of a cell that is not empty."""

    def plain(self, value: Any) -> Any:
        """The value of something out of JSON that is not null."""

    def schema(self) -> Schema:
        """Its JSON Schema."""


@dataclass(frozen=True)
class Text:
    """Words; of several lines or of one."""

    longest: int = 200
    several_lines: bool = False

    def cell(self, text: str, _reading: Reading) -> str:
        return self._bounded(text)

    def plain(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(gettext("This must be a text."))
        return self._bounded(value)

    def schema(self) -> Schema:
        return {"type": "string", "maxLength": self.longest}

    def _bounded(self, text: str) -> str:
        if not text.isprintable():
            text = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
            text = text.strip() if self.several_lines else " ".join(text.split())
        if len(text) > self.longest:
            raise ValueError(gettext("That is too long: %(longest)d characters at most.", longest=self.longest))
        return text


@dataclass(frozen=True)
class Number:
    """An exact number with so many decimals, between two bounds."""

    places: int = 2
    least: int | None = 0
    most: int = _LARGEST

    def cell(self, text: str, reading: Reading) -> Decimal:
        if reading.decimal == "." and self.places >= 2 and _USUAL.fullmatch(text):
            return Decimal(text)
        return self._checked(cells.number(text, reading), text)

    def plain(self, value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
            raise ValueError(gettext('This must be a number, or a text that holds one, such as "12.50".'))
        text = str(value)
        if isinstance(value, str) and not _PLAIN.fullmatch(text):
            raise ValueError(gettext("“%(text)s” is not a number.", text=shown(text)))
        return self._checked(Decimal(value), text)

    def schema(self) -> Schema:
        pattern = rf"^{'' if self.least is not None else '-?'}[0-9]{{1,14}}(\.[0-9]{{1,{self.places}}})?$"
        bound = {"minimum": self.least} if self.least is not None else {}
        return {"anyOf": [{"type": "string", "pattern": pattern}, {"type": "number", **bound}]}

    def _checked(self, value: Decimal, text: str) -> Decimal:
        if not value.is_finite() or abs(value) >= self.most:
            raise ValueError(gettext("“%(text)s” is too large.", text=shown(text)))
        if self.least is not None and value < self.least:
            raise ValueError(_too_small(self.least, text))
        if int(value.as_tuple().exponent) < -self.places and value != round(value, self.places):
            raise ValueError(
                gettext("“%(text)s” has more than %(places)d decimals.", text=shown(text), places=self.places)
            )
        return value


def _too_small(least: int, text: str) -> str:
    if least == 0:
        return gettext("“%(text)s” is negative; that cannot be.", text=shown(text))
    return gettext("“%(text)s” is less than %(least)d.", text=shown(text), least=least)


@dataclass(frozen=True)
class Whole:
    """A whole number between two bounds."""

    least: int = 0
    most: int = 1_000_000

    def cell(self, text: str, reading: Reading) -> int:
        return self._checked(cells.number(text, reading), text)

    def plain(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise ValueError(gettext("This must be a whole number."))
        return self._checked(Decimal(value), str(value))

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def _checked(self, value: Decimal, text: str) -> int:
        if value != value.to_integral_value():
            raise ValueError(gettext("“%(text)s” is not a whole number.", text=shown(text)))
        if not self.least <= value <= self.most:
            raise ValueError(
                gettext(
                    "“%(text)s” is not between %(least)d and %(most)d.",
                    text=shown(text),
                    least=self.least,
                    most=self.most,
                )
            )
        return int(value)


@dataclass(frozen=True)
class Day:
    """A date."""

    def cell(self, text: str, reading: Reading) -> date:
        return cells.day(text, reading)

    def plain(self, value: Any) -> date:
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise ValueError(gettext('This must be a date such as "2026-01-31".')) from None

    def schema(self) -> Schema:
        return {"type": "string", "format": "date"}


@dataclass(frozen=True)
class Instant:
    """A date with a time; a file may leave the time out, the API must name the zone."""

    def cell(self, text: str, reading: Reading) -> datetime:
        return cells.instant(text, reading)

    def plain(self, value: Any) -> datetime:
        try:
            found = datetime.fromisoformat(value)
            if found.tzinfo is None or not 1800 <= found.year <= 2200:
                raise ValueError
            return found.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(gettext('This must be an instant such as "2026-01-31T09:30:00Z".')) from None

    def schema(self) -> Schema:
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True)
class YesNo:
    def cell(self, text: str, _reading: Reading) -> bool:
        return cells.yes_no(text)

    def plain(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError(gettext("This must be true or false."))
        return value

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Choice:
    """One of our own words; `also` are others' words for them, in small letters."""

    words: tuple[str, ...]
    also: Mapping[str, str]

    def cell(self, text: str, _reading: Reading) -> str:
        word = text.strip()
        if word.upper() in self.words:
            return word.upper()
        found = self.also.get(" ".join(word.casefold().replace("_", " ").split()))
        if found is None:
            raise ValueError(self._none_of(word))
        return found

    def plain(self, value: Any) -> str:
        if value not in self.words:
            raise ValueError(self._none_of(str(value)))
        return str(value)

    def schema(self) -> Schema:
        return {"type": "string", "enum": list(self.words)}

    def _none_of(self, word: str) -> str:
        return gettext("“%(word)s” is none of %(words)s.", word=shown(word), words=", ".join(self.words))

    def __hash__(self) -> int:
        return hash(self.words)


@dataclass(frozen=True)
class Currency:
    """An ISO 4217 code; a file may use a sign that means one currency only."""

    def cell(self, text: str, _reading: Reading) -> str:
        word = text.strip().upper()
        return self.plain(_CURRENCY_WORDS.get(word, word))

    def plain(self, value: Any) -> str:
        if not isinstance(value, str) or value not in currencies():
            raise ValueError(gettext("A currency is written in three letters, such as EUR or CNY."))
        return value

    def schema(self) -> Schema:
        return {"type": "string", "pattern": "^[A-Z]{3}$"}


@dataclass(frozen=True)
class Texts:
    """Several short texts; in a file they stand in one cell between commas or semicolons."""

    longest: int = 200
    most: int = 200

    def cell(self, text: str, _reading: Reading) -> list[str]:
        return self._bounded([part.strip() for part in re.split(r"[;,，；、\n]", text) if part.strip()])

    def plain(self, value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise ValueError(gettext("This must be a list of texts."))
        return self._bounded(value)

    def schema(self) -> Schema:
        return {"type": "array", "maxItems": self.most, "items": {"type": "string", "maxLength": self.longest}}

    def _bounded(self, parts: list[str]) -> list[str]:
        if len(parts) > self.most:
            raise ValueError(gettext("That is too long: %(longest)d parts at most.", longest=self.most))
        return [Text(self.longest).plain(part) for part in parts]
