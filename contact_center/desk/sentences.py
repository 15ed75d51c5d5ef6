"""What the lines of a conversation are made of: names in bold, fields and their values in words.

`telling` and `telling_routing` call this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from contact_center import pages
from contact_center.config import LANGUAGES
from contact_center.desk import words
from contact_center.text.addresses import email_display
from contact_center.tickets.conversation import EventEntry


def field_word(name: str) -> str:
    """A ticket's field as the screen calls it."""
    return {
        "subject": _("Subject"),
        "priority": _("Priority"),
        "kind": _("Kind"),
        "tags": _("Tags"),
        "order_number": _("Order number"),
        "language": _("Language"),
        "title": _("What"),
        "owner": _("Owner"),
        "due_at": _("Due"),
        "words": _("What"),
    }.get(name, name)


def value_word(name: str, value: Any) -> str:
    """A field's value as the screen says it; a dash for nothing."""
    if value in (None, "", []):
        return "–"
    if name == "due_at":
        return str(current_app.jinja_env.filters["when"](datetime.fromisoformat(value)))
    if name == "tags":
        return pages.listed(value)
    speak = _VALUES.get(name)
    return speak(value) if speak else str(value)


_VALUES: dict[str, Callable[[str], str]] = {
    "priority": words.priority_short,
    "kind": words.request_word,
    "state": words.state_word,
    "language": lambda code: LANGUAGES.get(code, code),
}


def say(sentence: str, **names: Any) -> Markup:
    """Put *names* into a translated sentence, in bold."""
    return Markup(sentence) % {name: Markup("<b>%s</b>") % value for name, value in names.items()}  # noqa: S704 (ours)


def who(entry: EventEntry) -> str:
    return entry.agent or _("The system")


def differences(entry: EventEntry) -> Iterator[Markup]:
    for name, (old, new) in entry.changes.items():
        if name == "tags":
            yield _tags(old or [], new or [])
        elif old in (None, "") or name == "priority":
            yield Markup("%s <b>%s</b>") % (field_word(name), value_word(name, new))
        else:
            yield Markup("%s %s → <b>%s</b>") % (field_word(name), value_word(name, old), value_word(name, new))


def _tags(old: list[str], new: list[str]) -> Markup:
    added = [Markup("+ <b>%s</b>") % tag for tag in new if tag not in old]
    taken = [Markup("− <b>%s</b>") % tag for tag in old if tag not in new]
    return Markup(" ").join([Markup.escape(_("Tags")), *added, *taken])


def written_to(entry: EventEntry) -> Markup:
    told = entry.data.get("told")
    return Markup(" · ") + say(_("told %(address)s by e-mail"), address=email_display(told)) if told else Markup("")
