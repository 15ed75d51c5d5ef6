"""Follow up a low score: a task under the ticket for a supervisor, once per survey, due as the settings say."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from contact_center import clock
from contact_center.agents.models import Agent, Role, RoleName, TeamMember, roles_of_agents
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.satisfaction import settings
from contact_center.satisfaction.models import Survey
from contact_center.tickets import scope, tasks
from contact_center.tickets.models import Task, TaskState

_LONGEST = 120  # of a comment in the task's title


def up(survey: Survey) -> None:
    """Open the task. It has no owner where no supervisor or administrator can see the ticket."""
    owner = _supervisor(survey)
    with force_locale(owner.language if owner else "en"):
        said = " ".join(survey.comment.split())
        said = said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
        title = (
            _("Call back: %(score)d of 5 stars, “%(comment)s”", score=survey.score, comment=said)
            if said
            else _("Call back: %(score)d of 5 stars, no comment", score=survey.score)
        )
    due_at = (survey.answered_at or clock.now()) + timedelta(hours=settings.current().follow_up_hours)
    survey.task_id = tasks.add(survey.ticket, None, title, owner=owner, due_at=due_at).id
    db.session.flush()


def _supervisor(survey: Survey) -> Agent | None:
    """A supervisor of the queue's team with the fewest open tasks, else an administrator likewise."""
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
        .order_by(case((is_supervisor, 0), else_=1), load.scalar_subquery(), Agent.id)
    )
    return next((agent for agent in db.session.scalars(found.limit(20)) if scope.sees(agent, survey.ticket_id)), None)
