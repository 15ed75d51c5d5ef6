"""What the telephone company is to do: written down in the transaction that wants it, carried out after its commit.

`channels.phone` carries them out, those of one call one after the other. A command that is asked for twice is harmless:
whoever carries it out finds the thing done, or gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from contact_center import clock
from contact_center.calls.models import Call, CallCommand, CallLeg, CommandState, Verb
from contact_center.events import bus
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.statement import Statement

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


def want(call: Call, verb: Verb, leg: CallLeg | None = None, **details: Any) -> None:
    """Have the provider do *verb* with *leg*, or with the whole call, once this transaction is committed."""
    now = clock.now()
    row = {"call_id": call.id, "leg_id": leg.id if leg else None, "verb": verb, "details": details}
    db.session.execute(insert(CallCommand).values(row | {"wanted_at": now, "due_at": now}))
    bus.after_commit(Name.CALL_COMMANDED, {"call": call.id})


def claim(most: int = 20) -> Sequence[int]:
    """Take up what is to be done now; returns the commands' ids. Commit before doing it."""
    now = clock.now()
    return sorted(row.id for row in _CLAIM.rows({"now": now, "until": now + LEASE, "most": most}))


def settle(command_id: int, state: CommandState, error: str = "") -> None:
    """It is done, gone or has failed."""
    _write(command_id, state=state, done_at=clock.now(), error=error)


def postpone(command_id: int, until: datetime, error: str) -> None:
    """Try again then."""
    _write(command_id, state=CommandState.PENDING, due_at=until, error=error)


def _write(command_id: int, **values: Any) -> None:
    writing = update(CallCommand).where(CallCommand.id == command_id, CallCommand.state == CommandState.SENDING)
    db.session.execute(writing.values(**values), execution_options={"synchronize_session": False})
