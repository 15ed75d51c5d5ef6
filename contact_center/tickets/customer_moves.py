"""What a customer may do to the state of their own ticket: say that it is solved.

Self-service calls it. Taking it up again needs words, which come in as a message and reopen it by themselves.
"""

from __future__ import annotations

from contact_center import clock
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.tickets import deadlines, interactions, moves
from contact_center.tickets.models import UNSETTLED, Ticket, TicketState


def resolve(ticket: Ticket) -> bool:
    """The matter is done, says the customer: what waited for an answer waits no more. False if it was done before."""
    settled = {"state": TicketState.RESOLVED, "resolved_at": clock.now(), "waiting_since": None}
    before = moves.make(ticket, Ticket.state.in_(UNSETTLED), **settled)
    if before is None:
        return False
    interactions.settle(ticket, None, None)
    deadlines.follow(ticket)
    log.record(Name.TICKET_RESOLVED, ticket, None, changes=moves.difference(ticket, before), by="customer")
    return True
