"""Reading a file of settings with care: every mistake is named by where it stands. Pure; `scenario` uses it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

DAY = 86400


class BadScenario(ValueError):
    """A scenario that cannot be played; the text says where and why."""


def parsed(text: str | bytes) -> Mapping[str, Any]:
    """A file's text: JSON if it begins like it, else TOML. Raises BadScenario."""
    try:
        text = text if isinstance(text, str) else text.decode("utf-8-sig")
        found = json.loads(text) if text.lstrip("\ufeff \t\r\n").startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadScenario(f"this is neither TOML nor JSON: {error}") from None
    return dict(found)


class Table:
    """A table of the file. Whoever has read all they know calls `done`: what is left was misspelt."""

    def __init__(self, found: Any, where: str = "") -> None:
        if not isinstance(found, Mapping):
            raise BadScenario(f"{where}: a table is expected")
        self._left = dict(found)
        self.where = where

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def done(self) -> None:
        if self._left:
            raise BadScenario(f"{self._at(next(iter(self._left)))}: nothing is called so here")

    def number(self, name: str, default: float, least: float = 0, most: float = 1e9) -> float:
        return self._number(name, self._left.pop(name, default), least, most)

    def numbers(self, name: str, least: float = 0, most: float = 1e9) -> list[float]:
        """One number, or a list of them."""
        value = self._taken(name)
        every = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        if not every:
            self.wrong(name, "a number is expected, or a list of them")
        return [self._number(name, one, least, most) for one in every]

    def units(self, name: str) -> int | None:
        """Of an agent's capacity; None for "whole"."""
        value = self._taken(name)
        return None if value == "whole" else int(self._number(name, value, 0, 100))

    def text(self, name: str, default: str | None = None, among: Sequence[str] = ()) -> str:
        value = self._taken(name) if default is None else self._left.pop(name, default)
        if not isinstance(value, str) or (among and value not in among):
            self.wrong(name, f"one of {', '.join(among)} is expected" if among else "a text is expected")
        return str(value)

    def flag(self, name: str) -> bool:
        value = self._left.pop(name, False)
        if not isinstance(value, bool):
            self.wrong(name, "true or false is expected")
        return bool(value)

    def table(self, name: str) -> Table:
        """An inner table; one that is not there is empty."""
        return Table(self._left.pop(name, {}), self._at(name))

    def tables(self, name: str) -> list[Table]:
        """A list of tables."""
        found = self._left.pop(name, [])
        if not isinstance(found, Sequence) or isinstance(found, str):
            self.wrong(name, "a list of tables is expected")
        return [Table(one, f"{self._at(name)}[{n}]") for n, one in enumerate(found)]

    def forget(self, *names: str) -> None:
        """Leave these out, whatever they say."""
        for name in names:
            self._left.pop(name, None)

    def words(self, name: str) -> list[str]:
        """A list of names; one that is not there is empty."""
        found = self._left.pop(name, [])
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            self.wrong(name, "a list of names is expected")
        return list(found)

    def names(self) -> list[str]:
        return list(self._left)

    def levels(self, name: str, most: int) -> dict[str, int]:
        """Name → whole number from 1; a list of names gives each the middle one."""
        if isinstance(self._left.get(name), list):
            return dict.fromkeys(self.words(name), 3)
        inner = self.table(name)
        return {key: int(inner.number(key, 0, 1, most)) for key in inner.names()}

    def clock(self, name: str, default: float) -> float:
        """A time of day as seconds: "08:30"."""
        value = self._left.pop(name, None)
        if value is None:
            return default
        hours, colon, minutes = str(value).partition(":")
        if not (colon and hours.isdecimal() and minutes.isdecimal() and int(hours) <= 24 and int(minutes) < 60):
            self.wrong(name, 'a time like "08:30" is expected')
        return min(int(hours) * 3600 + int(minutes) * 60, DAY)

    def wrong(self, name: str, sentence: str) -> None:
        """Raises BadScenario."""
        raise BadScenario(f"{self._at(name)}: {sentence}")

    def _taken(self, name: str) -> Any:
        if name not in self._left:
            self.wrong(name, "is missing")
        return self._left.pop(name)

    def _number(self, name: str, value: Any, least: float, most: float) -> float:
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not least <= value <= most:
            self.wrong(name, f"a number from {least:g} to {most:g} is expected")
        return float(value)

    def _at(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name
