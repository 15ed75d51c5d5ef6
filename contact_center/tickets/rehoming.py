"""Move messages and everything that hangs on them from one ticket to another, and make both tell the truth afterwards.

The machinery of `joining`; nobody else calls it. Whoever calls holds the locks of both tickets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as insert_once

from contact_center import clock
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing
from contact_center.tickets import interactions, moves
from contact_center.tickets.inbound import Automatic
from contact_center.tickets.messages import Author, Direction, Interaction, InteractionState, Message
from contact_center.tickets.models import Draft, Participant, Task, Ticket


def take_messages(ids: Sequence[int], ticket: Ticket, to: Ticket, reason: dict[str, Any]) -> None:
    """Move some messages; interactions that are theirs alone go along, of others the new ticket gets its share."""
    theirs = _interactions_of(ids)
    shared = {each for each in theirs if _has_others(each, ids)}
    for interaction_id in theirs:
        if interaction_id in shared:
            _share(interaction_id, ids, to)
        else:
            _move_interaction(interaction_id, to)
    moved = update(Message).where(Message.id.in_(ids))
    owner = case(
        (Message.customer_id.is_not_distinct_from(ticket.customer_id), to.customer_id), else_=Message.customer_id
    )
    _run(moved.values(ticket_id=to.id, because=_because(reason), customer_id=owner))


def take_everything(ticket: Ticket, to: Ticket, reason: dict[str, Any]) -> list[int]:
    """Move all that *ticket* has; returns the ids of its messages."""
    _fold_open(ticket, to)
    moved = update(Message).where(Message.ticket_id == ticket.id).returning(Message.id)
    ids = list(_run(moved.values(ticket_id=to.id, because=_because(reason))).scalars())
    _run(update(Interaction).where(Interaction.ticket_id == ticket.id).values(ticket_id=to.id, queue_id=_queue(to)))
    for model in (Task, Outgoing):
        _run(update(model).where(model.ticket_id == ticket.id).values(ticket_id=to.id))
    _move_drafts(ticket, to)
    parts = select(literal(to.id), Participant.scheme, Participant.value).where(Participant.ticket_id == ticket.id)
    once = insert_once(Participant).from_select(["ticket_id", "scheme", "value"], parts).on_conflict_do_nothing()
    db.session.execute(once)
    _hand_to_assignee(to)
    return ids


def wait(ticket: Ticket) -> None:
    """Put *ticket* into the line: what is open in it waits for somebody, and if nothing is, it is asked now."""
    interactions.put_back(ticket)
    if is_awaited(ticket):
        return
    first = select(Message).where(Message.ticket_id == ticket.id, Message.author == Author.CUSTOMER)
    message = db.session.scalars(first.order_by(Message.id).limit(1)).one()
    row = _new_interaction(ticket, message.channel, message.kind, clock.now())
    db.session.execute(insert(Interaction).values(row))


def is_awaited(ticket: Ticket) -> bool:
    """Whether a customer waits for an answer in *ticket*."""
    asked = select(Interaction.id).where(*_open_in(ticket.id)).limit(1)
    return db.session.scalar(asked) is not None


def count_again(ticket: Ticket) -> None:
    """Work out anew what the ticket remembers of its messages and interactions."""
    said = select(func.max(Message.at)).where(Message.ticket_id == ticket.id)
    by_customer = said.where(Message.author == Author.CUSTOMER, Message.automatic == Automatic.NONE)
    waiting = select(func.min(Interaction.queued_at)).where(*_open_in(ticket.id))
    moves.make(
        ticket,
        last_inbound_at=by_customer.scalar_subquery(),
        last_outbound_at=said.where(Message.author == Author.AGENT).scalar_subquery(),
        waiting_since=waiting.scalar_subquery(),
    )


def _interactions_of(ids: Sequence[int]) -> list[int]:
    asked = select(Message.interaction_id).where(Message.id.in_(ids), Message.interaction_id.is_not(None)).distinct()
    return [each for each in db.session.scalars(asked) if each is not None]


def _has_others(interaction_id: int, ids: Sequence[int]) -> bool:
    others = select(Message.id).where(Message.interaction_id == interaction_id, Message.id.not_in(ids))
    return db.session.scalar(others.limit(1)) is not None


def _share(interaction_id: int, ids: Sequence[int], to: Ticket) -> None:
    """What goes of a common interaction becomes an interaction of its own, waiting since its first message."""
    going = (Message.interaction_id == interaction_id, Message.id.in_(ids))
    first = db.session.scalars(select(Message).where(*going).order_by(Message.id).limit(1)).one()
    existing = select(Interaction.id).where(*_open_in(to.id), Interaction.channel == first.channel)
    row = _new_interaction(to, first.channel, first.kind, first.at)
    own = db.session.scalar(existing) or db.session.scalar(insert(Interaction).values(row).returning(Interaction.id))
    _run(update(Message).where(*going).values(interaction_id=own))


def _move_interaction(interaction_id: int, to: Ticket) -> None:
    values = {"ticket_id": to.id, "customer_id": to.customer_id}
    _run(update(Interaction).where(Interaction.id == interaction_id).values(values))


def _new_interaction(ticket: Ticket, channel: str, kind: Any, queued_at: Any) -> dict[str, Any]:
    return {
        "ticket_id": ticket.id, "customer_id": ticket.customer_id, "queue_id": ticket.queue_id, "channel": channel,
        "kind": kind, "direction": Direction.IN, "state": InteractionState.WAITING, "queued_at": queued_at,
    }  # fmt: skip


def _fold_open(ticket: Ticket, to: Ticket) -> None:
    """Two open interactions over one channel become one, that has waited as long as the longer of the two."""
    there = {row.channel: row for row in _open_rows(to.id)}
    for here in _open_rows(ticket.id):
        if (kept := there.get(here.channel)) is None:
            continue
        longest = func.least(Interaction.queued_at, here.queued_at)
        _run(update(Interaction).where(Interaction.id == kept.id).values(queued_at=longest))
        _run(update(Message).where(Message.interaction_id == here.id).values(interaction_id=kept.id))
        db.session.execute(delete(Interaction).where(Interaction.id == here.id))


def _hand_to_assignee(to: Ticket) -> None:
    if to.assignee_id is not None:
        interactions.give(to, to.assignee_id)
    else:
        interactions.put_back(to)


def _move_drafts(ticket: Ticket, to: Ticket) -> None:
    """Drafts go along, unless their writer is writing the like there already."""
    same = select(Draft).where(Draft.ticket_id == to.id).subquery("same")
    taken = select(same.c.agent_id).where(same.c.agent_id == Draft.agent_id, same.c.is_note == Draft.is_note)
    _run(update(Draft).where(Draft.ticket_id == ticket.id, ~taken.exists()).values(ticket_id=to.id))


def _queue(to: Ticket) -> Any:
    """What is over keeps the queue it was handled in; what is open waits where its ticket is."""
    return case((Interaction.state.in_(interactions.OPEN), to.queue_id), else_=Interaction.queue_id)


def _open_rows(ticket_id: int) -> Sequence[Any]:
    return db.session.execute(
        select(Interaction.id, Interaction.channel, Interaction.queued_at).where(*_open_in(ticket_id))
    ).all()


def _open_in(ticket_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Interaction.ticket_id == ticket_id,
        Interaction.direction == Direction.IN,
        Interaction.state.in_(interactions.OPEN),
    )


def _because(reason: dict[str, Any]) -> Any:
    """The new reason, with the former one kept inside it."""
    former = case(
        (Message.because == literal({}, JSONB), literal({}, JSONB)),
        else_=func.jsonb_build_object("was", Message.because),
    )
    return literal(reason, JSONB).op("||")(former)


def _run(statement: Any) -> Any:
    return db.session.execute(statement.execution_options(synchronize_session="fetch"))
