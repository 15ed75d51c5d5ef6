"""What every page of the signed-in portal shares: language, zone, a form's token, cookies, privacy.

Used by the portal's modules that know a customer. Unlike the public forms these pages need cookies; a form that was
open for too long comes back with everything typed (`is_expired`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, abort, current_app, g, request, session
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access
from contact_center.channels.web.portal import limits, visit, wording
from contact_center.extensions import csrf
from contact_center.selfservice.sessions import SignedIn
from contact_center.text.languages import locale_of

View = TypeVar("View", bound=Callable[..., Any])


def prepare(blueprint: Blueprint) -> None:
    """Give *blueprint* what these pages need."""
    csrf.exempt(blueprint)  # `_check_token` asks for the token, so that a form can come back
    visit.prepare_pages(blueprint)
    for name, filter_ in wording.FILTERS.items():
        blueprint.add_app_template_filter(filter_, name)
    blueprint.before_request(_speak_their_language)
    blueprint.before_request(_check_token)
    blueprint.after_request(_keep_private)


def keeps_what_was_typed(view: View) -> View:
    """Mark a view that shows its form again, with everything in it, when the form's token is no good."""
    view.keeps_typed = True  # type: ignore[attr-defined]
    return view


def is_expired() -> bool:
    """Whether the form was open for too long, or comes from elsewhere: then nothing may be done."""
    return bool(g.get("is_expired"))


def expired() -> str:
    """What to tell whoever sent such a form."""
    return str(_("This page was open for too long, or your browser keeps no cookies. Please send it once more."))


def me() -> SignedIn:
    """Who is signed in; the rule has seen to it that somebody is."""
    found = access.signed_in()
    return found if found is not None else abort(404)


def network() -> str:
    """The network that stands for this visitor."""
    return limits.network(request.remote_addr or "")


def set_cookie(response: AnyResponse, name: str, value: str, seconds: int) -> None:
    """Give the browser a cookie that scripts cannot read, and other sites cannot make it send."""
    response.set_cookie(
        access.cookie(name), value, max_age=seconds, httponly=True, samesite="Lax", path="/",
        secure=current_app.config["CC"].secure_cookies,
    )  # fmt: skip


def drop_cookie(response: AnyResponse, name: str) -> None:
    """Take a cookie back."""
    secure = current_app.config["CC"].secure_cookies
    response.delete_cookie(access.cookie(name), path="/", secure=secure, httponly=True, samesite="Lax")


def cookie(name: str) -> str:
    """What the browser brings under *name*."""
    return request.cookies.get(access.cookie(name), "")


def _speak_their_language() -> None:
    found = access.signed_in()
    if found is None:
        return
    g.time_zone = found.customer.time_zone or current_app.config["CC"].time_zone
    if not session.get("language") and found.customer.language:
        g.language = locale_of(found.customer.language, current_app.config["CC"].default_language)


def _check_token() -> None:
    try:
        csrf.protect()
    except CSRFError:
        view = current_app.view_functions[str(request.endpoint)]
        if not getattr(view, "keeps_typed", False):
            raise
        g.is_expired = True


def _keep_private(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
