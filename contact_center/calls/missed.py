"""Missed calls: who gave up waiting is called back, once for all their tries; whoever hung up at once is let go.

`queueing` tells when somebody has given up, `answering` when somebody talks with them after all.
"""

from __future__ import annotations

from datetime import timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.calls.models import Call
from contact_center.customers.models import Customer
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.routing import promised_work
from contact_center.statement import Statement
from contact_center.tickets import deadlines, interactions, moves
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Direction, Interaction, InteractionState, Message
from contact_center.tickets.models import UNSETTLED, Ticket, TicketState

_WAITING = Statement("""
    SELECT t.token FROM participant p
    JOIN ticket t ON t.id = p.ticket_id AND t.state IN ('NEW', 'OPEN', 'WAITING')
    JOIN interaction i ON i.ticket_id = t.id AND i.kind = 'CALLBACK' AND i.state IN ('WAITING', 'OFFERED')
    WHERE p.scheme = 'PHONE' AND p.value = :number AND i.queue_id = :queue_id
    AND (CAST(:customer_id AS bigint) IS NULL OR t.customer_id = :customer_id)
    ORDER BY i.id DESC LIMIT 1
""")
_ALSO_WAIT = Statement("""
    SELECT i.id, i.ticket_id FROM interaction i
    WHERE i.kind = 'CALLBACK' AND i.state IN ('WAITING', 'OFFERED') AND i.id <> :interaction_id
    AND (i.customer_id = :customer_id OR EXISTS (
        SELECT FROM participant p WHERE p.ticket_id = i.ticket_id AND p.scheme = 'PHONE' AND p.value = :number))
""")
SHORT = timedelta(seconds=5)  # who hangs up sooner did not want to wait at all
ALWAYS = "A"  # the tier whose calls are never too short


def left(call: Call, *, was_short: bool | None = None) -> None:
    """They gave up: they are to be called back, unless it was too short or nobody knows where."""
    ticket = db.session.get(Ticket, call.ticket_id, populate_existing=True) if call.ticket_id else None
    if ticket is None:
        return
    former = call.interaction
    was_short = _is_short(call) if was_short is None else was_short
    if call.caller is None or former is None or (was_short and not call.flow.get("called_again")):
        _let_go(ticket)
        return
    row = {
        "ticket_id": ticket.id, "customer_id": ticket.customer_id, "queue_id": ticket.queue_id, "channel": "phone",
        "kind": Kind.CALLBACK, "direction": Direction.IN, "state": InteractionState.WAITING,
        "queued_at": former.queued_at,
    }  # fmt: skip
    db.session.execute(insert(Interaction).values(row).on_conflict_do_nothing())
    if not call.flow.get("called_again"):
        _name(ticket, call)
    log.record(Name.CALL_MISSED, call)


def waiting(number: str, queue_id: int, customer_id: int | None) -> str | None:
    """The token of the ticket in which *number* waits to be called back by that queue: a new call goes on there.

    Not in another's: a number may be shared, and a caller may have proved that they are somebody else.
    """
    row = _WAITING.one({"number": number, "queue_id": queue_id, "customer_id": customer_id})
    return None if row is None else row.token


def answered(call: Call) -> None:
    """Somebody talks with them: what waits to call them back, in other tickets too, waits no more."""
    them = {"interaction_id": call.interaction_id, "customer_id": call.customer_id, "number": call.caller or ""}
    for row in _ALSO_WAIT.rows(them):
        promised_work.end(row.id, None, "answered")
        _let_go(db.session.get_one(Ticket, row.ticket_id, populate_existing=True))


def _is_short(call: Call) -> bool:
    ids = [call.customer_id] if call.customer_id else call.candidate_ids
    best = select(func.min(Customer.tier)).where(Customer.id.in_(ids))
    return db.session.scalar(best) != ALWAYS and call.since - (call.queued_at or call.started_at) < SHORT


def _name(ticket: Ticket, call: Call) -> None:
    with force_locale(call.language):
        subject = _("Missed call from %(number)s", number=call.caller)
    db.session.execute(update(Ticket).where(Ticket.id == ticket.id).values(subject=subject, changed_at=clock.now()))
    db.session.refresh(ticket)


def _let_go(ticket: Ticket) -> None:
    """Resolve a ticket that is about nothing but a call nobody has to return."""
    other = exists().where(Message.ticket_id == ticket.id, Message.kind != Kind.CALL)
    more = exists().where(Interaction.ticket_id == ticket.id, Interaction.state.in_(interactions.OPEN))
    if ticket.assignee_id is not None or db.session.scalar(select(or_(other, more))):
        return
    settled = {"state": TicketState.RESOLVED, "resolved_at": clock.now(), "waiting_since": None}
    before = moves.make(ticket, Ticket.state.in_(UNSETTLED), **settled)
    if before is not None:
        deadlines.follow(ticket)
        log.record(Name.TICKET_RESOLVED, ticket, None, changes=moves.difference(ticket, before), by="call")
