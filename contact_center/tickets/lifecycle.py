"""From new to closed: take, hand over, move, wait, resolve, open again, close.

Every verb is one conditional UPDATE: of two people who press at the same moment one wins, and the other is told who was
first (AlreadyTaken) or what the ticket has become (IllegalMove). Verbs write events with old → new and never commit.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, any_, case, func, select, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import AlreadyTaken, ContactCenterError, IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues import membership
from contact_center.queues.models import Queue
from contact_center.tickets import deadlines, interactions, moves, notes
from contact_center.tickets.models import UNSETTLED, Ticket, TicketState

NEW, OPEN, WAITING, RESOLVED, CLOSED = TicketState
_TAKEN = case((Ticket.state == NEW, OPEN), else_=Ticket.state)
_GIVEN_BACK = case((Ticket.state == OPEN, NEW), else_=Ticket.state)


def take(ticket: Ticket, agent: Agent) -> None:
    """Make *agent* the assignee of a ticket that has none. Taking one's own again does nothing. Raises AlreadyTaken."""
    free = (Ticket.assignee_id.is_(None), Ticket.queue_id == ticket.queue_id, Ticket.state.in_(UNSETTLED))
    before = moves.make(ticket, *free, assignee_id=agent.id, state=_TAKEN)
    if before:
        interactions.give(ticket, agent.id)
        log.record(Name.TICKET_TAKEN, ticket, agent, changes=moves.difference(ticket, before), assignee_id=agent.id)
    elif ticket.assignee_id != agent.id or ticket.state not in UNSETTLED:
        raise beaten(ticket)


def assign(ticket: Ticket, to: Agent | None, agent: Agent, *, note: str = "") -> None:
    """Hand the ticket to *to*, with a note for them, or give it back to its queue (None). Raises AlreadyTaken.

    It must still be with whom *agent* saw it; handing it to whom it belongs already does nothing.
    """
    if to is not None and not to.active:
        raise Invalid(_("%(name)s does not work here any more.", name=to.name))
    target = to.id if to else None
    if ticket.assignee_id == target:
        return
    as_seen = (_still_with(ticket), Ticket.state.in_(UNSETTLED))
    before = moves.make(ticket, *as_seen, assignee_id=target, state=_TAKEN if to else _GIVEN_BACK)
    if before is None:
        raise beaten(ticket)
    if to:
        interactions.give(ticket, to.id)
    else:
        interactions.put_back(ticket)
    name = Name.TICKET_ASSIGNED if to else Name.TICKET_RELEASED
    log.record(name, ticket, agent, changes=moves.difference(ticket, before), assignee_id=target)
    moves.tell_former(name, ticket, before)
    if note.strip():
        notes.add(ticket, agent, note)


def recover(ticket: Ticket, because: str = "gone") -> bool:
    """Put back what its assignee, who is gone or late, cannot go on with. Returns False if somebody was faster."""
    as_seen = (Ticket.assignee_id.is_not(None), _still_with(ticket), Ticket.state.in_(UNSETTLED))
    before = moves.make(ticket, *as_seen, assignee_id=None, state=_GIVEN_BACK)
    if before is None:
        return False
    interactions.put_back(ticket)
    log.record(Name.TICKET_RELEASED, ticket, None, changes=moves.difference(ticket, before), because=because)
    moves.tell_former(Name.TICKET_RELEASED, ticket, before)
    return True


def move(ticket: Ticket, queue: Queue, agent: Agent) -> None:
    """Put the ticket into another queue. Its assignee keeps it only if they serve that queue; else it waits there.

    Raises AlreadyTaken if somebody took or moved it since *agent* looked.
    """
    if not queue.is_active:
        raise Invalid(_("The queue %(name)s is deactivated.", name=queue.name))
    if ticket.queue_id == queue.id:
        return
    stays = ticket.assignee_id in {member.id for member in membership.agents_of(queue.id)}
    values = {} if stays else {"assignee_id": None, "state": _GIVEN_BACK}
    as_seen = (Ticket.queue_id == ticket.queue_id, _still_with(ticket), Ticket.state.in_(UNSETTLED))
    before = moves.make(ticket, *as_seen, queue_id=queue.id, **values)
    if before is None:
        raise beaten(ticket)
    if stays:
        interactions.follow_queue(ticket)
    else:
        interactions.put_back(ticket)
    deadlines.follow(ticket, agent)
    log.record(Name.TICKET_MOVED, ticket, agent, changes=moves.difference(ticket, before), queue_id=queue.id)
    moves.tell_former(Name.TICKET_MOVED, ticket, before)


def wait(ticket: Ticket, agent: Agent) -> None:
    """Say that the customer, or somebody else, owes something now. Whoever says so has the ticket."""
    before = _change_state(ticket, agent, (NEW, OPEN), state=WAITING)
    deadlines.follow(ticket, agent)
    log.record(Name.TICKET_STATE_CHANGED, ticket, agent, changes=moves.difference(ticket, before))


def answered(ticket: Ticket, agent: Agent) -> None:
    """The customer is being talked to: they wait for no answer any more. The ticket's state stays as it is."""
    if moves.make(ticket, Ticket.state.in_(UNSETTLED), last_outbound_at=clock.now(), waiting_since=None):
        deadlines.follow(ticket, agent)


def open_again(ticket: Ticket, agent: Agent) -> None:
    """Take up again what waits or is resolved. What is closed stays closed. Raises IllegalMove."""
    reopened = Ticket.reopened + case((Ticket.state == RESOLVED, 1), else_=0)
    before = _change_state(ticket, agent, (WAITING, RESOLVED), state=OPEN, resolved_at=None, reopened=reopened)
    deadlines.follow(ticket, agent)
    name = Name.TICKET_REOPENED if before.state == RESOLVED else Name.TICKET_STATE_CHANGED
    log.record(name, ticket, agent, changes=moves.difference(ticket, before))


def resolve(ticket: Ticket, agent: Agent, *, disposition: str | None = None) -> None:
    """Say that the matter is done: what waited for an answer waits no more. Raises IllegalMove."""
    before = _change_state(ticket, agent, UNSETTLED, state=RESOLVED, resolved_at=clock.now(), waiting_since=None)
    interactions.settle(ticket, agent.id, disposition)
    deadlines.follow(ticket, agent)
    data = {"disposition": disposition} if disposition else {}
    log.record(Name.TICKET_RESOLVED, ticket, agent, changes=moves.difference(ticket, before), **data)


def close_due(older_than: datetime, *, limit: int = 500) -> int:
    """Close up to *limit* tickets that were resolved before *older_than*; returns how many. Call and commit until 0."""
    due = (
        select(Ticket.id)
        .where(Ticket.state == RESOLVED, Ticket.resolved_at < older_than)
        .order_by(Ticket.resolved_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    now = clock.now()
    closed = (
        update(Ticket)
        .where(Ticket.id == any_(func.array(due.scalar_subquery())), Ticket.state == RESOLVED)  # an array: chosen once
        .values(state=CLOSED, closed_at=now, changed_at=now, version=Ticket.version + 1)
        .returning(Ticket)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    tickets = list(db.session.scalars(closed))
    changes = {"changes": {"state": [RESOLVED, CLOSED]}}
    log.record_all([(Name.TICKET_CLOSED, ticket, changes) for ticket in tickets])
    return len(tickets)


def _change_state(ticket: Ticket, agent: Agent, origin: tuple[TicketState, ...], **values: Any) -> moves.Before:
    keeper = func.coalesce(Ticket.assignee_id, agent.id)
    before = moves.make(ticket, Ticket.state.in_(origin), assignee_id=keeper, **values)
    if before is None:
        raise _not_from_here(ticket)
    if before.assignee_id is None:
        interactions.give(ticket, agent.id)
    return before


def _still_with(ticket: Ticket) -> ColumnElement[bool]:
    return Ticket.assignee_id.is_not_distinct_from(ticket.assignee_id)


def beaten(ticket: Ticket) -> ContactCenterError:
    """Why the ticket is not where it was seen, in a sentence."""
    if ticket.state not in UNSETTLED:
        return _not_from_here(ticket)
    if ticket.assignee_id is not None:
        return AlreadyTaken(_("%(name)s has taken it already.", name=moves.agent_name(ticket.assignee_id)))
    return AlreadyTaken(_("It has just been returned or moved. It is in %(queue)s now.", queue=ticket.queue.name))


def _not_from_here(ticket: Ticket) -> IllegalMove:
    return IllegalMove(
        {
            NEW: _("The ticket is new; nobody has taken it."),
            OPEN: _("The ticket is open already."),
            WAITING: _("The ticket is waiting already."),
            RESOLVED: _("The ticket is resolved. Reopen it first."),
            CLOSED: _("The ticket is closed for good. Start a new one."),
        }[ticket.state]
    )
