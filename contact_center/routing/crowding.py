"""When a queue is too full, or somebody waits too long: its overflow steps, one after the other.

Called by the dispatcher at every turn; when a step is due says `spilling`, what it does `overflow.take`. A step is
taken once for each interaction: how many are taken is a column.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from typing import Any

from contact_center import clock
from contact_center.extensions import db
from contact_center.routing import overflow
from contact_center.routing.spilling import Crowd
from contact_center.statement import Statement
from contact_center.tickets.messages import Interaction

MOST = 50  # of one queue in one turn

# How long work takes is told by the newest of it; of a busy day that is enough.
NEWEST = "SELECT * FROM handling WHERE ended_at > :lately ORDER BY ended_at DESC LIMIT 1000"
# Per queue: how many are here, how many of them have nothing in hand, how long the newest work of two hours took.
_QUEUES = Statement(f"""
    WITH newest AS ({NEWEST})
    SELECT q.id, q.overflow, q.max_size, people.here, people.idle,
           (SELECT extract(epoch FROM avg(h.ended_at - h.started_at)) FROM newest h
            JOIN interaction i ON i.id = h.interaction_id WHERE i.queue_id = q.id) AS seconds
    FROM queue q CROSS JOIN LATERAL (
        SELECT count(*) AS here, count(*) FILTER (WHERE NOT EXISTS (
            SELECT FROM interaction i WHERE i.agent_id = m.agent_id AND i.state IN ('HANDLING', 'WRAPPING')
            AND i.set_aside_at IS NULL
        )) AS idle
        FROM queue_member m
        JOIN presence p ON p.agent_id = m.agent_id AND p.ended_at IS NULL AND p.state = 'AVAILABLE'
        WHERE m.queue_id = q.id
    ) people
    WHERE q.is_active AND q.overflow <> '[]'
    AND EXISTS (SELECT FROM interaction i WHERE i.queue_id = q.id AND i.state = 'WAITING' AND i.order_at IS NOT NULL)
""")  # noqa: S608 (ours)
# How long it has waited in this queue: what came from another one gets this one's steps in its own time.
_CANDIDATES = Statement("""
    SELECT id, row_number() OVER (ORDER BY order_at, id) AS place, overflowed,
           extract(epoch FROM :now - coalesce(CAST(placed_by ->> 'since' AS timestamptz), queued_at)) AS waited
    FROM interaction WHERE queue_id = :queue_id AND state = 'WAITING' AND order_at IS NOT NULL
    ORDER BY order_at, id LIMIT 2000
""")


def sweep() -> int:
    """Take the steps whose time has come; returns how many."""
    taken = 0
    for queue in _QUEUES.rows({"lately": clock.now() - timedelta(hours=2)}):
        for interaction_id, step in _due(queue):
            interaction = db.session.get_one(Interaction, interaction_id, populate_existing=True)
            overflow.take(interaction, step)
            taken += 1
    return taken


def _due(queue: Any) -> Iterable[tuple[int, dict[str, Any]]]:
    crowd = Crowd(queue.overflow, queue.max_size, queue.here, queue.idle, queue.seconds)
    rows = _CANDIDATES.rows({"queue_id": queue.id, "now": clock.now()})
    steps = ((row.id, crowd.due(row.place, row.overflowed, row.waited)) for row in rows)
    return islice(((interaction_id, dict(step)) for interaction_id, step in steps if step is not None), MOST)
