"""Change how calls to a number are received: what a settings page typed, checked and written down.

The page is the only caller; an event tells who changed what. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.calls import lines
from contact_center.calls.lines import CallLine, Does
from contact_center.config import LANGUAGES
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.queues.models import Queue
from contact_center.text.lines import one_line

FLAGS = ("takes_voicemail", "calls_back", "asks_rating")
KEYS = "123456789"
LONGEST = 500
LONGEST_WORDS = 60


def of(number: PhoneNumber) -> CallLine:
    """The settings of *number*; a row that is not stored yet where nobody has set any."""
    found = db.session.get(CallLine, number.id)
    return found or CallLine(
        number_id=number.id, languages=[], greetings={}, closed={}, choices=[], version=0,
        **dict.fromkeys(FLAGS, False),
    )  # fmt: skip


def read(form: Mapping[str, str], number: PhoneNumber) -> dict[str, Any]:
    """What a form says. Raises Invalid with everything that is wrong."""
    wrong: dict[str, str] = {}
    spoken = [code for code in LANGUAGES if code == number.language or form.get(f"speaks_{code}") == "1"]
    said = {
        what: {code: words for code in LANGUAGES if (words := _text(form, f"{what}_{code}", LONGEST, wrong))}
        for what in ("greetings", "closed")
    }
    choices = [one for key in KEYS if (one := _choice(form, key, spoken, wrong)) is not None]
    flags = {flag: form.get(flag) == "1" for flag in FLAGS}
    if any(one["does"] == Does.VOICEMAIL for one in choices) and not flags["takes_voicemail"]:
        wrong["takes_voicemail"] = _("A choice of the menu leads to voicemail: switch it on, or take the choice out.")
    Invalid.raise_for(wrong)
    others = [code for code in spoken if code != number.language]
    return {"languages": others, **said, "choices": choices, **flags}


def change(number: PhoneNumber, wanted: Mapping[str, Any], version: int, actor: Agent) -> bool:
    """Receive calls so from now on; returns whether anything changed. Raises Stale."""
    row = db.session.get(CallLine, number.id, with_for_update=True)
    if row is None:
        row = CallLine(number_id=number.id, version=1)
        db.session.add(row)
        db.session.flush()
        db.session.refresh(row)
        version = row.version
    changes = rows.change(row, wanted, version, _("Somebody else has changed this number in the meantime."))
    if changes:
        log.record(Name.CALL_LINE_CHANGED, None, actor, number=number.id, address=number.address, changes=changes)
        lines.forget()
    return bool(changes)


def _choice(form: Mapping[str, str], key: str, spoken: list[str], wrong: dict[str, str]) -> dict[str, Any] | None:
    does = form.get(f"does_{key}", "")
    if not does:
        return None
    if does not in list(Does):
        wrong[f"does_{key}"] = _("Choose what the key does.")
        return None
    words = {code: text for code in spoken if (text := _text(form, f"words_{key}_{code}", LONGEST_WORDS, wrong))}
    if len(words) < len(spoken):
        wrong.setdefault(f"does_{key}", _("Say in each language what this key is for."))
    queue_id = rows.number(form.get(f"queue_{key}", "")) if does == Does.QUEUE else None
    if queue_id is not None and db.session.get(Queue, queue_id) is None:
        wrong[f"does_{key}"] = _("Choose the queue that it feeds.")
    return {"key": key, "does": str(does), "words": words, "queue_id": queue_id}


def _text(form: Mapping[str, str], name: str, longest: int, wrong: dict[str, str]) -> str:
    try:
        return one_line(form.get(name, ""), longest)
    except ValueError as error:
        wrong[name] = str(error)
        return ""
