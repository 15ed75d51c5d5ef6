"""How a queue is served, read out of a form and checked: hours, head start, skills, wrap-up, target, overflow, size.

The settings' door reads with `read`, `settings.change` stores what comes out. `warnings` are contradictions that may
be meant: they are shown, never refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.calendars import typed as calendars
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.queues import asking, overflow, skills
from contact_center.queues.models import AgentSkill, Queue, QueueMember, Skill, WrapUp
from contact_center.text import amounts, durations

WEEK = 7 * 86400


def read(form: Mapping[str, str], queue: Queue) -> dict[str, Any]:
    """What a form says of how *queue* is served, by column. Raises Invalid with everything that is wrong."""
    readers: dict[str, Callable[[], Any]] = {
        "calendar_id": lambda: calendars.chosen(form.get("calendar_id", "")),
        "head_start_minutes": lambda: amounts.whole(form.get("head_start_minutes", ""), -1440, 1440),
        "asks": lambda: asking.read(form, {skill.id for skill in skills.listed()}),
        "easing": lambda: asking.read_easing(form),
        "prefer_seconds": lambda: durations.read(form.get("prefer_seconds", ""), 0, 3600),
        "wrap_up": lambda: _wrap_up(form.get("wrap_up", "")),
        "wrap_up_seconds": lambda: durations.read(form.get("wrap_up_seconds", ""), 5, 3600),
        "target_percent": lambda: amounts.whole(form.get("target_percent", "").strip().rstrip("%"), 1, 100),
        "target_seconds": lambda: durations.read(form.get("target_seconds", ""), 1, WEEK),
        "overflow": lambda: overflow.read(form, queue),
        "max_size": lambda: _max_size(form.get("max_size", "")),
    }
    fields: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, reader in readers.items():
        try:
            fields[name] = reader()
        except Invalid as error:
            wrong |= error.fields
        except ValueError as error:
            wrong[name] = str(error)
    Invalid.raise_for(wrong)
    return fields


def warnings(queue: Queue) -> list[str]:
    """What in a queue's settings contradicts itself or the people there are, in sentences."""
    without_people = (
        [] if _members(queue.id) else [_("Nobody serves this queue: what arrives waits until somebody does.")]
    )
    unskilled = skill_warnings(queue, queue.asks, queue.easing)
    return [*without_people, *unskilled, *_full(queue), *_leading_nowhere(queue)]


def skill_warnings(queue: Queue, asks: Mapping[str, Any], easing: Sequence[Mapping[str, Any]]) -> list[str]:
    """The same of skills and steps, which may be ones that are only typed so far."""
    if not asks:
        alone = _("The queue asks for no skills: the easing steps count only for what placement rules ask for.")
        return [alone] if easing else []
    names = rows.called(Skill)
    found = []
    for skill_id, level in asking.asked(asks):
        best = _best(queue.id, skill_id)
        if best < level:
            found.append(_nobody(names.get(skill_id, "–"), level, best, eases=bool(easing)))
    return found


def _wrap_up(typed: str) -> WrapUp:
    if typed not in list(WrapUp):
        raise ValueError(_("Choose one of them."))
    return WrapUp(typed)


def _max_size(typed: str) -> int | None:
    return amounts.whole(typed, 1, 100_000) if typed.strip() else None


def _members(queue_id: int) -> int:
    asked = select(func.count()).select_from(QueueMember).join(Agent, Agent.id == QueueMember.agent_id)
    return db.session.scalar(asked.where(QueueMember.queue_id == queue_id, Agent.active)) or 0


def _best(queue_id: int, skill_id: int) -> int:
    """The level of the member who has the skill best; 0 if none has it."""
    asked = (
        select(func.max(AgentSkill.level))
        .join(QueueMember, QueueMember.agent_id == AgentSkill.agent_id)
        .join(Agent, Agent.id == AgentSkill.agent_id)
        .where(QueueMember.queue_id == queue_id, Agent.active, AgentSkill.skill_id == skill_id)
    )
    return db.session.scalar(asked) or 0


def _nobody(skill: str, level: int, best: int, *, eases: bool) -> str:
    has = (
        _("No member has %(skill)s (the best: %(best)d).", skill=asking.least(skill, level), best=best)
        if best
        else _("No member has %(skill)s.", skill=skill)
    )
    then = _("The work waits for the steps below.") if eases else _("Without easing steps the work waits for ever.")
    return _("%(some)s %(more)s", some=has, more=then)


def _full(queue: Queue) -> list[str]:
    if queue.max_size is None or queue.overflow:
        return []
    sentence = ngettext(
        "More than %(num)d may wait all the same: without an overflow step nothing is done then, and nothing refused.",
        "More than %(num)d may wait all the same: without an overflow step nothing is done then, and nothing refused.",
        queue.max_size,
    )
    return [sentence]


def _leading_nowhere(queue: Queue) -> list[str]:
    found = []
    for step in queue.overflow:
        there = db.session.get(Queue, int(step["queue_id"])) if step.get("to") == "queue" else None
        if there is not None and not there.is_active:
            found.append(_("It overflows into “%(queue)s”, which is deactivated.", queue=there.name))
        elif there is not None and not _members(there.id):
            found.append(_("It overflows into “%(queue)s”, which nobody serves.", queue=there.name))
    return found
