"""Outside the hours: callers are told so, and may help themselves or leave a message, as the line has it."""

from __future__ import annotations

from contact_center.calls import lines, moves
from contact_center.calls.models import Call, CallState, Outcome
from contact_center.calls.wording import Prompt
from contact_center.channels.phone import flow, spoken
from contact_center.channels.phone.plan import End, Plan
from contact_center.channels.phone.provider import Answer


@flow.adds("closed")
def closed(call: Call, answer: Answer) -> Plan:
    """That we are closed, and on a holiday why; then the menu for who can be helped without an agent."""
    line = lines.of(call.number_id)
    if line is None:
        return (End(),)
    today = spoken.optional(call, Prompt.HOLIDAY, line) if lines.is_holiday(line) else ()
    said = today or (spoken.prompt(call, Prompt.CLOSED, line),)
    if line.helps_when_closed and line.choices:
        flow.remember(call, closed=True)
        return (flow.offer_menu(call, line, *said),)
    if line.takes_voicemail:
        return (*said, *flow.STEPS["voicemail"](call, answer))
    moves.finish(call, CallState.ENDED, Outcome.CLOSED)
    return (*said, End())


@flow.adds("nobody")
def nobody(call: Call, answer: Answer) -> Plan:
    """They want an agent, and none is here: a message instead, or good-bye."""
    line = lines.of(call.number_id)
    if line is not None and line.takes_voicemail:
        return flow.STEPS["voicemail"](call, answer)
    moves.finish(call, CallState.ENDED, Outcome(call.flow.get("outcome", Outcome.CLOSED)))
    return (spoken.prompt(call, Prompt.GOODBYE, line), End())
