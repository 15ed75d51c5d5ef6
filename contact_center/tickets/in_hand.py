"""What an agent wraps up, could wrap up, or has set aside: first lines and marks of the left column. Two statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.queues.models import Queue, WrapUp
from contact_center.tickets.messages import Handling, Interaction, InteractionState
from contact_center.tickets.models import Ticket, ref_of

OFFERED_FOR = timedelta(seconds=110)  # a little less than `routing.wrapping` allows


@dataclass(frozen=True, slots=True)
class Wrapping:
    """An interaction whose work with the customer is done; `until` is when the wrap-up ends by itself."""

    id: int
    ticket_id: int
    subject: str
    customer: str | None
    channel: str
    ended_at: datetime
    until: datetime | None
    mode: WrapUp

    @property
    def ref(self) -> str:
        return ref_of(self.ticket_id)

    @property
    def asks_how(self) -> bool:
        """Whether it ends only when the agent says how it ended."""
        return self.mode is WrapUp.MANDATORY

    @property
    def may_finish(self) -> bool:
        return self.mode is not WrapUp.FORCED


@dataclass(frozen=True, slots=True)
class InHand:
    """What is being wrapped up, what may be where the queue leaves it to the agent, and tickets set aside."""

    wrapping: tuple[Wrapping, ...]
    optional: tuple[Wrapping, ...]
    set_aside: frozenset[int]


def of(agent: Agent) -> InHand:
    """What *agent* wraps up or has set aside."""
    mine = or_(Interaction.state == InteractionState.WRAPPING, Interaction.set_aside_at.is_not(None))
    busy = Interaction.state.in_((InteractionState.HANDLING, InteractionState.WRAPPING))
    asked = _asked().where(Interaction.agent_id == agent.id, busy, mine)
    asked = asked.order_by(Interaction.wrap_until.nulls_last(), Interaction.id)
    rows = list(db.session.execute(asked))
    return InHand(
        tuple(_wrapping(*row) for row in rows if row[0].state is InteractionState.WRAPPING),
        _optional(agent),
        frozenset(row[0].ticket_id for row in rows if row[0].state is InteractionState.HANDLING),
    )


def _optional(agent: Agent) -> tuple[Wrapping, ...]:
    """What ended a moment ago in queues that leave the wrap-up to the agent."""
    lately, today = clock.now() - OFFERED_FOR, clock.now() - timedelta(days=1)
    asked = (
        _asked()
        .join(Handling, Handling.interaction_id == Interaction.id)
        .where(
            Handling.agent_id == agent.id, Handling.started_at > today, Handling.ended_at > lately,
            Queue.wrap_up == WrapUp.OPTIONAL, Interaction.state == InteractionState.DONE,
            Interaction.agent_id == agent.id, Interaction.wrapped_at.is_(None), Interaction.ended_at > lately,
        )
        .distinct()
        .order_by(Interaction.id)
    )  # fmt: skip
    return tuple(_wrapping(*row) for row in db.session.execute(asked))


def _asked() -> Select[Any, Any, Any, Any]:
    return (
        select(Interaction, Ticket.subject, Customer.name, Queue.wrap_up)
        .join(Ticket, Ticket.id == Interaction.ticket_id)
        .join(Queue, Queue.id == Interaction.queue_id)
        .outerjoin(Customer, Customer.id == Ticket.customer_id)
    )


def _wrapping(item: Interaction, subject: str, customer: str | None, mode: WrapUp) -> Wrapping:
    ended = item.ended_at or item.queued_at
    return Wrapping(item.id, item.ticket_id, subject, customer, item.channel, ended, item.wrap_until, mode)
