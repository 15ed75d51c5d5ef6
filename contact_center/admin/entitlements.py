"""Settings, Paid service: which requests ask for a fee or a deposit when nothing covers them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.admin import reading
from contact_center.customers.models import TIERS
from contact_center.entitlements import policies
from contact_center.entitlements.kinds import RequestKind
from contact_center.entitlements.models import EntitlementPolicy
from contact_center.extensions import db

blueprint = Blueprint("entitlement_policies", __name__, url_prefix="/admin/entitlements")
TYPED = ("kind", "needs", "fee", "currency", "sentence")


@blueprint.get("")
@access.administrator
def listing() -> str:
    """All policies, in the order in which they are tried, and the form for one more."""
    return _page(None)


@blueprint.post("")
@access.administrator
def add() -> Any:
    once.made(EntitlementPolicy, lambda: policies.add(access.me(), **_typed()))
    return _done()


@blueprint.get("/<int:policy_id>")
@access.administrator
def edit(policy_id: int) -> str:
    """The same page, its form filled with one of them."""
    return _page(reading.or_404(EntitlementPolicy, policy_id))


@blueprint.post("/<int:policy_id>")
@access.administrator
def save(policy_id: int) -> Any:
    policies.change(reading.or_404(EntitlementPolicy, policy_id), access.me(), **_typed())
    flash(_("Saved."), "success")
    return _done()


@blueprint.post("/<int:policy_id>/<any(activate, deactivate):act>")
@access.administrator
def switch(policy_id: int, act: str) -> Any:
    policies.change(reading.or_404(EntitlementPolicy, policy_id), access.me(), is_active=act == "activate")
    return _done()


@blueprint.post("/<int:policy_id>/move")
@access.administrator
def move(policy_id: int) -> Any:
    policies.move(reading.or_404(EntitlementPolicy, policy_id), reading.step())
    return _done()


@blueprint.post("/<int:policy_id>/remove")
@access.administrator
def remove(policy_id: int) -> Any:
    policies.remove(reading.or_404(EntitlementPolicy, policy_id), access.me())
    return _done()


def _typed() -> dict[str, Any]:
    typed: dict[str, Any] = {name: request.form.get(name, "") for name in TYPED}
    return {**typed, "tiers": request.form.getlist("tier")}


def _page(edited: EntitlementPolicy | None) -> str:
    return render_template(
        "admin/entitlements.html",
        page="entitlements",
        policies=policies.listed(),
        edited=edited,
        kinds=RequestKind,
        tiers=TIERS,
    )


def _done() -> Any:
    db.session.commit()
    return redirect(url_for("entitlement_policies.listing"), 303)
