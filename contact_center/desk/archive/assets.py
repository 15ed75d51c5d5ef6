"""What customers own: whose warranty ends soon, adding one, changing it, confirming what a customer registered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.customers.models import Customer
from contact_center.desk import asked
from contact_center.desk.archive import left
from contact_center.entitlements import assets, registering
from contact_center.entitlements.models import Asset
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.orders import accounts, catalogue, keyset
from contact_center.orders.models import Product

blueprint = Blueprint("assets", __name__)
SOON = timedelta(days=90)
ROWS = 50
FOUND = 6


@blueprint.get("/assets")
@access.agent
def ending() -> str:
    """Assets whose warranty ends within 90 days."""
    beyond = keyset.edge(request.args.get("after"), date.fromisoformat)
    rows = assets.ending(accounts.today() + SOON, beyond=beyond, limit=ROWS + 1)
    more = keyset.cursor(str(rows[ROWS - 1].warranty_until), rows[ROWS - 1].id) if len(rows) > ROWS else None
    return render_template("desk/archive/ending_assets.html", rows=rows[:ROWS], next=more, counts=left.counts())


@blueprint.get("/assets/find")
@access.agent
def find_product() -> str:
    """Products for what is typed into the dialogue."""
    typed = request.args.get("product_name", "").strip()[:100]
    return render_template("desk/archive/_found_products.html", found=catalogue.find(typed, FOUND), typed=typed)


@blueprint.get("/customers/<int:customer_id>/assets/new")
@access.agent
def new(customer_id: int) -> str:
    """The dialogue that adds one."""
    customer = left.customer_or_404(customer_id)
    return render_template("desk/archive/_asset_form.html", customer=customer, asset=None)


@blueprint.post("/customers/<int:customer_id>/assets")
@access.agent
def add(customer_id: int) -> Any:
    """Add it."""
    customer = left.customer_or_404(customer_id)
    once.made(Asset, lambda: registering.add(customer, access.me(), product=_product(), **_typed()))
    return _done(customer, _("Added."))


@blueprint.get("/assets/<int:asset_id>")
@access.agent
def edit(asset_id: int) -> str:
    """The dialogue that changes one."""
    asset: Asset = left.row_or_404(Asset, asset_id)
    return render_template("desk/archive/_asset_form.html", customer=asset.customer, asset=asset)


@blueprint.post("/assets/<int:asset_id>")
@access.agent
def change(asset_id: int) -> Any:
    """Change it."""
    asset: Asset = left.row_or_404(Asset, asset_id)
    registering.change(asset, access.me(), product=_product(), **_typed())
    return _done(asset.customer)


@blueprint.post("/assets/<int:asset_id>/<any(confirm, retire, restore):act>")
@access.agent
def act(asset_id: int, act: str) -> Any:
    """Confirm what the customer has registered, or say that they have it no more, or after all."""
    asset: Asset = left.row_or_404(Asset, asset_id)
    {"confirm": registering.confirm, "retire": registering.retire, "restore": registering.restore}[act](
        asset, access.me()
    )
    undo = url_for("archive.assets.act", asset_id=asset_id, act="restore") if act == "retire" else ""
    return _done(asset.customer, _("%(name)s is retired.", name=asset.name) if undo else "", undo=undo)


def _typed() -> dict[str, str]:
    return {name: request.form[name] for name in registering.READERS if name in request.form}


def _product() -> Product | None:
    """The product that was chosen; without scripts, the one whose number or model was typed."""
    chosen, typed = asked.number("product"), request.form.get("product_name", "").strip()
    if chosen:
        return db.session.get(Product, chosen)
    if not typed:
        return None
    found = [one for one in catalogue.find(typed[:100], 2) if typed.lower() in _names(one)]
    if len(found) != 1:
        sentence = _("Choose one of the products that are found.")
        raise Invalid(sentence, {"product_name": sentence})
    return found[0]


def _names(product: Product) -> set[str]:
    return {product.external_id.lower(), product.model.lower(), product.name.lower()}


def _done(customer: Customer, text: str = "", *, undo: str = "") -> Any:
    left.check_tickets(customer)
    db.session.commit()
    otherwise = url_for("archive.belongings.assets_of", customer_id=customer.id)
    return asked.done(text, otherwise=otherwise, undo=undo)
