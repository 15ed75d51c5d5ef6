"""What happens to the open interactions of a ticket when somebody takes it, gives it back, answers or resolves it.

Called by `lifecycle` and `replies` when they have changed the ticket. A call ends by itself, never by a written answer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import case, func, insert, update

from contact_center import clock
from contact_center.extensions import db
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Direction, Interaction, InteractionState
from contact_center.tickets.models import Ticket

WAITS = (InteractionState.WAITING, InteractionState.OFFERED)
OPEN = (*WAITS, InteractionState.HANDLING, InteractionState.WRAPPING)


def give(ticket: Ticket, agent_id: int) -> None:
    """The open inbound interactions are now *agent_id*'s to handle."""
    _change(
        ticket,
        agent_id=agent_id,
        state=case((Interaction.state.in_(WAITS), InteractionState.HANDLING), else_=Interaction.state),
        accepted_at=func.coalesce(Interaction.accepted_at, clock.now()),
    )


def put_back(ticket: Ticket) -> None:
    """Nobody handles them any more: they wait in the ticket's queue, and have waited since they came in."""
    _change(
        ticket,
        (*WAITS, InteractionState.HANDLING),
        state=InteractionState.WAITING,
        queue_id=ticket.queue_id,
        agent_id=None,
        offered_at=None,
        accepted_at=None,
    )


def follow_queue(ticket: Ticket) -> None:
    """They wait where the ticket is."""
    _change(ticket, queue_id=ticket.queue_id)


def answer(ticket: Ticket, agent_id: int, channel: str, kind: Kind) -> int:
    """End what waited for an answer; if nothing did, the answer is an outbound interaction of its own.

    Returns the id of the interaction that the answer belongs to, one of *channel* if there is one.
    """
    now = clock.now()
    ended = _end(ticket, agent_id, now, answered_at=func.coalesce(Interaction.answered_at, now))
    if ended:
        return int(min(ended, key=lambda row: (row.channel != channel, row.id)).id)
    return outbound(ticket, agent_id, channel, kind)


def outbound(ticket: Ticket, agent_id: int, channel: str, kind: Kind) -> int:
    """Write down an interaction that an agent began, and that ended in the same instant."""
    now = clock.now()
    row = {
        "ticket_id": ticket.id, "customer_id": ticket.customer_id, "queue_id": ticket.queue_id, "agent_id": agent_id,
        "channel": channel, "kind": kind, "direction": Direction.OUT, "state": InteractionState.DONE,
        "queued_at": now, "accepted_at": now, "answered_at": now, "ended_at": now,
    }  # fmt: skip
    return int(db.session.execute(insert(Interaction).values(row).returning(Interaction.id)).scalar_one())


def settle(ticket: Ticket, agent_id: int | None, disposition: str | None) -> None:
    """End what is open without an answer: `answered_at` stays empty where nobody answered."""
    _end(ticket, agent_id, clock.now(), disposition=disposition)


def _end(ticket: Ticket, agent_id: int | None, now: datetime, **values: Any) -> list[Any]:
    return _change(
        ticket,
        OPEN,
        Interaction.kind != Kind.CALL,
        state=InteractionState.DONE,
        agent_id=func.coalesce(Interaction.agent_id, agent_id),
        accepted_at=func.coalesce(Interaction.accepted_at, now),
        ended_at=now,
        **values,
    )


def _change(ticket: Ticket, states: tuple[InteractionState, ...] = OPEN, *guards: Any, **values: Any) -> list[Any]:
    changed = (
        update(Interaction)
        .where(Interaction.ticket_id == ticket.id, Interaction.direction == Direction.IN, Interaction.state.in_(states))
        .where(*guards)
        .values(**values)
        .returning(Interaction.id, Interaction.channel)
        .execution_options(synchronize_session="fetch")
    )
    return list(db.session.execute(changed).all())
