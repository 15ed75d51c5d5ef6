"""An agent accepts, their phone comes, the caller is fetched from the music, both talk. Or the phone does not come.

Nobody talks to two: an offer is accepted once, its phone is let in once, and a call moves once.
"""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import clock
from contact_center.agents import accounts, presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.calls import callbacks, commands, legs, locks, missed, moves, queueing, transferring
from contact_center.calls.models import Call, CallLeg, CallState, LegState, Role, Verb, lives
from contact_center.errors import AlreadyTaken
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.routing import offers
from contact_center.statement import Statement, columns
from contact_center.tickets import interactions, lifecycle
from contact_center.tickets.inbound import Kind
from contact_center.tickets.models import Ticket

JOIN_WITHIN = timedelta(seconds=8)  # from accepting to the agent's phone being in the room
_WAITS = (CallState.QUEUED, CallState.RECOVERING)
_ROOM = Statement(f"UPDATE call SET room_ref = :room_ref WHERE id = :id RETURNING {columns(Call)}")  # noqa: S608


def accept_offer(offer_id: int, agent: Agent) -> tuple[Ticket, CallLeg | None]:
    """Accept an offer; of a call, the leg under whose nonce the agent's phone may come. Raises AlreadyTaken."""
    call = locks.by_offer(offer_id)
    ticket, offer = offers.taken(offer_id, agent)
    if offer.asked_by_id is None and offer.interaction.kind is Kind.CALLBACK:
        return ticket, callbacks.begin(offer.interaction, agent)
    if offer.asked_by_id is None and offer.interaction.kind is not Kind.CALL:
        return ticket, None
    if call is None:
        raise AlreadyTaken(_("The caller has hung up."))
    return ticket, accept(call, agent) if offer.asked_by_id is None else transferring.join(call, agent)


def accept(call: Call, agent: Agent) -> CallLeg:
    """*agent* answers, in the transaction that accepts the offer; their phone may come now. Again gives the same leg.

    Raises AlreadyTaken if the caller has hung up, or the agent is on the phone already.
    """
    leg = legs.live(call, Role.AGENT)
    if leg is not None and leg.agent_id == agent.id:
        return leg
    if not moves.make(call, CallState.CONNECTING, origins=_WAITS, agent_id=agent.id, ending_by=""):
        raise AlreadyTaken(_("The caller has hung up."))
    leg = legs.expect(call, agent, Role.AGENT)
    if leg is None:
        raise AlreadyTaken(_("You are on the telephone already."))
    log.record(Name.CALL_ACCEPTED, call, agent)
    return leg


def joined(leg: CallLeg, room_ref: str, sequence: int) -> None:
    """A leg is in the room: an agent's waits for the caller, who is fetched; with both there they talk."""
    call = leg.call
    if leg.ended_at is not None:
        return
    if not legs.joined(leg, sequence):
        _talk(call)  # known already; perhaps the other one was not
        return
    if call.room_ref is None:
        _ROOM.find(Call, {"id": call.id, "room_ref": room_ref})
    if leg.role is Role.AGENT and call.state is CallState.CONNECTING:
        commands.want(call, Verb.FETCH, legs.live(call, Role.CUSTOMER))
    elif leg.role is Role.AGENT and call.state is CallState.DIALLING:
        callbacks.dial(call)
    elif leg.role is Role.COLLEAGUE:
        moves.tell(call)  # the state stays, and its agent waits for them
    _talk(call)


def _talk(call: Call) -> None:
    if not legs.are_together(call) or not moves.make(
        call, CallState.TALKING, origins=(CallState.CONNECTING, CallState.DIALLING),
        answered_at=clock.now(),
    ):  # fmt: skip
        return
    agent = accounts.by_id(call.agent_id) if call.agent_id else None
    interactions.talk(call.interaction_id or 0)
    if call.ticket is not None and agent is not None:
        lifecycle.answered(call.ticket, agent)
    log.record(Name.CALL_ANSWERED, call, agent)
    missed.answered(call)


def never_came(call: Call, because: str) -> bool:
    """The agent's phone is not in the room in time: the caller waits for the next one, and this agent is asked no more.

    Returns False if it has come after all.
    """
    agent = call.agent
    if not moves.make(call, CallState.QUEUED, origins=(CallState.CONNECTING,), agent_id=None):
        return False
    queueing.put_back(call, because)
    if agent is not None:
        presence.set_presence(agent, PresenceState.NOT_RESPONDING, because="phone did not come")
    return True


def sweep() -> int:
    """Give up on phones that do not come; returns how many. Whether it is here decides, not who was told of it."""
    late = select(Call).where(*lives(CallState.CONNECTING), Call.since <= clock.now() - JOIN_WITHIN)
    found = sum(_look_after(call) for call in db.session.scalars(late.with_for_update(skip_locked=True)).all())
    return found + callbacks.sweep()


def _look_after(call: Call) -> bool:
    agent = legs.live(call, Role.AGENT)
    if agent is not None and agent.state is LegState.ROOM:  # here: it is the caller who is slow to be fetched
        return False
    return never_came(call, "join deadline")
