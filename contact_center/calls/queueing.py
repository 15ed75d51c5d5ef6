"""A caller waits: joining the queue, their place in it, and leaving it without having been answered."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from contact_center import clock
from contact_center.calls import callbacks, commands, legs, missed, moves
from contact_center.calls.models import Call, CallState, MatchedBy, Outcome, Role, Verb
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.routing import offers, recovery, spilling
from contact_center.routing.crowding import NEWEST
from contact_center.statement import Statement
from contact_center.tickets import interactions, lifecycle
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Ticket

_LATELY = timedelta(hours=2)
SAMPLES = 5  # of work handled lately; with fewer nothing is said about how long it takes


class Standing(NamedTuple):
    """Where a caller stands: 1 is the next. `seconds` until their turn; None where nobody can honestly say."""

    place: int
    seconds: float | None


_HERE = "o.queue_id = i.queue_id AND o.channel = 'phone'"


def _stands(i: str, before: str) -> Statement:
    """What waits and what rings have an index each; mails are answered beside them."""
    return Statement(f"""
        SELECT 1 + (SELECT count(*) FROM interaction o WHERE o.state = 'WAITING' AND {before})
                 + (SELECT count(*) FROM interaction o WHERE o.state = 'OFFERED' AND {before}) AS place,
               (SELECT count(*) FROM queue_member m
                JOIN presence p ON p.agent_id = m.agent_id AND p.ended_at IS NULL AND p.state = 'AVAILABLE'
                JOIN open_phone f ON f.agent_id = m.agent_id AND f.seen_at > :seen
                WHERE m.queue_id = i.queue_id) AS here,
               lately.seconds, lately.handled
        FROM ({i}) i CROSS JOIN LATERAL (
            SELECT extract(epoch FROM avg(h.ended_at - h.started_at)) AS seconds, count(*) AS handled
            FROM ({NEWEST}) h JOIN interaction o ON o.id = h.interaction_id AND {_HERE}) lately
    """)  # noqa: S608 (ours)


# Before them is whoever has an earlier place; before whoever has none yet, everybody.
_STANDING = _stands(
    "SELECT * FROM interaction WHERE id = :id",
    f"{_HERE} AND (o.order_at, o.id) < (coalesce(i.order_at, i.queued_at), i.id)",
)
_WOULD_STAND = _stands("SELECT CAST(:id AS bigint) AS queue_id", _HERE)
_OTHER = Statement("SELECT FROM call WHERE interaction_id = :interaction_id AND ended_at IS NULL AND id <> :id LIMIT 1")


def join(call: Call, ticket_id: int, interaction_id: int, customer_id: int | None) -> bool:
    """The caller waits now, as *interaction_id* of a ticket. Returns False if they have hung up meanwhile."""
    callbacks.met(call)  # it may have been accepted just now
    if _OTHER.rows({"interaction_id": interaction_id, "id": call.id}):  # we are calling them back this very moment
        moves.finish(call, CallState.ENDED, Outcome.CALLBACK)
        return False
    if interactions.turn(interaction_id, Kind.CALLBACK, Kind.CALL):
        call.flow = call.flow | {"called_again": True}
        db.session.flush()
    is_told = call.customer_id is None and customer_id is not None  # by the ticket in which it goes on
    known = {"customer_id": customer_id, "matched_by": MatchedBy.TICKET} if is_told else {}
    return moves.make(
        call, CallState.QUEUED, origins=(CallState.NEW, CallState.MENU, CallState.SELF_SERVICE),
        queued_at=clock.now(), ticket_id=ticket_id, interaction_id=interaction_id, **known,
    )  # fmt: skip


def standing(call: Call) -> Standing:
    """The caller's place among those who wait on the telephone in their queue, and about how long it will take."""
    now = clock.now()
    row = _STANDING.one({"id": call.interaction_id, "lately": now - _LATELY, "seen": now - timedelta(seconds=25)})
    if row is None:
        return Standing(1, None)
    is_known = row.handled >= SAMPLES and row.here
    return Standing(row.place, spilling.expected_wait(row.place, row.here, row.seconds) if is_known else None)


def would_stand(queue_id: int) -> Standing:
    """Where somebody who calls now would stand in that queue: behind all who wait."""
    now = clock.now()
    row = _WOULD_STAND.one({"id": queue_id, "lately": now - _LATELY, "seen": now - timedelta(seconds=25)})
    is_known = row.handled >= SAMPLES and row.here
    return Standing(row.place, spilling.expected_wait(row.place, row.here, row.seconds) if is_known else None)


def put_back(call: Call, because: str, *, held_for: int | None = None) -> None:
    """They wait again, since when they came in: the agent's phone did not come, or was lost. *held_for* is asked first.

    Rooms are not used twice, so the next one has another name.
    """
    _let_agents_go(call, because)
    call.round, call.room_ref = call.round + 1, None
    caller = legs.live(call, Role.CUSTOMER)
    if caller is not None:
        legs.begin_anew(caller, call.round)
    db.session.flush()
    ticket = db.session.get(Ticket, call.ticket_id, populate_existing=True) if call.ticket_id else None
    if ticket is not None and lifecycle.recover(ticket, because):
        recovery.head_start(ticket.id)
    interactions.turn(call.interaction_id or 0, Kind.CALLBACK, Kind.CALL)  # whom we had called is in line now
    if held_for:
        interactions.keep_for(call.interaction_id or 0, held_for)
    log.record(Name.CALL_PUT_BACK, call, because=because)


def abandon(call: Call) -> None:
    """They have hung up before anybody answered."""
    if moves.finish(call, CallState.ABANDONED, Outcome.ABANDONED):
        _let_agents_go(call, "caller gone")
        leave(call)
        log.record(Name.CALL_ABANDONED, call, waited=_waited(call))
        missed.left(call)


def leave(call: Call) -> None:
    """Nothing waits in the queue for this call any more; what rang stops, and who had accepted is free again."""
    if call.interaction_id is not None:
        ticket = db.session.get(Ticket, call.ticket_id, populate_existing=True) if call.ticket_id else None
        if ticket is not None:
            lifecycle.recover(ticket, "caller gone")
        offers.revoke(Interaction.id == call.interaction_id, reason="caller gone")
        interactions.give_up(call.interaction_id)


def _let_agents_go(call: Call, because: str) -> None:
    """Who was on the way to the caller, or with them, is not any more."""
    for leg in call.legs:
        if leg.role is not Role.CUSTOMER and leg.ended_at is None:
            if leg.ref is not None:
                commands.want(call, Verb.HANG_UP, leg)
            legs.end(leg, because)


def _waited(call: Call) -> int:
    return round((call.since - (call.queued_at or call.started_at)).total_seconds())
