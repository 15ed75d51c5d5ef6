"""The floor in rows of counts, read once for everybody who watches: now, and (`day`) since the day began.

Few statements, whatever the number of viewers and views: `figures` adds up what belongs to each view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from contact_center import clock
from contact_center.agents import open_desks
from contact_center.statement import Statement
from contact_center.wall.day import Today

AHEAD = timedelta(minutes=30)
DUE_SHOWN = 300  # deadlines that are read: those to come before those past


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that any view of this instant is made of."""

    now: datetime
    day: datetime  # when it began
    queues: Mapping[int, Any]  # id → name, target_percent, target_seconds
    waits: Sequence[Any]
    served: Sequence[Any]
    handled: Sequence[Any]
    answers: Sequence[Any]
    agents: Sequence[Any]
    due: Sequence[Any]


def read(today: Today | None = None) -> Facts:
    """Read all of it; who comes every second brings what *today* keeps of the day."""
    now, day = clock.now(), day_begun()
    served, handled = (today or Today()).read(day, now)
    return Facts(
        now=now,
        day=day,
        queues={row.id: row for row in _QUEUES.rows({})},
        waits=_WAITS.rows({}),
        served=served,
        handled=handled,
        answers=_ANSWERS.rows({"day": day}),
        agents=_AGENTS.rows({"lately": now - open_desks.LIVE_FOR, "yesterday": now - timedelta(days=1)}),
        due=_DUE.rows({"day": day, "until": now + AHEAD, "most": DUE_SHOWN}),
    )


def day_begun() -> datetime:
    """When today began where the installation is: one day for everybody who looks at the same wall."""
    zone = ZoneInfo(current_app.config["CC"].time_zone)
    return clock.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


_QUEUES = Statement(
    "SELECT id, name, target_percent, target_seconds FROM queue WHERE is_active ORDER BY position, name"
)

# What rings still waits; a promise of ours is no customer who waits.
_WAITS = Statement("""
    WITH waits AS (
        SELECT i.queue_id, i.channel, i.customer_id, i.queued_at FROM interaction i
        WHERE i.state = 'WAITING' AND i.kind <> 'PROMISE'
        UNION ALL
        SELECT i.queue_id, i.channel, i.customer_id, i.queued_at
        FROM offer o JOIN interaction i ON i.id = o.interaction_id
        WHERE o.state = 'PENDING' AND i.state = 'OFFERED' AND i.kind <> 'PROMISE'
    )
    SELECT w.queue_id, w.channel, CASE WHEN c.id IS NULL THEN '' ELSE coalesce(c.tier, 'D') END AS tier,
           count(*) AS n, min(w.queued_at) AS since
    FROM waits w LEFT JOIN customer c ON c.id = w.customer_id GROUP BY 1, 2, 3
""")

_ANSWERS = Statement("""
    SELECT queue_id, channel, CASE WHEN customer_id IS NULL THEN '' ELSE coalesce(tier, 'D') END AS tier,
           count(*) AS asked, count(score) AS answered, count(*) FILTER (WHERE score >= 4) AS satisfied
    FROM survey
    WHERE asked_at >= :day AND scale = 'CSAT' AND after_recovery_of IS NULL
          AND (state <> 'WITHDRAWN' OR score IS NOT NULL) GROUP BY 1, 2, 3
""")

# What they have in hand first: a call before what is written, what is not set aside, what they have had for longest.
_AGENTS = Statement("""
    SELECT a.id, a.name, p.state, p.reason, p.started_at, k.state AS call_state,
           (SELECT array_agg(m.queue_id) FROM queue_member m WHERE m.agent_id = a.id) AS queues,
           EXISTS (SELECT FROM open_desk d
                   WHERE d.agent_id = a.id AND d.closed_at IS NULL AND d.seen_at > :lately) AS sits,
           held.channel, held.state AS held_state, held.since, rings.offered_at AS rings_since,
           greatest(p.started_at,
               (SELECT h.ended_at FROM handling h WHERE h.agent_id = a.id AND h.started_at > :yesterday
                ORDER BY h.started_at DESC LIMIT 1),
               (SELECT o.ended_at FROM offer o WHERE o.agent_id = a.id AND o.offered_at > :yesterday
                ORDER BY o.offered_at DESC LIMIT 1)
           ) AS idle_since
    FROM presence p
    JOIN agent a ON a.id = p.agent_id
    LEFT JOIN LATERAL (
        SELECT i.channel, i.state,
               coalesce(CASE WHEN i.state = 'WRAPPING' THEN i.ended_at ELSE i.accepted_at END, i.queued_at) AS since
        FROM interaction i JOIN ticket t ON t.id = i.ticket_id
        WHERE i.agent_id = a.id AND i.state IN ('HANDLING', 'WRAPPING') AND i.set_aside_at IS NULL
          AND (t.state <> 'WAITING' OR i.state = 'WRAPPING' OR i.channel = 'phone')
        ORDER BY i.channel = 'phone' AND i.state = 'HANDLING' DESC, i.state = 'WRAPPING' DESC, since LIMIT 1
    ) held ON true
    LEFT JOIN LATERAL (
        SELECT o.offered_at FROM offer o WHERE o.agent_id = a.id AND o.state = 'PENDING' LIMIT 1
    ) rings ON true
    LEFT JOIN LATERAL (
        SELECT k.state FROM call k WHERE k.agent_id = a.id AND k.ended_at IS NULL
          AND k.state IN ('TALKING', 'HELD', 'CONSULTING') LIMIT 1
    ) k ON true
    WHERE p.ended_at IS NULL AND p.state <> 'OFFLINE' AND a.active
""")

_DUE = Statement("""
    SELECT t.id AS ticket_id, t.queue_id, t.channel, d.target, d.due_at, a.name AS owner,
           CASE WHEN c.id IS NULL THEN '' ELSE coalesce(c.tier, 'D') END AS tier
    FROM deadline d
    JOIN ticket t ON t.id = d.ticket_id
    LEFT JOIN customer c ON c.id = t.customer_id
    LEFT JOIN agent a ON a.id = t.assignee_id
    WHERE d.state = 'RUNNING' AND d.due_at <= :until AND d.due_at >= :day
    ORDER BY d.due_at DESC LIMIT :most
""")
