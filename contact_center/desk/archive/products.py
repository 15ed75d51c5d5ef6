"""Products: the catalogue, and the page of one with stock, prices, known defects and who bought it lately."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import func, select

from contact_center import access
from contact_center.desk.archive import left
from contact_center.entitlements.models import Asset
from contact_center.extensions import db
from contact_center.orders import catalogue
from contact_center.orders.catalogue import Filter
from contact_center.orders.models import Price, Product
from contact_center.tiers import settings as tier_settings

blueprint = Blueprint("products", __name__, url_prefix="/products")
KEPT = ("q", "line", "show")
COUNTED = 1000
OWNERS = 8


@blueprint.get("")
@access.agent
def listing() -> str:
    """One page of the catalogue; htmx asks for it anew while somebody types."""
    args, show = request.args, request.args.get("show", "")
    wanted = Filter(
        text=args.get("q", "").replace("\x00", "").strip()[:100],
        line=args.get("line", "").replace("\x00", "")[:100],
        is_stocked=show == "stocked",
        has_defects=show == "defects",
    )
    found = catalogue.page(wanted, after=args.get("after"), before=args.get("before"))
    return render_template(
        "desk/archive/products.html",
        wanted=wanted,
        found=found,
        asked_for=asked_for,
        lines=catalogue.lines(),
        counts=left.counts(),
        main=tier_settings.rates_of(tier_settings.current())[0],
    )


def asked_for(**changed: str | None) -> str:
    """The address of the same list with something changed; None drops it. A change begins at the first page."""
    kept = {name: request.args[name] for name in KEPT if request.args.get(name)}
    wanted = {name: value for name, value in (kept | changed).items() if value}
    return url_for("archive.products.listing", **wanted)  # type: ignore[arg-type]


@blueprint.get("/<int:product_id>")
@access.agent
def page(product_id: int) -> str:
    """What there is to know of a product."""
    product: Product = left.row_or_404(Product, product_id)
    current = catalogue.current_prices([product_id]).get(product_id, [])
    return render_template(
        "desk/archive/product.html",
        product=product,
        prices=current,
        earlier=_other_prices(product, current),
        sold=catalogue.sold(product_id),
        owners=_owners(product_id),
        owned=_owned(product_id),
        counts=left.counts(),
    )


def _other_prices(product: Product, current: list[Price]) -> list[Price]:
    """What it cost before, or will cost."""
    holding = {price.id for price in current}
    return [price for price in product.prices if price.id not in holding]


def _owners(product_id: int) -> list[Any]:
    asked = select(Asset).where(Asset.product_id == product_id, Asset.retired_on.is_(None))
    return list(db.session.scalars(asked.order_by(Asset.id.desc()).limit(OWNERS)))


def _owned(product_id: int) -> int:
    """How many are in use, up to a number that is enough to know."""
    some = select(Asset.id).where(Asset.product_id == product_id, Asset.retired_on.is_(None)).limit(COUNTED + 1)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0
