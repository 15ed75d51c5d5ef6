"""Who is here, as supervisors see it: everybody they look after, the present state, and the time spent in each.

The desk's board and the sheet of a person's day ask. What people have in hand is added there: this room knows no work.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select, true

from contact_center import clock
from contact_center.agents import presence
from contact_center.agents.models import Agent, Presence, PresenceState, TeamMember
from contact_center.extensions import db

# Who could be given work stands on top, who is gone at the bottom.
_ORDER = (
    PresenceState.NOT_RESPONDING, PresenceState.AVAILABLE, PresenceState.FINISHING, PresenceState.AWAY,
)  # fmt: skip
NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the board: an agent, the present stretch (None: never here), and the time spent in each state."""

    agent: Agent
    stretch: Presence | None
    spent: Mapping[PresenceState, timedelta]

    @property
    def state(self) -> PresenceState:
        return self.stretch.state if self.stretch else PresenceState.OFFLINE

    @property
    def since(self) -> datetime | None:
        return self.stretch.started_at if self.stretch else None

    @property
    def available_for(self) -> timedelta:
        return self.spent.get(PresenceState.AVAILABLE, NOTHING) + self.spent.get(PresenceState.FINISHING, NOTHING)

    @property
    def away_for(self) -> timedelta:
        return self.spent.get(PresenceState.AWAY, NOTHING)

    @property
    def reason(self) -> str | None:
        return self.stretch.reason if self.stretch else None


def lines(viewer: Agent | None = None, *, since: datetime | None = None) -> list[Standing]:
    """Everybody *viewer* looks after (a supervisor: their teams; an administrator or nobody: all), the present first.

    Times in each state count from *since*, by default the last 24 hours.
    """
    rank = case({state: place for place, state in enumerate(_ORDER)}, value=Presence.state, else_=len(_ORDER))
    asked = (
        select(Agent, Presence)
        .outerjoin(Presence, and_(Presence.agent_id == Agent.id, Presence.ended_at.is_(None)))
        .where(Agent.active, _looked_after(viewer))
        .order_by(rank, func.lower(Agent.name), Agent.id)
        .execution_options(populate_existing=True)
    )
    found = list(db.session.execute(asked))
    now = clock.now()
    spent = times([agent.id for agent, _ in found], since or now - timedelta(days=1), now)
    return [Standing(agent, stretch, spent.get(agent.id, {})) for agent, stretch in found]


def looked_after(viewer: Agent, agent_id: int) -> Agent | None:
    """The agent if *viewer* may see them on the board."""
    return db.session.scalar(select(Agent).where(Agent.id == agent_id, _looked_after(viewer)))


def times(agent_ids: Collection[int], start: datetime, end: datetime) -> dict[int, dict[PresenceState, timedelta]]:
    """How long each was in each state between two instants: the raw figures of adherence. Agent id → state → time."""
    began, ended = func.greatest(Presence.started_at, start), func.least(func.coalesce(Presence.ended_at, end), end)
    asked = (
        select(Presence.agent_id, Presence.state, func.sum(ended - began))
        .where(Presence.agent_id.in_(agent_ids), Presence.started_at < end, presence.reaches(start))
        .group_by(Presence.agent_id, Presence.state)
    )
    found: dict[int, dict[PresenceState, timedelta]] = {}
    for agent_id, state, lasted in db.session.execute(asked):
        found.setdefault(agent_id, {})[state] = lasted
    return found


def stretches(agent: Agent, start: datetime, end: datetime) -> list[Presence]:
    """The stretches of *agent* that reach into the time between two instants, in their order."""
    asked = select(Presence).where(Presence.agent_id == agent.id, Presence.started_at < end, presence.reaches(start))
    return list(db.session.scalars(asked.order_by(Presence.started_at, Presence.id)))


def _looked_after(viewer: Agent | None) -> ColumnElement[bool]:
    if viewer is None or viewer.is_administrator:
        return true()
    teams = select(TeamMember.team_id).where(TeamMember.agent_id == viewer.id)
    return Agent.id.in_(select(TeamMember.agent_id).where(TeamMember.team_id.in_(teams)))
