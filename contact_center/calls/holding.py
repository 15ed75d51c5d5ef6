"""On hold, and back: the caller hears music, and neither hears the other."""

from __future__ import annotations

from flask_babel import gettext as _

from contact_center.agents.models import Agent
from contact_center.calls import commands, legs, moves
from contact_center.calls.models import Call, CallState, Role, Verb
from contact_center.errors import IllegalMove
from contact_center.extensions import db


def hold(call: Call, agent: Agent) -> None:
    """Let the caller hear music. Again changes nothing. Raises IllegalMove if it is not theirs, or nobody talks."""
    check_own(call, agent)
    if call.state is not CallState.HELD and not moves.make(call, CallState.HELD, origins=(CallState.TALKING,)):
        raise IllegalMove(_("Nobody is talking in this call now."))
    _put(call, is_held=True)


def take_back(call: Call, agent: Agent) -> None:
    """Talk to the caller again. Again changes nothing. Raises IllegalMove if it is not theirs."""
    check_own(call, agent)
    if call.state is not CallState.TALKING and not moves.make(call, CallState.TALKING, origins=(CallState.HELD,)):
        raise IllegalMove(_("Nobody is on hold in this call now."))
    _put(call, is_held=False)


def not_held(call: Call) -> None:
    """The provider would not hold the caller: whoever believes it does is told by the state."""
    moves.make(call, CallState.TALKING, origins=(CallState.HELD, CallState.CONSULTING))
    leg = legs.live(call, Role.CUSTOMER)
    if leg is not None:
        leg.is_held = False


def check_own(call: Call, agent: Agent) -> None:
    """Raise IllegalMove unless it is *agent*'s call."""
    if call.agent_id != agent.id or call.ended_at is not None:
        raise IllegalMove(_("This call is not yours."))


def _put(call: Call, *, is_held: bool) -> None:
    leg = legs.live(call, Role.CUSTOMER)
    if leg is not None and leg.is_held is not is_held:
        leg.is_held = is_held
        db.session.flush()
        commands.want(call, Verb.HOLD if is_held else Verb.TAKE_BACK, leg)
