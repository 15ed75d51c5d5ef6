"""The signed-in customer themselves: name, language, address, what they allow, and where they are signed in.

`wiring` registers the blueprint. Every change is an event on the customer; of two at once the second is told.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access
from contact_center.channels.web import forms
from contact_center.channels.web.portal import door
from contact_center.config import LANGUAGES
from contact_center.customers import consents, records
from contact_center.customers.models import PointSource
from contact_center.errors import Invalid, Stale
from contact_center.extensions import db
from contact_center.rows import number
from contact_center.selfservice import sessions
from contact_center.text.languages import locale_of

FIELDS = ("name", "language", "street", "postcode", "city", "country")
ASKED = (("email", "marketing"), ("email", "notices"), ("email", "surveys"), ("phone", "marketing"), ("sms", "notices"))

blueprint = Blueprint("my_profile", __name__, url_prefix="/my/profile")
door.prepare(blueprint)


@blueprint.get("")
@access.customer
def show() -> Response:
    """All of it on one page."""
    return _page()


@blueprint.post("")
@access.customer
@door.keeps_what_was_typed
def save() -> AnyResponse:
    """Change what was typed anew."""
    typed: dict[str, Any] = {name: forms.clean(request.form.get(name, ""), is_line=True) for name in FIELDS}
    if door.is_expired():
        return _page(typed, notice=door.expired(), status=400)
    customer = door.me().customer
    typed["language"] = _language(typed["language"], customer.language)
    try:
        records.change(customer, None, number(request.form.get("version", "")) or 0, **typed)
        db.session.commit()
    except Invalid as wrong:
        db.session.rollback()
        return _page(typed, problems=wrong.fields, notice=wrong.sentence, status=422)
    except Stale:
        db.session.rollback()
        return _page(
            typed, notice=_("This has been changed meanwhile. Look at it again and save once more."), status=409
        )
    session.pop("language", None)  # from now on the profile says
    flash(_("Saved."), "success")
    return redirect(url_for("my_profile.show"), 303)


@blueprint.post("/consents")
@access.customer
def allow() -> AnyResponse:
    """Write down what the customer allows; only what differs from what holds."""
    customer = door.me().customer
    before = consents.current(customer.id)
    for channel, purpose in ASKED:
        is_granted = f"{channel}.{purpose}" in request.form
        if is_granted != _holds(before, channel, purpose):
            evidence = _("Ticked on the portal, signed in as %(email)s", email=door.me().email)
            consents.record(
                customer, channel, purpose, None, is_granted=is_granted, evidence=evidence, source=PointSource.FORM
            )
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("my_profile.show") + "#consents", 303)


def _holds(known: dict[Any, Any], channel: str, purpose: str) -> bool:
    word = known.get((channel, purpose))
    return consents.DEFAULTS[consents.Purpose(purpose)] if word is None else bool(word.is_granted)


def _language(typed: str, before: str | None) -> str | None:
    """What stands in the record: our two languages are offered, and any other stays while nobody chooses."""
    codes = {"en": "en", "zh_Hans_CN": "zh"}
    chosen = codes.get(typed)
    if chosen is None or (before and locale_of(before, "") == typed):
        return before
    return chosen


def _page(
    typed: dict[str, Any] | None = None, *, problems: dict[str, str] | None = None, notice: str = "", status: int = 200
) -> Response:
    me = door.me()
    known = consents.current(me.customer.id)
    values = {name: getattr(me.customer, name) or "" for name in FIELDS}
    page = render_template(
        "portal/profile.html",
        me=me,
        typed=values | (typed or {}),
        language=locale_of(str((typed or values)["language"] or ""), ""),
        languages_offered=list(LANGUAGES.items()),
        problems=problems or {},
        notice=notice,
        version=me.customer.version,
        consents=[(channel, purpose, _holds(known, channel, purpose)) for channel, purpose in ASKED],
        sign_ins=sessions.live(me.customer.id),
    )
    return make_response(page, status)
