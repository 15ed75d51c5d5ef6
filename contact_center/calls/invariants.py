"""What must always hold of calls, asked of the rows: every answer is a fault of ours.

What a constraint can hold, a constraint holds (I2: one open offer of a call, I3: one of an agent, one live leg of
each); that no caller hears silence (I1) is for the provider's door to see. This is the rest. The switchboard asks now
and then and says what it finds; scripted days ask after every event.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from contact_center import clock
from contact_center.statement import Statement

SETTLED_AFTER = timedelta(seconds=10)  # so long after its end something of a call may still be about
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Broken(NamedTuple):
    """A rule that does not hold of a call, and what is wrong."""

    rule: str
    call_id: int
    what: str


_ASKED = Statement("""
    WITH live AS (
        SELECT l.call_id, l.role, l.state, l.round FROM call_leg l WHERE l.ended_at IS NULL
    ), recent AS (
        SELECT * FROM call WHERE ended_at IS NULL UNION ALL SELECT * FROM call WHERE ended_at >= :since
    )
    SELECT 'I4' AS rule, l.call_id, 'an agent''s phone is in a call they did not accept' AS what
    FROM call_leg l JOIN recent c ON c.id = l.call_id
    WHERE l.role = 'AGENT' AND l.ended_at IS NULL AND l.agent_id IS DISTINCT FROM c.agent_id
    UNION ALL
    SELECT 'I5', c.id, 'talking, and not both in the room' FROM recent c
    WHERE c.state = 'TALKING' AND c.since < :settled AND c.ending_by = ''
    AND (NOT EXISTS (SELECT FROM live WHERE call_id = c.id AND role = 'CUSTOMER' AND state = 'ROOM')
         OR NOT EXISTS (SELECT FROM live WHERE call_id = c.id AND role <> 'CUSTOMER' AND state = 'ROOM'))
    UNION ALL
    SELECT 'I6', c.id, 'over, and a telephone is still in it' FROM recent c
    WHERE c.ended_at < :settled AND EXISTS (SELECT FROM live WHERE call_id = c.id)
    UNION ALL
    SELECT 'I6', c.id, 'over, and its work is open' FROM recent c JOIN interaction i ON i.id = c.interaction_id
    WHERE c.ended_at < :settled AND i.kind = 'CALL' AND i.state IN ('WAITING', 'OFFERED', 'HANDLING')
    AND NOT EXISTS (SELECT FROM call o WHERE o.interaction_id = i.id AND o.ended_at IS NULL)
    UNION ALL
    SELECT 'I7', c.id, 'recorded, and must not be' FROM recording r JOIN recent c ON c.id = r.call_id
    WHERE r.state = 'RUNNING' AND (r.changed_at < :settled OR r.failed <> '') AND c.since < :settled
    AND (c.consent <> 'GIVEN' OR r.is_unwanted OR c.state <> 'TALKING' OR r.paused_until > :now)
    UNION ALL
    SELECT 'I8', c.id, 'the stretches of its ledger are not as long as the call' FROM recent c
    CROSS JOIN LATERAL (SELECT sum(s.ended_at - s.started_at) AS long FROM call_stage s WHERE s.call_id = c.id) ledger
    WHERE c.ended_at IS NOT NULL AND abs(extract(epoch FROM (c.ended_at - c.started_at) - ledger.long)) > 1
    UNION ALL
    SELECT 'stuck', c.id, 'on the way for too long: ' || c.state FROM recent c
    WHERE c.state IN ('CONNECTING', 'TRANSFERRING', 'SURVEY', 'DIALLING') AND c.since < :stuck
""")


def broken(since: datetime | None = None) -> list[Broken]:
    """What does not hold now, of calls that live or have ended *since* then; empty, if all is well."""
    now = clock.now()
    asked = {"settled": now - SETTLED_AFTER, "now": now, "stuck": now - timedelta(minutes=2), "since": since or _EVER}
    return [Broken(row.rule, row.call_id, row.what) for row in _ASKED.rows(asked)]
