"""Settings, Blocked addresses: whom we take no calls, mails and texts from."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.admin import reading
from contact_center.customers import blocked
from contact_center.customers.blocked import BlockedAddress
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.tickets import addressing, scope

blueprint = Blueprint("blocked", __name__, url_prefix="/admin/blocked")
_TYPED = ("address", "reason", "days")


@blueprint.get("")
@access.supervisor
def listing() -> str:
    """All of them, and the form for another: whoever wrote last in a `ticket` stands in it."""
    ref = request.args.get("ticket", "")
    return _page({"address": _sender(ref) if ref else "", "days": "0"}, {})


@blueprint.post("")
@access.supervisor
def block() -> Any:
    """Block an address."""
    typed = {name: reading.text(name) for name in _TYPED}
    region, days = current_app.config["CC"].default_region, reading.number("days")
    wanted = -1 if days is None else days
    try:
        one = once.made(
            BlockedAddress, lambda: blocked.block(typed["address"], typed["reason"], wanted, region, access.me())
        )
    except Invalid as error:
        db.session.rollback()
        return _page(typed, error.fields), error.status
    db.session.commit()
    flash(_("%(address)s is blocked.", address=one.value), "success")
    return redirect(url_for("blocked.listing"), 303)


@blueprint.post("/<int:blocked_id>/unblock")
@access.supervisor
def unblock(blocked_id: int) -> Any:
    """Take everything from it again."""
    one = reading.or_404(BlockedAddress, blocked_id)
    address = one.value
    blocked.unblock(one, access.me())
    db.session.commit()
    flash(_("%(address)s is not blocked any more.", address=address), "success")
    return redirect(url_for("blocked.listing"), 303)


def _sender(ref: str) -> str:
    try:
        last = addressing.last_inbound(scope.get(access.me(), ref))
    except scope.NotVisible:
        abort(404)
    return last.sender or "" if last else ""


def _page(form: dict[str, str], problems: dict[str, str]) -> str:
    words = request.args.get("q", "")[:100]
    shown = blocked.listed(words)
    return render_template(
        "admin/blocked.html", page="blocked", blocked=shown, owners=blocked.owners(shown), words=words, form=form,
        problems=problems, most=blocked.PAGE,
    )  # fmt: skip
