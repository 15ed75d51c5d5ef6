"""Teams: people who share queues. A supervisor who belongs to a team sees all its tickets.

Called by the admin door and the demo. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext
from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from contact_center import rows
from contact_center.agents.models import Agent, Team, TeamMember
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db

_TAKEN = lazy_gettext("There is a team with this name already.")


def listed() -> list[Team]:
    """All teams by name."""
    return list(db.session.scalars(select(Team).order_by(func.lower(Team.name), Team.id)))


def members() -> dict[int, list[Agent]]:
    """Who belongs to each team, by name; team id → people, deactivated ones left out."""
    asked = select(TeamMember.team_id, Agent).join(Agent, Agent.id == TeamMember.agent_id).where(Agent.active)
    found: dict[int, list[Agent]] = {}
    for team_id, agent in db.session.execute(asked.order_by(func.lower(Agent.name), Agent.id)):
        found.setdefault(team_id, []).append(agent)
    return found


def ids_of(agent: Agent) -> set[int]:
    """The teams *agent* belongs to."""
    return set(db.session.scalars(select(TeamMember.team_id).where(TeamMember.agent_id == agent.id)))


def create(name: str, actor: Agent) -> Team:
    """Found a team; raises Invalid."""
    team = Team(name=rows.name(name))
    with rows.unique(name=_TAKEN):
        db.session.add(team)
    log.record(Name.TEAM_CHANGED, team, actor, team_id=team.id, changes={"name": [None, team.name]})
    return team


def rename(team: Team, name: str, actor: Agent) -> None:
    """Give a team another name; raises Invalid."""
    wanted, old = rows.name(name), team.name
    if wanted == old:
        return
    with rows.unique(name=_TAKEN):
        team.name = wanted
    log.record(Name.TEAM_CHANGED, team, actor, team_id=team.id, changes={"name": [old, wanted]})


def join(team_id: int, agent_ids: Collection[int], actor: Agent) -> None:
    """Add people to a team; who belongs to it already stays, who does not exist is passed over."""
    known = select(literal(team_id), Agent.id).where(Agent.id.in_(agent_ids))
    joining = insert(TeamMember).from_select(["team_id", "agent_id"], known)
    joined = db.session.scalars(joining.on_conflict_do_nothing().returning(TeamMember.agent_id)).all()
    _record_members(team_id, actor, joined=sorted(joined))


def leave(team_id: int, agent_ids: Collection[int], actor: Agent) -> None:
    """Take people out of a team; their tickets stay theirs."""
    leaving = delete(TeamMember).where(TeamMember.team_id == team_id, TeamMember.agent_id.in_(agent_ids))
    left = db.session.scalars(leaving.returning(TeamMember.agent_id)).all()
    _record_members(team_id, actor, left=sorted(left))


def remove(team: Team, actor: Agent) -> None:
    """Dissolve a team; its queues and people stay."""
    log.record(Name.TEAM_CHANGED, team, actor, team_id=team.id, changes={"name": [team.name, None]})
    db.session.delete(team)
    db.session.flush()


def _record_members(team_id: int, actor: Agent, **who: list[int]) -> None:
    if any(who.values()):
        log.record(Name.TEAM_CHANGED, db.session.get_one(Team, team_id), actor, team_id=team_id, **who)
