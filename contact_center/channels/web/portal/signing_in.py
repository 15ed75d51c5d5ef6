"""Signing in by code: ask for one, type it in, choose who one is where several share an address, sign out.

`wiring` registers the blueprint. What is shown and how long it takes is the same for every address.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access, clock
from contact_center.channels.web import forms
from contact_center.channels.web.portal import door, visit
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.selfservice import codes, sessions
from contact_center.selfservice.tries import TooOften
from contact_center.text import addresses

blueprint = Blueprint("signing_in", __name__, url_prefix="/my")
door.prepare(blueprint)


@blueprint.get("/sign-in")
@access.public
def ask() -> Any:
    """Where one types one's address in."""
    if access.signed_in() is not None:
        return redirect(_next())
    return _ask_page()


@blueprint.post("/sign-in")
@access.public
@door.keeps_what_was_typed
def send() -> AnyResponse:
    """Ask for a code. Whoever the address belongs to, the answer is the same."""
    typed = forms.clean(request.form.get("email", ""), is_line=True)
    if door.is_expired():
        return _ask_page(typed, door.expired(), 400)
    problem, email = _read(typed)
    if email is None:
        return _ask_page(typed, problem, 422)
    return _request_code(email, typed)


@blueprint.get("/code")
@access.public
def code() -> AnyResponse:
    """Where one types the digits in."""
    email = codes.sent_to(door.cookie("code"))
    if email is None:
        return redirect(url_for("signing_in.ask", next=_wanted()), 303)
    return _code_page(email)


@blueprint.post("/code")
@access.public
@door.keeps_what_was_typed
def check() -> AnyResponse:
    """Compare the digits: in, on to the choice, or one try less."""
    browser = door.cookie("code")
    email = codes.sent_to(browser)
    if email is None:
        flash(_("This code is no longer good. Ask for a new one."), "info")
        return redirect(url_for("signing_in.ask", next=_wanted()), 303)
    if door.is_expired():
        return _code_page(email, door.expired(), 400)
    typed = "".join(c for c in request.form.get("code", "") if c.isdigit())
    if len(typed) != codes.DIGITS:
        return _code_page(email, _("Type the six digits that we have sent you."), 422)
    checked = codes.check(browser, typed)
    db.session.commit()  # the try counts whatever comes now
    if not checked.customers:
        return _not_right(email, checked.tries_left)
    if len(checked.customers) > 1:
        return redirect(url_for("signing_in.choose", next=_wanted()), 303)
    return _enter(browser, checked.customers[0].id)


@blueprint.post("/code/again")
@access.public
def again() -> AnyResponse:
    """Ask for another code for the same address."""
    email = codes.sent_to(door.cookie("code"))
    if email is None:
        return redirect(url_for("signing_in.ask", next=_wanted()), 303)
    return _request_code(email, email, on_code_page=True)


@blueprint.get("/choose")
@access.public
def choose() -> AnyResponse:
    """Several people use the address: who is it?"""
    choices = codes.choices(door.cookie("code"))
    if not choices:
        return redirect(url_for("signing_in.ask", next=_wanted()), 303)
    return make_response(render_template("portal/choose.html", choices=choices, next=_wanted()))


@blueprint.post("/choose")
@access.public
def chosen() -> AnyResponse:
    """Sign in as the one who was chosen."""
    wanted = request.form.get("customer", "")
    return _enter(door.cookie("code"), int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0)


@blueprint.post("/sign-out")
@access.customer
def leave() -> AnyResponse:
    """Sign this browser out."""
    sessions.end(door.me())
    db.session.commit()
    return _left(_("You are signed out."))


@blueprint.post("/sign-out-everywhere")
@access.customer
def leave_everywhere() -> AnyResponse:
    """Sign all browsers out."""
    ended = sessions.end_all(door.me())
    db.session.commit()
    return _left(ngettext("You are signed out on one device.", "You are signed out on %(num)s devices.", ended))


def _read(typed: str) -> tuple[str, str | None]:
    """The address in its normal form, or what is wrong with it."""
    if not typed:
        both = codes.by_text()
        return _("Type your e-mail address or phone number.") if both else _("Type your e-mail address."), None
    if "@" not in typed:
        if number := addresses.phone_normal(typed[:60], visit.config().default_region):
            if codes.by_text():
                return "", number
            return _("Codes go by e-mail only for now. Type the e-mail address that we have of you."), None
        return _("This is not a complete e-mail address. It looks like name@example.com."), None
    email = addresses.email_normal(typed)
    if email is None or "." not in email.rpartition("@")[2]:
        return _("This is not a complete e-mail address. It looks like name@example.com."), None
    return "", email


def _request_code(email: str, typed: str, *, on_code_page: bool = False) -> AnyResponse:
    try:
        browser = codes.request(email, network=door.network(), language=visit.language())
    except TooOften as refused:
        db.session.rollback()
        sentence = _wait(refused.again)
        page = _code_page(email, sentence, 429) if on_code_page else _ask_page(typed, sentence, 429)
        return visit.until(refused.again, page)
    db.session.commit()
    response = redirect(url_for("signing_in.code", next=_wanted()), 303)
    door.set_cookie(response, "code", browser, int(2 * codes.LASTS.total_seconds()))
    return response


def _wait(again: datetime) -> str:
    seconds = max(1, round((again - clock.now()).total_seconds()))
    if seconds <= 90:
        return ngettext("Wait one second, then ask again.", "Wait %(num)s seconds, then ask again.", seconds)
    minutes = -(-seconds // 60)
    return ngettext(
        "That was asked for often. Try again in one minute.",
        "That was asked for often. Try again in %(num)s minutes.",
        minutes,
    )


def _not_right(email: str, left: int) -> AnyResponse:
    if left:
        sentence = ngettext(
            "That code does not match. You can try once more.",
            "That code does not match. You can try %(num)s more times.",
            left,
        )
        return _code_page(email, sentence, 422)
    flash(_("That code does not match, and there are no tries left. Ask for a new code."), "info")
    response = redirect(url_for("signing_in.ask", next=_wanted()), 303)
    door.drop_cookie(response, "code")
    return response


def _enter(browser: str, customer_id: int) -> AnyResponse:
    found = codes.choose(browser, customer_id)
    if found is None:
        db.session.rollback()
        flash(_("That took too long. Ask for a new code."), "info")
        return redirect(url_for("signing_in.ask", next=_wanted()), 303)
    customer, email = found
    key = _begin(customer, email)
    db.session.commit()
    response = redirect(_next(), 303)
    door.drop_cookie(response, "code")
    door.set_cookie(response, "customer", key, int(sessions.LASTS.total_seconds()))
    return response


def _begin(customer: Customer, email: str) -> str:
    if (before := access.signed_in()) is not None:
        sessions.end(before)
    return sessions.begin(customer, email, network=request.remote_addr, browser=visit.browser_name())


def _left(sentence: str) -> AnyResponse:
    flash(sentence, "success")
    response = redirect(url_for("portal.home"), 303)
    door.drop_cookie(response, "customer")
    return response


def _ask_page(typed: str = "", problem: str = "", status: int = 200) -> Response:
    page = render_template("portal/sign_in.html", typed=typed, problem=problem, next=_wanted(), by_text=codes.by_text())
    return make_response(page, status)


def _code_page(email: str, problem: str = "", status: int = 200) -> Response:
    page = render_template(
        "portal/code.html", email=email, problem=problem, next=_wanted(), again_at=codes.again_at(email)
    )
    return make_response(page, status)


def _wanted() -> str | None:
    """The page somebody was on their way to, if it is one of these."""
    path = request.values.get("next", "")
    is_ours = path.startswith("/my") and not path.startswith("/my/sign-") and len(path) < 500 and path.isprintable()
    return path if is_ours and "\\" not in path and "//" not in path else None


def _next() -> str:
    return _wanted() or url_for("my.home")
