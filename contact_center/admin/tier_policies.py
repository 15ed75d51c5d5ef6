"""Settings, Tier policies: what each tier is promised and how it is treated, in one table."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.admin import reading
from contact_center.customers.models import TIERS
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.tiers import policies
from contact_center.tiers.models import Told

blueprint = Blueprint("tier_policies", __name__, url_prefix="/admin/tier-policies")


@blueprint.get("")
@access.administrator
def page() -> str:
    return render_template(
        "admin/tier_policies.html", page="tier_policies", policies=policies.listed(), told=_told_words()
    )


@blueprint.post("")
@access.administrator
def save() -> Any:
    """Save all four together, or nothing."""
    wanted: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for tier in TIERS:
        try:
            wanted[tier] = policies.read(tier, request.form, request.form.getlist(f"told_{tier}"))
        except Invalid as error:
            wrong |= error.fields
    Invalid.raise_for(wrong)
    versions = {tier: reading.number(f"version_{tier}") or 0 for tier in TIERS}
    policies.change(wanted, versions, access.me())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("tier_policies.page"), 303)


def _told_words() -> list[tuple[str, str]]:
    return [
        (Told.OWNER, _("The owner")),
        (Told.SUPERVISORS, _("Supervisors of the queue")),
        (Told.ADDRESSES, _("These addresses")),
    ]
