"""Where the provider asks what a leg hears next, and tells what has happened. Every request is signed.

A question asked again (its answer was lost on the way) gets the same answer, and nothing is counted twice. The call's
row is locked while its question is answered, so that two events of one call come one after the other.
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from contact_center import access
from contact_center.calls import arriving, lines, locks, replies
from contact_center.calls.models import Call
from contact_center.calls.trials import MARK, CallTrial, of_key
from contact_center.channels.phone import flow, steps, switchboard, trials
from contact_center.channels.phone.plan import End, Plan
from contact_center.channels.phone.provider import Answer, Event
from contact_center.channels.phone.registry import PROVIDERS
from contact_center.channels.phone.twilio import reading
from contact_center.channels.phone.twilio.addresses import EVENTS, STEPS
from contact_center.channels.twilio import signatures
from contact_center.extensions import csrf, db
from contact_center.mailboxes import places
from contact_center.text import addresses

blueprint = Blueprint("twilio_calls", __name__)
csrf.exempt(blueprint)
PROVIDER = PROVIDERS["twilio"]
_TOLD = {
    "leg": reading.leg_event, "room": reading.room_event, "recording": reading.recording_event,
    "talk": reading.talk_event,
}  # fmt: skip


@blueprint.post(f"{STEPS}/in")
@access.carrier(signatures.verify)
def arrive() -> Response:
    """A number of ours rings."""
    answer = _answer()
    caller = addresses.phone_normal(answer.caller, current_app.config["CC"].default_region)
    number = places.number_with(addresses.phone_normal(answer.called, current_app.config["CC"].default_region) or "")
    line = lines.of(number.id) if number else None
    call = arriving.arrive(PROVIDER.name, answer.leg, caller, line)
    return _step("in", call, answer)


@blueprint.post(f"{STEPS}/client")
@access.carrier(signatures.verify)
def agent_comes() -> Response:
    """An agent's browser connects, to a call or to try one of our numbers, and is let in or not."""
    answer = _answer()
    if "trial" in answer.given:
        return _step("in", trials.comes(answer), answer)
    call, plan, leg = flow.agent_comes(answer)
    said = _say(plan, call.key if call else "", leg.id if leg else None)
    db.session.commit()
    return said


@blueprint.post(f"{STEPS}/<name>")
@access.carrier(signatures.verify)
def ask(name: str) -> Response:
    """A leg asks for a step of the flow; what we do not know is the end of it."""
    call = _locked(request.args.get("c", "")) if name in steps.KNOWN else None
    return _step(name, call, _answer())


@blueprint.post(f"{EVENTS}/<what>")
@access.carrier(signatures.verify)
def tell(what: str) -> Response:
    """Something has happened; telling it twice, late or out of order does no harm."""
    happened: list[Event] = _TOLD[what](request.form, request.args.get("label", "")) if what in _TOLD else []
    for event in happened:
        switchboard.hear(event)
    db.session.commit()
    return Response(status=204)


def _step(name: str, call: Call | CallTrial | None, answer: Answer) -> Response:
    if call is None:
        return _say((End(),), "")
    known = f"{answer.leg}:{name}:{answer.repeat}" if answer.repeat else ""
    if known and (kept := replies.kept(known)) is not None:
        return Response(kept, content_type="text/xml")
    key = call.key  # the step may commit
    plan = trials.step(name, call, answer) if isinstance(call, CallTrial) else steps.step(name, call, answer)
    body, content_type = PROVIDER.render(plan, key)
    if known:
        replies.keep(known, body)
    db.session.commit()
    return Response(body, content_type=content_type)


def _answer() -> Answer:
    return reading.answer(request.form, request.headers.get("I-Twilio-Idempotency-Token", ""))


def _locked(key: str) -> Call | CallTrial | None:
    return of_key(key) if key.startswith(MARK) else locks.by_key(key)


def _say(plan: Plan, key: str, leg: int | None = None) -> Response:
    body, content_type = PROVIDER.render(plan, key, leg)
    return Response(body, content_type=content_type)
