"""What an agent wraps up or has set aside: the marks and the first lines of the left column. One statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.queues.models import Queue, WrapUp
from contact_center.tickets.messages import Interaction, InteractionState
from contact_center.tickets.models import Ticket, ref_of


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
    """What is being wrapped up, and the tickets of which something is set aside."""

    wrapping: tuple[Wrapping, ...]
    set_aside: frozenset[int]


def of(agent: Agent) -> InHand:
    """What *agent* wraps up or has set aside."""
    asked = (
        select(Interaction, Ticket.subject, Customer.name, Queue.wrap_up)
        .join(Ticket, Ticket.id == Interaction.ticket_id)
        .join(Queue, Queue.id == Interaction.queue_id)
        .outerjoin(Customer, Customer.id == Ticket.customer_id)
        .where(
            Interaction.agent_id == agent.id,
            Interaction.state.in_((InteractionState.HANDLING, InteractionState.WRAPPING)),
            or_(Interaction.state == InteractionState.WRAPPING, Interaction.set_aside_at.is_not(None)),
        )
        .order_by(Interaction.wrap_until.nulls_last(), Interaction.id)
    )
    rows = list(db.session.execute(asked))
    return InHand(
        tuple(_wrapping(*row) for row in rows if row[0].state is InteractionState.WRAPPING),
        frozenset(row[0].ticket_id for row in rows if row[0].state is InteractionState.HANDLING),
    )


def _wrapping(item: Interaction, subject: str, customer: str | None, mode: WrapUp) -> Wrapping:
    ended = item.ended_at or item.queued_at
    return Wrapping(item.id, item.ticket_id, subject, customer, item.channel, ended, item.wrap_until, mode)
