"""The choices of a number's menu: added, changed, put in another order, taken out. In their order they are spoken.

The settings page is the only caller; each verb is for one choice, so that two people do not undo each other's. Verbs
never commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.calls import line_settings
from contact_center.calls.lines import CallLine, Does
from contact_center.config import LANGUAGES
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.queues.models import Queue
from contact_center.text.lines import one_line

KEYS = "123456789"  # 0 is an agent, always
LONGEST = 60


def free_keys(row: CallLine) -> list[str]:
    """Keys that no choice has."""
    taken = {one["key"] for one in row.choices}
    return [key for key in KEYS if key not in taken]


def put(number: PhoneNumber, form: Mapping[str, str], actor: Agent) -> dict[str, Any]:
    """Add a choice, or change that of the key `was`; returns it. Raises Invalid, by field."""
    row, _version = line_settings.locked(number)
    was, listed = form.get("was", ""), [dict(one) for one in row.choices]
    old = next((one for one in listed if one["key"] == was), None)
    new = _read(form, row, number, {one["key"] for one in listed if one is not old})
    if old is None:
        listed.append(new)
    else:
        listed[listed.index(old)] = ({"kind": old["kind"]} if old.get("kind") else {}) | new
    _write(row, listed)
    line_settings.record(number, actor, choice=[old, new])
    return new


def move(number: PhoneNumber, key: str, actor: Agent, *, by: int = 0, to: int | None = None) -> None:
    """Speak a choice so many places later (earlier: negative), or as the one at place *to*, from 0."""
    row, _version = line_settings.locked(number)
    listed = [dict(one) for one in row.choices]
    here = next((place for place, one in enumerate(listed) if one["key"] == key), None)
    if here is None:
        return
    there = min(max(here + by if to is None else to, 0), len(listed) - 1)
    if here == there:
        return
    listed.insert(there, listed.pop(here))
    _write(row, listed)
    line_settings.record(number, actor, order=[one["key"] for one in listed])


def remove(number: PhoneNumber, key: str, actor: Agent) -> dict[str, Any] | None:
    """Take a choice out; returns it with its `place`, None if it is gone already."""
    row, _version = line_settings.locked(number)
    place = next((place for place, one in enumerate(row.choices) if one["key"] == key), None)
    if place is None:
        return None
    old = dict(row.choices[place])
    _write(row, [dict(one) for one in row.choices if one["key"] != key])
    line_settings.record(number, actor, choice=[old, None])
    return old | {"place": place}


def bring_back(number: PhoneNumber, choice: Mapping[str, str], actor: Agent) -> None:
    """Put a choice in again at its place. Raises Invalid where its key means something else by now."""
    put(number, {**choice, "was": ""}, actor)
    move(number, choice.get("key", ""), actor, to=rows.number(choice.get("place", "")) or 0)


def form_of(choice: Mapping[str, Any]) -> dict[str, str]:
    """A choice as a form would say it."""
    words = {f"words_{code}": words for code, words in choice.get("words", {}).items()}
    given = {"key": choice["key"], "does": str(choice["does"]), "queue_id": str(choice.get("queue_id") or "")}
    return words | given


def _write(row: CallLine, listed: list[dict[str, Any]]) -> None:
    row.choices = listed  # the version is the form's, which holds no choices: whoever types there is not disturbed
    db.session.flush()


def _read(form: Mapping[str, str], row: CallLine, number: PhoneNumber, taken: set[str]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    key, does = form.get("key", ""), form.get("does", "")
    if len(key) != 1 or key not in KEYS:
        wrong["key"] = _("Choose a key from 1 to 9.")
    elif key in taken:
        wrong["key"] = _("Another choice has this key.")
    if does not in list(Does):
        wrong["does"] = _("Choose what the key does.")
    elif does == Does.VOICEMAIL and not row.takes_voicemail:
        wrong["does"] = _("This number takes no messages: switch that on first, under “Waiting, closed, afterwards”.")
    words = _words(form, (number.language, *row.languages), wrong)
    queue_id = rows.number(form.get("queue_id", "")) if does == Does.QUEUE else None
    if queue_id is not None and db.session.get(Queue, queue_id) is None:
        wrong["queue_id"] = _("Choose the queue that it feeds.")
    Invalid.raise_for(wrong)
    return {"key": key, "does": str(does), "words": words, "queue_id": queue_id}


def _words(form: Mapping[str, str], spoken: tuple[str, ...], wrong: dict[str, str]) -> dict[str, str]:
    said = {}
    for code in LANGUAGES:
        name = f"words_{code}"
        try:
            said[code] = one_line(form.get(name, ""), LONGEST)
        except ValueError as error:
            wrong[name] = str(error)
            continue
        if not said[code] and code in spoken:
            wrong[name] = _("Say in this language what the key is for, as callers choose it.")
    return {code: text for code, text in said.items() if text}
