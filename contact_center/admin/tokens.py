"""Settings, API tokens: the keys of other systems, what each may do, made, shown once and revoked."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, once, pages
from contact_center.admin import reading
from contact_center.agents import tokens
from contact_center.agents.tokens import ApiToken
from contact_center.errors import Invalid
from contact_center.extensions import db

blueprint = Blueprint("tokens", __name__, url_prefix="/admin/tokens")


@blueprint.get("")
@access.administrator
def listing() -> str:
    return render_template("admin/tokens.html", page="tokens", tokens=tokens.listed(), scopes=_scopes(), key=None)


@blueprint.post("")
@access.administrator
def create() -> Any:
    """Make a token and show its key: this once, on the page that answers, and never again."""
    made: list[str] = []

    def make() -> ApiToken:
        token, key = tokens.create(access.me(), reading.text("name"), request.form.getlist("scope"), _expiry())
        made.append(key)
        return token

    token = once.made(ApiToken, make)
    db.session.commit()
    shown = {"name": token.name, "key": made[0]} if made else None
    if shown is None:
        flash(_("This token was made already. If its key was not kept, revoke it and make another."), "info")
    page = render_template("admin/tokens.html", page="tokens", tokens=tokens.listed(), scopes=_scopes(), key=shown)
    return page, 200, {"Cache-Control": "no-store"}


@blueprint.post("/<int:token_id>/revoke")
@access.administrator
def revoke(token_id: int) -> Any:
    token = reading.or_404(ApiToken, token_id)
    tokens.revoke(token, access.me())
    db.session.commit()
    flash(_("“%(name)s” is revoked: it is refused from now on.", name=token.name), "success")
    return redirect(url_for("tokens.listing"), 303)


@blueprint.post("/<int:token_id>/adopt")
@access.administrator
def adopt(token_id: int) -> Any:
    """Let it act in one's own name."""
    token = reading.or_404(ApiToken, token_id)
    tokens.adopt(token, access.me())
    db.session.commit()
    flash(_("“%(name)s” acts in your name now.", name=token.name), "success")
    return redirect(url_for("tokens.listing"), 303)


def _expiry() -> datetime | None:
    """The end of the day that was chosen; None for never."""
    typed = reading.text("expires_on").strip()
    if not typed:
        return None
    try:
        return datetime.combine(date.fromisoformat(typed), time(23, 59, 59), pages.zone())
    except ValueError:
        raise Invalid(_("Choose a day."), {"expires_on": _("Choose a day.")}) from None


def _scopes() -> list[tuple[str, str]]:
    """What a token may do, in words."""
    return [
        ("customers:read", _("Read customers")),
        ("customers:write", _("Write customers")),
        ("orders:read", _("Read products, orders, shipments and money")),
        ("orders:write", _("Write products, orders, shipments and money")),
        ("entitlements:read", _("Read assets and service contracts")),
        ("entitlements:write", _("Write assets and service contracts")),
        ("tickets:read", _("Read tickets")),
        ("card:read", _("Read customer cards, which tell all of it about one customer")),
    ]
