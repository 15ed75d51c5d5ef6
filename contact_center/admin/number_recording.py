"""Settings, Phone numbers, one number, Calls: whether its calls are recorded. A part of the page with its own form."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import pgettext

from contact_center import access
from contact_center.admin import reading
from contact_center.calls import line_settings
from contact_center.calls.models import Policy
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber

blueprint = Blueprint("number_recording", __name__, url_prefix="/admin/phone-numbers/<int:number_id>/calls/recording")


@blueprint.get("")
@access.administrator
def part(number_id: int) -> str:
    """The choice."""
    number = reading.or_404(PhoneNumber, number_id)
    chosen = line_settings.of(number).records or Policy.NEVER
    return render_template("admin/_line_recording.html", number=number, chosen=chosen, policies=_policies())


@blueprint.post("")
@access.administrator
def save(number_id: int) -> Any:
    """From the next call on; calls that are under way go on as they began."""
    number = reading.or_404(PhoneNumber, number_id)
    try:
        policy = Policy(request.form.get("records", ""))
    except ValueError:
        sentence = _("Choose whether calls are recorded.")
        raise Invalid(sentence, {"records": sentence}) from None
    row, _version = line_settings.locked(number)
    if row.records is not policy:
        old, row.records = row.records, policy
        line_settings.record(number, access.me(), changes={"records": [old, policy]})
    db.session.commit()
    return jsonify({"toast": {"text": _("Saved.")}})


def _policies() -> list[tuple[Policy, str, str]]:
    """Each with its name and what it means to callers."""
    return [
        (Policy.NEVER, _("Never"), _("Nothing is said about it, and agents cannot record.")),
        (Policy.ANNOUNCE, _("Announce it"),
         _("Before they join the line, callers hear that the call may be recorded. Who presses 9 is not.")),
        (Policy.ASK, pgettext("recording", "Ask"),
         _("Before they join the line, callers are asked. Who presses 1 is recorded; silence is a no.")),
    ]  # fmt: skip
