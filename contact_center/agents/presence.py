"""The presence ledger: who is available, away and why, or offline, now and before.

The desk and the sign-in door set it, the sockets say whose desk is open, and a job sets offline whose desk is not;
supervisors read the board. One open stretch per agent, always: held by a partial unique index and guarded updates, so
two tabs cannot open two.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import Agent, AwayReason, Presence, PresenceState, TeamMember
from contact_center.errors import AlreadyTaken, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db

# How long a desk may be closed before its agent counts as gone: a reload, a lost network and a restart of ours last
# seconds; who said that they are away may shut the lid meanwhile.
GRACE = {
    PresenceState.AVAILABLE: timedelta(minutes=2),
    PresenceState.FINISHING: timedelta(minutes=2),
    PresenceState.AWAY: timedelta(hours=1),
    PresenceState.NOT_RESPONDING: timedelta(minutes=15),
}
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the board: an agent, the present state since when, and the time spent in each state since *from*."""

    agent: Agent
    state: PresenceState
    reason: str | None
    since: datetime | None
    available_for: timedelta
    away_for: timedelta


def current(agent: Agent) -> Presence | None:
    """The open stretch; None means that *agent* was never here, which counts as offline."""
    asked = select(Presence).where(Presence.agent_id == agent.id, Presence.ended_at.is_(None))
    return db.session.scalars(asked.execution_options(populate_existing=True)).one_or_none()


def set_presence(
    agent: Agent, state: PresenceState, reason: str | None = None, *, actor: Agent | None = None
) -> Presence | None:
    """Close the open stretch and open a new one; nothing happens if *agent* is in that state already.

    *actor* is the supervisor who did it for them. Raises Invalid for a reason that is not in the list. Losing to
    another tab means trying again: the later wish wins.
    """
    reason = _reason(state, reason)
    for _try in range(_TRIES):
        standing = current(agent)
        if _same(standing, state, reason):
            return standing
        now = clock.now()
        if (standing is None or _close(standing, now)) and (opened := _open(agent.id, state, reason, now)):
            _record(standing, opened, actor or agent)
            return opened
    raise AlreadyTaken(_("Your presence is being changed elsewhere. Try again."))


def seen(agent_ids: Collection[int]) -> None:
    """A desk of each of them is open now: written on their open stretch, so that any process can tell who is gone."""
    here = (Presence.agent_id.in_(agent_ids), Presence.ended_at.is_(None), Presence.state != PresenceState.OFFLINE)
    if agent_ids:
        db.session.execute(update(Presence).where(*here).values(seen_at=clock.now()))


def sweep() -> list[int]:
    """Set offline whose desk has been closed for longer than their state's grace; returns the agents' ids.

    Who was available ends being so when their desk was seen last; who is away is believed until now.
    """
    now, last = clock.now(), func.coalesce(Presence.seen_at, Presence.started_at)
    believed_until = case(
        (Presence.state == PresenceState.AVAILABLE, last), else_=func.greatest(Presence.started_at, now)
    )
    gone = or_(*(and_(Presence.state == state, last < now - grace) for state, grace in GRACE.items()))
    closing = update(Presence).where(Presence.ended_at.is_(None), gone).values(ended_at=believed_until)
    stretches = list(db.session.scalars(closing.returning(Presence)))
    for stretch in stretches:
        if opened := _open(stretch.agent_id, PresenceState.OFFLINE, None, stretch.ended_at or now):
            _record(stretch, opened, None, "vanished")
    return [stretch.agent_id for stretch in stretches]


def reasons() -> list[str]:
    """The reasons to be away, in their order."""
    return list(db.session.scalars(select(AwayReason.name).order_by(AwayReason.position, AwayReason.id)))


def board(viewer: Agent | None = None, *, since: datetime | None = None) -> list[Standing]:
    """Everybody *viewer* looks after (a supervisor: their teams; an administrator or nobody: all), the present first.

    Times in each state count from *since*, by default the last 24 hours.
    """
    start, now = since or clock.now() - timedelta(days=1), clock.now()
    spent = _spent(start, now)
    open_one = select(Presence).where(Presence.ended_at.is_(None)).subquery()
    order = case({PresenceState.AVAILABLE: 0, PresenceState.AWAY: 1}, value=open_one.c.state, else_=2)
    asked = (
        select(Agent, open_one.c.state, open_one.c.reason, open_one.c.started_at, spent.c.available, spent.c.away)
        .outerjoin(open_one, open_one.c.agent_id == Agent.id)
        .outerjoin(spent, spent.c.agent_id == Agent.id)
        .where(Agent.active, _looked_after(viewer))
        .order_by(order, func.lower(Agent.name), Agent.id)
    )
    return [_standing(row) for row in db.session.execute(asked)]


def looked_after(viewer: Agent, agent_id: int) -> Agent | None:
    """The agent if *viewer* may see them on the board."""
    return db.session.scalar(select(Agent).where(Agent.id == agent_id, _looked_after(viewer)))


def ledger(agent: Agent, *, since: datetime, most: int = 200) -> list[Presence]:
    """The stretches of *agent* that reach into the time since *since*, newest first."""
    asked = select(Presence).where(Presence.agent_id == agent.id, _reaches(since))
    return list(db.session.scalars(asked.order_by(Presence.started_at.desc(), Presence.id.desc()).limit(most)))


def _reason(state: PresenceState, reason: str | None) -> str | None:
    if state is not PresenceState.AWAY:
        return None
    known = reasons()
    if reason in known or (not reason and not known):
        return reason or None
    sentence = _("Say why you are away: choose one of the reasons.")
    raise Invalid(sentence, {"reason": sentence})


def _same(standing: Presence | None, state: PresenceState, reason: str | None) -> bool:
    if standing is None:
        return state is PresenceState.OFFLINE
    return standing.state is state and standing.reason == reason


def _close(standing: Presence, now: datetime) -> bool:
    closing = update(Presence).where(Presence.id == standing.id, Presence.ended_at.is_(None))
    ended_at = func.greatest(Presence.started_at, now)  # clocks of two machines differ: no stretch ends before it began
    return bool(db.session.execute(closing.values(ended_at=ended_at).returning(Presence.id)).all())


def _open(agent_id: int, state: PresenceState, reason: str | None, now: datetime) -> Presence | None:
    opening = insert(Presence).values(agent_id=agent_id, state=state, reason=reason, started_at=now)
    # Another tab may have opened one in the meantime: the partial unique index decides, and we look again.
    return db.session.scalars(opening.on_conflict_do_nothing().returning(Presence)).one_or_none()


def _record(before: Presence | None, after: Presence, actor: Agent | None, because: str = "") -> None:
    old = [before.state, before.reason] if before else [PresenceState.OFFLINE, None]
    changes = {"state": [old[0], after.state], "reason": [old[1], after.reason]}
    extra = {"because": because} if because else {}
    log.record(Name.PRESENCE_CHANGED, after, actor, person_id=after.agent_id, changes=changes, **extra)


def _spent(start: datetime, now: datetime) -> Subquery:
    began, ended = func.greatest(Presence.started_at, start), func.coalesce(Presence.ended_at, now)
    return (
        select(
            Presence.agent_id,
            func.sum(ended - began).filter(Presence.state == PresenceState.AVAILABLE).label("available"),
            func.sum(ended - began).filter(Presence.state == PresenceState.AWAY).label("away"),
        )
        .where(_reaches(start))
        .group_by(Presence.agent_id)
        .subquery()
    )


def _reaches(instant: datetime) -> ColumnElement[bool]:
    return or_(Presence.ended_at.is_(None), Presence.ended_at > instant)


def _looked_after(viewer: Agent | None) -> ColumnElement[bool]:
    if viewer is None or viewer.is_administrator:
        return true()
    teams = select(TeamMember.team_id).where(TeamMember.agent_id == viewer.id)
    return Agent.id.in_(select(TeamMember.agent_id).where(TeamMember.team_id.in_(teams)))


def _standing(row: Any) -> Standing:
    agent, state, reason, since, available, away = row
    nothing = timedelta(0)
    return Standing(agent, state or PresenceState.OFFLINE, reason, since, available or nothing, away or nothing)
