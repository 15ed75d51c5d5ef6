"""Who may call a route. Every view says so with one decorator; a view that says nothing answers 404 to everybody.

Doors use the decorators; `tests/test_access_matrix.py` reads the rules off the URL map. What a person may see
*inside* a page is not decided here but by `tickets.scope`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, Request, Response, abort, current_app, g, redirect, request, url_for
from flask_security import current_user
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from contact_center.agents import tokens
from contact_center.errors import Untrusted
from contact_center.extensions import db
from contact_center.selfservice import sessions
from contact_center.selfservice.sessions import SignedIn

View = TypeVar("View", bound=Callable[..., Any])


class Rule(StrEnum):
    PUBLIC = "public"
    CUSTOMER = "customer"  # who is signed in on the portal; an agent is not
    AGENT = "agent"  # anybody who is signed in
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    CARRIER = "carrier"  # the telephone company: the request carries its signature, no cookie counts
    SCREEN = "screen"  # who was let in as a wallboard, when its socket connected: a supervisor, or a television's link
    TOKEN = "token"  # another system with a token that has the view's scope; no cookie counts


def rule(needed: Rule) -> Callable[[View], View]:
    """Mark a view with the role it needs; put it nearest to the function."""

    def mark(view: View) -> View:
        view.access = needed  # type: ignore[attr-defined]
        return view

    return mark


public = rule(Rule.PUBLIC)
customer = rule(Rule.CUSTOMER)
agent = rule(Rule.AGENT)
supervisor = rule(Rule.SUPERVISOR)
administrator = rule(Rule.ADMINISTRATOR)


def token(scope: str | None = None) -> Callable[[View], View]:
    """Mark a view of the API with the scope that a token needs; without one any token will do."""

    def mark(view: View) -> View:
        view.access, view.scope = Rule.TOKEN, scope  # type: ignore[attr-defined]
        return view

    return mark


def carrier(verify: Callable[[Request], None]) -> Callable[[View], View]:
    """Mark a view that only a carrier may call; *verify* raises Untrusted for whoever else it is."""

    def mark(view: View) -> View:
        view.access, view.verify = Rule.CARRIER, verify  # type: ignore[attr-defined]
        return view

    return mark


# Views of libraries, which cannot carry our mark.
_LIBRARY = {
    "static": Rule.PUBLIC,
    "security.static": Rule.PUBLIC,
    "security.login": Rule.PUBLIC,
    "security.logout": Rule.PUBLIC,
    "security.forgot_password": Rule.PUBLIC,
    "security.reset_password": Rule.PUBLIC,
    "security.change_password": Rule.AGENT,
    "security.verify": Rule.AGENT,
}


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """The rule of an endpoint, or None where nobody is let in."""
    view = app.view_functions[endpoint]
    return getattr(view, "access", None) or _LIBRARY.get(endpoint)


def may(person: Any, needed: Rule) -> bool:
    """Whether *person* (an agent, or an anonymous visitor) satisfies *needed*."""
    if needed in (Rule.PUBLIC, Rule.SCREEN):  # the handler of a screen knows whom it let in
        return True
    if needed is Rule.CUSTOMER:
        return signed_in() is not None
    if needed in (Rule.TOKEN, Rule.CARRIER) or not person.is_authenticated:
        return False
    return {
        Rule.AGENT: True,
        Rule.SUPERVISOR: person.is_supervisor,
        Rule.ADMINISTRATOR: person.is_administrator,
    }[needed]


def cookie(name: str) -> str:
    """What a cookie of ours is called; over https its name binds it to this very host."""
    return f"__Host-cc_{name}" if current_app.config["CC"].secure_cookies else f"cc_{name}"


def signed_in() -> SignedIn | None:
    """The customer who is signed in on the portal with this browser; the database is asked once a request."""
    if "signed_in" not in g:
        g.signed_in = sessions.holder(request.cookies.get(cookie("customer"), ""))
        if g.signed_in is not None and sessions.note_use(g.signed_in):
            db.session.commit()
        g.customer = g.signed_in.customer if g.signed_in else None
    found: SignedIn | None = g.signed_in
    return found


def me() -> Any:
    """The signed-in agent's row itself, where verbs must not get the proxy."""
    return current_user._get_current_object()  # noqa: SLF001 (the proxy's own way)


def guard(app: Flask) -> None:
    """Ask the rule before every request."""
    app.before_request(_check)


def _check() -> Any:
    if request.endpoint is None:
        return None
    needed = rule_of(current_app, request.endpoint)
    if needed is None:
        abort(404)
    if needed is Rule.TOKEN:
        return _check_token(current_app.view_functions[request.endpoint])
    if needed is Rule.CARRIER:
        return _check_signature(current_app.view_functions[request.endpoint])
    if may(current_user, needed):
        return None
    if current_user.is_authenticated and needed is not Rule.CUSTOMER:
        abort(403)
    if request.headers.get("HX-Request") == "true" or request.accept_mimetypes.best == "application/json":
        abort(401)
    entrance = "signing_in.ask" if needed is Rule.CUSTOMER else "security.login"
    return redirect(url_for(entrance, next=request.full_path.rstrip("?") if request.method == "GET" else None))


def _check_signature(view: Any) -> Response | None:
    """A carrier reads no pages: whoever cannot sign gets the bare word."""
    try:
        view.verify(request)
    except Untrusted as error:
        return Response(error.sentence, error.status, mimetype="text/plain")
    return None


def _check_token(view: Any) -> None:
    """Let in whoever brings a live token with the view's scope; an unknown one looks like an expired one."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    holder = tokens.holder(key.strip()) if scheme.lower() == "bearer" else None
    if holder is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    if view.scope is not None and view.scope not in holder.scopes:
        abort(403)
    g.token = holder
    if tokens.note_use(holder, request.remote_addr):
        db.session.commit()
