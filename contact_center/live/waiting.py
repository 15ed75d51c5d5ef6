"""What waits in one queue, in the order in which it is served, with every part of that order.

The supervisors' live page asks for the queue that stands open. At most `SHOWN` pieces, however many wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues import easing
from contact_center.queues.models import Queue, Skill
from contact_center.statement import Statement
from contact_center.tickets import scope
from contact_center.tickets.models import ref_of

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """One piece of waiting work. `bonus` is what for → minutes, `asks` skill → least level, `held_for` names.

    `eases_at` is when something about it changes by itself: fewer skills are asked for, or everybody is asked.
    """

    id: int
    ticket_id: int
    channel: str
    kind: str
    queued_at: datetime
    order_at: datetime | None
    bonus: dict[str, int]
    asks: dict[str, int]
    held_for: tuple[str, ...]
    eases_at: datetime | None
    subject: str
    priority: str
    customer: str | None
    tier: str | None
    due_at: datetime | None
    ringing_at: str | None
    rings_until: datetime | None

    @property
    def ref(self) -> str:
        return ref_of(self.ticket_id)


def watched(viewer: Agent, queue_id: int) -> Queue | None:
    """The queue, if *viewer* sees it."""
    return db.session.scalar(select(Queue).where(Queue.id == queue_id, Queue.id.in_(scope.queue_ids(viewer))))


def of(queue: Queue) -> list[Waiting]:
    """The first of what waits in *queue*, in the order of service; what rings stands at the top."""
    return _named(_WAITING.rows({"queue_id": queue.id, "most": SHOWN}))


# Taken by the index of what waits, sorted before anything is looked up: ten thousand may wait.
_WAITING = Statement("""
    WITH head AS (
        (SELECT i.id, i.ticket_id, i.order_at, CAST(NULL AS bigint) AS agent_id, CAST(NULL AS timestamptz) AS expires_at
         FROM interaction i WHERE i.queue_id = :queue_id AND i.state = 'WAITING'
         ORDER BY i.order_at NULLS LAST, i.id LIMIT :most)
        UNION ALL
        SELECT i.id, i.ticket_id, i.order_at, o.agent_id, o.expires_at
        FROM offer o JOIN interaction i ON i.id = o.interaction_id
        WHERE o.state = 'PENDING' AND i.queue_id = :queue_id
    )
    SELECT i.id, i.ticket_id, i.channel, i.kind, i.queued_at, i.order_at, i.bonus, i.asks, i.held_for, i.eases_at,
           t.subject, t.priority, c.name AS customer, c.tier, a.name AS ringing_at, head.expires_at AS rings_until,
           (SELECT min(d.due_at) FROM deadline d WHERE d.ticket_id = i.ticket_id AND d.state = 'RUNNING') AS due_at
    FROM head
    JOIN interaction i ON i.id = head.id
    JOIN ticket t ON t.id = head.ticket_id
    LEFT JOIN customer c ON c.id = t.customer_id
    LEFT JOIN agent a ON a.id = head.agent_id
    ORDER BY head.agent_id IS NULL, head.order_at NULLS LAST, head.id
""")


def _named(found: Sequence[Any]) -> list[Waiting]:
    asks = {row.id: easing.parse(row.asks) for row in found}
    skills = rows.called(Skill, {skill for pairs in asks.values() for skill, _level in pairs})
    people = rows.called(Agent, {agent_id for row in found for agent_id in row.held_for})
    return [
        Waiting(
            row.id, row.ticket_id, row.channel, row.kind, row.queued_at, row.order_at, row.bonus,
            {skills.get(skill, "?"): level for skill, level in asks[row.id]},
            tuple(people[agent_id] for agent_id in row.held_for if agent_id in people),
            row.eases_at, row.subject, row.priority, row.customer, row.tier, row.due_at, row.ringing_at,
            row.rings_until,
        )
        for row in found
    ]  # fmt: skip
