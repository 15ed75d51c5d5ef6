"""Placement rules in words: what each asks for and does, and how a stale save and the history tell it.

Filters of templates; what a condition is called is `routing.naming`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale, pgettext
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import rows
from contact_center.admin.comparing import Words
from contact_center.calendars.models import Calendar
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from contact_center.queues.models import Queue, Skill
from contact_center.routing import naming
from contact_center.tickets.naming import priority_word


@dataclass(frozen=True, slots=True)
class Names:
    """What mailboxes, calendars, queues and skills are called, by id."""

    mailboxes: Mapping[int, str]
    calendars: Mapping[int, str]
    queues: Mapping[int, str]
    skills: Mapping[int, str]


def names() -> Names:
    """All of them, in four statements."""
    mailboxes = {row.id: row.address for row in db.session.execute(select(Mailbox.id, Mailbox.address))}
    return Names(mailboxes, rows.called(Calendar), rows.called(Queue), rows.called(Skill))


def when_word(asked: Mapping[str, Any], known: Names) -> str:
    """All conditions of a rule in one line; empty where everything fits."""
    told = (naming.named_word(name, wanted_word(name, asked[name], known)) for name in naming.in_order(asked))
    return " · ".join(told)


def then_word(rule: Any, known: Names) -> str:
    """What a rule does, in one line."""
    parts = []
    if rule.queue_id:
        parts.append("→ " + known.queues.get(rule.queue_id, "?"))
    if rule.asks:
        parts.append(_("asks for %(skills)s", skills=asks_word(rule.asks, known)))
    if rule.priority:
        parts.append(priority_word(rule.priority))
    return " · ".join(parts)


def asks_word(asks: Mapping[str, int], known: Names) -> str:
    return naming.asks_word((known.skills.get(int(skill), "?"), level) for skill, level in asks.items())


def wanted_word(name: str, wanted: Any, known: Names) -> str:
    """What one condition asks for."""
    if name == "hours":
        calendar = known.calendars.get(wanted["calendar"] or 0) or _("the firm's calendar")
        inside, outside = _("inside %(calendar)s", calendar=calendar), _("outside %(calendar)s", calendar=calendar)
        return inside if wanted["inside"] else outside
    if name == "places":
        return _any([known.mailboxes.get(place, "?") for place in wanted])
    return _any([naming.value_word(name, value) for value in wanted])


def compared(known: Names) -> Words:
    """How a stale save shows what differs."""
    return {
        "name": (_("Name"), str),
        "is_active": (_("In use"), lambda value: _("yes") if value else _("no")),
        "conditions": (pgettext("condition", "When"), lambda said: when_word(said, known) or _("always")),
        "queue_id": (_("Queue"), lambda queue_id: known.queues.get(queue_id, "–")),
        "asks": (_("Skills"), lambda asks: asks_word(asks, known) or "–"),
        "priority": (_("Priority"), lambda priority: priority_word(priority) if priority else "–"),
    }


def story(data: Mapping[str, Any]) -> str:
    """What somebody did to a rule, to be read after their name."""
    what = {"added": _("added it"), "moved": _("moved it in the list")}.get(data.get("what", ""))
    fields = [speak[0] for name, speak in compared(Names({}, {}, {}, {})).items() if name in data.get("changes", {})]
    return what or _("changed: %(fields)s", fields=_any(fields))


def _any(words: Sequence[str]) -> str:
    return "/".join(words) if len(words) > 1 and get_locale().language == "zh" else " / ".join(words)


FILTERS: dict[str, Callable[..., Any]] = {
    "cover_word": naming.cover_word, "tongue_word": naming.tongue_word, "named_word": naming.named_word,
    "seen_word": naming.seen_word, "when_word": when_word, "then_word": then_word, "wanted_word": wanted_word,
    "placement_story": story,
}  # fmt: skip
