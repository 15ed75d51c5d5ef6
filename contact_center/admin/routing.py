"""Settings, Routing: what a head start in the queue is given for, and what agents may do by hand."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.admin import comparing, reading
from contact_center.errors import Stale
from contact_center.extensions import db
from contact_center.routing import settings
from contact_center.tiers import policies

blueprint = Blueprint("routing_settings", __name__, url_prefix="/admin/routing")


@blueprint.get("")
@access.administrator
def page() -> str:
    return render_template(
        "admin/routing.html", page="routing", settings=settings.current(), policies=policies.listed(), words=_labels()
    )


@blueprint.post("")
@access.administrator
def save() -> Any:
    wanted = settings.read(request.form)
    try:
        changed = settings.change(wanted, reading.version(), access.me())
    except Stale as stale:
        return comparing.answer(stale, settings.current(), _words())
    db.session.commit()
    flash(_("Saved.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("routing_settings.page"), 303)


def _labels() -> dict[str, str]:
    return {
        "complaint_minutes": _("Complaint"),
        "reopened_minutes": _("Reopened: the customer came back"),
        "recovered_minutes": _("Came back from an agent who was gone"),
        "urgent_minutes": _("Priority urgent"),
        "high_minutes": _("Priority high"),
        "low_minutes": _("Priority low"),
        "risk_75_minutes": _("Three quarters of its target have passed"),
        "risk_90_minutes": _("Nine tenths of its target have passed"),
        "promise_minutes": _("Minutes before it is due"),
        "agents_may_pick": _("Pick by hand"),
        "agents_may_pull": _("Take the next one"),
    }


def _words() -> comparing.Words:
    return {name: (label, _said) for name, label in _labels().items()}


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("Yes")) if value else str(_("No"))
    return str(value)
