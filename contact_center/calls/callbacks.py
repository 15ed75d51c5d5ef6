"""Calling back: who asks for it keeps their place, and whoever accepts it is connected with them.

The call that asked has ended; its interaction goes on waiting as a CALLBACK. Accepting it makes an outbound call: the
agent's phone comes as always, then the customer is dialled into the room.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select, update

from contact_center import clock
from contact_center.agents import presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.calendars import settings as calendars
from contact_center.calendars.arithmetic import NeverOpen
from contact_center.calls import commands, legs, lines, moves
from contact_center.calls.models import Call, CallLeg, CallState, LegState, MatchedBy, Outcome, Role, Verb, lives
from contact_center.errors import AlreadyTaken
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.routing import offers, promised_work, promises
from contact_center.routing.models import Promise, PromiseState
from contact_center.statement import Statement
from contact_center.tickets import interactions, lifecycle
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Direction, Interaction
from contact_center.tickets.models import Ticket

_RINGING_THEM = Statement("""
    SELECT FROM call
    WHERE caller = :caller AND number_id = :number_id AND direction = 'OUT' AND state = 'DIALLING' LIMIT 1
""")
AGAIN_IN = 30  # minutes of the queue's hours, after a call that reached nobody
MOST_CALLS = 3
JOIN_WITHIN = timedelta(seconds=8)


def keep_place(call: Call, number: str) -> bool:
    """The caller may hang up: they are called at *number* when it is their turn. False if an agent is on the way."""
    if not moves.finish(call, CallState.ENDED, Outcome.CALLBACK, origins=(CallState.QUEUED,)):
        return False
    _remember(call, number)
    offers.revoke(Interaction.id == call.interaction_id, reason="callback")
    interactions.turn(call.interaction_id or 0, Kind.CALL, Kind.CALLBACK)
    log.record(Name.CALL_BACK_ASKED, call, number=number)
    return True


def schedule(call: Call, number: str, due_at: datetime) -> bool:
    """The caller may hang up: they are called at *number* at that time. False if an agent is on the way."""
    if not moves.finish(call, CallState.ENDED, Outcome.CALLBACK, origins=(CallState.QUEUED,)):
        return False
    _remember(call, number)
    promised_work.end(call.interaction_id, None, "callback")
    _promise(call, number, due_at)
    log.record(Name.CALL_BACK_ASKED, call, number=number, due_at=due_at.isoformat())
    return True


def begin(interaction: Interaction, agent: Agent) -> CallLeg:
    """*agent* has accepted: their phone may come, and the customer is dialled then. Raises AlreadyTaken."""
    live = select(Call).where(Call.interaction_id == interaction.id, Call.ended_at.is_(None)).with_for_update(of=Call)
    call = db.session.scalar(live.execution_options(populate_existing=True)) or _dialling(interaction, agent)
    own = legs.live(call, Role.AGENT)
    if own is not None and own.agent_id == agent.id:
        return own
    leg = legs.expect(call, agent, Role.AGENT)
    if leg is None:
        raise AlreadyTaken(_("You are on the telephone already."))
    log.record(Name.CALL_ACCEPTED, call, agent)
    return leg


def dial(call: Call) -> None:
    """The agent is in the room: now the customer's telephone rings. What was promised is kept by it."""
    line = lines.of(call.number_id)
    if line is None or call.caller is None or legs.live(call, Role.CUSTOMER) is not None:
        return
    leg = CallLeg(
        call_id=call.id, role=Role.CUSTOMER, round=call.round, state=LegState.EXPECTED, created_at=clock.now()
    )
    db.session.add(leg)
    db.session.flush()
    commands.want(call, Verb.DIAL, leg, caller=line.address, number=call.caller)
    open_ = select(Promise).where(Promise.interaction_id == call.interaction_id, Promise.state == PromiseState.OPEN)
    for promise in db.session.scalars(open_).all():
        promises.called(promise, call.agent)


def unreached(call: Call, cause: str) -> None:
    """We called, and nobody answered: their agent is told, and it is tried again later, a few times."""
    log.record(Name.CALL_UNREACHED, call, call.agent, cause=cause, number=call.caller)
    interactions.hang_up(call.interaction_id or 0)
    _leave_room(call, cause)
    calls = select(func.count()).where(Call.ticket_id == call.ticket_id, Call.outcome == Outcome.UNREACHED)
    if call.ticket is None or call.caller is None or (db.session.scalar(calls) or 0) >= MOST_CALLS:
        return
    ticket = db.session.get_one(Ticket, call.ticket_id, populate_existing=True)
    if ticket.assignee_id == call.agent_id:
        lifecycle.recover(ticket, "not reached")
    _promise(call, call.caller, _later(ticket))


def met(call: Call) -> None:
    """*call* comes from somebody whom we are ringing: that stops, and they wait for the agent who wanted to call."""
    if not _RINGING_THEM.rows({"caller": call.caller, "number_id": call.number_id}):
        return
    same = (Call.caller == call.caller, Call.number_id == call.number_id, Call.direction == Direction.OUT)
    ours = select(Call).where(*same, Call.state == CallState.DIALLING).with_for_update(of=Call)
    for other in db.session.scalars(ours.execution_options(populate_existing=True)).all():
        if moves.finish(other, CallState.ENDED, Outcome.UNREACHED, origins=(CallState.DIALLING,)):
            log.record(Name.CALL_PUT_BACK, other, because="customer calls")
            _leave_room(other, "customer calls")
            _let_wait(other, "customer calls")
            interactions.keep_for(other.interaction_id or 0, other.agent_id or 0)


def agent_gone(call: Call, leg: CallLeg) -> None:
    """Whoever wanted to call is away before the customer has answered: it waits for the next one, or for later."""
    if not moves.finish(call, CallState.ENDED, Outcome.UNREACHED, origins=(CallState.DIALLING,)):
        return
    if leg.joined_at is not None:
        unreached(call, "canceled")
        return
    _leave_room(call, "phone gone")
    _let_wait(call, "phone gone")
    if call.agent is not None:
        presence.set_presence(call.agent, PresenceState.NOT_RESPONDING, because="phone did not come")


def refused(call: Call, sentence: str) -> None:
    """The provider would not dial it."""
    if moves.finish(call, CallState.ENDED, Outcome.UNREACHED, origins=(CallState.DIALLING,)):
        unreached(call, sentence)


def sweep() -> int:
    """Give up on agents' phones that do not come; returns how many."""
    late = select(Call).where(*lives(CallState.DIALLING), Call.since <= clock.now() - JOIN_WITHIN)
    found = 0
    for call in db.session.scalars(late.with_for_update(skip_locked=True, of=Call)).all():
        leg = legs.live(call, Role.AGENT)
        if leg is not None and leg.joined_at is None:
            agent_gone(call, leg)
            found += 1
    return found


def slots(queue: Queue | None, at: datetime) -> list[datetime]:
    """Two times to be called at: the next full hour that is open, an hour from now at least, and tomorrow's first."""
    hours = calendars.hours(queue.calendar_id if queue else None)
    soon = (at + timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    try:
        first = hours.next_open(soon)
        later = hours.next_open(
            max(hours.closes(first) or first, first) + timedelta(hours=1 if hours.never_closes else 0)
        )
    except NeverOpen:
        return []
    return [first, later] if later > first else [first]


def _dialling(interaction: Interaction, agent: Agent) -> Call:
    ticket = db.session.get_one(Ticket, interaction.ticket_id)
    former = db.session.scalar(select(Call).where(Call.ticket_id == ticket.id).order_by(Call.id.desc()).limit(1))
    promised = select(Promise.call_number).where(Promise.interaction_id == interaction.id).limit(1)
    if former is None:
        raise AlreadyTaken(_("Nobody knows any more which number to call."))
    number = db.session.scalar(promised) or former.flow.get("callback") or former.caller
    now = clock.now()
    call = Call(
        key=secrets.token_hex(16), provider=former.provider, direction=Direction.OUT, number_id=former.number_id,
        caller=number, language=former.language, customer_id=ticket.customer_id, ticket_id=ticket.id,
        matched_by=MatchedBy.TICKET if ticket.customer_id else None,
        interaction_id=interaction.id, agent_id=agent.id, state=CallState.DIALLING, since=now, started_at=now,
    )  # fmt: skip
    db.session.add(call)
    db.session.flush()
    db.session.refresh(call)
    moves.turn_over(call)
    moves.tell(call)
    return call


def _let_wait(call: Call, because: str) -> None:
    ticket = db.session.get_one(Ticket, call.ticket_id, populate_existing=True)
    if ticket.assignee_id != call.agent_id or not lifecycle.recover(ticket, because):
        interactions.wait_again(call.interaction_id or 0)


def _leave_room(call: Call, cause: str) -> None:
    for leg in call.legs:
        if leg.ended_at is None:
            if leg.ref is not None:
                commands.want(call, Verb.HANG_UP, leg)
            legs.end(leg, cause)


def _promise(call: Call, number: str, due_at: datetime) -> None:
    ticket = db.session.get_one(Ticket, call.ticket_id)
    with force_locale(_language(call)):
        words = _("Call %(number)s back", number=number)
    promise = promises.make(ticket, None, words, due_at, None)
    promise.call_number = number
    db.session.flush()


def _language(call: Call) -> str:
    """What agents of the call's line read."""
    line = lines.of(call.number_id)
    return line.language if line else call.language


def _later(ticket: Ticket) -> datetime:
    queue = db.session.get_one(Queue, ticket.queue_id)
    try:
        return calendars.hours(queue.calendar_id).add(clock.now(), AGAIN_IN)
    except NeverOpen:
        return clock.now() + timedelta(minutes=AGAIN_IN)


def _remember(call: Call, number: str) -> None:
    db.session.execute(update(Call).where(Call.id == call.id).values(flow=call.flow | {"callback": number}))
    db.session.refresh(call)
