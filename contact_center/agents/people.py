"""The list of the people who work here, for the settings screen: found by name or address, paged by key."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from contact_center.agents.models import Agent, Presence, Team, TeamMember
from contact_center.extensions import db

PAGE = 50


class Standing(StrEnum):
    """Where an account is between its invitation and its end."""

    ACTIVE = "ACTIVE"
    INVITED = "INVITED"
    DEACTIVATED = "DEACTIVATED"


@dataclass(frozen=True, slots=True)
class Page:
    """Some people in the order of their names; `previous` and `next` are ids to page from, or None."""

    rows: list[Agent]
    previous: int | None
    next: int | None


def page(
    standing: Standing, text: str = "", *, after: int | None = None, before: int | None = None, most: int = PAGE
) -> Page:
    """One page of the accounts of that *standing* whose name or address contains *text*."""
    asked = select(Agent).where(_IS[standing])
    if text:
        in_name, in_address = (column.icontains(text, autoescape=True) for column in (Agent.name, Agent.email))
        asked = asked.where(or_(in_name, in_address))
    rows = list(db.session.scalars(_from(asked, after, before).limit(most + 1)))
    more, rows = len(rows) > most, rows[:most]
    if before is not None:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    earlier, later = (more, True) if before is not None else (after is not None, more)
    return Page(rows, rows[0].id if earlier else None, rows[-1].id if later else None)


def counts() -> dict[Standing, int]:
    """How many accounts there are of each standing."""
    asked = select(*(func.count().filter(condition) for condition in _IS.values())).select_from(Agent)
    return dict(zip(_IS, db.session.execute(asked).one(), strict=True))


def presences(agent_ids: Collection[int]) -> dict[int, Presence]:
    """The open stretch of each, by agent id; who was never here is missing."""
    asked = select(Presence).where(Presence.agent_id.in_(agent_ids), Presence.ended_at.is_(None))
    return {stretch.agent_id: stretch for stretch in db.session.scalars(asked)}


def team_names(agent_ids: Collection[int]) -> dict[int, list[str]]:
    """The teams of each, by agent id."""
    asked = select(TeamMember.agent_id, Team.name).join(Team, Team.id == TeamMember.team_id)
    found: dict[int, list[str]] = {}
    for agent_id, name in db.session.execute(asked.where(TeamMember.agent_id.in_(agent_ids)).order_by(Team.name)):
        found.setdefault(agent_id, []).append(name)
    return found


def everybody() -> list[Agent]:
    """All active accounts by name, to choose members from."""
    return list(db.session.scalars(select(Agent).where(Agent.active).order_by(*_ORDER)))


_ORDER = (func.lower(Agent.name), Agent.id)
_IS: dict[Standing, ColumnElement[bool]] = {
    Standing.ACTIVE: Agent.active.is_(True),
    Standing.INVITED: Agent.password.is_(None) & ~Agent.active,
    Standing.DEACTIVATED: Agent.password.is_not(None) & ~Agent.active,
}


def _from(asked: Select[Agent], after: int | None, before: int | None) -> Select[Agent]:
    key = tuple_(*_ORDER)
    here = select(*_ORDER).where(Agent.id == (after if before is None else before)).scalar_subquery()
    if before is not None:
        return asked.where(key < here).order_by(func.lower(Agent.name).desc(), Agent.id.desc())
    if after is not None:
        asked = asked.where(key > here)
    return asked.order_by(*_ORDER)
