"""Which call an agent is in, or is being connected with: what the desk shows about it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contact_center.agents.models import Agent
from contact_center.calls.models import Call, CallLeg, CallState, LegState
from contact_center.extensions import db


def of(agent: Agent) -> CallLeg | None:
    """Their telephone in a call, with the call and its customer; an agent is in one at most."""
    asked = select(CallLeg).where(CallLeg.agent_id == agent.id, CallLeg.ended_at.is_(None))
    whole = joinedload(CallLeg.call).options(joinedload(Call.customer), joinedload(Call.ticket))
    return db.session.scalar(asked.options(whole))


def expected(agent: Agent) -> str | None:
    """The nonce with which their telephone may come, if a call waits for it."""
    asked = select(CallLeg.nonce).where(CallLeg.agent_id == agent.id, CallLeg.state == LegState.EXPECTED)
    return db.session.scalar(asked.where(CallLeg.ended_at.is_(None)))


def behind(interaction_id: int) -> Call | None:
    """The call that waits, or is handled, as that interaction; of a callback, the one in which it was asked for."""
    asked = select(Call).where(Call.interaction_id == interaction_id).order_by(Call.id.desc()).limit(1)
    return db.session.scalar(asked)


def is_coming_back(call: Call | None, agent: Agent) -> bool:
    """Whether that is a caller who has just lost *agent*, and is kept for them."""
    return call is not None and call.state is CallState.RECOVERING and call.agent_id == agent.id
