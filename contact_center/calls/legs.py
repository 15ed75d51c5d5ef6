"""The telephones of a call: expected, come, in the room, gone. Each step is a guarded UPDATE, harmless twice."""

from __future__ import annotations

import re
import secrets
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from contact_center import clock
from contact_center.agents import open_phones
from contact_center.agents.models import Agent
from contact_center.calls.models import Call, CallLeg, LegState, Role
from contact_center.extensions import db

_LABEL = re.compile(r"leg-(\d{1,18})")


def expect(call: Call, agent: Agent, role: Role) -> CallLeg | None:
    """An agent's phone may come now, once, with the leg's `nonce`. None if they are on the phone already."""
    leg = CallLeg(
        call_id=call.id, role=role, agent_id=agent.id, nonce=secrets.token_urlsafe(18), round=call.round,
        state=LegState.EXPECTED, created_at=clock.now(),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(leg)
    except IntegrityError:
        return None
    open_phones.use(agent.id, is_busy=True)
    return leg


def come(nonce: str, agent_id: int, ref: str) -> CallLeg | None:
    """The agent's phone is here, and the provider calls it *ref*. The one gate into a call.

    The nonce is good for one connection of its agent, while the leg is expected; asked again for the same *ref* it
    gives the same leg. None: whoever comes is to be sent away.
    """
    coming = update(CallLeg).where(
        CallLeg.nonce == nonce, CallLeg.agent_id == agent_id, CallLeg.state == LegState.EXPECTED
    )
    _change(coming.values(state=LegState.LIVE, ref=ref))
    mine = select(CallLeg).where(CallLeg.nonce == nonce, CallLeg.ref == ref, CallLeg.ended_at.is_(None))
    return db.session.scalar(mine.execution_options(populate_existing=True))


def joined(leg: CallLeg, sequence: int) -> bool:
    """It is in the room. What the provider said before that it has said already changes nothing."""
    joining = update(CallLeg).where(
        CallLeg.id == leg.id, CallLeg.state.in_((LegState.LIVE, LegState.EXPECTED)), CallLeg.sequence < sequence
    )
    return _change(joining.values(state=LegState.ROOM, joined_at=clock.now(), sequence=sequence), leg)


def begin_anew(leg: CallLeg, round_: int) -> None:
    """It is in no room, and the next one is another: what the provider counts, it counts from the start there."""
    leg.state, leg.round, leg.sequence, leg.is_held = LegState.LIVE, round_, -1, False
    db.session.flush()


def left(leg: CallLeg, sequence: int) -> bool:
    """It is out of the room, and lives on."""
    leaving = update(CallLeg).where(CallLeg.id == leg.id, CallLeg.state == LegState.ROOM, CallLeg.sequence < sequence)
    return _change(leaving.values(state=LegState.LIVE, is_held=False, sequence=sequence), leg)


def end(leg: CallLeg, cause: str) -> bool:
    """It is out of the call. Returns False if it was already."""
    ending = update(CallLeg).where(CallLeg.id == leg.id, CallLeg.ended_at.is_(None))
    done = _change(ending.values(state=LegState.ENDED, ended_at=clock.now(), cause=cause), leg)
    if done and leg.agent_id is not None:
        open_phones.use(leg.agent_id, is_busy=False)
    return done


def of_ref(ref: str) -> CallLeg | None:
    """The leg that the provider calls *ref*."""
    return db.session.scalar(select(CallLeg).where(CallLeg.ref == ref))


def of_label(label: str) -> CallLeg | None:
    """The leg of that name in its room."""
    found = _LABEL.fullmatch(label)
    return db.session.get(CallLeg, int(found[1])) if found else None


def dialled(label: str, ref: str) -> CallLeg | None:
    """The leg of that label that we have dialled, and of which we hear before we know what the provider calls it."""
    leg = of_label(label)
    if leg is None or leg.ref is not None or leg.role is not Role.CUSTOMER:
        return None
    _change(update(CallLeg).where(CallLeg.id == leg.id, CallLeg.ref.is_(None)).values(ref=ref), leg)
    return leg


def live(call: Call, role: Role) -> CallLeg | None:
    """The customer's, the agent's or the colleague's leg, if it is in the call now."""
    asked = select(CallLeg).where(CallLeg.call_id == call.id, CallLeg.role == role, CallLeg.ended_at.is_(None))
    return db.session.scalar(asked.order_by(CallLeg.id.desc()).limit(1))


def are_together(call: Call) -> bool:
    """The customer and the agent are in the call's present room."""
    asked = select(CallLeg.role).where(
        CallLeg.call_id == call.id, CallLeg.state == LegState.ROOM, CallLeg.round == call.round
    )
    return {Role.CUSTOMER, Role.AGENT} <= set(db.session.scalars(asked))


def locked(leg: CallLeg | None) -> CallLeg | None:
    """The leg with its call locked until the transaction ends: two events of one call come one after the other."""
    if leg is None:
        return None
    call = select(Call).where(Call.id == leg.call_id).with_for_update(of=Call)
    db.session.scalar(call.execution_options(populate_existing=True))
    db.session.refresh(leg)
    return leg


def _change(changing: Any, leg: CallLeg | None = None) -> bool:
    """Whether a guarded UPDATE changed its leg; *leg* shows the truth afterwards."""
    reading = {"synchronize_session": False, "populate_existing": True}
    changed = db.session.scalar(changing.returning(CallLeg), execution_options=reading)
    if changed is None and leg is not None:
        db.session.refresh(leg)
    return changed is not None
