"""What the conditions of placement rules, and what was seen of them, are called, on whatever screen it stands.

The desk tells what became of a ticket, the settings show and compare rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale, pgettext
from flask_babel import gettext as _

from contact_center.queues import asking
from contact_center.routing import conditions
from contact_center.tickets.naming import channel_word, priority_word, request_word


def condition_name(name: str) -> str:
    return {
        "channels": _("Channel"), "places": _("Mailbox"), "kinds": _("Kind of request"), "languages": _("Language"),
        "products": _("Product"), "tiers": _("Tier"), "covers": _("Covered by"), "words": _("Words"),
        "hours": _("Hours"),
    }.get(name, name)  # fmt: skip


def cover_word(cover: str) -> str:
    return {
        "WARRANTY": pgettext("covered by", "Warranty"), "CONTRACT": pgettext("covered by", "Service contract"),
        "NONE": pgettext("covered by", "Nothing"),
    }.get(cover, cover)  # fmt: skip


def tongue_word(code: str | None) -> str:
    """A language's name in the reader's."""
    try:
        return str(Locale(code or "").get_language_name(get_locale()) or code)
    except (UnknownLocaleError, ValueError):
        return code or _("unknown")


def value_word(name: str, value: Any) -> str:
    """One value of a condition."""
    speak = _VALUES.get(name)
    return speak(value) if speak else str(value)


def seen_word(name: str, seen: Any) -> str:
    """What was seen of one condition."""
    if seen is None:
        return _("not found") if name in ("words", "products") else _("not known")
    if name == "hours":
        return _("open then") if seen else _("closed then")
    return value_word(name, seen)


def named_word(name: str, value: str) -> str:
    """A condition with a value of it."""
    return str(_("%(condition)s: %(value)s", condition=condition_name(name), value=value))


def asks_word(asks: Iterable[tuple[str, int]]) -> str:
    """Skills by name, with the least level of each."""
    return _(", ").join(asking.least(skill, level) for skill, level in asks)


def placed_word(told: Mapping[str, Any]) -> str:
    """What the rule saw, skills and priority, for the line on a ticket; empty for nothing."""
    seen: Mapping[str, Any] = told.get("because") or {}
    parts = [named_word(name, seen_word(name, seen[name])) for name in in_order(seen)]
    if told.get("asks"):
        parts.append(_("asks for %(skills)s", skills=asks_word(told["asks"])))
    if told.get("priority"):
        parts.append(priority_word(told["priority"]))
    for rule, queue in told.get("skipped") or ():
        parts.append(_("passed over “%(rule)s”: %(queue)s is deactivated", rule=rule, queue=queue))
    return " · ".join(parts)


def in_order(said: Mapping[str, Any]) -> Sequence[str]:
    """The conditions that are there, as they are told one after the other."""
    return [name for name in conditions.NAMES if name in said]


_VALUES: dict[str, Callable[[Any], str]] = {
    "channels": channel_word,
    "kinds": request_word,
    "languages": tongue_word,
    "covers": cover_word,
    "words": lambda word: f"“{word}”",
    "products": lambda word: f"“{word}”",
}
