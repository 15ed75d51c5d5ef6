"""The work that a promise becomes: an interaction that waits in its ticket's queue, kept for its owner at first.

`promises` ends it when the promise is settled or moved; the clock calls `raise_due`, `alarm` and `follow_joined`.
Statements of these are claims: run twice at once they do everything once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.routing import enqueue, offers
from contact_center.routing.models import Promise, PromiseReader, PromiseState, RoutingSetting
from contact_center.tickets import complaints, interactions
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Direction, Interaction, InteractionState
from contact_center.tickets.models import LinkReason, Ticket, TicketLink

CHANNEL = "promise"
HEAD_START = 7 * 24 * 60  # minutes: it has a time of its own, and goes before all but a backlog of weeks
_OPEN = (*interactions.OPEN, InteractionState.WRAPPING)


def sweep(limit: int = 100) -> int:
    """Offer what is due, raise the alarm for what is missed; returns how many. Call and commit until 0."""
    return follow_joined() + raise_due(limit) + alarm(limit)


def raise_due(limit: int = 100) -> int:
    """Make work of the promises whose time has nearly come; returns how many."""
    minutes = db.session.scalar(select(RoutingSetting.promise_minutes)) or 0
    soon = Promise.due_at <= clock.now() + timedelta(minutes=minutes)
    asked = select(Promise).where(Promise.state == PromiseState.OPEN, Promise.interaction_id.is_(None), soon)
    due = db.session.scalars(asked.order_by(Promise.due_at).limit(limit).with_for_update(skip_locked=True)).all()
    for promise in due:
        promise.interaction_id = _begin(promise)
        if promise.interaction_id is not None:
            _record(Name.PROMISE_DUE, promise)
    db.session.flush()
    if due:
        enqueue.place([promise.interaction_id for promise in due if promise.interaction_id])
    return len(due)


def alarm(limit: int = 100) -> int:
    """Tell owners and supervisors of promises whose time has passed while nobody is at them; returns how many."""
    handled = select(Interaction.id).where(
        Interaction.id == Promise.interaction_id, Interaction.state == InteractionState.HANDLING
    )
    missed = (Promise.state == PromiseState.OPEN, Promise.alarmed_at.is_(None), Promise.due_at < clock.now())
    asked = select(Promise).where(*missed, ~handled.exists()).order_by(Promise.due_at).limit(limit)
    found = db.session.scalars(asked.with_for_update(skip_locked=True)).all()
    for promise in found:
        promise.alarmed_at = clock.now()
        _tell(promise)
    db.session.flush()
    return len(found)


def follow_joined() -> int:
    """Move open promises of tickets that were merged into another one; returns how many."""
    joined = (TicketLink.ticket_id == Promise.ticket_id) & (TicketLink.reason == LinkReason.JOINED)
    moving = update(Promise).where(joined, Promise.state == PromiseState.OPEN).values(ticket_id=TicketLink.other_id)
    moved = db.session.scalars(moving.returning(Promise.id), execution_options={"synchronize_session": False}).all()
    if moved:
        db.session.expire_all()
    return len(moved)


def follow(promise: Promise, *, is_moved: bool) -> None:
    """Its time or its owner is another: what waits for it is withdrawn, or kept for the other one."""
    if promise.interaction_id is None:
        return
    if is_moved:
        end(promise.interaction_id, None, "moved")
        promise.interaction_id = None
        return
    waiting = (Interaction.id == promise.interaction_id, Interaction.state == InteractionState.WAITING)
    held = [promise.owner_id] if promise.owner_id else []
    db.session.execute(update(Interaction).where(*waiting).values(held_for=held, order_at=None, not_for=[]))


def end(interaction_id: int | None, agent_id: int | None, disposition: str | None) -> None:
    """End the work: it was done by *agent_id*, or is not wanted any more."""
    if interaction_id is None:
        return
    offers.revoke(Interaction.id == interaction_id, disposition or "kept")
    now = clock.now()
    ending = update(Interaction).where(Interaction.id == interaction_id, Interaction.state.in_(_OPEN))
    values: dict[str, Any] = {"state": InteractionState.DONE, "ended_at": func.coalesce(Interaction.ended_at, now)}
    values |= {"agent_id": func.coalesce(Interaction.agent_id, agent_id), "disposition": disposition}
    values |= {"accepted_at": func.coalesce(Interaction.accepted_at, now if agent_id else None)}
    values |= {"answered_at": None if disposition else now, "wrap_until": None, "set_aside_at": None}
    db.session.execute(ending.values(**values), execution_options={"synchronize_session": "fetch"})
    interactions.let_go([interaction_id])


def begun_at(interaction_id: int | None) -> datetime | None:
    """When somebody took it up."""
    if interaction_id is None:
        return None
    return db.session.scalar(select(Interaction.accepted_at).where(Interaction.id == interaction_id))


def _begin(promise: Promise) -> int | None:
    """The work that waits now; None while somebody is on the telephone about the same ticket, or waits to be."""
    ticket = promise.ticket
    row = {
        "ticket_id": ticket.id, "customer_id": ticket.customer_id, "queue_id": ticket.queue_id, "channel": CHANNEL,
        "kind": Kind.PROMISE, "direction": Direction.OUT, "state": InteractionState.WAITING, "queued_at": clock.now(),
        "held_for": [promise.owner_id] if promise.owner_id else [], "bonus": {"promise": HEAD_START},
    }  # fmt: skip
    if promise.call_number is not None:
        row |= {"channel": "phone", "kind": Kind.CALLBACK, "direction": Direction.IN}
    adding = insert(Interaction).values(row).on_conflict_do_nothing().returning(Interaction.id)
    return db.session.scalar(adding)


def _tell(promise: Promise) -> None:
    people = {agent.id: agent for agent in complaints.supervisors_of(promise.ticket.queue)}
    owner = db.session.get(Agent, promise.owner_id) if promise.owner_id else None
    if owner is not None and owner.active:
        people[owner.id] = owner
    if people:
        readers = [{"promise_id": promise.id, "agent_id": agent_id, "seen_at": None} for agent_id in people]
        db.session.execute(insert(PromiseReader), readers)
    _record(Name.PROMISE_MISSED, promise, people=sorted(agent.name for agent in people.values()))
    for agent_id in people:
        bus.after_commit(Name.PROMISE_MISSED, {"agent": agent_id})


def _record(name: Name, promise: Promise, **data: object) -> None:
    ticket: Ticket = promise.ticket
    log.record(name, ticket, promise=promise.id, words=promise.words, due_at=promise.due_at.isoformat(), **data)
