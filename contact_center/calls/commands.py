"""What the telephone company is to do: written down in the transaction that wants it, carried out after its commit.

`channels.phone` carries them out, those of one call one after the other. A command that is asked for twice is harmless:
whoever carries it out finds the thing done, or gone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm.attributes import set_committed_value

from contact_center import clock
from contact_center.calls.models import Call, CallCommand, CallLeg, CommandState, Verb
from contact_center.events import bus
from contact_center.events.names import Name
from contact_center.statement import Statement, columns

LEASE = timedelta(seconds=30)  # longer than any request to the provider lasts

# The oldest open command of each call, if its time has come; a killed carrier-out's comes back with its lease.
_CLAIM = Statement("""
    UPDATE call_command SET state = 'SENDING', attempts = attempts + 1, due_at = :until
    WHERE id IN (
        SELECT c.id FROM call_command c
        WHERE c.state IN ('PENDING', 'SENDING') AND c.due_at <= :now AND NOT EXISTS (
            SELECT FROM call_command earlier
            WHERE earlier.call_id = c.call_id AND earlier.id < c.id AND earlier.state IN ('PENDING', 'SENDING'))
        ORDER BY c.id LIMIT :most FOR UPDATE SKIP LOCKED
    )
    RETURNING id
""")


_WANT = Statement("""
    INSERT INTO call_command (call_id, leg_id, verb, details, wanted_at, due_at)
    VALUES (:call_id, :leg_id, :verb, CAST(:details AS jsonb), :now, :now)
""")
_SETTLE = Statement("""
    UPDATE call_command SET state = :state, done_at = :now, error = :error WHERE id = :id AND state = 'SENDING'
    RETURNING EXISTS (SELECT FROM call_command next WHERE next.call_id = call_command.call_id
                      AND next.id > call_command.id AND next.state = 'PENDING') AS is_followed
""")
_POSTPONE = Statement("""
    UPDATE call_command SET state = 'PENDING', due_at = :until, error = :error WHERE id = :id AND state = 'SENDING'
""")
_READ = Statement(f"""
    SELECT {columns(CallCommand)}, {columns(Call)}, {columns(CallLeg)}
    FROM call_command
    JOIN call ON call.id = call_command.call_id
    LEFT JOIN call_leg ON call_leg.id = call_command.leg_id
    WHERE call_command.id = :id
""")


def want(call: Call, verb: Verb, leg: CallLeg | None = None, **details: Any) -> None:
    """Have the provider do *verb* with *leg*, or with the whole call, once this transaction is committed."""
    row = {"call_id": call.id, "leg_id": leg.id if leg else None, "verb": verb, "details": json.dumps(details)}
    _WANT.run(row | {"now": clock.now()})
    bus.after_commit(Name.CALL_COMMANDED, {"call": call.id})


def claim(most: int = 20) -> Sequence[int]:
    """Take up what is to be done now; returns the commands' ids. Commit before doing it."""
    now = clock.now()
    return sorted(row.id for row in _CLAIM.rows({"now": now, "until": now + LEASE, "most": most}))


def read(command_id: int) -> CallCommand:
    """A command with its call and its leg, as they are now."""
    command, call, leg = _READ.find_each((CallCommand, Call, CallLeg), {"id": command_id})
    set_committed_value(command, "call", call)
    set_committed_value(command, "leg", leg)
    return command


def settle(command_id: int, state: CommandState, error: str = "") -> bool:
    """It is done, gone or has failed. Returns whether another one of its call has waited for that."""
    settled = _SETTLE.one({"id": command_id, "state": state, "now": clock.now(), "error": error})
    return settled is not None and settled.is_followed


def postpone(command_id: int, until: datetime, error: str) -> None:
    """Try again then."""
    _POSTPONE.run({"id": command_id, "until": until, "error": error})
