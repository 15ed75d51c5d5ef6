"""What people have in hand, and how much of their time it filled.

    occupancy = time with something in hand while available ÷ time available

In hand is the union of a person's `Handling` stretches (answering and wrapping up): what overlaps counts once.
Available is AVAILABLE and FINISHING, for who finishes still works off what they have. Work in hand while away or
offline counts neither above nor below the line; without any available time there is no figure.

The desk's board and day sheet ask, and the job that ends shifts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Label, Row, and_, false, func, or_, select, text

from contact_center.agents.models import Agent, PresenceState
from contact_center.extensions import db
from contact_center.routing.models import Offer, OfferState
from contact_center.tickets import scope
from contact_center.tickets.messages import Handling, Interaction, InteractionState
from contact_center.tickets.models import Ticket

IN_HAND = (InteractionState.HANDLING, InteractionState.WRAPPING)
AT_WORK = (PresenceState.AVAILABLE, PresenceState.FINISHING)
NONE = timedelta(0)
Had = Row[Handling, Interaction, Ticket, bool]
Offered = Row[Offer, Interaction, Ticket, bool]


@dataclass(frozen=True, slots=True)
class Occupancy:
    """The two sides of the formula."""

    available: timedelta
    busy: timedelta

    @property
    def percent(self) -> int | None:
        return round(100 * self.busy / self.available) if self.available else None


# The ranges of a person are united by range_agg and cut with each other by *: nothing can count twice.
_OF = text("""
    WITH there AS (
        SELECT agent_id, range_agg(tstzrange(greatest(started_at, :start), least(ended_at, :end))) AS times
        FROM presence
        WHERE agent_id = ANY(:agents) AND state = ANY(:at_work)
          AND started_at < :end AND (ended_at IS NULL OR ended_at > greatest(started_at, :start))
        GROUP BY agent_id
    ), had AS (
        SELECT agent_id, range_agg(tstzrange(greatest(started_at, :start), least(ended_at, :end))) AS times
        FROM handling
        WHERE agent_id = ANY(:agents)
          AND started_at < :end AND (ended_at IS NULL OR ended_at > greatest(started_at, :start))
        GROUP BY agent_id
    )
    SELECT there.agent_id,
           (SELECT sum(upper(r) - lower(r)) FROM unnest(there.times) AS r) AS available,
           (SELECT sum(upper(r) - lower(r)) FROM unnest(there.times * had.times) AS r) AS busy
    FROM there LEFT JOIN had USING (agent_id)
""")


def of(agent_ids: Collection[int], start: datetime, end: datetime) -> dict[int, Occupancy]:
    """The occupancy of each between two instants; who was not available at all is missing."""
    asked = {"agents": list(agent_ids), "at_work": [state.value for state in AT_WORK], "start": start, "end": end}
    return {row.agent_id: Occupancy(row.available, row.busy or NONE) for row in db.session.execute(_OF, asked)}


def in_hand(agent_ids: Collection[int]) -> dict[int, int]:
    """How many interactions each has in hand now; who has none is missing."""
    asked = select(Interaction.agent_id, func.count()).where(Interaction.state.in_(IN_HAND))
    asked = asked.where(Interaction.agent_id.in_(agent_ids)).group_by(Interaction.agent_id)
    return {int(agent_id): number for agent_id, number in db.session.execute(asked) if agent_id is not None}


def busy(agent_ids: Collection[int]) -> set[int]:
    """Which of them have something in hand, or an offer that still rings."""
    ringing = select(Offer.agent_id).where(Offer.agent_id.in_(agent_ids), Offer.state == OfferState.PENDING)
    return {*in_hand(agent_ids), *db.session.scalars(ringing)}


def handlings(agent: Agent, start: datetime, end: datetime, viewer: Agent) -> list[Had]:
    """What *agent* had in hand between two instants, in order, and whether *viewer* may open its ticket."""
    reaches = and_(Handling.started_at < end, or_(Handling.ended_at.is_(None), Handling.ended_at > start))
    asked = (
        select(Handling, Interaction, Ticket, _is_visible(viewer))
        .join(Interaction, Interaction.id == Handling.interaction_id)
        .join(Ticket, Ticket.id == Interaction.ticket_id)
        .where(Handling.agent_id == agent.id, reaches)
        .order_by(Handling.started_at, Handling.id)
    )
    return list(db.session.execute(asked))


def offers(agent: Agent, start: datetime, end: datetime, viewer: Agent) -> list[Offered]:
    """What *agent* was offered between two instants, in order, and whether *viewer* may open its ticket."""
    asked = (
        select(Offer, Interaction, Ticket, _is_visible(viewer))
        .join(Interaction, Interaction.id == Offer.interaction_id)
        .join(Ticket, Ticket.id == Interaction.ticket_id)
        .where(Offer.agent_id == agent.id, Offer.offered_at < end, func.coalesce(Offer.ended_at, end) >= start)
        .order_by(Offer.offered_at, Offer.id)
    )
    return list(db.session.execute(asked))


def _is_visible(viewer: Agent) -> Label[bool]:
    return func.coalesce(scope.visible_to(viewer), false()).label("is_visible")
