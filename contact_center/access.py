"""Who may call a route. Every view says so with one decorator; a view that says nothing answers 404 to everybody.

Doors use the decorators; `tests/test_access_matrix.py` reads the rules off the URL map. What a person may see
*inside* a page is not decided here but by `tickets.scope`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_security import current_user

View = TypeVar("View", bound=Callable[..., Any])


class Rule(StrEnum):
    PUBLIC = "public"
    AGENT = "agent"  # anybody who is signed in
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


def rule(needed: Rule) -> Callable[[View], View]:
    """Mark a view with the role it needs; put it nearest to the function."""

    def mark(view: View) -> View:
        view.access = needed  # type: ignore[attr-defined]
        return view

    return mark


public = rule(Rule.PUBLIC)
agent = rule(Rule.AGENT)
supervisor = rule(Rule.SUPERVISOR)
administrator = rule(Rule.ADMINISTRATOR)

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
    if needed is Rule.PUBLIC:
        return True
    if not person.is_authenticated:
        return False
    return {
        Rule.AGENT: True,
        Rule.SUPERVISOR: person.is_supervisor,
        Rule.ADMINISTRATOR: person.is_administrator,
    }[needed]


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
    if may(current_user, needed):
        return None
    if current_user.is_authenticated:
        abort(403)
    if request.headers.get("HX-Request") == "true" or request.accept_mimetypes.best == "application/json":
        abort(401)
    return redirect(url_for("security.login", next=request.full_path.rstrip("?") if request.method == "GET" else None))
