"""When a queue is too full, or somebody waits too long: its overflow steps, one after the other.

Called by the dispatcher at every turn; what a step does is `overflow.take`. A step is taken once for each interaction:
how many are taken is a column.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from contact_center import clock
from contact_center.extensions import db
from contact_center.routing import overflow
from contact_center.statement import Statement
from contact_center.tickets.messages import Interaction

MOST = 50  # of one queue in one turn
HANDLE_SECONDS = 300.0  # where nothing was handled lately

# Per queue: how many are here, how many of them have nothing in hand, how long the work took in the last two hours.
_QUEUES = Statement("""
    SELECT q.id, q.overflow, q.max_size, people.here, people.idle,
           (SELECT extract(epoch FROM avg(h.ended_at - h.started_at)) FROM handling h
            JOIN interaction i ON i.id = h.interaction_id
            WHERE i.queue_id = q.id AND h.ended_at > :lately) AS seconds
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
""")
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
            taken += overflow.take(interaction, step)
    return taken


def expected_wait(place: int, here: int, seconds: float | None) -> float:
    """Seconds until the one at *place* (1: the next) is served, by how long the work took lately.

    The usual estimate of a queue served in order: place × mean handling time / agents. Nobody here: for ever.
    """
    return place * float(seconds or HANDLE_SECONDS) / here if here else float("inf")


def _due(queue: Any) -> Iterable[tuple[int, dict[str, Any]]]:
    found = 0
    for row in _CANDIDATES.rows({"queue_id": queue.id, "now": clock.now()}):
        if row.overflowed >= len(queue.overflow) or found >= MOST:
            continue
        step = queue.overflow[row.overflowed]
        is_beyond = queue.max_size is not None and row.place > queue.max_size and row.overflowed == 0
        if is_beyond or _is_due(step, row, queue):
            found += 1
            yield row.id, step


def _is_due(step: dict[str, Any], row: Any, queue: Any) -> bool:
    match step["when"]:
        case "wait":
            return bool(row.waited >= step["at"])
        case "expected_wait":
            return expected_wait(row.place, queue.here, queue.seconds) >= step["at"]
        case "idle_agents":
            return bool(queue.idle < step["at"])
    return False
