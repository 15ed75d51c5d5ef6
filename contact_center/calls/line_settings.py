"""Change how calls to a number are received: what a settings page typed, checked and written down.

The page is the only caller; an event tells who changed what. The menu's choices are `choices`. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.calls import lines
from contact_center.calls.lines import CallLine, Does
from contact_center.calls.wording import Prompt
from contact_center.config import LANGUAGES
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.text.lines import one_line

FLAGS = ("takes_voicemail", "calls_back", "asks_rating", "helps_when_closed")
LONGEST = 500
_COLUMNS = {Prompt.GREETING: "greetings", Prompt.CLOSED: "closed"}  # the others are together in `prompts`


def of(number: PhoneNumber) -> CallLine:
    """The settings of *number*; a row that is not stored yet where nobody has set any."""
    found = db.session.get(CallLine, number.id)
    return found or CallLine(
        number_id=number.id, languages=[], greetings={}, closed={}, prompts={}, choices=[], version=0,
        **dict.fromkeys(FLAGS, False),
    )  # fmt: skip


def words(row: CallLine, prompt: Prompt) -> dict[str, str]:
    """What somebody has written for a prompt, by language."""
    column = _COLUMNS.get(prompt)
    return dict(getattr(row, column) if column else row.prompts.get(prompt, {}))


def read(form: Mapping[str, str], number: PhoneNumber) -> dict[str, Any]:
    """What a form says. Raises Invalid with everything that is wrong."""
    wrong: dict[str, str] = {}
    others = [code for code in LANGUAGES if code != number.language and form.get(f"speaks_{code}") == "1"]
    row = of(number)
    said = {prompt: _said(form, prompt, words(row, prompt), wrong) for prompt in Prompt}
    flags = {flag: form.get(flag) == "1" for flag in FLAGS}
    if not flags["takes_voicemail"] and any(one["does"] == Does.VOICEMAIL for one in row.choices):
        wrong["takes_voicemail"] = _("A choice of the menu leads to voicemail: switch it on, or take the choice out.")
    Invalid.raise_for(wrong)
    columns = {column: said.pop(prompt) for prompt, column in _COLUMNS.items()}
    prompts = {str(prompt): by_language for prompt, by_language in said.items() if by_language}
    return {"languages": others, **columns, "prompts": prompts, **flags}


def change(number: PhoneNumber, wanted: Mapping[str, Any], version: int, actor: Agent) -> bool:
    """Receive calls so from now on; returns whether anything changed. Raises Stale."""
    row, version = locked(number, version)
    changes = rows.change(row, wanted, version, _("Somebody else has changed this number in the meantime."))
    if changes:
        record(number, actor, changes=changes)
    return bool(changes)


def locked(number: PhoneNumber, version: int = 0) -> tuple[CallLine, int]:
    """The row, made where there was none, and the version that the person edited; 0 is what nobody had set yet."""
    row = db.session.get(CallLine, number.id, with_for_update=True, populate_existing=True)
    if row is not None:
        return row, version or 1
    row = CallLine(number_id=number.id, version=1)
    db.session.add(row)
    db.session.flush()
    db.session.refresh(row)
    return row, row.version


def record(number: PhoneNumber, actor: Agent, **what: Any) -> None:
    """Note who changed what; the next call is received by it."""
    log.record(Name.CALL_LINE_CHANGED, None, actor, number=number.id, address=number.address, **what)
    lines.forget()


def _said(form: Mapping[str, str], prompt: Prompt, old: Mapping[str, str], wrong: dict[str, str]) -> dict[str, str]:
    """What is said in each language; one that the form does not show stays as it was."""
    said = {}
    for code in LANGUAGES:
        name = f"{prompt}_{code}"
        try:
            said[code] = one_line(form.get(name, old.get(code, "")), LONGEST)
        except ValueError as error:
            wrong[name] = str(error)
    return {code: text for code, text in said.items() if text}
