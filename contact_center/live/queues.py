"""The queues as a supervisor watches them: what waits, for how long, and who is there to take it.

The supervisors' live page asks, again and again: few statements, whatever the number of agents and of waiting work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues import membership
from contact_center.queues.models import Queue
from contact_center.routing.policy import Candidate, Out
from contact_center.statement import Statement
from contact_center.tickets import scope


@dataclass(frozen=True, slots=True)
class Members:
    """Who of a queue is free, rings, has something in hand, or is here and takes nothing; nobody else is here."""

    free: int = 0
    ringing: int = 0
    busy: int = 0
    away: int = 0

    @property
    def here(self) -> int:
        return self.free + self.ringing + self.busy


@dataclass(frozen=True, slots=True)
class Level:
    """The service level of a stretch: how many were answered in time, of those who were answered or gave up."""

    in_time: int
    of: int

    @property
    def percent(self) -> int:
        return round(100 * self.in_time / self.of)


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One queue now. `waiting` counts what nobody has been offered, by tier; '' is of whom no tier is known."""

    queue: Queue
    waiting: Mapping[str, int]
    ringing: int
    longest_since: datetime | None
    due_at: datetime | None
    level: Level | None
    members: Members = field(default=Members())

    @property
    def waits(self) -> int:
        return sum(self.waiting.values())

    @property
    def late_at(self) -> datetime | None:
        """When the longest wait is longer than the queue's target."""
        target = timedelta(seconds=self.queue.target_seconds)
        return self.longest_since + target if self.longest_since else None

    @property
    def is_below(self) -> bool:
        return self.level is not None and self.level.percent < self.queue.target_percent


def lines(viewer: Agent, seated: Iterable[Candidate], *, since: datetime) -> list[QueueLine]:
    """The queues *viewer* sees, in their order.

    *seated* are all who are not offline, as routing sees them; the service level counts from *since*.
    """
    queues = membership.queues_of(viewer)
    ids = [queue.id for queue in queues]
    waits, levels, members = _waits(ids), _levels(ids, since), _members(seated)
    return [_line(queue, waits.get(queue.id), levels.get(queue.id), members.get(queue.id)) for queue in queues]


def watched_by(viewer: Agent) -> list[int]:
    """The ids of the queues *viewer* sees, inactive ones too."""
    return list(db.session.scalars(scope.queue_ids(viewer)))


def _line(queue: Queue, waits: Any, level: Level | None, members: Members | None) -> QueueLine:
    if waits is None:
        return QueueLine(queue, {}, 0, None, None, level, members or Members())
    return QueueLine(queue, waits.by_tier or {}, waits.ringing, waits.since, waits.due_at, level, members or Members())


# Two passes over the one partial index of what waits. What rings is found by its offer: few, however many work here.
_WAITS = Statement("""
    WITH waits AS MATERIALIZED (
        SELECT i.queue_id, i.ticket_id, i.customer_id, i.queued_at FROM interaction i
        WHERE i.state = 'WAITING' AND i.queue_id = ANY(:queues)
    ), tiers AS (
        SELECT w.queue_id, coalesce(c.tier, '') AS tier, count(*) AS n, min(w.queued_at) AS since
        FROM waits w LEFT JOIN customer c ON c.id = w.customer_id GROUP BY 1, 2
    ), due AS (
        SELECT w.queue_id, min(d.due_at) AS at FROM waits w
        JOIN deadline d ON d.ticket_id = w.ticket_id AND d.state = 'RUNNING' AND d.target <> 'RESOLUTION'
        GROUP BY 1
    ), rings AS (
        SELECT i.queue_id, count(*) AS n, min(i.queued_at) AS since FROM offer o
        JOIN interaction i ON i.id = o.interaction_id
        WHERE o.state = 'PENDING' AND i.queue_id = ANY(:queues) GROUP BY 1
    )
    SELECT q AS queue_id, t.by_tier, least(t.since, r.since) AS since, due.at AS due_at, coalesce(r.n, 0) AS ringing
    FROM unnest(CAST(:queues AS bigint[])) q
    LEFT JOIN (SELECT queue_id, jsonb_object_agg(tier, n) AS by_tier, min(since) AS since FROM tiers GROUP BY 1) t
        ON t.queue_id = q
    LEFT JOIN due ON due.queue_id = q
    LEFT JOIN rings r ON r.queue_id = q
""")

# As the reports and the wallboard count it: of all who were answered or gave up, those answered within the queue's
# target; who gave up within five seconds is left out, and so is who still waits.
_LEVELS = Statement("""
    SELECT i.queue_id, count(*) FILTER (WHERE i.answered_at - i.queued_at <= q.target) AS in_time,
           count(*) FILTER (WHERE i.answered_at IS NOT NULL OR (i.kind <> 'CALLBACK' AND i.state = 'ABANDONED'
                            AND i.ended_at - i.queued_at >= interval '5 seconds')) AS of
    FROM interaction i
    JOIN (SELECT id, make_interval(secs => target_seconds) AS target FROM queue) q ON q.id = i.queue_id
    WHERE i.queued_at >= :since AND i.queue_id = ANY(:queues) AND i.direction = 'IN'
      AND (i.answered_at IS NOT NULL OR i.state = 'ABANDONED')
      AND (i.kind <> 'CALLBACK' OR EXISTS (
          SELECT FROM call k WHERE k.interaction_id = i.id AND k.direction = 'IN'))
    GROUP BY 1
""")


def _waits(queue_ids: Collection[int]) -> dict[int, Any]:
    return {row.queue_id: row for row in _WAITS.rows({"queues": list(queue_ids)})}


def _levels(queue_ids: Collection[int], since: datetime) -> dict[int, Level]:
    rows = _LEVELS.rows({"queues": list(queue_ids), "since": since})
    return {row.queue_id: Level(row.in_time, row.of) for row in rows if row.of}


def _members(seated: Iterable[Candidate]) -> dict[int, Members]:
    counts: dict[int, Counter[str]] = {}
    for one in seated:
        for queue_id in one.levels:
            counts.setdefault(queue_id, Counter())[_doing(one)] += 1
    return {queue_id: Members(**count) for queue_id, count in counts.items()}


def _doing(one: Candidate) -> str:
    if one.hindered is Out.AWAY:
        return "away"
    if one.rings:
        return "ringing"
    return "busy" if one.load else "free"
