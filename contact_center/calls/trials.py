"""A test call: somebody of ours hears a number as a caller would, from their browser, and nothing comes of it.

A row here is all there is of it, one for each person: no call, no ticket, nothing in line and nothing in any figure.
What the flow writes while a step is heard is taken back (`channels.phone.trials`); what it knows is kept here for the
next step. Verbs never commit.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, delete, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calls import lines
from contact_center.calls.models import Call, CallState
from contact_center.errors import IllegalMove
from contact_center.events import bus
from contact_center.events.names import Name
from contact_center.extensions import Base, BigId, db
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.tickets.messages import Direction

COMES_WITHIN = timedelta(seconds=60)
MOST_STEPS = 200
MARK = "trial-"  # keys of test calls begin with it, so that no address is looked for twice


class CallTrial(Base):
    """One test call. `knows` is what the flow has found out so far, `heard` what was said at which step."""

    __tablename__ = "call_trial"

    id: Mapped[BigId]
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), unique=True)
    number_id: Mapped[int] = mapped_column(ForeignKey("phone_number.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    nonce: Mapped[str] = mapped_column(unique=True)  # good for one connection
    ref: Mapped[str | None] = mapped_column(unique=True)
    knows: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    heard: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def start(number: PhoneNumber, agent: Agent, *, language: str = "", is_open: bool | None = None) -> CallTrial:
    """Expect a test call from this person's browser; what they tried before is forgotten.

    *language* empty: they are asked as callers are. *is_open*: as if it were so, None: as it is. Raises IllegalMove if
    the number takes no calls.
    """
    lines.forget()
    line = lines.of(number.id)
    if line is None:
        raise IllegalMove(_("This number takes no calls: it is switched off, or for texts only."))
    db.session.execute(delete(CallTrial).where(CallTrial.agent_id == agent.id))
    flow: dict[str, Any] = {"trial": True} | ({} if is_open is None else {"as_if_open": is_open})
    flow |= {"language": True} if language in line.languages else {}
    spoken = language if language in line.languages else line.language
    knows = {"flow": flow, "state": CallState.MENU, "language": spoken}
    trial = CallTrial(
        agent_id=agent.id, number_id=number.id, key=MARK + secrets.token_hex(16), nonce=secrets.token_urlsafe(18),
        knows=knows, heard=[], started_at=clock.now(),
    )  # fmt: skip
    db.session.add(trial)
    db.session.flush()
    return trial


def come(nonce: str, agent_id: int, ref: str) -> CallTrial | None:
    """The browser is here, as *ref*: once, and soon after it was asked for."""
    coming = update(CallTrial).where(
        CallTrial.nonce == nonce, CallTrial.agent_id == agent_id, CallTrial.ended_at.is_(None),
        or_(CallTrial.ref.is_(None), CallTrial.ref == ref), CallTrial.started_at > clock.now() - COMES_WITHIN,
    )  # fmt: skip
    return db.session.scalar(coming.values(ref=ref).returning(CallTrial))


def of_key(key: str) -> CallTrial | None:
    """The test call that is asked about, locked."""
    if not key.startswith(MARK):
        return None
    return db.session.scalar(select(CallTrial).where(CallTrial.key == key).with_for_update())


def of(agent: Agent, number: PhoneNumber) -> CallTrial | None:
    """What this person has tried last, if it was this number."""
    mine = select(CallTrial).where(CallTrial.agent_id == agent.id, CallTrial.number_id == number.id)
    return db.session.scalar(mine)


def as_call(trial: CallTrial) -> Call:
    """A call as the flow knows them, from what is known so far. To be taken back: it must never be committed."""
    known = trial.knows
    now = clock.now()
    call = Call(
        key=trial.key, provider="trial", direction=Direction.IN, number_id=trial.number_id, language=known["language"],
        state=CallState(known["state"]), since=now, started_at=now, flow=dict(known["flow"]), candidate_ids=[],
        customer_id=known.get("customer_id"), is_verified=bool(known.get("is_verified")),
    )  # fmt: skip
    db.session.add(call)
    db.session.flush()
    return call


def known_of(call: Call) -> dict[str, Any]:
    """What the flow knows of *call*, to go on from there."""
    return {
        "flow": dict(call.flow), "state": str(call.state), "language": call.language,
        "customer_id": call.customer_id, "is_verified": call.is_verified,
    }  # fmt: skip


def note(trial: CallTrial, knows: Mapping[str, Any], heard: Mapping[str, Any]) -> None:
    """Keep what a step found out and said; whoever looks at it is told."""
    trial.knows, trial.heard = dict(knows), [*trial.heard, dict(heard)]
    _tell(trial.agent_id, trial.id)


def end(trial: CallTrial) -> None:
    """It is over."""
    if trial.ended_at is None:
        trial.ended_at = clock.now()
        _tell(trial.agent_id, trial.id)


def hung_up(ref: str) -> None:
    """The telephone of that name is gone: if it was a test call, it is over."""
    ending = update(CallTrial).where(CallTrial.ref == ref, CallTrial.ended_at.is_(None))
    for row in db.session.execute(ending.values(ended_at=clock.now()).returning(CallTrial.agent_id, CallTrial.id)):
        _tell(*row)


def _tell(agent_id: int, trial_id: int) -> None:
    bus.after_commit(Name.CALL_TRIED, {"agent": agent_id, "trial": trial_id})
