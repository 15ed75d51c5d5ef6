"""Settings, Phone numbers and Texts: what customers write to, and how texts are handled."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import access, once
from contact_center.admin import reading
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.mailboxes import numbers, texting
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.mailboxes.texting import TextSettings, Word
from contact_center.queues.models import Queue

blueprint = Blueprint("numbers", __name__, url_prefix="/admin/phone-numbers")
_TYPED = ("address", "name", "language", "queue_id")


@blueprint.get("")
@access.administrator
def index() -> str:
    """All numbers."""
    queues = dict(db.session.execute(select(Queue.id, Queue.name)).all())
    is_set_up = bool(current_app.config["CC"].twilio_account_sid)
    return render_template("admin/numbers.html", numbers=numbers.listed(), queues=queues, is_set_up=is_set_up)


@blueprint.get("/new")
@access.administrator
def new() -> str:
    """An empty form."""
    return _page(None, {"language": "en", "takes_calls": "1", "takes_texts": "1", "acknowledges": "1"}, {})


@blueprint.post("/new")
@access.administrator
def create() -> Any:
    """Set up a number."""
    try:
        row = once.made(PhoneNumber, lambda: numbers.create(numbers.read(_typed()), access.me()))
    except Invalid as error:
        db.session.rollback()
        return _page(None, _typed(), error.fields), error.status
    db.session.commit()
    flash(_("The number %(address)s is set up.", address=row.address), "success")
    return redirect(url_for("numbers.index"), 303)


@blueprint.get("/<int:number_id>")
@access.administrator
def edit(number_id: int) -> str:
    """The form of one number."""
    row = reading.or_404(PhoneNumber, number_id)
    form = {name: str(getattr(row, name)) for name in _TYPED}
    return _page(row, form | {flag: "1" if getattr(row, flag) else "" for flag in numbers.FLAGS}, {})


@blueprint.post("/<int:number_id>")
@access.administrator
def save(number_id: int) -> Any:
    """Change a number."""
    row = reading.or_404(PhoneNumber, number_id)
    try:
        changed = numbers.change(row, numbers.read(_typed()), reading.version(), access.me())
    except Invalid as error:
        db.session.rollback()
        return _page(reading.or_404(PhoneNumber, number_id), _typed(), error.fields), error.status
    db.session.commit()
    flash(_("Saved.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("numbers.edit", number_id=number_id), 303)


@blueprint.post("/<int:number_id>/<any(on,off):to>")
@access.administrator
def switch(number_id: int, to: str) -> Any:
    """Use a number again, or no more."""
    row = reading.or_404(PhoneNumber, number_id)
    numbers.switch(row, access.me(), is_active=to == "on")
    db.session.commit()
    flash(_("%(address)s is switched %(to)s.", address=row.address, to=_("on") if to == "on" else _("off")), "success")
    return redirect(url_for("numbers.index"), 303)


@blueprint.get("/texts")
@access.administrator
def texts() -> str:
    """What a part costs, when it is night, and words that are commands."""
    return _texts_page(_form_of(texting.current()), {})


@blueprint.post("/texts")
@access.administrator
def save_texts() -> Any:
    """Change how texts are handled."""
    try:
        changed = texting.change(texting.read(request.form), reading.version(), access.me())
    except Invalid as error:
        db.session.rollback()
        return _texts_page(request.form.to_dict(), error.fields), error.status
    db.session.commit()
    flash(_("Saved.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("numbers.texts"), 303)


def _typed() -> dict[str, str]:
    """The form; flags only of what the form shows."""
    shown = {flag: reading.text(flag) for flag in numbers.FLAGS if f"{flag}_shown" in request.form}
    return {name: reading.text(name) for name in _TYPED} | shown


def _page(row: PhoneNumber | None, form: dict[str, str], problems: dict[str, str]) -> str:
    queues = db.session.execute(
        select(Queue.id, Queue.name).where(Queue.is_active).order_by(Queue.position, Queue.name)
    )
    return render_template("admin/number.html", number=row, form=form, problems=problems, queues=list(queues.all()))


def _form_of(row: TextSettings) -> dict[str, str]:
    words = {f"{word}_words": ", ".join(getattr(row, f"{word}_words")) for word in Word}
    return words | {
        "price": f"{row.price.normalize():f}", "currency": row.currency, "is_quiet": "1" if row.is_quiet else "",
        "quiet_from": f"{row.quiet_from:%H:%M}", "quiet_until": f"{row.quiet_until:%H:%M}",
    }  # fmt: skip


def _texts_page(form: dict[str, str], problems: dict[str, str]) -> str:
    return render_template("admin/texts.html", form=form, problems=problems, version=texting.current().version)
