"""The conditions of a placement rule: facts of what came in, a verdict with what was seen. Pure.

Kept as JSON; what is not there asks nothing: {"channels": […], "places": [mailbox ids], "kinds": […], "languages": […],
"products": […], "tiers": […], "covers": […], "words": […], "hours": {"calendar": id or null, "inside": true}}.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from contact_center.text import tokens

MAX_SAID = 20_000  # characters of a message that are looked through
BY_PLACE = ("email", "phone", "sms")  # come in by a mailbox or a number
COVERS = ("WARRANTY", "CONTRACT", "NONE")
Conditions = Mapping[str, Any]


class Said:
    """A text in which words are looked for, as searching does: Latin words by their stem, Chinese as it stands."""

    def __init__(self, text: str) -> None:
        self._text = text[:MAX_SAID]
        self._places: dict[str, set[int]] | None = None

    def names(self, phrase: str) -> bool:
        """Whether the words of *phrase* stand in it, one after the other."""
        wanted = list(tokens.words(phrase))
        if not wanted or not self._text:
            return False
        (first, start), rest = wanted[0], wanted[1:]
        if len(wanted) == 1 and len(first) == 1 and not first.isascii():  # one character of Chinese
            return any(first in token for token in self._found())
        places = self._found()
        return any(
            all(at + offset - start in places.get(token, ()) for token, offset in rest) for at in places.get(first, ())
        )

    def _found(self) -> dict[str, set[int]]:
        if self._places is None:
            self._places = {}
            for token, position in tokens.words(self._text):
                self._places.setdefault(token, set()).add(position)
        return self._places


_NOTHING = Said("")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of something in the moment it comes in. `open_hours`: calendar id (0: the default one) → open?"""

    channel: str
    place_id: int | None = None
    place: str = ""  # the mailbox or number, as people call it
    kind: str | None = None
    language: str | None = None
    said: Said = _NOTHING
    named: Said = _NOTHING  # products it is about: of the device that was found, of the order's lines
    tier: str = "D"  # who has none yet is served as D
    cover: str = "NONE"
    open_hours: Mapping[int, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One condition beside what was seen; `seen` is JSON, None where there was nothing to see."""

    condition: str
    wanted: Any
    seen: Any
    holds: bool


class Never(StrEnum):
    """Why a rule can never fit."""

    PLACE_OF_CHANNEL = "PLACE_OF_CHANNEL"  # a mailbox is asked for, and only channels that have none
    PLACE_GONE = "PLACE_GONE"  # all of the mailboxes are gone or deactivated
    KIND_OF_MAIL = "KIND_OF_MAIL"  # mails do not say of what kind they are
    NEVER_CLOSED = "NEVER_CLOSED"
    CALENDAR_GONE = "CALENDAR_GONE"


def look(conditions: Conditions, facts: Facts) -> list[Check]:
    """Every condition with what was seen, in the order of the form."""
    return [seen(conditions[name], facts) for name, seen in _LOOKS.items() if name in conditions]


def fits(conditions: Conditions, facts: Facts) -> dict[str, Any] | None:
    """What was seen by condition if all of them hold; None at the first that does not."""
    because: dict[str, Any] = {}
    for name, seen in _LOOKS.items():
        if name in conditions:
            check = seen(conditions[name], facts)
            if not check.holds:
                return None
            because[name] = check.seen
    return because


def never(conditions: Conditions, mailboxes: Collection[int], calendars: Mapping[int, bool]) -> Never | None:
    """Why nothing can ever fit, if so. *mailboxes*: the active ones; *calendars*: id → whether it never closes."""
    channels, places, hours = conditions.get("channels"), conditions.get("places"), conditions.get("hours")
    if places and channels and not set(channels) & set(BY_PLACE):
        return Never.PLACE_OF_CHANNEL
    if places and not set(places) & set(mailboxes):
        return Never.PLACE_GONE
    if conditions.get("kinds") and (channels == ["email"] or (places and not channels)):
        return Never.KIND_OF_MAIL
    if hours and hours["calendar"] and hours["calendar"] not in calendars:
        return Never.CALENDAR_GONE
    if hours and not hours["inside"] and calendars.get(hours["calendar"] or 0):
        return Never.NEVER_CLOSED
    return None


def shadows(general: Conditions, special: Conditions) -> bool:
    """Whether whatever fits *special* fits *general* as well: a rule with *special* below it is never reached."""
    asked = [name for name in _LOOKS if name in general]
    return all(name in special and _WIDER[name](general[name], special[name]) for name in asked)


def language_of(code: str | None) -> str | None:
    """The language without region or script: "zh" of "zh-Hant-TW"."""
    return code.replace("_", "-").partition("-")[0].lower() if code else None


def _one_of(name: str, fact: Callable[[Facts], Any]) -> Callable[[Any, Facts], Check]:
    return lambda wanted, facts: Check(name, wanted, fact(facts), fact(facts) in wanted)


def _place(wanted: Any, facts: Facts) -> Check:
    return Check("places", wanted, facts.place or facts.place_id, facts.place_id in wanted)


def _words(wanted: Any, facts: Facts) -> Check:
    found = next((word for word in wanted if facts.said.names(word)), None)
    return Check("words", wanted, found, found is not None)


def _products(wanted: Any, facts: Facts) -> Check:
    found = next((word for word in wanted if facts.named.names(word) or facts.said.names(word)), None)
    return Check("products", wanted, found, found is not None)


def _hours(wanted: Any, facts: Facts) -> Check:
    is_open = facts.open_hours.get(wanted["calendar"] or 0)
    return Check("hours", wanted, is_open, is_open is not None and is_open == wanted["inside"])


_LOOKS: dict[str, Callable[[Any, Facts], Check]] = {
    "channels": _one_of("channels", lambda facts: facts.channel),
    "places": _place,
    "kinds": _one_of("kinds", lambda facts: facts.kind),
    "languages": _one_of("languages", lambda facts: language_of(facts.language)),
    "products": _products,
    "tiers": _one_of("tiers", lambda facts: facts.tier),
    "covers": _one_of("covers", lambda facts: facts.cover),
    "words": _words,
    "hours": _hours,
}
NAMES = tuple(_LOOKS)


def _is_wider(general: Collection[Any], special: Collection[Any]) -> bool:
    return set(special) <= set(general)


def _has_all_words(general: Collection[str], special: Collection[str]) -> bool:
    return all(any(Said(word).names(wide) for wide in general) for word in special)


_WIDER: dict[str, Callable[[Any, Any], bool]] = dict.fromkeys(NAMES, _is_wider) | {
    "words": _has_all_words,
    "products": _has_all_words,
    "hours": lambda general, special: general == special,
}
