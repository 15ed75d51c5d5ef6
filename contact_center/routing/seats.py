"""Who sits where: the agents as routing sees them, read in one statement.

An agent can be offered work while they say that they are available and a desk of theirs is open (`open_desks`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from contact_center import clock
from contact_center.agents import open_desks
from contact_center.routing.policy import Candidate, Out, Weight
from contact_center.statement import Statement

_SPOKEN = frozenset({"phone"})  # what takes a telephone in the agent's browser

# Work counts while it is handled or wrapped up, not set aside, and not the customer's turn. Idle is who has had nothing
# for the longest time: since the last thing ended, was let go or rang in vain, and since they became available.
_FACTS = """
    SELECT a.id AS agent_id, p.state, a.capacity,
           (SELECT jsonb_object_agg(m.queue_id, m.level) FROM queue_member m WHERE m.agent_id = a.id) AS levels,
           (SELECT jsonb_object_agg(k.skill_id, k.level) FROM agent_skill k WHERE k.agent_id = a.id) AS skills,
           (SELECT array_agg(c.channel) FROM channel_pause c
            WHERE c.agent_id = a.id AND c.ended_at IS NULL) AS paused,
           (SELECT array_agg(i.channel) FROM interaction i JOIN ticket t ON t.id = i.ticket_id
            WHERE i.agent_id = a.id AND i.state IN ('HANDLING', 'WRAPPING') AND i.set_aside_at IS NULL
            AND (t.state <> 'WAITING' OR i.state = 'WRAPPING')) AS busy,
           (SELECT i.channel FROM offer o JOIN interaction i ON i.id = o.interaction_id
            WHERE o.agent_id = a.id AND o.state = 'PENDING') AS rings,
           EXISTS (SELECT FROM open_desk d WHERE d.agent_id = a.id AND d.closed_at IS NULL
                   AND d.seen_at > :lately) AS sits,
           EXISTS (SELECT FROM open_phone f WHERE f.agent_id = a.id AND f.seen_at > :lately
                   AND NOT f.is_busy) AS has_phone,
           greatest(
               p.started_at,
               (SELECT max(h.ended_at) FROM handling h WHERE h.agent_id = a.id AND h.started_at > :yesterday),
               (SELECT max(o.ended_at) FROM offer o WHERE o.agent_id = a.id AND o.offered_at > :yesterday)
           ) AS idle_since
    FROM agent a LEFT JOIN presence p ON p.agent_id = a.id AND p.ended_at IS NULL
"""
_CHANNELS = Statement("SELECT channel, weight, is_interruptible, ring_seconds FROM channel_setting")
_PRESENT = Statement(f"{_FACTS} WHERE a.active AND p.state <> 'OFFLINE'")
_ASKED_FOR = Statement(f"{_FACTS} WHERE a.active AND a.id = ANY(:agents)")


def channels() -> tuple[Mapping[str, Weight], Mapping[str, int]]:
    """What work of each channel costs, and how many seconds it rings; what nobody has set up fills an agent."""
    found = _CHANNELS.rows({})
    costs = _Weights({row.channel: Weight(row.weight, row.is_interruptible) for row in found})
    return costs, {row.channel: row.ring_seconds for row in found}


def weights() -> Mapping[str, Weight]:
    """What work of each channel costs."""
    return channels()[0]


def taken(costs: Mapping[str, Weight] | None = None, agents: Sequence[int] | None = None) -> list[Candidate]:
    """Everybody who is not offline, or those of *agents* (offline or not), with what hinders them.

    *costs* are the `weights`, for who has asked for them already.
    """
    now, costs = clock.now(), costs or weights()
    values = {"lately": now - open_desks.LIVE_FOR, "yesterday": now - timedelta(days=1)}
    rows = _PRESENT.rows(values) if agents is None else _ASKED_FOR.rows(values | {"agents": list(agents)})
    return [_candidate(row, costs) for row in rows]


def _candidate(row: Any, costs: Mapping[str, Weight]) -> Candidate:
    mute = frozenset() if row.has_phone else _SPOKEN
    candidate = Candidate(
        row.agent_id, _numbers(row.levels), _numbers(row.skills), row.capacity,
        idle_since=row.idle_since.timestamp() if row.idle_since else 0.0, paused=mute.union(row.paused or ()),
        mute=mute,
    )  # fmt: skip
    for channel in row.busy or ():
        candidate.take(costs[channel])
    if row.state != "AVAILABLE" or not row.sits:
        candidate.hindered = Out.AWAY
    elif row.rings:
        candidate.ring(costs[row.rings])
    return candidate


def _numbers(pairs: Mapping[str, int] | None) -> dict[int, int]:
    return {int(key): value for key, value in (pairs or {}).items()}


class _Weights(dict[str, Weight]):
    def __missing__(self, channel: str) -> Weight:
        return Weight(None)
