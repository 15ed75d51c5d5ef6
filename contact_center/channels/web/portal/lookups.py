"""Where is my order? Asked with its number and an address that is on it, without signing in.

`wiring` registers the blueprint. The answer stands on the page that the form gives: it has no address of its own.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from contact_center import access, clock
from contact_center.channels.web import forms
from contact_center.channels.web.portal import door, visit
from contact_center.extensions import db
from contact_center.selfservice import lookup
from contact_center.selfservice.tries import TooOften
from contact_center.text import addresses
from contact_center.text.addresses import Address, Scheme

blueprint = Blueprint("lookups", __name__, url_prefix="/order")
door.prepare(blueprint)


@blueprint.get("")
@access.public
def ask() -> Response:
    """The two fields."""
    return _page({"number": "", "contact": ""})


@blueprint.post("")
@access.public
@door.keeps_what_was_typed
def look() -> Response:
    """Where the order is, or that the two do not go together."""
    typed = {name: forms.clean(request.form.get(name, ""), is_line=True) for name in ("number", "contact")}
    if door.is_expired():
        return _page(typed, notice=door.expired(), status=400)
    problems, contact = _read(typed)
    if problems:
        return _page(typed, problems=problems, status=422)
    try:
        answer = lookup.order(typed["number"], contact, network=door.network())
    except TooOften as refused:
        db.session.rollback()
        return visit.until(refused.again, _page(typed, notice=_wait(refused), status=429))
    db.session.commit()
    if answer is None:
        return _page(typed, notice=_no(), status=404)
    return make_response(render_template("portal/looked_up.html", answer=answer))


def _read(typed: dict[str, str]) -> tuple[dict[str, str], Address | None]:
    problems = {}
    if not typed["number"]:
        problems["number"] = _("Type the order number. It is in the confirmation you got.")
    elif len(typed["number"]) > lookup.LONGEST_NUMBER:
        problems["number"] = _("This is too long: at most %(most)s characters.", most=lookup.LONGEST_NUMBER)
    contact = _address(typed["contact"])
    if contact is None:
        problems["contact"] = _("Type the e-mail address or the phone number that is on the order.")
    return problems, contact


def _address(typed: str) -> Address | None:
    if "@" in typed:
        email = addresses.email_normal(typed)
        return Address(Scheme.EMAIL, email) if email else None
    phone = addresses.phone_normal(typed, visit.config().default_region) if len(typed) <= 60 else None
    return Address(Scheme.PHONE, phone) if phone else None


def _no() -> str:
    return str(_("No order has this number and this address. Look at both again; your confirmation has them."))


def _wait(refused: TooOften) -> str:
    minutes = max(1, -(-round((refused.again - clock.now()).total_seconds()) // 60))
    return str(
        ngettext(
            "That was tried too often. Try again in one minute, or sign in with a code.",
            "That was tried too often. Try again in %(num)s minutes, or sign in with a code.",
            minutes,
        )
    )


def _page(typed: dict[str, str], *, problems: dict[str, str] | None = None, notice: str = "", status: int = 200) -> Any:
    page = render_template("portal/lookup.html", typed=typed, problems=problems or {}, notice=notice)
    return make_response(page, status)
