"""The contact points of a customer on their page: added, named, preferred, verified, removed and brought back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.card import summary
from contact_center.customers import points
from contact_center.customers.models import ContactPoint, Customer
from contact_center.customers.points import Proof
from contact_center.desk.customers import fragments, words
from contact_center.errors import Invalid
from contact_center.extensions import db

blueprint = Blueprint("points", __name__, url_prefix="/<int:customer_id>/points")


@dataclass(frozen=True)
class Shown:
    """A contact point with the other customers who have it as well."""

    point: ContactPoint
    others: list[Customer]


def shown_points(customer: Customer) -> list[Shown]:
    """All of them in the order of use."""
    shared = points.shared(customer)
    return [Shown(point, shared.get(point.value, [])) for point in summary.in_order(customer.points)]


@blueprint.get("")
@access.agent
def section(customer_id: int) -> Any:
    """The section; ?add=1 opens the form for a new one, ?edit=ID the one for a label."""
    customer = fragments.customer_or_404(customer_id)
    return _section(customer, add=request.args.get("add") == "1", edit=fragments.number("edit"))


@blueprint.post("")
@access.agent
def add(customer_id: int) -> Any:
    """Add what was typed; an address that others have too is marked, not refused."""
    customer = fragments.customer_or_404(customer_id)
    typed = {name: request.form.get(name, "") for name in ("value", "label")}
    try:
        points.add(customer, points.read(typed["value"]), access.me(), label=typed["label"])
    except Invalid as refused:
        db.session.rollback()
        return _section(customer, status=refused.status, add=True, typed=typed, wrong=refused.fields)
    db.session.commit()
    return _section(customer)


@blueprint.post("/<int:point_id>/label")
@access.agent
def relabel(customer_id: int, point_id: int) -> Any:
    """Say what the address is for."""
    point = fragments.point_or_404(customer_id, point_id)
    customer, label = point.customer, request.form.get("label", "")
    try:
        points.relabel(point, access.me(), label)
    except Invalid as refused:
        db.session.rollback()
        return _section(customer, status=refused.status, edit=point_id, typed={"label": label}, wrong=refused.fields)
    db.session.commit()
    return _section(customer)


@blueprint.post("/<int:point_id>/<any(prefer, unprefer, doubt, clear):act>")
@access.agent
def change(customer_id: int, point_id: int, act: str) -> Any:
    """The acts that need no more than one click."""
    point, agent = fragments.point_or_404(customer_id, point_id), access.me()
    if act in ("prefer", "unprefer"):
        points.prefer(point, agent, is_preferred=act == "prefer")
    elif act == "doubt":
        points.doubt(point, agent)
    else:
        points.clear_bounce(point, agent)
    db.session.commit()
    return _section(point.customer)


@blueprint.post("/<int:point_id>/verify")
@access.agent
def verify(customer_id: int, point_id: int) -> Any:
    """Record how the agent knows that it is theirs."""
    point = fragments.point_or_404(customer_id, point_id)
    if (proof := request.form.get("proof", "")) not in tuple(Proof):
        raise Invalid(_("Say how you know."), {"proof": str(_("Say how you know."))})
    points.verify(point, access.me(), Proof(proof))
    db.session.commit()
    return _section(point.customer)


@blueprint.post("/<int:point_id>/remove")
@access.agent
def remove(customer_id: int, point_id: int) -> Any:
    """Take the address away, with a toast that brings it back."""
    point = fragments.point_or_404(customer_id, point_id)
    customer, value = point.customer, words.point_word(point)
    points.remove(point, access.me())
    db.session.commit()
    back = url_for("customers.points.restore", customer_id=customer_id, point_id=point_id)
    return _section(customer, toast=fragments.undo(_("%(value)s removed", value=value), back, "points"))


@blueprint.post("/<int:point_id>/restore")
@access.agent
def restore(customer_id: int, point_id: int) -> Any:
    """Bring a removed address back as it was."""
    customer = fragments.customer_or_404(customer_id)
    points.restore(customer, point_id, access.me())
    db.session.commit()
    return _section(customer)


def _section(customer: Customer, **more: Any) -> Any:
    shown: dict[str, Any] = {"points": shown_points(customer), "proofs": Proof}
    return fragments.fragment("customers/_points.html", customer=customer, **shown, **more)
