"""The catalogue: products by name, found by words of name, model, line and number; what lies where; who owns one.

Called by the desk, whose agents are asked what there is, what it costs and what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, cast, false, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import TSQUERY, distinct_on
from sqlalchemy.orm import joinedload

from contact_center.extensions import db
from contact_center.orders import keyset
from contact_center.orders.models import Order, OrderLine, OrderState, Price, Product, Stock
from contact_center.statement import Statement
from contact_center.text import tokens

ROWS = 50
LOOKED_THROUGH = 500  # lines of a product, of which the newest orders are shown


@dataclass(frozen=True, slots=True)
class Filter:
    text: str = ""
    line: str = ""
    is_stocked: bool = False
    has_defects: bool = False

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [Product.is_active.is_(True)] if not self.text else []
        if self.text:
            query = tokens.query(self.text.replace("\x00", " "))
            by_words = Product.search.op("@@", is_comparison=True)(cast(query, TSQUERY)) if query else false()
            found.append(by_words | (Product.external_id == self.text))
        if self.line:
            found.append(Product.line == self.line)
        if self.is_stocked:
            found.append(select(Stock.product_id).where(Stock.product_id == Product.id, Stock.quantity > 0).exists())
        if self.has_defects:
            found.append(Product.defects != "")
        return found


@dataclass(frozen=True, slots=True)
class Seen:
    """A product as a list shows it: what lies everywhere, when more is expected, and what it costs today."""

    product: Product
    stock: Decimal | None
    expected_on: date | None
    prices: tuple[Price, ...]


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Seen]
    previous: str | None
    next: str | None


def page(wanted: Filter, *, after: str | None = None, before: str | None = None, limit: int = ROWS) -> Page:
    """A page of products by name."""
    edge, backwards = keyset.edge(after or before, str), bool(before and not after)
    keys = (func.lower(Product.name), Product.id)
    asked = select(Product).where(*wanted.conditions())
    if edge is not None:
        there = tuple_(literal(edge.key), literal(edge.id))
        asked = asked.where(tuple_(*keys) < there if backwards else tuple_(*keys) > there)
    asked = asked.order_by(*(key.desc() if backwards else key.asc() for key in keys)).limit(limit + 1)
    found = list(db.session.scalars(asked))
    rows, has_previous, has_next = keyset.cut(found, limit, edge, backwards=backwards)
    return Page(seen(rows), _cursor(rows[0]) if has_previous else None, _cursor(rows[-1]) if has_next else None)


def seen(products: Sequence[Product]) -> list[Seen]:
    """The same products with stock and today's prices, in two statements."""
    ids = [product.id for product in products]
    lying = select(Stock.product_id, func.sum(Stock.quantity).label("many"), func.min(Stock.expected_on).label("on"))
    stock = {row.product_id: row for row in db.session.execute(
        lying.where(Stock.product_id.in_(ids)).group_by(Stock.product_id)
    )}  # fmt: skip
    prices = current_prices(ids)
    return [
        Seen(
            each, getattr(stock.get(each.id), "many", None), getattr(stock.get(each.id), "on", None),
            tuple(prices.get(each.id, ())),
        )
        for each in products
    ]  # fmt: skip


def current_prices(product_ids: Sequence[int], on: date | None = None) -> dict[int, list[Price]]:
    """What holds on a day, today unless said: on each list and in each currency the newest price that has begun."""
    begun = select(Price).where(Price.product_id.in_(product_ids), Price.valid_from <= (on or func.current_date()))
    newest = begun.ext(distinct_on(Price.product_id, Price.list_name, Price.currency))
    newest = newest.order_by(Price.product_id, Price.list_name, Price.currency, Price.valid_from.desc())
    found: dict[int, list[Price]] = {}
    for price in db.session.scalars(newest):
        found.setdefault(price.product_id, []).append(price)
    return found


def find(typed: str, limit: int = 5) -> list[Product]:
    """The best products for what somebody typed: the exact number or model first."""
    typed = typed.replace("\x00", " ").strip()
    query = tokens.query(typed)
    if query is None:
        return []
    exact = (Product.external_id == typed) | (func.lower(Product.model) == typed.lower())
    matches = exact | Product.search.op("@@", is_comparison=True)(cast(query, TSQUERY))
    asked = select(Product).where(matches).order_by(exact.desc(), Product.is_active.desc(), func.lower(Product.name))
    return list(db.session.scalars(asked.limit(limit)))


# Hops from one line to the next in the index: there are a few lines and many products.
_LINES = Statement("""
    WITH RECURSIVE hop AS (
        (SELECT line FROM product WHERE line > '' ORDER BY line LIMIT 1)
        UNION ALL
        SELECT (SELECT p.line FROM product p WHERE p.line > hop.line ORDER BY p.line LIMIT 1)
        FROM hop WHERE hop.line IS NOT NULL
    )
    SELECT line FROM hop WHERE line IS NOT NULL LIMIT 60
""")


def lines() -> list[str]:
    """The product lines there are."""
    return [row.line for row in _LINES.rows({})]


def sold(product_id: int, limit: int = 8) -> list[Any]:
    """The newest orders of a product, among those told last: order, quantity, amount."""
    told = select(OrderLine.order_id, OrderLine.quantity, OrderLine.amount).where(OrderLine.product_id == product_id)
    line = told.order_by(OrderLine.id.desc()).limit(LOOKED_THROUGH).subquery()
    asked = select(Order, line.c.quantity, line.c.amount).join(line, line.c.order_id == Order.id)
    asked = asked.where(Order.state != OrderState.CANCELLED).options(joinedload(Order.customer))
    return list(db.session.execute(asked.order_by(Order.placed_at.desc(), Order.id.desc()).limit(limit)))


def _cursor(row: Product) -> str:
    return keyset.cursor(row.name.lower(), row.id)
