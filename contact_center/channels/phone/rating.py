"""How was it? A key or two after the agent has said good-bye, where the line asks. No key is no answer, and no harm."""

from __future__ import annotations

from contact_center.calls import lines
from contact_center.calls.lines import Line
from contact_center.calls.models import Call, CallState
from contact_center.calls.wording import Prompt
from contact_center.channels.phone import flow, spoken
from contact_center.channels.phone.plan import End, Gather, Plan, Play, Say
from contact_center.channels.phone.provider import Answer
from contact_center.satisfaction import calls as ratings
from contact_center.satisfaction import questions, scales
from contact_center.satisfaction.models import AskedBy, Scale


@flow.adds("rate")
def ask(call: Call, _answer: Answer) -> Plan:
    """The question, or good-bye at once where nobody is asked. More than one digit ends with # or by waiting."""
    line = lines.of(call.number_id)
    if line is None or not line.asks_rating or call.flow.get("rated"):
        return bye(call)
    scale = ratings.asks(call)
    if scale is None:
        return bye(call)
    flow.remember(call, rated=True, scale=scale)
    digits = len(str(scales.ends(scale)[1]))
    return (Gather("rating", (_question(call, scale, line),), call.language, digits=digits, seconds=8),)


@flow.adds("rating")
def rating(call: Call, answer: Answer) -> Plan:
    """A number of the scale is kept."""
    scale = Scale(call.flow.get("scale", Scale.CSAT))
    score = scales.read(scale, answer.digits or "")
    if score is not None and call.state is CallState.SURVEY:
        ratings.answer(call, scale, score)
    return bye(call)


def bye(call: Call) -> Plan:
    """Thanks, and the end."""
    return (spoken.prompt(call, Prompt.GOODBYE), End())


def _question(call: Call, scale: Scale, line: Line) -> Say | Play:
    """The line's own words or recording for the stars; else those of the survey's settings."""
    is_own = (Prompt.RATING, call.language) in line.sounds or call.language in line.prompts.get(Prompt.RATING, {})
    if scale is Scale.CSAT and is_own:
        return spoken.prompt(call, Prompt.RATING, line)
    return Say(questions.said(scale, AskedBy.PHONE, call.language), call.language)
