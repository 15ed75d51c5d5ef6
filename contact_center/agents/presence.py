"""The presence ledger: who is available, away and why, or offline, now and before.

The desk and the sign-in door set it, routing says who let an offer ring out, the sockets say whose desk is open, and a
job sets offline whose desk is not, or who has finished. One open stretch per agent, always: held by a partial unique
index and guarded updates, so two tabs cannot open two. `agents.board` reads it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents import channel_pauses
from contact_center.agents.models import Agent, AwayReason, Presence, PresenceState
from contact_center.errors import AlreadyTaken, IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text.lines import one_line

# How long a desk may be closed before its agent counts as gone: a reload, a lost network and a restart of ours last
# seconds; who said that they are away may shut the lid meanwhile.
GRACE = {
    PresenceState.AVAILABLE: timedelta(minutes=2),
    PresenceState.FINISHING: timedelta(minutes=2),
    PresenceState.AWAY: timedelta(hours=1),
    PresenceState.NOT_RESPONDING: timedelta(minutes=15),
}
_TRIES = 5


def current(agent: Agent) -> Presence | None:
    """The open stretch; None means that *agent* was never here, which counts as offline."""
    asked = select(Presence).where(Presence.agent_id == agent.id, Presence.ended_at.is_(None))
    return db.session.scalars(asked.execution_options(populate_existing=True)).one_or_none()


def set_presence(
    agent: Agent, state: PresenceState, reason: str | None = None, *, actor: Agent | None = None, because: str = ""
) -> Presence | None:
    """Close the open stretch and open a new one; nothing happens if *agent* is in that state already.

    *actor* is the supervisor who did it for them, *because* what made it so: without an actor it came by itself.
    NOT_RESPONDING takes the place of AVAILABLE only: who has said something else meanwhile has said why they did not
    answer. Raises Invalid for a reason that is not in the list. Losing to another tab means trying again: the later
    wish wins.
    """
    reason = _reason(state, reason)
    for _try in range(_TRIES):
        standing = current(agent)
        if _same(standing, state, reason) or _is_excused(standing, state):
            return standing
        now = clock.now()
        stretch = {"state": state, "reason": reason, "because": because, "by_id": actor.id if actor else None}
        if (standing is None or _close(standing, now)) and (opened := _open(agent.id, now, **stretch)):
            _record(standing, opened, actor or (None if because else agent))
            return opened
    raise AlreadyTaken(_("Your presence is being changed elsewhere. Try again."))


def set_for(agent: Agent, state: PresenceState, reason: str | None, because: str, actor: Agent) -> Presence | None:
    """Let a supervisor change somebody's state; *because* is their words and must be said. Raises Invalid."""
    words = _words(because)
    if not agent.active:
        raise IllegalMove(_("%(name)s is deactivated.", name=agent.name))
    if state is PresenceState.NOT_RESPONDING:
        raise Invalid(_("Choose a state."), {"state": _("Choose a state.")})
    return set_presence(agent, state, reason, actor=actor, because=words)


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
    return _end(gone, believed_until, now, "vanished")


def finishing() -> list[int]:
    """Who is at the end of their shift: the door looks whether they still have work."""
    asked = select(Presence.agent_id).where(Presence.ended_at.is_(None), Presence.state == PresenceState.FINISHING)
    return list(db.session.scalars(asked))


def finish(agent_ids: Collection[int]) -> list[int]:
    """Set offline those of them who are still finishing, since they have nothing left to do; returns their ids."""
    now = clock.now()
    done = and_(Presence.state == PresenceState.FINISHING, Presence.agent_id.in_(agent_ids))
    return _end(done, func.greatest(Presence.started_at, now), now, "finished") if agent_ids else []


def reasons() -> list[str]:
    """The reasons to be away, in their order."""
    return list(db.session.scalars(select(AwayReason.name).order_by(AwayReason.position, AwayReason.id)))


def ledger(agent: Agent, *, since: datetime, most: int = 200) -> list[Presence]:
    """The stretches of *agent* that reach into the time since *since*, newest first."""
    asked = select(Presence).where(Presence.agent_id == agent.id, reaches(since))
    return list(db.session.scalars(asked.order_by(Presence.started_at.desc(), Presence.id.desc()).limit(most)))


def _words(because: str) -> str:
    """A supervisor's words; raises Invalid where there are none."""
    sentence = _("Say why: they read it, and it stays on record.")
    try:
        words = one_line(because, 200)
    except ValueError as error:
        raise Invalid(str(error), {"because": str(error)}) from None
    if not words:
        raise Invalid(sentence, {"because": sentence})
    return words


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


def _is_excused(standing: Presence | None, state: PresenceState) -> bool:
    is_available = standing is not None and standing.state is PresenceState.AVAILABLE
    return state is PresenceState.NOT_RESPONDING and not is_available


def _open(agent_id: int, now: datetime, **stretch: object) -> Presence | None:
    opening = insert(Presence).values(agent_id=agent_id, started_at=now, **stretch)
    # Another tab may have opened one in the meantime: the partial unique index decides, and we look again.
    opened = db.session.scalars(opening.on_conflict_do_nothing().returning(Presence)).one_or_none()
    if opened is not None and opened.state is PresenceState.OFFLINE:
        channel_pauses.resume_all(agent_id)
    return opened


def _end(which: ColumnElement[bool], at: ColumnElement[datetime], now: datetime, because: str) -> list[int]:
    """Close those open stretches and open offline ones; returns the agents' ids."""
    closing = update(Presence).where(Presence.ended_at.is_(None), which).values(ended_at=at)
    stretches = list(db.session.scalars(closing.returning(Presence)))
    for stretch in stretches:
        offline = {"state": PresenceState.OFFLINE, "because": because}
        if opened := _open(stretch.agent_id, stretch.ended_at or now, **offline):
            _record(stretch, opened, None)
    return [stretch.agent_id for stretch in stretches]


def _record(before: Presence | None, after: Presence, actor: Agent | None) -> None:
    old = [before.state, before.reason] if before else [PresenceState.OFFLINE, None]
    changes = {"state": [old[0], after.state], "reason": [old[1], after.reason]}
    extra = {"because": after.because} if after.because else {}
    log.record(Name.PRESENCE_CHANGED, after, actor, person_id=after.agent_id, changes=changes, **extra)


def reaches(instant: datetime) -> ColumnElement[bool]:
    """The condition on Presence that holds for stretches that had not ended by *instant*."""
    return or_(Presence.ended_at.is_(None), Presence.ended_at > instant)
