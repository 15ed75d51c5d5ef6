"""From state to state: the table of what may follow what, and the one guarded UPDATE by which a call moves.

Of two who move a call at once one wins; the other is told by False and does nothing. Each move closes a stretch of the
ledger and opens the next, at one instant, so that the stretches are as long as the call. Verbs never commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from contact_center import clock
from contact_center.calls import legs, recorder
from contact_center.calls.models import OVER, Call, CallState, Outcome
from contact_center.events.names import Name
from contact_center.statement import Statement, columns

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
_STRETCHES = """
    ended AS (
        UPDATE call_stage s SET ended_at = greatest(s.started_at, moved.since) FROM moved
        WHERE s.call_id = moved.id AND s.ended_at IS NULL
        RETURNING s.ended_at
    ), begun AS (
        INSERT INTO call_stage (call_id, state, agent_id, started_at)
        SELECT id, state, agent_id, coalesce((SELECT max(ended_at) FROM ended), since) FROM moved
        WHERE moved.ended_at IS NULL
    )
"""
_TURN_OVER = Statement(f"""
    WITH moved AS (SELECT id, state, agent_id, since, ended_at FROM call WHERE id = :id), {_STRETCHES} SELECT
""")
_READ = Statement(f"SELECT {columns(Call)} FROM call WHERE id = :id")
# Some values are not simply set: who was answered stays so since then, and time does not go back.
_VALUES = {
    "answered_at": "coalesce(answered_at, :answered_at)", "ended_at": "greatest(since, :ended_at)",
    "flow": "CAST(:flow AS jsonb)",
}  # fmt: skip


@lru_cache(maxsize=64)
def _move(names: tuple[str, ...]) -> Statement:
    """The one UPDATE, with the ledger, for a move that sets these columns."""
    values = "".join(f", {name} = {_VALUES.get(name, f':{name}')}" for name in names)
    return Statement(f"""
        WITH moved AS (
            UPDATE call SET state = :to, since = greatest(since, :now){values}
            WHERE id = :id AND state = ANY(CAST(:origins AS text[]))
            RETURNING {columns(Call)}
        ), {_STRETCHES}
        SELECT {columns(Call, "moved")} FROM moved
    """)


def make(call: Call, to: CallState, *, origins: Iterable[CallState] | None = None, **values: Any) -> bool:
    """Move *call* to *to*, from one of *origins* (by default all that *to* may follow), and set *values* with it.

    Returns whether it moved; *call* shows the truth afterwards. Moving to where it is already is no move.
    """
    allowed = [state for state, following in FOLLOWS.items() if to in following]
    wanted = allowed if origins is None else [state for state in origins if state in allowed]
    if "flow" in values:
        values["flow"] = json.dumps(values["flow"])
    given = {"id": call.id, "to": to, "now": clock.now(), "origins": [state.value for state in wanted]}
    if _move(tuple(values)).find(Call, given | values) is None:
        _READ.find(Call, {"id": call.id})
        return False
    recorder.follow(call)
    tell(call)
    return True


def finish(call: Call, to: CallState, outcome: Outcome, *, origins: Iterable[CallState] | None = None) -> bool:
    """Move *call* to one of the states in which it is over; what had happened before is its outcome."""
    assert to in OVER
    return make(call, to, origins=origins, ended_at=clock.now(), outcome=outcome)


def turn_over(call: Call) -> None:
    """End the stretch of the ledger that is open, and begin that of the state in which *call* is now."""
    _TURN_OVER.run({"id": call.id})


def tell(call: Call) -> None:
    """Nudge, after the commit, the desks on which the call is."""
    legs.tell(call, Name.CALL_MOVED)
