"""Why this agent, and why not me: the story of one interaction in the queue, and who could take it now.

The desk and the supervisor's pages show it. What was decided is kept with each offer; what holds now is asked of the
same policy that the dispatcher follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contact_center.routing import policy, seats
from contact_center.routing.policy import Candidate, Weight
from contact_center.statement import Statement

WHAT_FOR = ("tier", "maybe", "complaint", "reopened", "recovered", "promise", "priority", "queue", "risk")


@dataclass(frozen=True, slots=True)
class Now:
    """Who could take what waits (`decision.ranked`, best first) and who not; how many are served before it."""

    decision: policy.Decision
    ahead: int


# Of what waits and has its place; those before it are counted to a thousand.
_WAITING = Statement("""
    SELECT i.id, i.queue_id, i.channel, i.asks, i.held_for, i.not_for,
           (SELECT count(*) FROM (
               SELECT FROM interaction o WHERE o.queue_id = i.queue_id AND o.state = 'WAITING'
               AND o.order_at IS NOT NULL AND (o.order_at, o.id) < (i.order_at, i.id) LIMIT 1000
           ) sooner) AS ahead
    FROM interaction i
    WHERE i.id = ANY(:ids) AND i.state = 'WAITING' AND i.order_at IS NOT NULL
""")


def now(interaction_ids: Sequence[int]) -> dict[int, Now]:
    """How it stands with those of them that wait, by id; three statements, however many they are."""
    found = _WAITING.rows({"ids": list(interaction_ids)}) if interaction_ids else []
    if not found:
        return {}
    costs = seats.weights()
    everybody = seats.taken(costs)
    return {row.id: _now(row, costs, everybody) for row in found}


def _now(row: Any, costs: Mapping[str, Weight], everybody: Sequence[Candidate]) -> Now:
    lane = policy.Lane.of(row)
    members = [one for one in everybody if lane.queue in one.levels]
    return Now(policy.decide(lane, costs[row.channel], members), row.ahead)


def parts(bonus: dict[str, Any]) -> list[tuple[str, int]]:
    """The parts of a bonus in the order in which they are told, in minutes."""
    return [(what, int(bonus[what])) for what in WHAT_FOR if bonus.get(what)]
