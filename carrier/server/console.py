"""What a console does for whoever plays a customer: calls, keys, words, texts; and faults. JSON in, JSON out."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from carrier import faults, texting
from carrier.faults import Fault, Rule, When
from carrier.legs import Leg
from carrier.server import browsers, state
from carrier.server.api import clock, company

blueprint = Blueprint("console", __name__)
FAULTS: dict[str, type[Fault]] = {
    kind.__name__: kind
    for kind in (
        faults.Lose, faults.Duplicate, faults.Delay, faults.Swap, faults.Early, faults.Respond, faults.Slow,
        faults.LoseAnswer, faults.Refuse, faults.Hide, faults.Skew, faults.Outcome, faults.Absent, faults.Fail,
    )
}  # fmt: skip


def _said() -> dict[str, Any]:
    """What was posted: JSON only, which a form of another site cannot send."""
    said = request.get_json(silent=True)
    if not isinstance(said, dict):
        abort(400, "JSON is expected.")
    return said


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        abort(400, f"{name} is missing.")
    return value


def _leg(sid: str) -> Leg:
    leg = company().legs.get(sid)
    if leg is None:
        abort(404, "There is no such call.")
    return leg


@blueprint.get("/console")
def page() -> Response:
    """The console's page, which asks for the rest."""
    return browsers.page("console.html")


@blueprint.get("/state")
def show() -> Response:
    """Everything that is going on."""
    with clock().lock:
        return jsonify(state.shown(company()))


@blueprint.get("/calls/<sid>")
def look(sid: str) -> Response:
    """One call, with all that happened to it."""
    with clock().lock:
        return jsonify(state.detailed(company(), _leg(sid)))


@blueprint.get("/requests/<token>")
def read(token: str) -> Response:
    """One request to the application: every attempt, what it carried and what was answered."""
    with clock().lock:
        return jsonify(state.requested(company(), token))


@blueprint.post("/calls")
def call() -> Response:
    """Call a number of the account."""
    said = _said()
    with clock().lock:
        return jsonify(state.leg_shown(company().place_call(_text(said, "from"), _text(said, "to"))))


@blueprint.post("/clients")
def connect() -> Response:
    """Connect a browser to an application."""
    said = _said()
    params = {str(key): str(value) for key, value in dict(said.get("params") or {}).items()}
    with clock().lock:
        if _text(said, "application") not in company().exchange.applications:
            abort(404, "There is no such application.")
        leg = company().connect_client(_text(said, "identity"), _text(said, "application"), params)
        return jsonify(state.leg_shown(leg))


@blueprint.post("/calls/<sid>/<deed>")
def act(sid: str, deed: str) -> Response:
    """Press keys, speak, hang up, pick up, decline, vanish."""
    said = request.get_json(silent=True) or {}
    with clock().lock:
        leg = _leg(sid)
        match deed:
            case "press":
                leg.press(_text(said, "keys"))
            case "say":
                leg.say(_text(said, "text"), float(said.get("confidence", 0.9)))
            case "hang-up":
                leg.hang_up()
            case "vanish":
                company().lose(leg)
            case "pick-up" | "decline":
                leg.answer(deed == "pick-up")
            case _:
                abort(404, "Nobody can do that.")
        return jsonify(state.leg_shown(leg))


@blueprint.post("/texts")
def write() -> Response:
    """Write to a number of the account."""
    said = _said()
    media = [
        texting.Attachment(str(file["content_type"]), base64.b64decode(file["content"]))
        for file in said.get("media") or ()
    ]
    with clock().lock:
        to = _text(said, "to")
        if company().exchange.number_of(to.removeprefix("whatsapp:")) is None:
            abort(400, f"{to} is no number of this account.")
        text = company().send_text(_text(said, "from"), to, str(said.get("body", "")), media)
        return jsonify({"sid": text.sid, "status": text.status})


@blueprint.post("/phones")
def set_phone() -> Response:
    """Say what happens when a number is rung: answer, busy, no-answer, failed, by hand."""
    said = _said()
    with clock().lock:
        company().phone(_text(said, "address"), _text(said, "outcome"))
    return jsonify({})


@blueprint.post("/faults")
def add_fault() -> Response:
    """Put a rule in force: {"when": {"point": …}, "do": "Lose", "with": {…}}."""
    said = _said()
    kind = FAULTS.get(_text(said, "do"))
    if kind is None:
        abort(400, f"One of {', '.join(sorted(FAULTS))} can be done.")
    try:
        rule = Rule(When(**said.get("when") or {}), kind(**said.get("with") or {}))
    except TypeError as error:
        abort(400, str(error))
    with clock().lock:
        company().faults.add(rule)
    return jsonify({})


@blueprint.delete("/faults/<key>")
def remove_fault(key: str) -> Response:
    """Take one rule away."""
    with clock().lock:
        rules = company().faults.rules
        rules[:] = [rule for rule in rules if str(id(rule)) != key]
    return jsonify({})


@blueprint.delete("/faults")
def clear_faults() -> Response:
    """Let everything go well again."""
    with clock().lock:
        company().faults.clear()
    return jsonify({})
