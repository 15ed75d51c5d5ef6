"""How was it? One key after the agent has said good-bye, where the line asks. No key is no answer, and no harm."""

from __future__ import annotations

from contact_center.calls import lines
from contact_center.calls.models import Call, CallState
from contact_center.calls.wording import Prompt
from contact_center.channels.phone import flow, spoken
from contact_center.channels.phone.plan import End, Gather, Plan
from contact_center.channels.phone.provider import Answer
from contact_center.satisfaction import calls as ratings

SCORES = ("1", "2", "3", "4", "5")


@flow.adds("rate")
def ask(call: Call, _answer: Answer) -> Plan:
    """The question, or good-bye at once where nobody is asked."""
    line = lines.of(call.number_id)
    if line is None or not line.asks_rating or call.flow.get("rated") or not ratings.may_ask(call):
        return bye(call)
    flow.remember(call, rated=True)
    return (Gather("rating", (spoken.prompt(call, Prompt.RATING, line),), call.language, digits=1, seconds=8),)


@flow.adds("rating")
def rating(call: Call, answer: Answer) -> Plan:
    """A key from 1 to 5 is kept."""
    if answer.digits in SCORES and call.state is CallState.SURVEY:
        ratings.answer(call, int(answer.digits))
    return bye(call)


def bye(call: Call) -> Plan:
    """Thanks, and the end."""
    return (spoken.prompt(call, Prompt.GOODBYE), End())
