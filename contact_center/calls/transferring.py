"""Handing a caller on: to a queue or an agent without a word, or after a word with a colleague; and a call of three.

The caller hears a sentence or music all the while. Commands of one call are carried out one after the other, so that
the caller is on hold before a colleague is asked, and the room no more ends with whoever leaves it.
"""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import exists, select, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calls import commands, holding, legs, moves, queueing
from contact_center.calls.models import IN_HAND, Call, CallLeg, CallState, LegState, Role, Verb, lives
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.routing import offers, seats
from contact_center.routing.models import Offer, OfferState
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Ticket

RINGS = timedelta(seconds=25)  # at a colleague's desk


def cold(call: Call, agent: Agent, queue: Queue | None = None, to: Agent | None = None) -> None:
    """Send the caller to *queue*, or to whoever *to* is first. Raises IllegalMove, Invalid.

    They wait there when their telephone says so (`arrived`); until then they are still in the room.
    """
    holding.check_own(call, agent)
    send(call, agent, queue, to)


def send(call: Call, by: Agent, queue: Queue | None = None, to: Agent | None = None) -> None:
    """The same by whoever may decide it, whosever call it is. Without either the caller waits where they did before."""
    if queue is not None and not queue.is_active:
        raise Invalid(_("The queue %(name)s is deactivated.", name=queue.name))
    leg = legs.live(call, Role.CUSTOMER)
    wish = {"queue": queue.id if queue else None, "to": to.id if to else None, "by": by.id}
    if leg is None or not moves.make(call, CallState.TRANSFERRING, flow=call.flow | {"transfer": wish}):
        raise IllegalMove(_("Nobody is talking in this call now."))
    commands.want(call, Verb.SEND, leg, to="transferred")


def arrived(call: Call) -> bool:
    """The caller's telephone has left the room for the queue. Returns False if nobody sends it there."""
    wish = call.flow.get("transfer") or {}
    by = db.session.get(Agent, wish.get("by") or 0)
    queue = db.session.get(Queue, wish.get("queue") or 0)
    if by is None or not moves.make(
        call, CallState.QUEUED, origins=(CallState.TRANSFERRING,), agent_id=None,
        flow={key: value for key, value in call.flow.items() if key != "transfer"},
    ):  # fmt: skip
        return False
    ticket = db.session.get(Ticket, call.ticket_id, populate_existing=True) if call.ticket_id else None
    if ticket is not None and queue is not None and ticket.queue_id != queue.id:
        lifecycle.move(ticket, queue, by)
    queueing.put_back(call, "transferred", held_for=wish.get("to"))
    log.record(Name.CALL_TRANSFERRED, call, by, **({"queue_to": queue.name} if queue else {}))
    return True


def not_sent(call: Call) -> None:
    """The provider would not send them: they are still with their agent."""
    moves.make(call, CallState.TALKING, origins=(CallState.TRANSFERRING,))


def consult(call: Call, agent: Agent, colleague: Agent) -> None:
    """Put the caller on hold and ring *colleague*. Raises IllegalMove if they cannot be asked now."""
    holding.check_own(call, agent)
    if colleague.id == agent.id:
        raise Invalid(_("Choose somebody else."))
    if not _can_answer(colleague):
        raise IllegalMove(_("%(name)s cannot be called now.", name=colleague.name))
    if not moves.make(call, CallState.CONSULTING, origins=(CallState.TALKING, CallState.HELD)):
        raise IllegalMove(_("Nobody is talking in this call now."))
    customer, own = legs.live(call, Role.CUSTOMER), legs.live(call, Role.AGENT)
    if customer is not None and not customer.is_held:
        customer.is_held = True
        commands.want(call, Verb.HOLD, customer)
    commands.want(call, Verb.ENDS_ROOM, own, ends=False)
    offers.ask(call.interaction_id or 0, colleague, agent, RINGS)


def join(call: Call, colleague: Agent) -> CallLeg:
    """*colleague* has accepted: their phone may come. Raises IllegalMove if nobody waits for them any more."""
    if call.state is not CallState.CONSULTING:
        raise IllegalMove(_("Nobody waits for you in this call any more."))
    leg = legs.expect(call, colleague, Role.COLLEAGUE)
    if leg is None:
        raise IllegalMove(_("You are on the telephone already."))
    return leg


def merge(call: Call, agent: Agent) -> None:
    """Let all three hear each other."""
    holding.check_own(call, agent)
    _colleague(call)
    if not moves.make(call, CallState.TALKING, origins=(CallState.CONSULTING,)):
        raise IllegalMove(_("You are not talking to a colleague."))
    _free_customer(call)


def complete(call: Call, agent: Agent) -> None:
    """Leave the caller to the colleague. Raises IllegalMove if they are not in the call."""
    holding.check_own(call, agent)
    _colleague(call)
    own = legs.live(call, Role.AGENT)
    take_over(call)
    if own is not None:
        commands.want(call, Verb.REMOVE, own)


def take_over(call: Call) -> bool:
    """The call is the colleague's now: its agent leaves it, or was lost. Returns False if there is no colleague."""
    colleague = _in_room(call)
    if colleague is None or colleague.agent is None:
        return False
    before = call.agent
    own = legs.live(call, Role.AGENT)
    if own is not None:
        legs.end(own, "left the call to a colleague")
    colleague.role = Role.AGENT
    db.session.flush()
    db.session.execute(update(Call).where(Call.id == call.id).values(agent_id=colleague.agent_id))
    db.session.refresh(call)
    if not moves.make(call, CallState.TALKING, origins=(CallState.CONSULTING, CallState.HELD)):
        moves.turn_over(call)
    commands.want(call, Verb.ENDS_ROOM, colleague, ends=not call.is_dialled)
    _free_customer(call)
    ticket = db.session.get(Ticket, call.ticket_id, populate_existing=True) if call.ticket_id else None
    if ticket is not None and before is not None:
        lifecycle.assign(ticket, colleague.agent, before)
    log.record(Name.CALL_TRANSFERRED, call, before, to=colleague.agent.name)
    return True


def cancel(call: Call) -> None:
    """No colleague after all: they declined, left, or are not wanted any more. The agent talks to the caller again."""
    _withdraw(call)
    colleague = legs.live(call, Role.COLLEAGUE)
    if colleague is not None:
        if colleague.ref is not None:
            commands.want(call, Verb.HANG_UP, colleague)
        legs.end(colleague, "not wanted any more")
    if moves.make(call, CallState.TALKING, origins=(CallState.CONSULTING,)):
        _free_customer(call)
    else:
        moves.tell(call)  # a call of three is one of two again
    if (own := legs.live(call, Role.AGENT)) is not None and call.state in IN_HAND:
        commands.want(call, Verb.ENDS_ROOM, own, ends=not call.is_dialled)


def sweep() -> int:
    """Call off consultations for which nobody rings and nobody came; returns how many."""
    rings = exists().where(Offer.interaction_id == Call.interaction_id, Offer.state == OfferState.PENDING)
    there = exists().where(
        CallLeg.call_id == Call.id, CallLeg.role == Role.COLLEAGUE, CallLeg.ended_at.is_(None),
        (CallLeg.state != LegState.EXPECTED) | (CallLeg.created_at > clock.now() - timedelta(seconds=8)),
    )  # fmt: skip
    asked = select(Call).where(*lives(CallState.CONSULTING), ~rings, ~there)
    found = db.session.scalars(asked.with_for_update(skip_locked=True, of=Call)).all()
    for call in found:
        cancel(call)
    return len(found)


def _withdraw(call: Call) -> None:
    if call.interaction_id is not None:
        offers.revoke(Interaction.id == call.interaction_id, reason="cancelled")


def _free_customer(call: Call) -> None:
    customer = legs.live(call, Role.CUSTOMER)
    if customer is not None and customer.is_held:
        customer.is_held = False
        db.session.flush()
        commands.want(call, Verb.TAKE_BACK, customer)


def _colleague(call: Call) -> CallLeg:
    leg = _in_room(call)
    if leg is None:
        raise IllegalMove(_("Your colleague is not in the call."))
    return leg


def _in_room(call: Call) -> CallLeg | None:
    leg = legs.live(call, Role.COLLEAGUE)
    return leg if leg is not None and leg.state is LegState.ROOM else None


def _can_answer(colleague: Agent) -> bool:
    """Present, with a telephone, and not on the telephone; mails in hand can wait."""
    seat = next(iter(seats.taken(agents=[colleague.id])), None)
    if seat is None or seat.hindered is not None or seat.rings:
        return False
    return "phone" not in seat.paused and seat.load == seat.loose
