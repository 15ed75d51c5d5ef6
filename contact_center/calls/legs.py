"""The telephones of a call: expected, come, in the room, gone. Each step is a guarded UPDATE, harmless twice."""

from __future__ import annotations

import re
import secrets
from typing import Any

from sqlalchemy.orm.attributes import set_committed_value

from contact_center import clock
from contact_center.agents import open_phones
from contact_center.agents.models import Agent
from contact_center.calls.models import Call, CallLeg, CallState, LegState, Role
from contact_center.events import bus
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.statement import Statement, columns

_WITH_COLLEAGUE = (CallState.TALKING, CallState.HELD, CallState.CONSULTING)  # in which a colleague may be there
_LABEL = re.compile(r"leg-(\d{1,18})")


def expect(call: Call, agent: Agent, role: Role) -> CallLeg | None:
    """An agent's phone may come now, once, with the leg's `nonce`. None if they are on the phone already."""
    row = {"call_id": call.id, "role": role, "agent_id": agent.id, "round": call.round, "now": clock.now()}
    leg = _EXPECT.find(CallLeg, row | {"nonce": secrets.token_urlsafe(18)})
    if leg is not None:
        open_phones.use(agent.id, is_busy=True)
    return leg


def come(nonce: str, agent_id: int, ref: str) -> CallLeg | None:
    """The agent's phone is here, and the provider calls it *ref*. The one gate into a call.

    The nonce is good for one connection of its agent, while the leg is expected; asked again for the same *ref* it
    gives the same leg. None: whoever comes is to be sent away.
    """
    asked = {"nonce": nonce, "agent_id": agent_id, "ref": ref}
    leg = _COME.find(CallLeg, asked) or _CAME.find(CallLeg, asked)
    if leg is not None:
        set_committed_value(leg, "call", _CALL.find(Call, {"id": leg.call_id}))
    return leg


def joined(leg: CallLeg, sequence: int) -> bool:
    """It is in the room. What the provider said before that it has said already changes nothing."""
    return _change(_JOIN, leg, now=clock.now(), sequence=sequence)


def begin_anew(leg: CallLeg, round_: int) -> None:
    """It is in no room, and the next one is another: what the provider counts, it counts from the start there."""
    leg.state, leg.round, leg.sequence, leg.is_held = LegState.LIVE, round_, -1, False
    db.session.flush()


def left(leg: CallLeg, sequence: int) -> bool:
    """It is out of the room, and lives on."""
    return _change(_LEAVE, leg, sequence=sequence)


def end(leg: CallLeg, cause: str) -> bool:
    """It is out of the call. Returns False if it was already."""
    done = _change(_END, leg, now=clock.now(), cause=cause)
    if done and leg.agent_id is not None:
        open_phones.use(leg.agent_id, is_busy=False)
    return done


def of_label(label: str) -> CallLeg | None:
    """The leg of that name in its room."""
    found = _LABEL.fullmatch(label)
    return _READ.find(CallLeg, {"id": int(found[1])}) if found else None


def locked_of_ref(ref: str) -> CallLeg | None:
    """The leg that the provider calls *ref*, with its call locked until the transaction ends."""
    return _locked(_LOCK_REF, {"ref": ref})


def locked_of_label(label: str, ref: str) -> CallLeg | None:
    """The leg of that name in its room, with its call locked. One that we dialled is called *ref* from now on."""
    found = _LABEL.fullmatch(label)
    leg = _locked(_LOCK, {"id": int(found[1])}) if found else None
    if leg is not None and leg.ref is None and leg.role is Role.CUSTOMER and ref:
        _change(_DIAL, leg, ref=ref)
    return leg


def dialled(label: str, ref: str) -> CallLeg | None:
    """The leg of that label that we have dialled, and of which we hear before we know what the provider calls it."""
    leg = locked_of_label(label, ref)
    return leg if leg is not None and leg.ref == ref else None


def live(call: Call, role: Role) -> CallLeg | None:
    """The customer's, the agent's or the colleague's leg, if it is in the call now."""
    return _LIVE.find(CallLeg, {"call_id": call.id, "role": role})


def others(call: Call) -> list[CallLeg]:
    """The legs of agents that are in the call now, or are expected."""
    return _OTHERS.find_all(CallLeg, {"call_id": call.id})


def tell(call: Call, name: Name) -> None:
    """Nudge, after the commit, the desks of the agent and of the ticket, and of a colleague who is in the call too."""
    ids = {"call": call.id, "ticket": call.ticket_id, "agent": call.agent_id}
    bus.after_commit(name, {what: one for what, one in ids.items() if one is not None})
    if call.state in _WITH_COLLEAGUE:
        for leg in others(call):
            if leg.agent_id is not None and leg.agent_id != call.agent_id:
                bus.after_commit(name, {"call": call.id, "agent": leg.agent_id})


def are_together(call: Call) -> bool:
    """The customer and the agent are in the call's present room."""
    inside = _INSIDE.rows({"call_id": call.id, "round": call.round})
    return {Role.CUSTOMER, Role.AGENT} <= {row.role for row in inside}


def locked(leg: CallLeg | None) -> CallLeg | None:
    """The leg with its call locked until the transaction ends: two events of one call come one after the other."""
    return None if leg is None else _locked(_LOCK, {"id": leg.id})


def _locked(locking: Statement, values: dict[str, Any]) -> CallLeg | None:
    found = locking.find_each((Call, CallLeg), values)
    if not found:
        return None
    call, leg = found
    set_committed_value(leg, "call", call)  # or it would be read again: the session lets go of what nobody holds
    return leg


def _change(changing: Statement, leg: CallLeg, **values: Any) -> bool:
    """Whether a guarded UPDATE changed its leg; *leg* shows the truth afterwards."""
    if changing.find(CallLeg, {"id": leg.id, **values}) is not None:
        return True
    _READ.find(CallLeg, {"id": leg.id})
    return False


_ALL = columns(CallLeg)
_READ = Statement(f"SELECT {_ALL} FROM call_leg WHERE id = :id")
# Whoever had to wait for the lock sees both as they are then, for both are locked; the call first, as everywhere.
_BOTH = f"SELECT {columns(Call)}, {_ALL} FROM call JOIN call_leg ON call_leg.call_id = call.id"
_LOCKING = "FOR UPDATE OF call FOR NO KEY UPDATE OF call_leg"
_LOCK = Statement(f"{_BOTH} WHERE call_leg.id = :id {_LOCKING}")
_LOCK_REF = Statement(f"{_BOTH} WHERE call_leg.ref = :ref {_LOCKING}")
_LIVE = Statement(f"""
    SELECT {_ALL} FROM call_leg WHERE call_id = :call_id AND role = :role AND ended_at IS NULL ORDER BY id DESC LIMIT 1
""")
_OTHERS = Statement(f"SELECT {_ALL} FROM call_leg WHERE call_id = :call_id AND role <> 'CUSTOMER' AND ended_at IS NULL")
_CALL = Statement(f"SELECT {columns(Call)} FROM call WHERE id = :id")
_INSIDE = Statement("SELECT role FROM call_leg WHERE call_id = :call_id AND state = 'ROOM' AND round = :round")
_EXPECT = Statement(f"""
    INSERT INTO call_leg (call_id, role, agent_id, nonce, round, state, created_at)
    VALUES (:call_id, :role, :agent_id, :nonce, :round, 'EXPECTED', :now) ON CONFLICT DO NOTHING RETURNING {_ALL}
""")
_COME = Statement(f"""
    UPDATE call_leg SET state = 'LIVE', ref = :ref WHERE nonce = :nonce AND agent_id = :agent_id AND state = 'EXPECTED'
    RETURNING {_ALL}
""")
_CAME = Statement(f"SELECT {_ALL} FROM call_leg WHERE nonce = :nonce AND ref = :ref AND ended_at IS NULL")
_DIAL = Statement(f"UPDATE call_leg SET ref = :ref WHERE id = :id AND ref IS NULL RETURNING {_ALL}")
_JOIN = Statement(f"""
    UPDATE call_leg SET state = 'ROOM', joined_at = :now, sequence = :sequence
    WHERE id = :id AND state IN ('LIVE', 'EXPECTED') AND sequence < :sequence RETURNING {_ALL}
""")
_LEAVE = Statement(f"""
    UPDATE call_leg SET state = 'LIVE', is_held = false, sequence = :sequence
    WHERE id = :id AND state = 'ROOM' AND sequence < :sequence RETURNING {_ALL}
""")
_END = Statement(f"""
    UPDATE call_leg SET state = 'ENDED', ended_at = :now, cause = :cause
    WHERE id = :id AND ended_at IS NULL RETURNING {_ALL}
""")
