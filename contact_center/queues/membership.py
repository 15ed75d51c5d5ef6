"""Which queues a person serves or watches: the ground of "who sees what"."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, select, union

from contact_center.agents.models import Agent, TeamMember
from contact_center.extensions import db
from contact_center.queues.models import Queue, QueueMember


def queues_of(agent: Agent) -> list[Queue]:
    """The active queues *agent* sees, in their order: own ones, a supervisor's teams', all for an administrator."""
    asked = select(Queue).where(Queue.is_active).order_by(Queue.position, Queue.name)
    if not agent.is_administrator:
        asked = asked.where(Queue.id.in_(ids_of(agent)))
    return list(db.session.scalars(asked))


def ids_of(agent: Agent) -> Select[int]:
    """A query for the ids of all queues (inactive ones too) whose tickets *agent* sees; not for administrators."""
    own = select(QueueMember.queue_id).where(QueueMember.agent_id == agent.id)
    if not agent.is_supervisor:
        return own
    teams = select(TeamMember.team_id).where(TeamMember.agent_id == agent.id)
    both = union(own, select(Queue.id).where(Queue.team_id.in_(teams))).subquery()
    return select(both.c[0])


def agents_of(queue_id: int) -> list[Agent]:
    """Active members of a queue by name, for assigning."""
    asked = select(Agent).join(QueueMember, QueueMember.agent_id == Agent.id)
    return list(db.session.scalars(asked.where(QueueMember.queue_id == queue_id, Agent.active).order_by(Agent.name)))


def names_of(agent_ids: Collection[int]) -> dict[int, list[str]]:
    """The active queues each of these people serves, by agent id."""
    asked = select(QueueMember.agent_id, Queue.name).join(Queue, Queue.id == QueueMember.queue_id)
    asked = asked.where(QueueMember.agent_id.in_(agent_ids), Queue.is_active).order_by(Queue.position, Queue.name)
    found: dict[int, list[str]] = {}
    for agent_id, name in db.session.execute(asked):
        found.setdefault(agent_id, []).append(name)
    return found
