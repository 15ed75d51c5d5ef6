"""Settings, a number's calls, Try it: a test call from this page, and what it has heard so far."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, render_template
from flask_babel import gettext as _

from contact_center import access
from contact_center.admin import line_words, reading
from contact_center.calls import in_hand, trials
from contact_center.errors import IllegalMove
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber

blueprint = Blueprint("number_trials", __name__, url_prefix="/admin/phone-numbers/<int:number_id>/calls/trial")
_AS_IF = {"open": True, "closed": False}


@blueprint.post("")
@access.administrator
def start(number_id: int) -> Any:
    """Expect this person's browser; the answer is what it connects with. Raises IllegalMove while they telephone."""
    number = reading.or_404(PhoneNumber, number_id)
    if in_hand.of(access.me()) is not None:
        raise IllegalMove(_("You are in a call. End it first, then try the number."))
    as_if = _AS_IF.get(reading.text("hours"))
    trial = trials.start(number, access.me(), language=reading.text("language"), is_open=as_if)
    db.session.commit()
    return jsonify({"trial": trial.nonce})


@blueprint.get("")
@access.administrator
def heard(number_id: int) -> str:
    """What this person's last test call of the number has heard."""
    number = reading.or_404(PhoneNumber, number_id)
    trial = trials.of(access.me(), number)
    return render_template("admin/_line_heard.html", trial=trial, step=line_words.step, at=line_words.at)


@blueprint.post("/end")
@access.administrator
def stop(number_id: int) -> Any:
    """The browser has hung up, or never came."""
    number = reading.or_404(PhoneNumber, number_id)
    trial = trials.of(access.me(), number)
    if trial is None:
        abort(404)
    trials.end(trial)
    db.session.commit()
    return jsonify({})
