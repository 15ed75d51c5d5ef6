"""What we do after a low answer: open a recovery with a task and a term, take it, close it, ask the customer once more.

Surveys call `follow_up`, supervisors' pages the rest, the clock `warn_late`. Verbs never commit.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from contact_center import clock
from contact_center.agents.models import Agent, Role, RoleName, TeamMember, roles_of_agents
from contact_center.calendars import settings as calendars
from contact_center.calendars.arithmetic import ROUND_THE_CLOCK, NeverOpen
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.satisfaction import again, scales, settings
from contact_center.satisfaction.models import (
    Blame,
    Outcome,
    Recovery,
    RecoveryNotice,
    RecoveryState,
    Survey,
    SurveySettings,
)  # fmt: skip
from contact_center.tickets import complaints, scope, tasks
from contact_center.tickets.models import Task, TaskState

AT_ONCE = ("A",)  # tiers whose supervisors hear of it at once
MAX_NOTE = 2000
_LONGEST = 120  # of a comment in the task's title


def follow_up(survey: Survey) -> Recovery | None:
    """Open a recovery if the answer is low and none was opened for it; a second answer opens none."""
    rules = settings.current()
    if survey.score is None or survey.task_id is not None or survey.after_recovery_of is not None:
        return None
    if not scales.is_low(survey.scale, survey.score, rules):
        return None
    return _open(survey, rules)


def take(recovery: Recovery, agent: Agent, seen_owner: int | None) -> None:
    """*agent* does it, whose task it becomes. Raises IllegalMove if it is done, or another's than *seen_owner*'s."""
    taken = update(Recovery).where(Recovery.id == recovery.id, Recovery.state == RecoveryState.OPEN)
    taken = taken.where(Recovery.owner_id.is_not_distinct_from(seen_owner))
    _move(recovery, taken.values(owner_id=agent.id, taken_at=clock.now()))
    ticket, task = recovery.survey.ticket, _open_task(recovery)
    if task is not None and task.owner_id != agent.id:
        tasks.change(task, ticket, agent, title=task.title, owner=agent, due_at=task.due_at)
    see(recovery, agent)
    log.record(Name.RECOVERY_TAKEN, ticket, agent, recovery=recovery.id)


def close(recovery: Recovery, agent: Agent, outcome: str, blame: str, note: str) -> None:
    """Say how it ended and what it was about, tick the task off, and ask the customer once more.

    Raises Invalid with a sentence per field, IllegalMove if somebody has closed it.
    """
    values = _said(outcome, blame, note) | {"state": RecoveryState.DONE, "done_by": agent.id, "done_at": clock.now()}
    closed = update(Recovery).where(Recovery.id == recovery.id, Recovery.state == RecoveryState.OPEN)
    _move(recovery, closed.values(**values))
    ticket, task = recovery.survey.ticket, _open_task(recovery)
    if task is not None:
        tasks.done(task, ticket, agent)
    said = {"recovery": recovery.id, "outcome": recovery.outcome, "blame": recovery.blame, "note": recovery.note}
    log.record(Name.RECOVERY_DONE, ticket, agent, **said)
    again.ask(recovery)


def warn_late(limit: int = 100) -> int:
    """Put what has become late onto the desks of its owner and of the queue's supervisors; returns how many."""
    late = (Recovery.state == RecoveryState.OPEN, Recovery.due_at <= clock.now(), Recovery.warned_at.is_(None))
    found = select(Recovery).where(*late).order_by(Recovery.due_at).limit(limit)
    rows = db.session.scalars(found.with_for_update(of=Recovery, skip_locked=True)).all()
    for recovery in rows:
        recovery.warned_at = clock.now()
        _notify(recovery, _supervisors(recovery))
    return len(rows)


def of_task(task_id: int) -> Recovery | None:
    """The recovery that this is the task of: the one ends with the other."""
    return db.session.scalar(select(Recovery).where(Recovery.task_id == task_id))


def see(recovery: Recovery, agent: Agent) -> None:
    """Take the notice off the desk of *agent*."""
    mine = (RecoveryNotice.recovery_id == recovery.id) & (RecoveryNotice.agent_id == agent.id)
    db.session.execute(update(RecoveryNotice).where(mine).values(seen_at=clock.now()))


def term(rules: SurveySettings, tier: str | None, start: datetime) -> tuple[int, int | None, datetime]:
    """Minutes, calendar and end of the time for a recovery. A tier without a term: so many hours round the clock."""
    minutes = rules.recovery_minutes.get(tier or "")
    if minutes:
        calendar_id = rules.recovery_calendar_id or calendars.default().id
        try:
            return int(minutes), calendar_id, calendars.hours(calendar_id).add(start, int(minutes))
        except NeverOpen:
            pass
    minutes = int(minutes or rules.follow_up_hours * 60)
    return minutes, None, ROUND_THE_CLOCK.add(start, minutes)


def _open(survey: Survey, rules: SurveySettings) -> Recovery:
    start, owner = survey.answered_at or clock.now(), _least_busy(survey)
    minutes, calendar_id, due_at = term(rules, survey.tier, start)
    task = tasks.add(survey.ticket, None, _title(survey, owner), owner=owner, due_at=due_at)
    survey.task_id = task.id
    recovery = Recovery(
        survey=survey, task_id=task.id, tier=survey.tier, opened_at=start, minutes=minutes, calendar_id=calendar_id,
        due_at=due_at, state=RecoveryState.OPEN, owner_id=owner.id if owner else None,
    )  # fmt: skip
    db.session.add(recovery)
    db.session.flush()
    about = {"recovery": recovery.id, "score": survey.score, "scale": survey.scale, "due": due_at.isoformat()}
    log.record(Name.RECOVERY_OPENED, survey.ticket, None, **about)
    if survey.tier in AT_ONCE:
        _notify(recovery, _supervisors(recovery))
    return recovery


def _title(survey: Survey, owner: Agent | None) -> str:
    with force_locale(owner.language if owner else "en"):
        said = " ".join(survey.comment.split())
        said = said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
        score = scales.shown(survey.scale, survey.score or 0)
        if said:
            return str(_("Call back: %(score)s, “%(comment)s”", score=score, comment=said))
        return str(_("Call back: %(score)s, no comment", score=score))


def _said(outcome: str, blame: str, note: str) -> dict[str, object]:
    wrong: dict[str, str] = {}
    note = note.replace("\x00", "").replace("\r\n", "\n").strip()
    if outcome not in list(Outcome):
        wrong["outcome"] = _("Say how it ended.")
    if blame not in list(Blame):
        wrong["blame"] = _("Say what it was about.")
    if len(note) > MAX_NOTE:
        wrong["note"] = _("At most %(most)s characters, please.", most=MAX_NOTE)
    Invalid.raise_for(wrong)
    return {"outcome": Outcome(outcome), "blame": Blame(blame), "note": note}


def _move(recovery: Recovery, guarded: object) -> None:
    moved = guarded.returning(Recovery.id).execution_options(synchronize_session=False)  # type: ignore[attr-defined]
    is_moved = db.session.scalar(moved) is not None
    db.session.refresh(recovery)
    if not is_moved:
        raise IllegalMove(_("Somebody else has changed this recovery. You see it as it is now."))


def _open_task(recovery: Recovery) -> Task | None:
    task = db.session.get(Task, recovery.task_id) if recovery.task_id else None
    return task if task is not None and task.state is TaskState.OPEN else None


def _supervisors(recovery: Recovery) -> dict[int, Agent]:
    """Those of the queue, and whose it is, as far as they can see the ticket."""
    people = {agent.id: agent for agent in complaints.supervisors_of(recovery.survey.ticket.queue)}
    if recovery.owner is not None:
        people[recovery.owner.id] = recovery.owner
    return {key: agent for key, agent in people.items() if scope.sees(agent, recovery.survey.ticket_id)}


def _notify(recovery: Recovery, people: dict[int, Agent]) -> None:
    for agent_id in people:
        values = {"at": clock.now(), "seen_at": None}
        new = insert(RecoveryNotice).values(recovery_id=recovery.id, agent_id=agent_id, **values)
        db.session.execute(new.on_conflict_do_update(index_elements=["recovery_id", "agent_id"], set_=values))
        bus.after_commit(Name.RECOVERY_OPENED, {"agent": agent_id})


def _least_busy(survey: Survey) -> Agent | None:
    """A supervisor of the queue's team, else an administrator; who reads the customer's language goes first."""
    open_tasks = aliased(Task)
    load = select(func.count()).where(open_tasks.owner_id == Agent.id, open_tasks.state == TaskState.OPEN)
    of_team = select(TeamMember.agent_id).join(Queue, Queue.team_id == TeamMember.team_id)
    of_team = of_team.where(Queue.id == survey.queue_id)
    is_supervisor = Role.name == RoleName.SUPERVISOR
    found = (
        select(Agent)
        .join(roles_of_agents, roles_of_agents.c.agent_id == Agent.id)
        .join(Role, Role.id == roles_of_agents.c.role_id)
        .where(Agent.active.is_(True), Agent.password.is_not(None))
        .where((is_supervisor & Agent.id.in_(of_team)) | (Role.name == RoleName.ADMINISTRATOR))
        .order_by(
            case((is_supervisor, 0), else_=1),
            case((func.left(Agent.language, 2) == survey.language[:2], 0), else_=1),
            load.scalar_subquery(),
            Agent.id,
        )
    )
    return next((agent for agent in db.session.scalars(found.limit(20)) if scope.sees(agent, survey.ticket_id)), None)
