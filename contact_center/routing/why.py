"""Why this agent, and why not me: the story of one interaction in the queue, and who could take it now.

The desk and the supervisor's pages show it. What was decided is kept with each offer; what holds now is asked of the
same policy that the dispatcher follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal_column, select, tuple_

from contact_center.extensions import db
from contact_center.routing import policy, seats
from contact_center.tickets.messages import Interaction, InteractionState

WHAT_FOR = ("tier", "complaint", "reopened", "recovered", "promise", "priority", "queue", "risk")


@dataclass(frozen=True, slots=True)
class Now:
    """Who could take what waits (`decision.ranked`, best first) and who not; how many are served before it."""

    interaction: Interaction
    decision: policy.Decision
    ahead: int


def now(interaction_id: int) -> Now | None:
    """How it stands with what waits; None if it does not wait (any more)."""
    row = db.session.get(Interaction, interaction_id, populate_existing=True)
    if row is None or row.state is not InteractionState.WAITING or row.order_at is None:
        return None
    costs = seats.weights()
    lane = policy.Lane.of(row)
    members = [one for one in seats.taken(costs) if lane.queue in one.levels]
    return Now(row, policy.decide(lane, costs[row.channel], members), _ahead(row))


def parts(bonus: dict[str, Any]) -> list[tuple[str, int]]:
    """The parts of a bonus in the order in which they are told, in minutes."""
    return [(what, int(bonus[what])) for what in WHAT_FOR if bonus.get(what)]


def _ahead(row: Interaction) -> int:
    """How many in the same queue are served before it; counted to a thousand."""
    sooner = tuple_(Interaction.order_at, Interaction.id) < tuple_(row.order_at, row.id)
    waiting = (Interaction.queue_id == row.queue_id, Interaction.state == literal_column("'WAITING'"))
    found = select(Interaction.id).where(*waiting, Interaction.order_at.is_not(None), sooner).limit(1000).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0
