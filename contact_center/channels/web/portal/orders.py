"""The signed-in customer's orders: the list, and one with its shipments and their way.

`wiring` registers the blueprint. An order of somebody else is the same 404 as none.
"""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from contact_center import access
from contact_center.channels.web.portal import asking, door
from contact_center.extensions import db
from contact_center.selfservice import deflections, purchases
from contact_center.selfservice.models import DeflectionKind

blueprint = Blueprint("my_orders", __name__, url_prefix="/my/orders")
door.prepare(blueprint)


@blueprint.get("")
@access.customer
def listing() -> str:
    """Newest first, a page at a time."""
    page = purchases.page(door.me().ids, before=request.args.get("before", ""))
    return render_template("portal/orders.html", me=door.me(), page=page)


@blueprint.get("/<path:order_number>")
@access.customer
def order(order_number: str) -> str:
    """One order: when it comes, where its parcels are, what it was, and what can be asked about it."""
    found = purchases.one(door.me().ids, order_number)
    if found is None:
        abort(404)
    deflections.note(DeflectionKind.ORDER, door.me().customer.id, found.order.external_id)
    db.session.commit()
    return render_template("portal/order.html", me=door.me(), found=found, acts=asking.acts(door.me()))
