"""Waiting work asks for less as time passes: lower skills, nobody in particular, and decliners once more.

Called by the dispatcher at every turn; when the next ease comes is a column.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contact_center import clock
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues import easing
from contact_center.routing.offers import DECLINED_FOR
from contact_center.statement import Statement
from contact_center.tickets.models import Ticket

_DUE = Statement("""
    SELECT i.id, i.ticket_id, i.queued_at, i.asked, i.asks, i.held_for, i.not_for, q.easing, q.prefer_seconds,
           (SELECT array_agg(o.agent_id ORDER BY o.agent_id) FROM offer o
            WHERE o.interaction_id = i.id AND o.state = 'DECLINED' AND o.ended_at > :declined_after) AS declined,
           (SELECT min(o.ended_at) FROM offer o
            WHERE o.interaction_id = i.id AND o.state = 'DECLINED' AND o.ended_at > :declined_after) AS declined_at
    FROM interaction i JOIN queue q ON q.id = i.queue_id
    WHERE i.state = 'WAITING' AND i.eases_at <= :now
    ORDER BY i.eases_at LIMIT :most
    FOR UPDATE OF i SKIP LOCKED
""")
_EASE = Statement("""
    UPDATE interaction SET asks = :asks, held_for = :held_for, not_for = :not_for, eases_at = :eases_at WHERE id = :id
""")


def ease(most: int = 500) -> int:
    """Ease what is due; returns how many. Call and commit until 0."""
    now = clock.now()
    due = _DUE.rows({"now": now, "declined_after": now - DECLINED_FOR, "most": most})
    for row in due:
        asks, eases_at = easing.standing(easing.parse(row.asked), row.easing, row.queued_at, now)
        held_for = row.held_for if _held_until(row) > now else []
        later = (eases_at, _held_until(row) if held_for else None, _again_at(row))
        _EASE.run({
            "id": row.id, "asks": asks, "held_for": held_for, "not_for": row.declined or [],
            "eases_at": min(filter(None, later), default=None),
        })  # fmt: skip
        if (asks, held_for) != (row.asks, row.held_for):
            ticket = db.session.get_one(Ticket, row.ticket_id)
            log.record(Name.INTERACTION_EASED, ticket, asks=asks, asked=row.asked, held_for=held_for)
    return len(due)


def _held_until(row: Any) -> Any:
    return row.queued_at + timedelta(seconds=row.prefer_seconds)


def _again_at(row: Any) -> datetime | None:
    return row.declined_at + DECLINED_FOR if row.declined_at else None
