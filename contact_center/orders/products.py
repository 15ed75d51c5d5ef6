"""Products, with their price lists and stock, as a shop or an ERP tells them.

Called by imports, the API, the desk and the demo. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from contact_center.agents.models import Agent
from contact_center.events.names import Name
from contact_center.orders import parts, putting
from contact_center.orders.models import Product
from contact_center.orders.putting import Put, Register, Result, Row
from contact_center.putting import reading
from contact_center.text import tokens


def put(external_id: Any, *, by: Agent | None = None, **given: Any) -> Put:
    """Write a product. Raises Invalid."""
    return REGISTER.put(external_id, by=by, **given)


def put_many(rows: Iterable[Mapping[str, Any]], *, by: Agent | None = None) -> list[Result]:
    """Write a batch of products."""
    return REGISTER.put_many(rows, by=by)


def put_price(product: Any, list_name: str, currency: str, amount: Any, valid_from: Any) -> Result:
    """Say what *product* costs on a price list from a day on. Raises Invalid."""
    price = {"list_name": list_name, "currency": currency, "amount": amount, "valid_from": valid_from}
    return PRICES.put({"product": product, **price})


def put_prices(rows: Iterable[Mapping[str, Any]]) -> list[Result]:
    """Write a batch of prices: product, list_name, currency, amount, valid_from."""
    return PRICES.put_many(rows)


def put_stock(product: Any, location: str, quantity: Any, expected_on: Any = None) -> Result:
    """Say how many of *product* lie at a location, and when more are expected. Raises Invalid."""
    return STOCK.put({"product": product, "location": location, "quantity": quantity, "expected_on": expected_on})


def put_stocks(rows: Iterable[Mapping[str, Any]]) -> list[Result]:
    """Write a batch of stock: product, location, quantity, expected_on."""
    return STOCK.put_many(rows)


_SEARCHED = ("name", "model", "line")


def _check(rows: list[Row]) -> None:
    for row in rows:
        cost, currency = row.value("unit_cost"), row.value("cost_currency")
        if cost is not None and currency is None:
            row.wrong["cost_currency"] = _("In which currency does it cost that?")
        if cost is None:
            row.given["cost_currency"] = None
        if row.before is None or any(row.value(name) != getattr(row.before, name) for name in _SEARCHED):
            row.given["search"] = tokens.vector(row.external_id, *(row.value(name) or "" for name in _SEARCHED))


def _tell(rows: list[Row], by: Agent | None) -> None:
    putting.tell(rows, by, "product", (Name.PRODUCT_ADDED, Name.PRODUCT_CHANGED), customer=lambda _row: None)


REGISTER = Register(
    Product,
    {
        "name": reading.name(),
        "model": reading.text(100),
        "line": reading.text(100),
        "specification": reading.texts(20_000),
        "defects": reading.texts(20_000),
        "unit_cost": reading.maybe(reading.money),
        "cost_currency": reading.maybe(reading.currency),
        "warranty_months": reading.whole(0, 1200),
        "is_active": reading.flag,
    },
    needed=("name",),
    check=_check,
    tell=_tell,
)
PRICES = parts.Parts(
    "price",
    keys={
        "list_name": reading.name(100),
        "currency": reading.currency,
        "valid_from": reading.day,
    },
    values={"amount": reading.money},
)
STOCK = parts.Parts(
    "stock",
    keys={"location": reading.name(100)},
    values={"quantity": reading.quantity, "expected_on": reading.maybe(reading.day)},
    is_dated=True,
)
