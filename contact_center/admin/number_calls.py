"""Settings, Phone numbers, one number, Calls: what its callers hear and may choose."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import access
from contact_center.admin import reading
from contact_center.calls import line_settings
from contact_center.calls.lines import CallLine, Does
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.queues.models import Queue

blueprint = Blueprint("number_calls", __name__, url_prefix="/admin/phone-numbers")


@blueprint.get("/<int:number_id>/calls")
@access.administrator
def edit(number_id: int) -> str:
    """The form."""
    number = reading.or_404(PhoneNumber, number_id)
    row = line_settings.of(number)
    return _page(number, row.version, _form_of(row), {})


@blueprint.post("/<int:number_id>/calls")
@access.administrator
def save(number_id: int) -> Any:
    """Receive calls so from the next one on."""
    number = reading.or_404(PhoneNumber, number_id)
    form = request.form.to_dict()
    try:
        changed = line_settings.change(number, line_settings.read(form, number), reading.version(), access.me())
    except Invalid as error:
        db.session.rollback()
        number = reading.or_404(PhoneNumber, number_id)
        return _page(number, reading.version(), form, error.fields), error.status
    db.session.commit()
    flash(_("Saved.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("number_calls.edit", number_id=number_id), 303)


def _form_of(row: CallLine) -> dict[str, str]:
    form = {flag: "1" if getattr(row, flag) else "" for flag in line_settings.FLAGS}
    form |= {f"speaks_{code}": "1" for code in row.languages}
    for what in ("greetings", "closed"):
        form |= {f"{what}_{code}": words for code, words in getattr(row, what).items()}
    for one in row.choices:
        form |= {f"does_{one['key']}": one["does"], f"queue_{one['key']}": str(one.get("queue_id") or "")}
        form |= {f"words_{one['key']}_{code}": words for code, words in one.get("words", {}).items()}
    return form


def _page(number: PhoneNumber, version: int, form: dict[str, str], problems: dict[str, str]) -> str:
    queues = db.session.execute(
        select(Queue.id, Queue.name).where(Queue.is_active).order_by(Queue.position, Queue.name)
    )
    does = {
        Does.QUEUE: _("A queue"), Does.ORDER: _("Where is my order"), Does.TICKET: _("How far is my request"),
        Does.HOURS: _("Opening hours"), Does.VOICEMAIL: _("Leave a message"),
    }  # fmt: skip
    return render_template(
        "admin/number_calls.html", number=number, version=version, form=form, problems=problems,
        queues=list(queues.all()), does=does.items(), keys=line_settings.KEYS,
    )  # fmt: skip
