"""How often sign-in, reset and password forms may be sent: per account and per network, counted in Redis.

Without Redis they answer 503 rather than let anybody guess at will. Every sending counts for the account; for the
network only failures do, since a whole shift signs in from behind one address.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from flask import Flask, Response, abort, redirect, request, url_for
from flask_security import current_user, views

from contact_center import settings
from contact_center.admin.entrance.forms import is_local
from contact_center.extensions import limiter
from contact_center.text.addresses import email_normal

View = Callable[..., Any]


def apply(app: Flask) -> None:
    """Put the limits around Flask-Security's views in *app*."""
    for endpoint, view in _GUARDED.items():
        app.view_functions[endpoint] = view


def network() -> str:
    """Whose line the request came by: an IPv4 address, or the /64 that one IPv6 customer has to himself."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, 64), strict=False))
    return str(address)


def account() -> str:
    """Which account a form speaks of, however its address is typed."""
    typed = request.form.get("email", "")
    return email_normal(typed) or typed.strip().casefold()[:254]


def limited(view: View, limits: tuple[str, str], key: Callable[[], str] = account) -> View:
    """Limit POSTs to *view* per account and per network, and take forms only: what is counted is what is read."""
    per_account, per_network = limits
    guarded = limiter.limit(per_account, key_func=lambda: f"account:{key()}", methods=["POST"])(_forms_only(view))
    return limiter.limit(per_network, key_func=lambda: f"network:{network()}", methods=["POST"], deduct_when=_failed)(
        guarded
    )


def _failed(response: Response) -> bool:
    return not 300 <= response.status_code < 400


def _forms_only(view: View) -> View:
    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        if request.is_json:
            abort(415)
        if any(not is_local(way) for way in (*request.args.getlist("next"), *request.form.getlist("next")) if way):
            return redirect(url_for("security.login"))
        return view(*args, **values)

    return guarded


def _myself() -> str:
    return str(getattr(current_user, "id", ""))


def _link() -> str:
    return str((request.view_args or {}).get("token", ""))[-40:]


_SIGN_IN = (settings.SIGN_IN_LIMIT, settings.SIGN_IN_NETWORK_LIMIT)
_RESET = (settings.RESET_LIMIT, settings.RESET_NETWORK_LIMIT)
_GUARDED: dict[str, View] = {
    "security.login": limited(views.login, _SIGN_IN),
    "security.forgot_password": limited(views.forgot_password, _RESET),
    "security.reset_password": limited(views.reset_password, _SIGN_IN, _link),
    "security.change_password": limited(views.change_password, _SIGN_IN, _myself),
    "security.verify": limited(views.verify, _SIGN_IN, _myself),
}
