"""What a queue does when it is too much: its overflow steps, read from a form, checked, and said in words.

A step has a condition ("when" with "at") and something that is done ("to"); steps are taken in their order, each once
for an interaction. Routing takes them (`routing.crowding`); settings' doors call this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from contact_center import rows
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.queues.asking import numbered
from contact_center.queues.models import Queue
from contact_center.text import amounts, durations, lines

WHENS = ("wait", "expected_wait", "idle_agents")
TARGETS = ("queue", "callback", "message")
LONGEST = 7 * 86400
MOST_STEPS = 10
_DAYS_30 = 30 * 1440  # minutes


def read(form: Mapping[str, str], queue: Queue | None) -> list[dict[str, Any]]:
    """`over_when_N`, `over_at_N`, `over_to_N` … of a form as steps. Raises Invalid with everything that is wrong."""
    steps: list[dict[str, Any]] = []
    wrong: dict[str, str] = {}
    for n in numbered(form, "over_when"):
        row = {
            name: form.get(f"over_{name}_{n}", "")
            for name in ("when", "at", "to", "queue", "within", "text", "text_zh")
        }
        if not row["when"]:
            continue
        step, problems = _step(row, queue)
        if not problems and (sentence := _contradicts(step, steps)):
            problems = {"at": sentence}
        steps.append(step)
        wrong |= {f"over_{name}_{n}": sentence for name, sentence in problems.items()}
    if len(steps) > MOST_STEPS:
        wrong["over_when_0"] = _("Not more than %(number)s steps.", number=MOST_STEPS)
    Invalid.raise_for(wrong)
    return steps


def said(step: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """One step in a sentence."""
    return _("%(when)s: %(what)s.", when=_when(step), what=_what(step, names))


def circle(queue_id: int, steps: Sequence[Mapping[str, Any]]) -> list[int]:
    """The way from a queue with these steps back to itself, as queue ids; empty if there is none."""
    leads = {row.id: _targets(row.overflow) for row in db.session.execute(select(Queue.id, Queue.overflow))}
    leads[queue_id] = _targets(steps)
    return _way(queue_id, queue_id, leads, set())


def _targets(steps: Sequence[Mapping[str, Any]]) -> list[int]:
    return [int(step["queue_id"]) for step in steps if step.get("to") == "queue"]


def _way(here: int, home: int, leads: Mapping[int, list[int]], seen: set[int]) -> list[int]:
    for there in leads.get(here, []):
        if there == home:
            return [here, home]
        if there not in seen:
            seen.add(there)
            if rest := _way(there, home, leads, seen):
                return [here, *rest]
    return []


def _step(row: Mapping[str, str], queue: Queue | None) -> tuple[dict[str, Any], dict[str, str]]:
    problems: dict[str, str] = {}
    step: dict[str, Any] = {"when": row["when"], "to": row["to"]}
    if row["when"] not in WHENS:
        problems["when"] = _("Choose when.")
    try:
        step["at"] = (
            amounts.whole(row["at"], 1, 999) if row["when"] == "idle_agents" else durations.read(row["at"], 1, LONGEST)
        )
    except ValueError as error:
        problems["at"] = str(error)
    reader = {"queue": _to_queue, "callback": _to_callback, "message": _to_message}.get(row["to"])
    if reader is None:
        problems["to"] = _("Choose what is done then.")
        return step, problems
    more, wrong = reader(row, queue)
    return step | more, problems | wrong


def _to_queue(row: Mapping[str, str], queue: Queue | None) -> tuple[dict[str, Any], dict[str, str]]:
    there = db.session.get(Queue, rows.number(row["queue"]) or 0)
    if there is None or not there.is_active:
        return {}, {"queue": _("Choose an active queue.")}
    if queue is not None and there.id == queue.id:
        return {}, {"queue": _("A queue cannot overflow into itself.")}
    step = {"to": "queue", "queue_id": there.id}
    if queue is not None and (way := circle(queue.id, [step])):
        names = {one.id: one.name for one in db.session.scalars(select(Queue).where(Queue.id.in_(way)))}
        return {}, {"queue": _("That is a circle: %(way)s.", way=" → ".join(names[one] for one in way))}
    return {"queue_id": there.id}, {}


def _to_callback(row: Mapping[str, str], _queue: Queue | None) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        return {"within": durations.read(row["within"], 60, _DAYS_30 * 60) // 60}, {}
    except ValueError as error:
        return {}, {"within": str(error)}


def _to_message(row: Mapping[str, str], _queue: Queue | None) -> tuple[dict[str, Any], dict[str, str]]:
    texts, problems = {}, {}
    for name in ("text", "text_zh"):
        try:
            texts[name] = lines.several_lines(row[name], 1000)
        except ValueError as error:
            problems[name] = str(error)
    if not problems and not texts["text"] and not texts["text_zh"]:
        problems["text"] = _("Write what the customer is told.")
    return texts, problems


def _contradicts(step: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> str:
    """A step that waits no longer than an earlier one of its kind would never be the one that is meant."""
    same = [earlier for earlier in before if earlier.get("when") == step["when"] and "at" in earlier]
    if step["when"] == "idle_agents" or not same or step["at"] > same[-1]["at"]:
        return ""
    return str(
        _("Steps are taken in order: this one has to come later than %(time)s.", time=durations.say(same[-1]["at"]))
    )


def _when(step: Mapping[str, Any]) -> str:
    at = int(step["at"])
    if step["when"] == "idle_agents":
        return ngettext("When no agent is free", "When fewer than %(num)d agents are free", at)
    if step["when"] == "wait":
        return _("After waiting for %(time)s", time=durations.say(at))
    return _("When the expected wait is longer than %(time)s", time=durations.say(at))


def _what(step: Mapping[str, Any], names: Mapping[int, str]) -> str:
    if step["to"] == "queue":
        return _("on to “%(queue)s”", queue=names.get(int(step["queue_id"]), "–"))
    if step["to"] == "callback":
        return _("promise a callback within %(time)s", time=durations.say(int(step["within"]) * 60))
    return _("tell the customer “%(text)s”", text=step["text"] or step["text_zh"])
