"""A test call, step by step: the number's own flow, and whatever it writes is taken back before anything is committed.

A line, a message and an agent cannot be tried without leaving something: there a test call says what would happen now.
What callers type to prove who they are is not shown, and no code is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import gettext as _

from contact_center.calls import lines, queueing, trials
from contact_center.calls.models import Call, CallState
from contact_center.calls.trials import CallTrial
from contact_center.calls.wording import Prompt
from contact_center.channels.phone import flow, speech, spoken
from contact_center.channels.phone.plan import End, Gather, Go, Plan, Play, Record, Say, Step
from contact_center.channels.phone.provider import Answer
from contact_center.events import bus
from contact_center.extensions import db
from contact_center.queues.models import Queue

SECRET = frozenset({"proof", "code"})  # the steps that get what proves who somebody is
CODE = "*"


def comes(answer: Answer) -> CallTrial | None:
    """The browser of whoever tries connects, and is let in once: the gate, as `flow.agent_comes` is for agents."""
    agent_id = answer.identity.removeprefix("agent_")
    may_be = agent_id.isdecimal() and len(agent_id) < 19
    return trials.come(answer.given.get("trial", ""), int(agent_id), answer.leg) if may_be else None


def step(name: str, trial: CallTrial, answer: Answer) -> Plan:
    """What a caller would hear next. What was heard is kept for the page; nothing else is."""
    if trial.ended_at is not None or len(trial.heard) >= trials.MOST_STEPS:
        return (End(),)
    with _taken_back():
        call = trials.as_call(trial)
        plan = _without_recording(flow.step(name, call, answer), call)
        told, knows = [one for each in plan for one in _told(each, call)], trials.known_of(call)
    at = "voicemail" if knows["state"] == CallState.VOICEMAIL else knows["flow"].get("at", "")
    trials.note(trial, knows, {"step": name, "said": told, "at": at} | _typed(name, answer))
    if any(isinstance(one, End) for one in plan) or not plan:
        trials.end(trial)
    return plan


@flow.adds("trial-queue")
def would_wait(call: Call, _answer: Answer) -> Plan:
    """Where a caller would wait now, at which place and how long: said instead of waiting."""
    line = lines.of(call.number_id)
    if line is None:
        return (End(),)
    chosen = line.choice(str(call.flow.get("chose", "")))
    queue = db.session.get(Queue, (chosen.queue_id if chosen else None) or line.queue_id)
    flow.remember(call, at="queue")
    stands = queueing.would_stand(queue.id if queue else line.queue_id)
    where = Say(_("Here a caller joins the queue %(queue)s.", queue=queue.name if queue else ""), call.language)
    goodbye = Say(_("That was the test call."), call.language)
    waiting = spoken.optional(call, Prompt.WAITING, line)
    return (where, *waiting, *speech.standing(stands, call.language), goodbye, End())


@contextmanager
def _taken_back() -> Iterator[None]:
    """Roll back whatever is written inside, and nudge about none of it."""
    with bus.taken_back():
        savepoint = db.session.begin_nested()
        try:
            yield
        finally:
            savepoint.rollback()


def _without_recording(plan: Plan, call: Call) -> Plan:
    """Nothing is recorded: after the invitation comes what is said to whoever has left a message."""
    if not any(isinstance(one, Record) for one in plan):
        return plan
    told = Say(_("Here the caller’s message is recorded."), call.language)
    before = tuple(one for one in plan if not isinstance(one, Record | Go))
    return (*before, told, Go("voicemail-done"))


def _told(one: Step, call: Call) -> Iterator[dict[str, Any]]:
    if isinstance(one, Say):
        yield {"kind": "say", "text": one.text, "language": one.language}
    elif isinstance(one, Play):
        yield {"kind": "play", "text": _name_of(one, call)}
    elif isinstance(one, Gather):
        for prompt in one.prompts:
            yield from _told(prompt, call)
        yield {"kind": "keys" if one.digits == 1 else "digits", "speech": bool(one.hints), "then": one.then}
    elif isinstance(one, End):
        yield {"kind": "end"}


def _name_of(sound: Play, call: Call) -> str:
    line = lines.of(call.number_id)
    kept = [*line.sounds.values(), *line.music] if line is not None else []
    return next((one.name for one in kept if one.path == sound.path), "")


def _typed(name: str, answer: Answer) -> dict[str, Any]:
    """What they pressed or said to get here; what is a secret of a customer's, not."""
    if name in SECRET and answer.digits not in ("", CODE, "0"):
        return {"typed": "•" * len(answer.digits)}
    typed = {"typed": answer.digits} if answer.digits else {"words": answer.words} if answer.words else {}
    return typed | ({"no_code": True} if name == "proof" and answer.digits == CODE else {})
