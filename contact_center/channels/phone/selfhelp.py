"""Self-service on the telephone: an order, one's requests, the opening hours. 0 is an agent, wherever somebody is.

Steps of `flow`; what may be told, and to whom, is `selfservice.by_phone`. What proves who somebody is, is never kept.
"""

from __future__ import annotations

from flask_babel import gettext as _

from contact_center import clock
from contact_center.calendars import settings as calendars
from contact_center.calls import lines, moves
from contact_center.calls.models import Call, CallState, MatchedBy, Outcome
from contact_center.calls.wording import Prompt
from contact_center.channels.phone import flow, spoken
from contact_center.channels.phone.plan import End, Gather, Go, Plan, Say
from contact_center.channels.phone.provider import Answer
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.selfservice import by_phone, hours_said
from contact_center.selfservice.by_phone import Asked, Found
from contact_center.selfservice.tries import TooOften

TRIES = 3  # of a proof, in one call
EMPTY = 2  # answers without a key, before somebody helps
AGENT = "0"
CODE = "*"


@flow.adds("order")
def order(call: Call, _answer: Answer) -> Plan:
    """Where is my order? By its number."""
    _begin(call, "order")
    return (_ask_number(call),)


@flow.adds("order-number")
def order_number(call: Call, answer: Answer) -> Plan:
    """The digits of an order's number; nothing twice is an agent's matter."""
    if answer.digits == AGENT:
        return _agent(call, answer)
    if not answer.digits.isdecimal():
        return _again(call, answer, _ask_number(call))
    flow.remember(call, digits=answer.digits, empty=0)
    return (_ask_proof(call),)


@flow.adds("ticket")
def ticket(call: Call, _answer: Answer) -> Plan:
    """How far are my requests? Of whoever the number seems to be."""
    _begin(call, "ticket")
    if call.is_verified and call.customer_id is not None:
        return _tell(call, _found(call))
    return (_ask_proof(call),)


@flow.adds("proof")
def proof(call: Call, answer: Answer) -> Plan:
    """The digits of a post code; a star asks for a code instead."""
    if answer.digits == AGENT:
        return _agent(call, answer)
    if answer.digits == CODE:
        return _send_code(call, answer)
    if not answer.digits.isdecimal():
        return _again(call, answer, _ask_proof(call))
    try:
        found = by_phone.by_post_code(_asked(call), answer.digits)
    except TooOften:
        return _unproven(call, answer)
    by = MatchedBy.ORDER if call.flow.get("about") == "order" else MatchedBy.POST_CODE
    return _proven(call, answer, found, by, _ask_proof(call))


@flow.adds("code")
def code(call: Call, answer: Answer) -> Plan:
    """The digits of a code that we have sent."""
    if answer.digits == AGENT:
        return _agent(call, answer)
    if not answer.digits.isdecimal():
        return _again(call, answer, _ask_code(call))
    try:
        found = by_phone.by_code(_asked(call), str(call.flow.get("secret", "")), answer.digits)
    except TooOften:
        return _unproven(call, answer)
    return _proven(call, answer, found, MatchedBy.CODE, _ask_code(call))


@flow.adds("hours")
def hours(call: Call, _answer: Answer) -> Plan:
    """When are we open?"""
    _begin(call, "hours")
    line = lines.of(call.number_id)
    queue = db.session.get(Queue, line.queue_id) if line else None
    said = hours_said.now(calendars.hours(queue.calendar_id if queue else None), clock.now())
    return _answered(call, said)


@flow.adds("more")
def more(call: Call, answer: Answer) -> Plan:
    """Anything else? A key is the menu; nothing is good-bye."""
    if answer.digits == AGENT:
        return _agent(call, answer)
    if answer.digits:
        moves.make(call, CallState.MENU)
        return (Go("menu-again"),)
    moves.finish(call, CallState.ENDED, Outcome.CONTAINED)
    return (spoken.prompt(call, Prompt.GOODBYE), End())


def _begin(call: Call, about: str) -> None:
    moves.make(call, CallState.SELF_SERVICE)
    # Who hangs up half way was not helped; who has heard an answer was.
    flow.remember(call, about=about, empty=0, outcome=call.flow.get("outcome", Outcome.HUNG_UP))


def _ask_number(call: Call) -> Gather:
    said = _("Please type the digits of your order number, and then the hash key. Leave letters out.")
    return Gather("order-number", (Say(said, call.language), *zero(call)), call.language, seconds=8)


def _ask_proof(call: Call) -> Gather:
    said = _("So that nobody else learns of it, please type the digits of your post code, and then the hash key. "
             "If you would rather get a code, type star and hash.")  # fmt: skip
    return Gather("proof", (Say(said, call.language), *zero(call)), call.language, seconds=8)


def _ask_code(call: Call) -> Gather:
    said = _("If we know it, a code with six digits is on its way to the address or number that we have. Please type "
             "it, and then the hash key.")  # fmt: skip
    return Gather("code", (Say(said, call.language),), call.language, seconds=60)


def _send_code(call: Call, answer: Answer) -> Plan:
    try:
        secret = by_phone.send_code(_asked(call), call.language)
    except TooOften:
        return _unproven(call, answer)
    flow.remember(call, secret=secret, empty=0)
    return (_ask_code(call),)


def _proven(call: Call, answer: Answer, found: Found | None, by: MatchedBy, again: Gather) -> Plan:
    if found is not None:
        call.is_verified, call.customer_id, call.matched_by, call.candidate_ids = True, found.customer.id, by, []
        return _tell(call, found)
    tried = int(call.flow.get("proofs", 0)) + 1
    flow.remember(call, proofs=tried)
    if tried >= TRIES:
        return _unproven(call, answer)
    return (Say(_("That does not go together with what we have."), call.language), again)


def _tell(call: Call, found: Found) -> Plan:
    if call.flow.get("about") == "order" and found.order is not None:
        return _answered(call, [by_phone.order_words(found)])
    said = by_phone.ticket_words(found.customer)
    return _answered(call, said or [_("There is no request of yours with us.")])


def _answered(call: Call, said: list[str]) -> Plan:
    known = {key: value for key, value in call.flow.items() if key not in ("digits", "secret", "about", "empty")}
    call.flow = known | {"outcome": Outcome.CONTAINED}
    db.session.flush()
    ask = _("Is there anything else? Then press 1.")
    heard = tuple(Say(sentence, call.language) for sentence in (*said, ask))
    return (Gather("more", (*heard, *zero(call)), call.language, digits=1),)  # a key need not wait for the end


def _again(call: Call, answer: Answer, asked: Gather) -> Plan:
    """Nothing was typed, or what is no number."""
    empty = int(call.flow.get("empty", 0)) + 1
    flow.remember(call, empty=empty)
    if empty >= EMPTY:
        return _agent(call, answer)
    return (spoken.prompt(call, Prompt.SORRY), asked)


def _unproven(call: Call, answer: Answer) -> Plan:
    said = _("That does not go together with what we have. Somebody will help you.")
    if call.flow.get("closed"):
        said = _("That does not go together with what we have.")
    return (Say(said, call.language), *_agent(call, answer))


def zero(call: Call) -> tuple[Say, ...]:
    """What 0 is for, said: an agent; outside the hours a message, where they are taken."""
    line = lines.of(call.number_id)
    if not call.flow.get("closed"):
        return (Say(_("For an agent, press 0."), call.language),)
    takes = line is not None and line.takes_voicemail
    return (Say(_("To leave a message, press 0."), call.language),) if takes else ()


def _agent(call: Call, answer: Answer) -> Plan:
    return flow.STEPS["queue"](call, answer)


def _asked(call: Call) -> Asked:
    caller = call.caller or call.key
    if call.flow.get("about") == "order":
        return Asked(digits=str(call.flow.get("digits", "")), caller=caller)
    return Asked(customer_id=call.customer_id, caller=caller)


def _found(call: Call) -> Found:
    assert call.customer is not None
    return Found(call.customer)
