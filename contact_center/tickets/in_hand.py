"""What an agent wraps up, could wrap up, or has set aside: first lines and marks of the left column. One statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

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
        """Whether it ends only when the agent says how it ended; elsewhere they may."""
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
    """What *agent* wraps up, could wrap up, or has set aside."""
    lately = clock.now() - OFFERED_FOR
    asked = (
        select(Interaction, Ticket.subject, Customer.name, Queue.wrap_up)
        .join(Ticket, Ticket.id == Interaction.ticket_id)
        .join(Queue, Queue.id == Interaction.queue_id)
        .outerjoin(Customer, Customer.id == Ticket.customer_id)
        .where(Interaction.id.in_(_busy(agent).union_all(_ended(agent, lately))), Interaction.agent_id == agent.id)
        .order_by(Interaction.wrap_until.nulls_last(), Interaction.id)
    )
    rows = list(db.session.execute(asked))
    return InHand(
        tuple(_wrapping(*row) for row in rows if row[0].state is InteractionState.WRAPPING),
        tuple(_wrapping(*row) for row in rows if _may_wrap(row[0], row[3], lately)),
        frozenset(row[0].ticket_id for row in rows if row[0].set_aside_at),
    )


def _busy(agent: Agent) -> Select[int]:
    """What is being wrapped up or set aside."""
    states = Interaction.state.in_((InteractionState.HANDLING, InteractionState.WRAPPING))
    either = or_(Interaction.state == InteractionState.WRAPPING, Interaction.set_aside_at.is_not(None))
    return select(Interaction.id).where(Interaction.agent_id == agent.id, states, either)


def _ended(agent: Agent, lately: datetime) -> Select[int]:
    """What has ended a moment ago, by the ledger."""
    today = lately - timedelta(days=1)
    mine = (Handling.agent_id == agent.id, Handling.started_at > today, Handling.ended_at > lately)
    return select(Handling.interaction_id).where(*mine)


def _may_wrap(item: Interaction, mode: WrapUp, lately: datetime) -> bool:
    """Whether its queue leaves the wrap-up to the agent, who has not had it yet."""
    is_over = item.state is InteractionState.DONE and item.wrapped_at is None
    return mode is WrapUp.OPTIONAL and is_over and item.ended_at is not None and item.ended_at > lately


def _wrapping(item: Interaction, subject: str, customer: str | None, mode: WrapUp) -> Wrapping:
    ended = item.ended_at or item.queued_at
    return Wrapping(item.id, item.ticket_id, subject, customer, item.channel, ended, item.wrap_until, mode)
