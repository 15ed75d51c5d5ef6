"""From state to state: the table of what may follow what, and the one guarded UPDATE by which a call moves.

Of two who move a call at once one wins; the other is told by False and does nothing. Each move closes a stretch of the
ledger and opens the next, at one instant, so that the stretches are as long as the call. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, update

from contact_center import clock
from contact_center.calls.models import OVER, Call, CallState, Outcome
from contact_center.events import bus
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.statement import Statement

_ = CallState
FOLLOWS: dict[CallState, frozenset[CallState]] = {
    _.NEW: frozenset({_.MENU, _.QUEUED, _.VOICEMAIL, _.ENDED, _.REJECTED}),
    _.MENU: frozenset({_.SELF_SERVICE, _.QUEUED, _.VOICEMAIL, _.ENDED}),
    _.SELF_SERVICE: frozenset({_.MENU, _.QUEUED, _.VOICEMAIL, _.ENDED}),
    _.QUEUED: frozenset({_.CONNECTING, _.VOICEMAIL, _.ABANDONED, _.ENDED}),
    _.CONNECTING: frozenset({_.TALKING, _.QUEUED, _.RECOVERING, _.ABANDONED, _.ENDED}),
    _.DIALLING: frozenset({_.TALKING, _.ENDED}),
    _.TALKING: frozenset({_.HELD, _.CONSULTING, _.TRANSFERRING, _.RECOVERING, _.SURVEY, _.ENDED}),
    _.HELD: frozenset({_.TALKING, _.CONSULTING, _.TRANSFERRING, _.RECOVERING, _.SURVEY, _.ENDED}),
    _.CONSULTING: frozenset({_.TALKING, _.HELD, _.TRANSFERRING, _.RECOVERING, _.SURVEY, _.ENDED}),
    _.TRANSFERRING: frozenset({_.QUEUED, _.TALKING, _.ABANDONED, _.ENDED}),
    _.RECOVERING: frozenset({_.CONNECTING, _.QUEUED, _.VOICEMAIL, _.ABANDONED, _.ENDED}),
    _.VOICEMAIL: frozenset({_.ENDED}),
    _.SURVEY: frozenset({_.ENDED}),
    _.ENDED: frozenset(),
    _.ABANDONED: frozenset(),
    _.REJECTED: frozenset(),
}

# The stretch that ends, then the one that begins: in this order, or two would be open at once.
_TURN_OVER = Statement("""
    WITH ended AS (
        UPDATE call_stage SET ended_at = greatest(started_at, :now) WHERE call_id = :call_id AND ended_at IS NULL
        RETURNING ended_at
    )
    INSERT INTO call_stage (call_id, state, agent_id, started_at)
    SELECT :call_id, :state, CAST(:agent_id AS bigint), coalesce((SELECT max(ended_at) FROM ended), :now)
    WHERE NOT :is_over
""")


def make(call: Call, to: CallState, *, origins: Iterable[CallState] | None = None, **values: Any) -> bool:
    """Move *call* to *to*, from one of *origins* (by default all that *to* may follow), and set *values* with it.

    Returns whether it moved; *call* shows the truth afterwards. Moving to where it is already is no move.
    """
    allowed = [state for state, following in FOLLOWS.items() if to in following]
    wanted = allowed if origins is None else [state for state in origins if state in allowed]
    now = clock.now()
    moving = update(Call).where(Call.id == call.id, Call.state.in_(wanted))
    db.session.flush()
    moved = db.session.scalar(
        moving.values(state=to, since=func.greatest(Call.since, now), **values).returning(Call),
        execution_options={"synchronize_session": False, "populate_existing": True},
    )
    if moved is None:
        db.session.refresh(call)
        return False
    turn_over(call)
    tell(call)
    return True


def finish(call: Call, to: CallState, outcome: Outcome, *, origins: Iterable[CallState] | None = None) -> bool:
    """Move *call* to one of the states in which it is over; what had happened before is its outcome."""
    assert to in OVER
    return make(call, to, origins=origins, ended_at=func.greatest(Call.since, clock.now()), outcome=outcome)


def turn_over(call: Call) -> None:
    """End the stretch of the ledger that is open, and begin that of the state in which *call* is now."""
    _TURN_OVER.run({
        "call_id": call.id, "state": call.state, "agent_id": call.agent_id, "now": call.since,
        "is_over": call.state in OVER,
    })  # fmt: skip


def tell(call: Call) -> None:
    """Nudge, after the commit, the desks of the agent and the ticket."""
    ids = {"call": call.id, "ticket": call.ticket_id, "agent": call.agent_id}
    bus.after_commit(Name.CALL_MOVED, {what: one for what, one in ids.items() if one is not None})
