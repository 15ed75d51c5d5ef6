"""What an agent could take by themselves, in the order of service: "next".

The desk asks. Skills, pauses and those for whom it is kept are respected; how much they have in hand is their affair.
"""

from __future__ import annotations

from typing import Any

from contact_center.agents.models import Agent
from contact_center.routing import policy, seats
from contact_center.routing.policy import Candidate
from contact_center.statement import Statement

LOOKED_THROUGH = 200  # from the head of the queues; behind so many that do not fit there is nothing for them

_HEAD = Statement("""
    SELECT i.id, i.ticket_id, i.queue_id, i.channel, i.asks, i.held_for, i.not_for
    FROM interaction i
    WHERE i.state = 'WAITING' AND i.queue_id = ANY(:queues)
    ORDER BY coalesce(i.order_at, i.queued_at), i.id LIMIT :most
""")


def fitting(agent: Agent) -> list[int]:
    """The tickets of what waits in the queues *agent* serves and fits them, who is served first standing first."""
    seat = next(iter(seats.taken(agents=[agent.id])), None)
    if seat is None:  # offline: whoever asks for work all the same is told by the queues
        return []
    rows = _HEAD.rows({"queues": list(seat.levels), "most": LOOKED_THROUGH})
    return [row.ticket_id for row in rows if _fits(row, seat)]


def _fits(row: Any, seat: Candidate) -> bool:
    lane = policy.Lane.of(row)
    return policy.misfit(seat, lane) is None and (not lane.held_for or seat.id in lane.held_for)
