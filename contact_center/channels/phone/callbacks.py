"""While they wait: be called back without losing the place, or at a time of their choice; or leave a message."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from flask_babel import gettext as _

from contact_center import clock
from contact_center.calendars import settings as calendars
from contact_center.calls import callbacks, lines, queueing
from contact_center.calls.models import Call, CallState
from contact_center.calls.wording import Prompt
from contact_center.channels.phone import flow, speech, spoken
from contact_center.channels.phone.plan import Gather, LeaveLine, Plan, Say
from contact_center.channels.phone.provider import Answer
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.selfservice import hours_said
from contact_center.statement import Statement
from contact_center.text import addresses

CALL_ME = "1"
MESSAGE = "2"
OTHER = "2"
SLOTS = ("3", "4")


_OFFERED = Statement("SELECT placed_by -> 'offered' AS offered FROM interaction WHERE id = :id")


def offers(call: Call) -> tuple[str, ...]:
    """What a caller in line may choose: as the line says, or a step of the queue's overflow."""
    line, item = lines.of(call.number_id), _OFFERED.one({"id": call.interaction_id})
    if line is None or item is None:
        return ()
    chosen = item.offered or ()
    is_known = call.caller is not None
    keys = [CALL_ME] if is_known and (line.calls_back or "callback" in chosen) else []
    return tuple([*keys, MESSAGE] if "message" in chosen and line.takes_voicemail else keys)


@flow.adds("line")
def line(call: Call, _answer: Answer) -> Plan:
    """Their place, what they may choose, and music that a key interrupts."""
    keys = offers(call)
    first = spoken.optional(call, Prompt.WAITING) if call.flow.get("heard") == 1 else ()
    said = (*first, *speech.standing(queueing.standing(call), call.language))
    if not keys:
        return (*said, spoken.music(call))
    words = {CALL_ME: _("To be called back without losing your place, press 1."),
             MESSAGE: _("To leave a message instead, press 2.")}  # fmt: skip
    prompts = tuple(Say(words[key], call.language) for key in keys)
    return (Gather("wait-key", (*said, *prompts, spoken.music(call)), call.language, digits=1, seconds=1),)


@flow.adds("wait-key")
def key(call: Call, answer: Answer) -> Plan:
    """A key while they wait."""
    if answer.digits == CALL_ME and CALL_ME in offers(call):
        return _confirm(call)
    if answer.digits == MESSAGE and MESSAGE in offers(call):
        flow.remember(call, to_voicemail=True)
        return (LeaveLine(),)
    return flow.STEPS["wait"](call, answer)


@flow.adds("callback")
def confirmed(call: Call, answer: Answer) -> Plan:
    """Yes; another number; at another time; or rather go on waiting."""
    number, slots = str(call.flow.get("number") or call.caller or ""), _slots(call)
    if call.state is not CallState.QUEUED:
        return flow.STEPS["wait"](call, answer)
    if answer.digits == OTHER:
        return (_ask_number(call),)
    if answer.digits == CALL_ME and callbacks.keep_place(call, number):
        return (LeaveLine(),)
    if answer.digits in slots and callbacks.schedule(call, number, slots[answer.digits]):
        return (LeaveLine(),)
    return flow.STEPS["wait"](call, answer)


@flow.adds("callback-number")
def other_number(call: Call, answer: Answer) -> Plan:
    """The number they would rather be called at."""
    number = addresses.phone_normal(answer.digits, current_app.config["CC"].default_region) if answer.digits else None
    if number is None:
        return (Say(_("This is no telephone number that we can call."), call.language),
                *flow.STEPS["wait"](call, answer))  # fmt: skip
    flow.remember(call, number=number)
    return _confirm(call)


def _confirm(call: Call) -> Plan:
    number = str(call.flow.get("number") or call.caller or "")
    queue = _queue_of(call)
    hours = calendars.hours(queue.calendar_id if queue else None)
    said = [
        _("We call you at %(number)s when it is your turn. If that is right, press 1. For another number press 2.",
          number=" ".join(number.removeprefix("+"))),
        *(_("To be called %(when)s, press %(key)s.", when=hours_said.when(at, clock.now(), hours), key=key)
          for key, at in _slots(call).items()),
        _("To go on waiting, press any other key."),
    ]  # fmt: skip
    return (Gather("callback", tuple(Say(one, call.language) for one in said), call.language, digits=1, seconds=6),)


def _ask_number(call: Call) -> Gather:
    said = _("Please type the number with its area code, and then the hash key.")
    return Gather("callback-number", (Say(said, call.language),), call.language, seconds=8)


def _slots(call: Call) -> dict[str, datetime]:
    return dict(zip(SLOTS, callbacks.slots(_queue_of(call), clock.now()), strict=False))


def _queue_of(call: Call) -> Queue | None:
    return db.session.get(Queue, call.interaction.queue_id) if call.interaction else None
