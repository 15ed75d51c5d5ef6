"""What an overflow step does with work that waits too long: another queue, a promise to call, a letter.

The dispatcher decides when (`crowding`) and calls `take`, one step at a time. Nothing is lost by a step: the work goes
on waiting since when it came in, and every step stands on its ticket. No step leads back into a queue it came from.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select, update

from contact_center import clock
from contact_center.calendars import settings as calendars
from contact_center.calendars.arithmetic import NeverOpen
from contact_center.customers.models import ContactPoint
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.routing import delay_letters, enqueue, promises
from contact_center.routing.models import Promise, PromiseState
from contact_center.text.addresses import Scheme
from contact_center.tickets import deadlines, interactions, moves
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Interaction, InteractionState, Message
from contact_center.tickets.models import Ticket

WITHIN = 60  # minutes, where a step does not say


def take(interaction: Interaction, step: dict[str, Any]) -> bool:
    """Take one step with what still waits; returns whether it did anything. The step counts as taken in any case."""
    claiming = update(Interaction).where(
        Interaction.id == interaction.id, Interaction.state == InteractionState.WAITING,
        Interaction.overflowed == interaction.overflowed,
    )  # fmt: skip
    claimed = claiming.values(overflowed=Interaction.overflowed + 1).returning(Interaction.id)
    is_mine = db.session.scalar(claimed, execution_options={"synchronize_session": False}) is not None
    db.session.refresh(interaction)
    if not is_mine:
        return False
    ticket = db.session.get_one(Ticket, interaction.ticket_id)
    told = _TAKES[step["to"]](interaction, ticket, step)
    log.record(Name.INTERACTION_OVERFLOWED, ticket, None, to=step["to"], when=step.get("when"), **told)
    return "why_not" not in told


def _to_queue(interaction: Interaction, ticket: Ticket, step: dict[str, Any]) -> dict[str, Any]:
    queue = db.session.get(Queue, step.get("queue_id"))
    former = db.session.get_one(Queue, interaction.queue_id)
    been = [*interaction.placed_by.get("been", ()), former.id]
    told = {"queue": queue.name if queue else None, "was": former.name}
    if queue is None or not queue.is_active:
        return told | {"why_not": "inactive"}
    if queue.id in been:
        return told | {"why_not": "been"}
    before = moves.make(ticket, Ticket.queue_id == former.id, Ticket.assignee_id.is_(None), queue_id=queue.id)
    if before is not None:
        interactions.follow_queue(ticket)
        deadlines.follow(ticket)
        moves.tell_former(Name.INTERACTION_OVERFLOWED, ticket, before)
    asked = interaction.placed_by.get("asked", "")
    moved = {"queue_id": queue.id, "overflowed": 0, "asked": asked, "not_for": [], "held_for": [], "order_at": None}
    moving = update(Interaction).where(Interaction.id == interaction.id)
    story = {"been": been, "since": clock.now().isoformat()}
    db.session.execute(moving.values(placed_by=interaction.placed_by | story, **moved))
    enqueue.place([interaction.id])
    bus.after_commit(Name.INTERACTION_OVERFLOWED, {"queue": queue.id, "ticket": ticket.id})
    return told


def _to_callback(interaction: Interaction, ticket: Ticket, step: dict[str, Any]) -> dict[str, Any]:
    """A promise to call, due so many working minutes of the queue's calendar from now. One at a time for a ticket."""
    if interaction.kind is Kind.CALL:
        return _offer(interaction, "callback")
    if not _number(ticket):
        return {"why_not": "no_number"}
    open_ = exists().where(
        Promise.ticket_id == ticket.id, Promise.state == PromiseState.OPEN, Promise.made_by_id.is_(None)
    )
    if db.session.scalar(select(open_)):
        return {"why_not": "promised"}
    due_at = _due(interaction, int(step.get("within") or WITHIN))
    promises.make(ticket, None, delay_letters.call_words(), due_at, ticket.assignee)
    return {"due_at": due_at.isoformat(), "told": delay_letters.of_call(ticket, due_at)}


def _offer(interaction: Interaction, what: str) -> dict[str, Any]:
    """Whoever waits on the telephone chooses: from now on they are asked."""
    offered = sorted({*interaction.placed_by.get("offered", ()), what})
    asking = update(Interaction).where(Interaction.id == interaction.id)
    db.session.execute(asking.values(placed_by=interaction.placed_by | {"offered": offered}))
    return {"offered": what}


def _to_message(interaction: Interaction, ticket: Ticket, step: dict[str, Any]) -> dict[str, Any]:
    if interaction.kind is Kind.CALL:
        return _offer(interaction, "message")
    if delay_letters.was_sent(ticket):
        return {"why_not": "told"}
    address = delay_letters.of_waiting(ticket, step.get("text", ""), step.get("text_zh", ""))
    return {"told": address} if address else {"why_not": "no_address"}


_TAKES = {"queue": _to_queue, "callback": _to_callback, "message": _to_message}


def _due(interaction: Interaction, minutes: int) -> datetime:
    queue, now = db.session.get_one(Queue, interaction.queue_id), clock.now()
    try:
        return calendars.hours(queue.calendar_id).add(now, minutes)
    except NeverOpen:
        return now + timedelta(minutes=minutes)


def _number(ticket: Ticket) -> bool:
    """Whether we know a number of theirs: among their contact points, or in the request itself."""
    point = exists().where(ContactPoint.customer_id == ticket.customer_id, ContactPoint.scheme == Scheme.PHONE)
    given = exists().where(Message.ticket_id == ticket.id, Message.fields["phone"].as_string() != "")
    return bool(db.session.scalar(select(or_(point, given))))
