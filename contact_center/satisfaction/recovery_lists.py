"""Recoveries as supervisors see them: what is open and until when, what was done, what the second answer said.

The floor's page and the strip on a desk ask; read only. Who sees a recovery is who sees its ticket.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload, lazyload

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.satisfaction.models import Recovery, RecoveryNotice, RecoveryState, Survey
from contact_center.tickets import scope
from contact_center.tickets.models import Ticket

_SHOWN = 5  # of the notices on a desk


class Which(StrEnum):
    """What the list is narrowed to."""

    OPEN = "open"
    LATE = "late"
    MINE = "mine"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of each; `done` in the last 28 days."""

    open: int
    late: int
    mine: int
    done: int
    done_in_time: int


def listed(
    viewer: Agent, which: Which, tier: str = "", *, after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Recovery]:
    """What *viewer* may see of them: open ones by their term, done ones the newest first; *after* goes on behind."""
    is_done = which is Which.DONE
    place = (Recovery.opened_at, Recovery.id) if is_done else (Recovery.due_at, Recovery.id)
    found = _visible(viewer).where(*_conditions(viewer, which))
    if tier:
        found = found.where(func.coalesce(Recovery.tier, "none") == tier)
    if after is not None:
        edge = tuple_(literal(after[0]), literal(after[1]))
        found = found.where(tuple_(*place) < edge if is_done else tuple_(*place) > edge)
    order = [column.desc() for column in place] if is_done else list(place)
    return list(db.session.scalars(found.order_by(*order).limit(limit)).unique())


def one(viewer: Agent, recovery_id: int) -> Recovery | None:
    """That recovery, if *viewer* may see its ticket."""
    return db.session.scalar(_visible(viewer).where(Recovery.id == recovery_id))


def of_surveys(survey_ids: Collection[int]) -> dict[int, Recovery]:
    """The recoveries of these answers, by the answer."""
    found = select(Recovery).where(Recovery.survey_id.in_(survey_ids)).options(lazyload("*"))
    return {recovery.survey_id: recovery for recovery in db.session.scalars(found)} if survey_ids else {}


def counts(viewer: Agent, since: datetime) -> Counts:
    """The numbers above the list."""
    is_open, is_done = Recovery.state == RecoveryState.OPEN, Recovery.state == RecoveryState.DONE
    lately = is_done & (Recovery.done_at >= since)
    asked = select(
        func.count().filter(is_open),
        func.count().filter(is_open & (Recovery.due_at < clock.now())),
        func.count().filter(is_open & (Recovery.owner_id == viewer.id)),
        func.count().filter(lately),
        func.count().filter(lately & (Recovery.done_at <= Recovery.due_at)),
    ).select_from(Recovery)
    asked = asked.join(Survey, Survey.id == Recovery.survey_id).join(Ticket, Ticket.id == Survey.ticket_id)
    return Counts(*db.session.execute(asked.where(is_open | lately, scope.visible_to(viewer))).one())


def unseen(agent: Agent) -> Sequence[RecoveryNotice]:
    """The notices on the desk of *agent*, what is due first on top; of what is done there are none."""
    mine = (RecoveryNotice.agent_id == agent.id) & RecoveryNotice.seen_at.is_(None)
    asked = select(RecoveryNotice).join(Recovery, Recovery.id == RecoveryNotice.recovery_id)
    asked = asked.join(Survey, Survey.id == Recovery.survey_id).join(Ticket, Ticket.id == Survey.ticket_id)
    asked = asked.where(mine, Recovery.state == RecoveryState.OPEN, scope.visible_to(agent))
    return db.session.scalars(asked.order_by(Recovery.due_at).limit(_SHOWN)).all()


def _conditions(viewer: Agent, which: Which) -> list[ColumnElement[bool]]:
    if which is Which.DONE:
        return [Recovery.state == RecoveryState.DONE]
    found: list[ColumnElement[bool]] = [Recovery.state == RecoveryState.OPEN]
    if which is Which.LATE:
        found.append(Recovery.due_at < clock.now())
    if which is Which.MINE:
        found.append(Recovery.owner_id == viewer.id)
    return found


def _visible(viewer: Agent) -> Select[Recovery]:
    """Each with its answer, ticket, customer and people."""
    survey = contains_eager(Recovery.survey)
    return (
        select(Recovery)
        .join(Survey, Survey.id == Recovery.survey_id)
        .join(Ticket, Ticket.id == Survey.ticket_id)
        .where(scope.visible_to(viewer))
        .options(
            survey.contains_eager(Survey.ticket).options(lazyload("*")),
            survey.joinedload(Survey.customer).options(lazyload("*")),
            survey.joinedload(Survey.agent).options(lazyload(Agent.roles)),
            joinedload(Recovery.owner).options(lazyload(Agent.roles)),
            joinedload(Recovery.closer).options(lazyload(Agent.roles)),
            joinedload(Recovery.second).options(lazyload("*")),
        )
    )
