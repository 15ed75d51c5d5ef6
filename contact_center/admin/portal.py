"""Settings, Portal: name, logo, colour of the customers' pages; who sees a company's things; what was deflected."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, clock
from contact_center.admin import comparing, reading
from contact_center.errors import Invalid, Stale
from contact_center.extensions import db
from contact_center.files import pictures, store
from contact_center.selfservice import deflections, look

FIELDS = ("name", "name_zh", "colour", "phone", "hours", "hours_zh", "company_roles", "visit_notice_hours")

blueprint = Blueprint("portal_settings", __name__, url_prefix="/admin/portal")


@blueprint.get("")
@access.administrator
def show() -> str:
    now = clock.now()
    return render_template(
        "admin/portal.html",
        page="portal",
        look=look.current(),
        our_colour=look.OUR_COLOUR,
        deflected=deflections.figures(now - timedelta(days=30), now),
    )


@blueprint.post("")
@access.administrator
def save() -> Any:
    """Save the words and the colour."""
    try:
        look.change(access.me(), reading.version(), **{name: reading.text(name) for name in FIELDS})
    except Stale as stale:
        return comparing.answer(stale, look.current(), _words())
    db.session.commit()
    look.forget()
    flash(_("Saved."), "success")
    return redirect(url_for("portal_settings.show"), 303)


@blueprint.post("/logo")
@access.administrator
def save_logo() -> Any:
    """Take a new logo, or none."""
    upload = request.files.get("logo")
    if "remove" in request.form:
        look.set_logo(access.me(), None)
    elif upload is None or not upload.filename:
        raise Invalid(_("Choose a picture."), {"logo": _("Choose a picture.")})
    else:
        data = upload.stream.read(look.MOST_LOGO_BYTES + 1)
        look.set_logo(access.me(), store.put(_checked(data)), pictures.kind(data[:64]) or "")
    db.session.commit()
    look.forget()
    flash(_("Saved."), "success")
    return redirect(url_for("portal_settings.show"), 303)


def _checked(data: bytes) -> bytes:
    sentence = ""
    if len(data) > look.MOST_LOGO_BYTES:
        sentence = _("The logo may have %(most)s KB.", most=look.MOST_LOGO_BYTES // 1000)
    elif pictures.kind(data[:64]) not in look.LOGO_TYPES:
        sentence = _("The logo must be a PNG, JPEG or WebP picture.")
    if sentence:
        raise Invalid(sentence, {"logo": sentence})
    return data


def _words() -> comparing.Words:
    names = {
        "name": _("Name"), "name_zh": _("Name in Chinese"), "colour": _("Colour"), "phone": _("Telephone"),
        "hours": _("Hours"), "hours_zh": _("Hours in Chinese"), "company_roles": _("Roles"),
        "visit_notice_hours": _("Notice for visits"),
    }  # fmt: skip
    return {field: (word, str) for field, word in names.items()}
