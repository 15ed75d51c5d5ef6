"""One customer as supervisors see them: tier with its history, a tier set by hand, what they leave us and why."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from contact_center import access, clock, pages
from contact_center.customers.models import TIERS, Customer
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.tiers import overrides, ranking
from contact_center.tiers.models import TierOverride
from contact_center.value import contribution, wanted
from contact_center.value import settings as value_settings

blueprint = Blueprint("standing", __name__, url_prefix="/floor/customers/<int:customer_id>/standing")
overview = Blueprint("overrides", __name__, url_prefix="/floor/tiers/overrides")


@overview.get("")
@access.supervisor
def listing() -> str:
    """All tiers set by hand, the next to end first."""
    return render_template("floor/overrides.html", page="overrides", rows=overrides.listed())


@overview.post("/<int:override_id>/lift")
@access.supervisor
def lift(override_id: int) -> Any:
    """End one before its day."""
    override = db.session.get(TierOverride, override_id) or abort(404)
    overrides.lift(override, access.me())
    db.session.commit()
    flash(_("The manual tier has ended."), "success")
    return redirect(
        (request.form.get("back") == "list" and url_for("overrides.listing")) or _page_of(override.customer_id), 303
    )


@blueprint.get("")
@access.supervisor
def page(customer_id: int) -> str:
    customer = _account(customer_id)
    override = overrides.standing(customer.id)
    return render_template(
        "floor/standing.html",
        page="",
        customer=customer,
        override=override,
        last_day=override.last_moment.astimezone(pages.zone()).date() if override else "",
        history=ranking.history(customer.id),
        value=contribution.why(customer.id),
        kept=value_settings.row(),
        settings=value_settings.current(),
        tiers=TIERS,
        latest=(clock.now() + overrides.LONGEST - timedelta(days=1)).date(),
        is_marked=wanted.is_marked(customer.id),
    )


@blueprint.post("")
@access.supervisor
def override(customer_id: int) -> Any:
    """Set the tier by hand."""
    customer, form = _account(customer_id), request.form
    overrides.set(customer, form.get("tier", ""), form.get("reason", ""), _until(form.get("until", "")), access.me())
    db.session.commit()
    flash(_("Tier %(tier)s from now on.", tier=customer.tier), "success")
    return redirect(_page_of(customer.id), 303)


@blueprint.post("/wanted")
@access.supervisor
def mark(customer_id: int) -> Any:
    """Put the customer on this year's list, or take them off it."""
    customer = _account(customer_id)
    if request.form.get("off"):
        wanted.unmark(customer, access.me())
    else:
        wanted.mark(customer, request.form.get("why", ""), access.me())
    db.session.commit()
    return redirect(_page_of(customer.id), 303)


def _account(customer_id: int) -> Customer:
    """The customer; of a contact person the company."""
    account = select(func.coalesce(Customer.company_id, Customer.id)).where(Customer.id == customer_id)
    return db.session.scalar(select(Customer).where(Customer.id == account.scalar_subquery())) or abort(404)


def _until(typed: str) -> datetime:
    """The end of the day, in the reader's zone. Raises Invalid."""
    try:
        last = date.fromisoformat(typed)
    except ValueError:
        raise Invalid(_("Choose a day."), {"until": _("Choose a day.")}) from None
    return datetime.combine(min(last, date(9000, 1, 1)) + timedelta(days=1), time(), pages.zone())


def _page_of(customer_id: int) -> str:
    return url_for("standing.page", customer_id=customer_id)
