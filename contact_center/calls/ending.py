"""How calls end, and how they go on when somebody is lost on the way: nobody is left in silence.

What the provider tells may come twice, late or in another order: the states decide what it still means.
"""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calls import answering, callbacks, commands, legs, moves, queueing, transferring
from contact_center.calls.models import IN_HAND, OVER, Call, CallLeg, CallState, Outcome, Role, Verb, lives
from contact_center.errors import IllegalMove
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.statement import Statement, columns
from contact_center.tickets import interactions

STICKS = timedelta(seconds=15)  # so long a caller who was lost is kept for the agent they talked to
_OUTCOMES = {
    CallState.NEW: Outcome.HUNG_UP,
    CallState.MENU: Outcome.HUNG_UP,
    CallState.SELF_SERVICE: Outcome.CONTAINED,
    CallState.VOICEMAIL: Outcome.VOICEMAIL,
    CallState.DIALLING: Outcome.UNREACHED,
}
_END = Statement(f"""
    UPDATE call SET ending_by = :by WHERE id = :id AND state IN ('TALKING', 'HELD', 'CONSULTING') AND ending_by = ''
    RETURNING {columns(Call)}
""")  # noqa: S608 (columns of ours)
_TALKED = Statement("""
    SELECT coalesce(extract(epoch FROM sum(ended_at - started_at)), 0) AS seconds FROM call_stage
    WHERE call_id = :call_id AND state IN ('TALKING', 'HELD', 'CONSULTING')
""")
_GIVES_UP = (CallState.QUEUED, CallState.CONNECTING)


def by_agent(call: Call, agent: Agent) -> None:
    """The agent says good-bye: the room ends, the caller is asked how it was. Again changes nothing.

    Raises IllegalMove if it is not theirs.
    """
    if call.agent_id != agent.id:
        raise IllegalMove(_("This call is not yours."))
    _end(call, "agent")


def by_supervisor(call: Call, supervisor: Agent) -> None:
    """A supervisor ends it, whosever it is. Raises IllegalMove if nobody talks in it."""
    if call.state not in IN_HAND:
        raise IllegalMove(_("Nobody is talking in this call now."))
    _end(call, "supervisor")
    log.record(Name.CALL_CUT, call, supervisor)


def _end(call: Call, by: str) -> None:
    if _END.find(Call, {"id": call.id, "by": by}) is not None:
        commands.want(call, Verb.END_ROOM)
        interactions.hang_up(call.interaction_id or 0)


def after_room(call: Call) -> bool:
    """The caller's leg came out of the room and asks what is next. True: to the survey; False: they wait again.

    If nobody wanted an end the agent was lost: the caller is kept for them a moment, then for anybody.
    """
    if call.ending_by:
        moves.make(call, CallState.SURVEY)
        _all_gone(call, "room ended")
        interactions.hang_up(call.interaction_id or 0)
        return True
    if call.state in IN_HAND and moves.make(call, CallState.RECOVERING):
        queueing.put_back(call, "agent lost", held_for=call.agent_id)
    return False


def leg_ended(leg: CallLeg, cause: str) -> None:
    """A telephone is gone: the customer's ends the call, an agent's only sends it back while it connects."""
    call = leg.call
    legs.end(leg, cause)
    if call.state in OVER:
        return
    if leg.role is Role.CUSTOMER and call.state is CallState.DIALLING:
        if moves.finish(call, CallState.ENDED, Outcome.UNREACHED, origins=(CallState.DIALLING,)):
            callbacks.unreached(call, cause)
    elif leg.role is Role.CUSTOMER:
        caller_gone(call)
    elif leg.round == call.round:
        _agent_gone(call, leg)


def _agent_gone(call: Call, leg: CallLeg) -> None:
    """Whose room goes on without them: a colleague takes over, or the caller is not left alone with the music."""
    if leg.role is Role.COLLEAGUE:
        transferring.cancel(call)
    elif call.state is CallState.DIALLING:
        callbacks.agent_gone(call, leg)
    elif call.state is CallState.CONNECTING:
        answering.never_came(call, "phone gone")
    elif call.state in IN_HAND and not call.ending_by and not transferring.take_over(call):
        customer = legs.live(call, Role.CUSTOMER)
        if (call.state is CallState.CONSULTING or call.is_dialled) and customer is not None:
            commands.want(call, Verb.SEND, customer, to="after")


def caller_gone(call: Call) -> None:
    """The caller has hung up, wherever they were."""
    if call.state in _GIVES_UP or (call.state is CallState.RECOVERING and call.answered_at is None):
        queueing.abandon(call)
    else:
        _finish(call)
    _all_gone(call, "caller gone")


def _finish(call: Call) -> None:
    outcome = Outcome(call.flow.get("outcome", _OUTCOMES.get(call.state, Outcome.HUNG_UP)))
    outcome = Outcome.HANDLED if call.answered_at else outcome
    waits = call.state in (CallState.RECOVERING, CallState.TRANSFERRING, CallState.QUEUED)
    if not moves.finish(call, CallState.ENDED, outcome):
        return
    if waits:
        queueing.leave(call)
    elif call.interaction_id is not None:
        interactions.hang_up(call.interaction_id)
    log.record(Name.CALL_ENDED, call, outcome=outcome, **({"talked": _talked(call)} if call.answered_at else {}))


def _talked(call: Call) -> int:
    """Seconds for which agents had the caller, music and all."""
    return round(_TALKED.one({"call_id": call.id}).seconds)


def _all_gone(call: Call, cause: str) -> None:
    """No telephone stays behind in a call that is over, or whose room is: rooms end with their legs, rows as well."""
    for leg in legs.others(call):
        if leg.ref is not None:
            commands.want(call, Verb.HANG_UP, leg)
        legs.end(leg, cause)


def sweep() -> int:
    """Let go of callers who are kept for the agent they lost; returns how many."""
    kept = select(Call).where(*lives(CallState.RECOVERING), Call.since <= clock.now() - STICKS)
    return sum(moves.make(call, CallState.QUEUED, agent_id=None) for call in db.session.scalars(kept).all())
