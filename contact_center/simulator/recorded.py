"""A recorded day as arrivals and a setting: what came in, how long it took, who was there. Reads only.

The command and the supervisors' page ask; each reading is a few short statements. What a day does not tell is said in
docs/simulator.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import inf
from statistics import median
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from contact_center import clock
from contact_center.extensions import db
from contact_center.queues import easing
from contact_center.queues.models import ChannelSetting as ChannelRow
from contact_center.queues.models import Queue, Skill
from contact_center.routing.models import RoutingSetting
from contact_center.routing.policy import Weight
from contact_center.simulator.setting import AgentSetting, Arrival, ChannelSetting, QueueSetting, Setting
from contact_center.simulator.trace import Served
from contact_center.statement import Statement
from contact_center.tiers import policies

LONGEST = 2 * 3600.0  # a mail that somebody had on the desk for longer did not keep them busy all the time
USUAL = 300.0  # handle time where nothing of the kind was handled that day
OF_OUR_OWN = ("tier", "maybe", "queue", "risk")  # bonus minutes that the simulator finds by itself
_BACKLOG = timedelta(days=7)
_YEARS = range(1970, 9999)  # around other days nothing can be reckoned

# Where it came in, before any overflow; whom it would have been kept for; what its rule asked for.
_WORK = Statement("""
    SELECT i.id, coalesce(came.id, i.queue_id) AS queue_id, i.channel, c.tier, i.bonus, i.agent_id,
           coalesce(i.placed_by ->> 'asked', '') AS asked,
           CASE WHEN p.is_sticky THEN ARRAY[c.owner_id, company.owner_id, (
               SELECT o.agent_id FROM interaction o
               WHERE o.customer_id = i.customer_id AND o.agent_id IS NOT NULL AND o.accepted_at < i.queued_at
               ORDER BY o.queued_at DESC, o.id DESC LIMIT 1
           )] END AS prefers,
           extract(epoch FROM i.queued_at - :start)::float AS at,
           extract(epoch FROM i.accepted_at - :start)::float AS accepted,
           coalesce(
               (SELECT sum(extract(epoch FROM coalesce(h.ended_at, :now) - h.started_at))
                FROM handling h WHERE h.interaction_id = i.id),
               extract(epoch FROM coalesce(i.wrapped_at, i.ended_at, i.answered_at) - i.accepted_at)
           )::float AS took,
           CASE WHEN i.state = 'ABANDONED' THEN extract(epoch FROM i.ended_at - i.queued_at)::float END AS patience
    FROM interaction i JOIN ticket t ON t.id = i.ticket_id LEFT JOIN customer c ON c.id = t.customer_id
    LEFT JOIN customer company ON company.id = c.company_id
    LEFT JOIN tier_policy p ON p.tier = coalesce(c.tier, 'D')
    LEFT JOIN queue came ON came.id = CAST(i.placed_by -> 'been' ->> 0 AS bigint)
    WHERE i.direction = 'IN' AND i.queued_at >= :backlog AND i.queued_at < :end
    AND (i.queued_at >= :start OR coalesce(i.accepted_at, i.ended_at, 'infinity') >= :start)
    ORDER BY i.queued_at, i.id
""")
# Available as they said, or, where nobody has said anything, from the first thing they took to the last they ended.
_AGENTS = Statement("""
    WITH said AS (
        SELECT agent_id, greatest(started_at, :start) AS since, least(coalesce(ended_at, :now), :end) AS until
        FROM presence
        WHERE state = 'AVAILABLE' AND started_at < :end AND coalesce(ended_at, :now) > :start
    ), had AS (
        SELECT agent_id, min(accepted_at) AS since, least(max(coalesce(ended_at, accepted_at)), :end) AS until
        FROM interaction
        WHERE queued_at >= :backlog AND queued_at < :end AND direction = 'IN'
        AND accepted_at >= :start AND accepted_at < :end
        AND agent_id NOT IN (
            SELECT agent_id FROM presence WHERE started_at < :end AND coalesce(ended_at, :now) > :start
        )
        GROUP BY agent_id
    )
    SELECT a.id, a.name, a.capacity,
           (SELECT jsonb_object_agg(m.queue_id, m.level) FROM queue_member m WHERE m.agent_id = a.id) AS levels,
           (SELECT jsonb_object_agg(k.skill_id, k.level) FROM agent_skill k WHERE k.agent_id = a.id) AS skills,
           array_agg(extract(epoch FROM s.since - :start)::float ORDER BY s.since) AS since,
           array_agg(extract(epoch FROM s.until - :start)::float ORDER BY s.since) AS until
    FROM (SELECT * FROM said UNION ALL SELECT * FROM had) s JOIN agent a ON a.id = s.agent_id
    WHERE s.until > s.since
    GROUP BY a.id ORDER BY a.id
""")
_RINGING = Statement("""
    SELECT i.channel, count(*) FILTER (WHERE o.state = 'TIMED_OUT')::float / count(*) AS missed,
           coalesce(avg(extract(epoch FROM o.ended_at - o.offered_at)) FILTER (WHERE o.state = 'ACCEPTED'), 0)::float
               AS accepted
    FROM offer o JOIN interaction i ON i.id = o.interaction_id
    WHERE o.offered_at >= :start AND o.offered_at < :end AND o.state IN ('ACCEPTED', 'TIMED_OUT')
    GROUP BY 1
""")
_DAYS = Statement("""
    SELECT (queued_at AT TIME ZONE :zone)::date AS day, count(*) AS number, count(accepted_at) AS taken
    FROM interaction WHERE direction = 'IN' AND queued_at >= :since GROUP BY 1 ORDER BY 1 DESC
""")


class Came(NamedTuple):
    """How much came in on a day, and how much of it somebody has taken since."""

    number: int
    taken: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was: its arrivals in seconds since its midnight, and the centre as it was set up."""

    arrivals: Sequence[Arrival]
    setting: Setting
    served: Sequence[Served]  # who took what when, in that order


def can_be(wanted: date) -> bool:
    """Whether anything can have been on that day."""
    return wanted.year in _YEARS


def day(wanted: date, zone: ZoneInfo) -> Day:
    """Read one day, as the clocks of *zone* show it, and what still waited when it began."""
    start = datetime(wanted.year, wanted.month, wanted.day, tzinfo=zone)
    return between(start, start + timedelta(days=1))


def between(start: datetime, end: datetime) -> Day:
    """Read what came in between two instants."""
    values = {"start": start, "end": end, "backlog": start - _BACKLOG, "now": min(clock.now(), end)}
    rows = _WORK.rows(values)
    setting = _setting(values, start)
    taken = sorted((row.accepted, row.id, row.agent_id) for row in rows if row.accepted is not None)
    return Day(_arrivals(rows), setting, [Served(key, at, server) for at, key, server in taken])


def days(zone: ZoneInfo, since: datetime) -> dict[date, Came]:
    """The days on which something came in, newest first."""
    return {row.day: Came(row.number, row.taken) for row in _DAYS.rows({"zone": str(zone), "since": since})}


def _arrivals(rows: Sequence[Any]) -> list[Arrival]:
    known: dict[str, list[float]] = {}
    for row in rows:
        if row.took is not None:
            known.setdefault(row.channel, []).append(min(row.took, LONGEST))
    usual = {channel: median(times) for channel, times in known.items()}
    return [
        Arrival(
            row.at, min(row.took, LONGEST) if row.took is not None else usual.get(row.channel, USUAL),
            row.queue_id, row.channel, row.tier, inf if row.patience is None else max(row.patience, 0.0),
            easing.parse(row.asked), tuple(filter(None, row.prefers or ())),
            minutes=sum(minutes for what, minutes in row.bonus.items() if what not in OF_OUR_OWN),
            key=row.id,
        )
        for row in rows
    ]  # fmt: skip


def _setting(values: Mapping[str, Any], start: datetime) -> Setting:
    tiers = policies.listed()
    routing = db.session.scalars(select(RoutingSetting)).one()
    ringing = {row.channel: row for row in _RINGING.rows(values)}
    return Setting(
        {queue.id: _queue(queue) for queue in db.session.scalars(select(Queue).order_by(Queue.position, Queue.id))},
        {row.channel: _channel(row, ringing.get(row.channel)) for row in db.session.scalars(select(ChannelRow))},
        [
            AgentSetting(
                row.id, row.name, _numbers(row.levels), _numbers(row.skills), row.capacity,
                list(zip(row.since, row.until, strict=True)),
            )
            for row in _AGENTS.rows(values)
        ],
        f"{start:%Y-%m-%d}",
        {policy.tier: float(policy.bonus_minutes) for policy in tiers},
        {policy.tier: float(policy.response_minutes) for policy in tiers},
        ((0.75, routing.risk_75_minutes), (0.9, routing.risk_90_minutes)),
        until=(values["now"] - start.astimezone(UTC)).total_seconds(),  # some days have 23 hours, or 25
        skill_names={skill.id: skill.name for skill in db.session.scalars(select(Skill))},
    )  # fmt: skip


def _queue(row: Queue) -> QueueSetting:
    """What wrapping up took is in the handle times already."""
    return QueueSetting(
        row.id, row.name, easing.parse(easing.write(row.asks)), row.easing, row.prefer_seconds, 0, row.target_seconds,
        row.target_percent, row.head_start_minutes, row.overflow, row.max_size, row.is_active,
    )  # fmt: skip


def _channel(row: ChannelRow, rung: Any) -> ChannelSetting:
    weight = Weight(row.weight, row.is_interruptible)
    if rung is None:
        return ChannelSetting(weight, row.ring_seconds)
    return ChannelSetting(weight, row.ring_seconds, rung.accepted, min(rung.missed, 0.95))


def _numbers(pairs: Mapping[str, int] | None) -> dict[int, int]:
    return {int(key): value for key, value in (pairs or {}).items()}
