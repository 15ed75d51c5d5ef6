"""Before a caller joins the line: told that the call may be recorded, or asked whether it may. Steps of `flow`.

Told: who does not object with a key has agreed. Asked: who does not agree with a key has not.
"""

from __future__ import annotations

from contact_center.calls import consents
from contact_center.calls.models import Call, Consent, Policy
from contact_center.calls.wording import Prompt
from contact_center.channels.phone import flow, spoken
from contact_center.channels.phone.plan import Gather, Plan
from contact_center.channels.phone.provider import Answer

OBJECTS = "9"
AGREES = "1"
_ASKED = {Policy.ANNOUNCE: (Prompt.MAY_BE_RECORDED, 2), Policy.ASK: (Prompt.MAY_WE_RECORD, 5)}  # and how long we listen


@flow.adds("may-record")
def ask(call: Call, _answer: Answer) -> Plan:
    """The announcement, or the question."""
    prompt, seconds = _ASKED[consents.policy(call)]
    flow.remember(call, may_record=True)
    return (Gather("consent", (spoken.prompt(call, prompt),), call.language, digits=1, seconds=seconds),)


@flow.adds("consent")
def answered(call: Call, answer: Answer) -> Plan:
    """What they say to it; then on to the line, where there is a ticket to tell it."""
    if call.consent is not Consent.NONE:
        return flow.STEPS["queue"](call, answer)
    is_asked = consents.policy(call) is Policy.ASK
    is_given = answer.digits == AGREES if is_asked else answer.digits != OBJECTS
    consents.note(call, Consent.GIVEN if is_given else Consent.REFUSED)
    plan = flow.STEPS["queue"](call, answer)
    consents.told(call, "announcement" if is_given and not is_asked else "keypad")
    return plan
