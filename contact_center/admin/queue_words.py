"""A queue's settings in words: what its page shows, what is said of a form while it is typed, and of a stale save."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from contact_center import rows
from contact_center.admin import comparing
from contact_center.agents.models import Team
from contact_center.calendars import settings as calendars
from contact_center.calendars.models import Calendar
from contact_center.errors import Invalid
from contact_center.queues import asking, overflow, serving, skills
from contact_center.queues.models import Queue, Skill, WrapUp
from contact_center.text import durations

EMPTY_LINES = 2  # under the steps that there are


@dataclass(frozen=True, slots=True)
class Said:
    """Sentences about what is typed, warnings, and what is wrong with it."""

    sentences: Sequence[str]
    warnings: Sequence[str] = ()
    wrong: str = ""


def shown(queue: Queue, others: Sequence[Queue]) -> dict[str, Any]:
    """What the page of a queue needs beside the row itself."""
    hours = calendars.listed()
    return {
        "skills": skills.listed(),
        "calendars": hours,
        "default_calendar": next((one for one in hours if one.is_default), None),
        "easing": [*queue.easing, *[{}] * EMPTY_LINES],
        "overflow": [*queue.overflow, *[{}] * EMPTY_LINES],
        "wrap_ups": wrap_ups(),
        "whens": whens(),
        "targets": targets(),
        "eases": [("1", _("one level less")), ("2", _("two levels less")), ("3", _("three levels less")),
                  ("4", _("four levels less")), (asking.ANYONE, _("anyone in the queue"))],
        "duration": durations.say,
        "said_skills": _skills(queue, queue.asks, queue.easing),
        "said_overflow": Said(_steps(queue.overflow)),
        "all_others": others,
    }  # fmt: skip


def typed_skills(queue: Queue, form: Mapping[str, str]) -> Said:
    """What the skills and steps of a form mean."""
    try:
        asks = asking.read(form, {skill.id for skill in skills.listed()})
        return _skills(queue, asks, asking.read_easing(form))
    except Invalid as error:
        return Said([], wrong=next(iter(error.fields.values())))


def typed_overflow(queue: Queue, form: Mapping[str, str]) -> Said:
    """What the overflow steps of a form mean."""
    try:
        return Said(_steps(overflow.read(form, queue)))
    except Invalid as error:
        return Said([], wrong=next(iter(error.fields.values())))


def wrap_ups() -> list[tuple[WrapUp, str, str]]:
    """The modes of wrapping up: value, word, what it means."""
    return [
        (WrapUp.NONE, _("None"), _("Whoever has answered is free at once.")),
        (WrapUp.OPTIONAL, _("If asked for"), _("The agent may take the time after a piece of work.")),
        (WrapUp.MANDATORY, _("Until finished"), _("Nothing new until the agent has said how it ended.")),
        (WrapUp.TIMEOUT, _("Until finished, at most so long"), _("The same, but it ends by itself.")),
        (WrapUp.FORCED, _("Always that long"), _("Nobody gets new work sooner, not even when they are done.")),
    ]


def whens() -> list[tuple[str, str]]:
    return [
        ("wait", _("Waited for")),
        ("expected_wait", _("Expected wait above")),
        ("idle_agents", _("Free agents fewer than")),
    ]


def targets() -> list[tuple[str, str]]:
    return [
        ("queue", _("On to another queue")),
        ("callback", _("Promise a callback within")),
        ("message", _("Tell the customer")),
    ]


def compared() -> comparing.Words:
    """How a stale save names and says each field."""
    team_names = rows.called(Team)
    calendar_names = rows.called(Calendar)
    modes = {value: word for value, word, _about in wrap_ups()}
    duration: Callable[[Any], str] = durations.say
    return {
        "name": (_("Name"), str),
        "team_id": (_("Team"), lambda value: team_names.get(value, str(_("No team")))),
        "calendar_id": (_("Hours"), lambda value: calendar_names.get(value, "–")),
        "head_start_minutes": (_("Head start"), str),
        "asks": (_("Skills asked for"), lambda value: asking.said(asking.asked(value), [], rows.called(Skill))),
        "easing": (_("Easing"), lambda value: "; ".join(_step(step) for step in value) or "–"),
        "prefer_seconds": (_("Kept for who knows the customer"), duration),
        "wrap_up": (_("Wrap-up"), lambda value: str(modes[value])),
        "wrap_up_seconds": (_("Wrap-up time"), duration),
        "target_percent": (_("Target"), lambda value: f"{value} %"),
        "target_seconds": (_("Answered within"), duration),
        "overflow": (_("Overflow"), lambda value: " ".join(_steps(value)) or "–"),
        "max_size": (_("Most that may wait"), lambda value: "–" if value is None else str(value)),
    }


def _skills(queue: Queue, asks: Mapping[str, Any], easing: Sequence[Mapping[str, Any]]) -> Said:
    sentence = asking.said(asking.asked(asks), easing, rows.called(Skill))
    return Said([sentence], serving.skill_warnings(queue, asks, easing))


def _steps(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    names = rows.called(Queue)
    return [overflow.said(step, names) for step in steps]


def _step(step: Mapping[str, Any]) -> str:
    left = _("anyone") if step.get("anyone") else f"−{step['lower']}"
    return f"{durations.say(step['after'])}: {left}"
