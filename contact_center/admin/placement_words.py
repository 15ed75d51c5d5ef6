"""What the conditions of placement rules, and what was seen of them, are called; filters of templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError
from flask import current_app
from flask_babel import get_locale, pgettext
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center.admin.comparing import Words
from contact_center.calendars.models import Calendar
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from contact_center.queues.models import Queue, Skill
from contact_center.routing import conditions


@dataclass(frozen=True, slots=True)
class Names:
    """What mailboxes, calendars, queues and skills are called, by id."""

    mailboxes: Mapping[int, str]
    calendars: Mapping[int, str]
    queues: Mapping[int, str]
    skills: Mapping[int, str]


def names() -> Names:
    """All of them, in four statements."""
    pairs = (Mailbox.address, Calendar.name, Queue.name, Skill.name)
    found = ({row[0]: row[1] for row in db.session.execute(select(each.class_.id, each))} for each in pairs)
    return Names(*found)


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


def when_word(asked: Mapping[str, Any], known: Names) -> str:
    """All conditions of a rule in one line; empty where everything fits."""
    return " · ".join(named_word(name, wanted_word(name, asked[name], known)) for name in _in_order(asked))


def then_word(rule: Any, known: Names) -> str:
    """What a rule does, in one line."""
    parts = []
    if rule.queue_id:
        parts.append("→ " + known.queues.get(rule.queue_id, "?"))
    if rule.asks:
        parts.append(_("asks for %(skills)s", skills=asks_word(rule.asks, known)))
    if rule.priority:
        parts.append(_say("priority_word", rule.priority))
    return " · ".join(parts)


def asks_word(asks: Mapping[str, int], known: Names) -> str:
    return ", ".join(f"{known.skills.get(int(skill), '?')} ≥ {level}" for skill, level in asks.items())


def wanted_word(name: str, wanted: Any, known: Names) -> str:
    """What one condition asks for."""
    if name == "hours":
        calendar = known.calendars.get(wanted["calendar"] or 0) or _("the firm's calendar")
        inside, outside = _("inside %(calendar)s", calendar=calendar), _("outside %(calendar)s", calendar=calendar)
        return inside if wanted["inside"] else outside
    if name == "places":
        return _any([known.mailboxes.get(place, "?") for place in wanted])
    return _any([_value(name, value) for value in wanted])


def seen_word(name: str, seen: Any) -> str:
    """What was seen of one condition."""
    if seen is None:
        return _("not found") if name in ("words", "products") else _("not known")
    if name == "hours":
        return _("open then") if seen else _("closed then")
    return _value(name, seen)


def placed_word(told: Mapping[str, Any]) -> str:
    """What the rule saw, skills and priority, for the line on a ticket; empty for nothing."""
    seen: Mapping[str, Any] = told.get("because") or {}
    parts = [named_word(name, seen_word(name, seen[name])) for name in _in_order(seen)]
    if told.get("asks"):
        skills = ", ".join(f"{skill} ≥ {level}" for skill, level in told["asks"])
        parts.append(_("asks for %(skills)s", skills=skills))
    if told.get("priority"):
        parts.append(_say("priority_word", told["priority"]))
    for rule, queue in told.get("skipped") or ():
        parts.append(_("passed over “%(rule)s”: %(queue)s is deactivated", rule=rule, queue=queue))
    return " · ".join(parts)


def compared(known: Names) -> Words:
    """How a stale save shows what differs."""
    return {
        "name": (_("Name"), str),
        "is_active": (_("In use"), lambda value: _("yes") if value else _("no")),
        "conditions": (pgettext("condition", "When"), lambda said: when_word(said, known) or _("always")),
        "queue_id": (_("Queue"), lambda queue_id: known.queues.get(queue_id, "–")),
        "asks": (_("Skills"), lambda asks: asks_word(asks, known) or "–"),
        "priority": (_("Priority"), lambda priority: _say("priority_word", priority) if priority else "–"),
    }


def story(data: Mapping[str, Any]) -> str:
    """What somebody did to a rule, to be read after their name."""
    what = {"added": _("added it"), "moved": _("moved it in the list")}.get(data.get("what", ""))
    fields = [speak[0] for name, speak in compared(Names({}, {}, {}, {})).items() if name in data.get("changes", {})]
    return what or _("changed: %(fields)s", fields=_any(fields))


def named_word(name: str, value: str) -> str:
    """A condition with a value of it."""
    return str(_("%(condition)s: %(value)s", condition=condition_name(name), value=value))


def _in_order(said: Mapping[str, Any]) -> Sequence[str]:
    return [name for name in conditions.NAMES if name in said]


def _any(words: Sequence[str]) -> str:
    return "/".join(words) if len(words) > 1 and get_locale().language == "zh" else " / ".join(words)


def _value(name: str, value: Any) -> str:
    speak = _VALUES.get(name)
    return speak(value) if speak else str(value)


def _say(word: str, value: Any) -> str:
    """What the desk calls it."""
    return str(current_app.jinja_env.filters[word](value))


_VALUES: dict[str, Callable[[Any], str]] = {
    "channels": lambda channel: _say("channel_word", channel),
    "kinds": lambda kind: _say("request_word", kind),
    "languages": tongue_word,
    "covers": cover_word,
    "words": lambda word: f"“{word}”",
    "products": lambda word: f"“{word}”",
}
FILTERS: dict[str, Callable[..., Any]] = {
    "condition_name": condition_name, "cover_word": cover_word, "tongue_word": tongue_word, "when_word": when_word,
    "then_word": then_word, "wanted_word": wanted_word, "seen_word": seen_word, "named_word": named_word,
    "placed_word": placed_word, "placement_story": story,
}  # fmt: skip
