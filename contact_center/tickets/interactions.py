"""What happens to the open interactions of a ticket when somebody takes it, gives it back, answers or resolves it.

Called by `lifecycle` and `replies` when they have changed the ticket. A call ends by itself, never by a written answer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, insert, or_, select, text, update

from contact_center import clock
from contact_center.extensions import db
from contact_center.queues.models import Queue, WrapUp
from contact_center.statement import Statement, columns
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Direction, Interaction, InteractionState
from contact_center.tickets.models import Ticket

WAITS = (InteractionState.WAITING, InteractionState.OFFERED)
OPEN = (*WAITS, InteractionState.HANDLING)
_WRAPS = (WrapUp.MANDATORY, WrapUp.TIMEOUT, WrapUp.FORCED)
_TIMED = (WrapUp.TIMEOUT, WrapUp.FORCED)
_HANG_UP = Statement(f"""
    UPDATE interaction
    SET state = CASE WHEN q.wrap_up IN ('MANDATORY', 'TIMEOUT', 'FORCED') THEN 'WRAPPING' ELSE 'DONE' END,
        wrap_until = CASE WHEN q.wrap_up IN ('TIMEOUT', 'FORCED')
                          THEN :now + make_interval(secs => q.wrap_up_seconds) END,
        ended_at = :now
    FROM queue q
    WHERE interaction.id = :id AND interaction.state = 'HANDLING' AND q.id = interaction.queue_id
    RETURNING {columns(Interaction)}
""")  # noqa: S608 (columns of ours)
_TURN = Statement(f"""
    UPDATE interaction SET kind = :kind WHERE id = :id AND kind = :was AND state IN ('WAITING', 'OFFERED')
    RETURNING {columns(Interaction)}
""")  # noqa: S608 (columns of ours)
_TALK = Statement(f"""
    UPDATE interaction SET answered_at = :now WHERE id = :id AND answered_at IS NULL RETURNING {columns(Interaction)}
""")  # noqa: S608 (columns of ours)


# Callers who wait for somebody of a ticket: their place is found anew, and with it until when they are kept.
_CALLERS = Statement("""
    UPDATE interaction SET held_for = ARRAY[CAST(:agent_id AS bigint)], order_at = NULL
    WHERE ticket_id = :ticket_id AND kind = 'CALL' AND state = 'WAITING'
""")


def give(ticket: Ticket, agent_id: int) -> None:
    """The open interactions are now *agent_id*'s to handle. A caller waits on, and rings there first."""
    waits = (Interaction.kind == Kind.CALL) & Interaction.state.in_(WAITS)
    given = _change(
        ticket,
        OPEN,
        ~waits,
        agent_id=agent_id,
        state=case((Interaction.state.in_(WAITS), InteractionState.HANDLING), else_=Interaction.state),
        accepted_at=func.coalesce(Interaction.accepted_at, clock.now()),
        set_aside_at=None,
    )
    _HAND_OVER.run({"ids": [row.id for row in given], "agent_id": agent_id, "now": clock.now()})
    _CALLERS.run({"ticket_id": ticket.id, "agent_id": agent_id})


def give_one(interaction_id: int, agent_id: int) -> None:
    """One waiting interaction is now *agent_id*'s to handle, whoever has its ticket."""
    waiting = update(Interaction).where(Interaction.id == interaction_id, Interaction.state.in_(WAITS))
    given = waiting.values(state=InteractionState.HANDLING, agent_id=agent_id, accepted_at=clock.now())
    if db.session.scalar(given.returning(Interaction.id), execution_options={"synchronize_session": "fetch"}):
        _HAND_OVER.run({"ids": [interaction_id], "agent_id": agent_id, "now": clock.now()})


def put_back(ticket: Ticket) -> None:
    """Nobody handles them any more: they wait in the ticket's queue, and have waited since they came in.

    Their place in it is to be found anew (`order_at` is empty): another queue may ask for other skills.
    """
    ended = _change(
        ticket,
        OPEN,
        state=InteractionState.WAITING,
        queue_id=ticket.queue_id,
        agent_id=None,
        offered_at=None,
        accepted_at=None,
        set_aside_at=None,
        order_at=None,
        # Skills that a placement rule asked for are not asked for in a queue that a person chose.
        placed_by=case(
            (Interaction.queue_id == ticket.queue_id, Interaction.placed_by),
            else_=Interaction.placed_by.op("-")(cast("asked", Text)),
        ),
        held_for=[],
        not_for=[],
    )
    let_go([row.id for row in ended])


def place_anew(ticket: Ticket) -> None:
    """What they wait for, or who waits, has changed: their place in the queue is to be found anew."""
    _change(ticket, WAITS, order_at=None)


def follow_queue(ticket: Ticket) -> None:
    """They wait where the ticket is."""
    _change(ticket, queue_id=ticket.queue_id)


def answer(ticket: Ticket, agent_id: int, channel: str, kind: Kind) -> int:
    """End what waited for an answer; if nothing did, the answer is an outbound interaction of its own.

    Returns the id of the interaction that the answer belongs to, one of *channel* if there is one.
    """
    now = clock.now()
    answered = func.coalesce(Interaction.answered_at, now)
    ended = _end(ticket, agent_id, now, Interaction.kind != Kind.PROMISE, answered_at=answered)
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
    """End what is open without an answer: `answered_at` stays empty where nobody answered. A promise ends by itself."""
    _end(ticket, agent_id, clock.now(), Interaction.kind != Kind.PROMISE, disposition=disposition)


def hang_up(interaction_id: int) -> None:
    """The call is over for the customer: who handled it wraps up as its queue asks. What was not handled stays."""
    over = _HANG_UP.find(Interaction, {"id": interaction_id, "now": clock.now()})
    if over is not None and over.state is InteractionState.DONE:
        let_go([interaction_id])


def give_up(interaction_id: int) -> bool:
    """The customer waits no more, and nobody has answered. Returns False if it did not wait."""
    gone = update(Interaction).where(Interaction.id == interaction_id, Interaction.state.in_(WAITS))
    values = gone.values(state=InteractionState.ABANDONED, ended_at=clock.now()).returning(Interaction.id)
    return db.session.scalar(values, execution_options={"synchronize_session": "fetch"}) is not None


def keep_for(interaction_id: int, agent_id: int | None) -> None:
    """Who waits is offered to *agent_id* first, for as long as the queue says; None: to nobody in particular."""
    kept = update(Interaction).where(Interaction.id == interaction_id, Interaction.state == InteractionState.WAITING)
    values = kept.values(held_for=[agent_id] if agent_id else [], order_at=None)  # until when finds its placing
    db.session.execute(values, execution_options={"synchronize_session": "fetch"})


def turn(interaction_id: int, was: Kind, to: Kind) -> bool:
    """What waits, waits as something else from now on. Returns False if it did not wait as that."""
    return _TURN.find(Interaction, {"id": interaction_id, "was": was, "kind": to}) is not None


def talk(interaction_id: int) -> None:
    """Somebody talks with the customer now: they have waited no longer than until the first time."""
    _TALK.find(Interaction, {"id": interaction_id, "now": clock.now()})


def wait_again(interaction_id: int) -> None:
    """Whoever had it has it no more, and it waits since when it came in."""
    back = update(Interaction).where(Interaction.id == interaction_id, Interaction.state == InteractionState.HANDLING)
    values = back.values(
        state=InteractionState.WAITING, agent_id=None, offered_at=None, accepted_at=None, order_at=None
    )
    db.session.execute(values, execution_options={"synchronize_session": "fetch"})
    let_go([interaction_id])


def let_go(ids: list[int], at: datetime | None = None) -> None:
    """The agents who had them have them no more, since *at* or now: the stretches in the ledger end."""
    if ids:
        _LET_GO.run({"ids": ids, "at": at or clock.now()})


def _end(ticket: Ticket, agent_id: int | None, now: datetime, *guards: Any, **values: Any) -> list[Any]:
    wraps = _queue_wraps(_WRAPS) if agent_id else text("false")
    seconds = select(Queue.wrap_up_seconds).where(Queue.id == Interaction.queue_id).scalar_subquery()
    ended = _change(
        ticket,
        OPEN,
        Interaction.kind != Kind.CALL,
        (Interaction.kind != Kind.CALLBACK) | (Interaction.state != InteractionState.HANDLING),
        *guards,
        state=case((wraps, InteractionState.WRAPPING), else_=InteractionState.DONE),
        wrap_until=case((_queue_wraps(_TIMED), now + func.make_interval(0, 0, 0, 0, 0, 0, seconds))),
        agent_id=func.coalesce(Interaction.agent_id, agent_id),
        accepted_at=func.coalesce(Interaction.accepted_at, now),
        ended_at=now,
        set_aside_at=None,
        **values,
    )
    let_go([row.id for row in ended if row.state is InteractionState.DONE])
    return ended


def _queue_wraps(modes: tuple[WrapUp, ...]) -> ColumnElement[bool]:
    return select(Queue.id).where(Queue.id == Interaction.queue_id, Queue.wrap_up.in_(modes)).exists()


_LET_GO = Statement("""
    UPDATE handling SET ended_at = greatest(started_at, :at) WHERE interaction_id = ANY(:ids) AND ended_at IS NULL
""")
# Who has it already goes on; whoever had it before has it no more.
_HAND_OVER = Statement("""
    WITH ended AS (
        UPDATE handling SET ended_at = greatest(started_at, :now)
        WHERE interaction_id = ANY(:ids) AND ended_at IS NULL AND agent_id <> :agent_id
        RETURNING id
    )
    INSERT INTO handling (interaction_id, agent_id, started_at)
    SELECT i, :agent_id, :now FROM unnest(CAST(:ids AS bigint[])) i, (SELECT count(*) FROM ended) first
    WHERE NOT EXISTS (
        SELECT FROM handling h WHERE h.interaction_id = i AND h.ended_at IS NULL AND h.agent_id = :agent_id
    )
""")


def _change(ticket: Ticket, states: tuple[InteractionState, ...] = OPEN, *guards: Any, **values: Any) -> list[Any]:
    changed = (
        update(Interaction)
        .where(Interaction.ticket_id == ticket.id, Interaction.state.in_(states))
        .where(or_(Interaction.direction == Direction.IN, Interaction.kind == Kind.PROMISE))
        .where(*guards)
        .values(**values)
        .returning(Interaction.id, Interaction.channel, Interaction.state)
        .execution_options(synchronize_session="fetch")
    )
    return list(db.session.execute(changed).all())
