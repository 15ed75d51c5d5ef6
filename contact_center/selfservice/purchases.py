"""A customer's own orders for the portal: pages of them, and one with everything its customer may see.

Every query is bound to the ids of whoever is signed in; the portal's pages call it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import selectinload

from contact_center.extensions import db
from contact_center.orders.models import Invoice, Order, OrderLine, Shipment
from contact_center.selfservice import shipping

PAGE = 20


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order as its customer sees it."""

    order: Order
    progress: shipping.Progress
    invoices: tuple[Invoice, ...] = ()

    @property
    def title(self) -> str:
        """The first thing that was bought."""
        return self.order.lines[0].title if self.order.lines else ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some orders, newest first; `before` leads to the next page, if there is one."""

    purchases: tuple[Purchase, ...]
    before: str | None
    total: int


def page(customer_ids: tuple[int, ...], *, before: str = "", limit: int = PAGE) -> Page:
    """The newest orders, or those after the order with the number *before*."""
    asked = _theirs(customer_ids).order_by(Order.placed_at.desc(), Order.id.desc()).limit(limit + 1)
    if before and "\x00" not in before and (last := _place(customer_ids, before)):
        asked = asked.where(tuple_(Order.placed_at, Order.id) < last)
    rows = list(db.session.scalars(asked.options(*_WITH)))
    total = db.session.scalar(_theirs(customer_ids).with_only_columns(func.count())) or 0
    shown = rows[:limit]
    following = shown[-1].external_id if len(rows) > limit else None
    return Page(tuple(Purchase(row, shipping.progress(row)) for row in shown), following, total)


def one(customer_ids: tuple[int, ...], number: str) -> Purchase | None:
    """The order with that number if it is theirs."""
    if "\x00" in number:
        return None
    way = selectinload(Order.shipments).selectinload(Shipment.tracking)
    lines = selectinload(Order.lines).joinedload(OrderLine.product)
    row = db.session.scalar(_theirs(customer_ids).where(Order.external_id == number).options(lines, way))
    if row is None:
        return None
    mine = (Invoice.order_id == row.id, Invoice.customer_id.in_(customer_ids), Invoice.cancelled_at.is_(None))
    invoices = db.session.scalars(select(Invoice).where(*mine).order_by(Invoice.issued_on, Invoice.id))
    return Purchase(row, shipping.progress(row), tuple(invoices))


def number_of(customer_ids: tuple[int, ...], number: str) -> int | None:
    """The id of the order with that number if it is theirs."""
    if "\x00" in number:
        return None
    return db.session.scalar(_theirs(customer_ids).where(Order.external_id == number).with_only_columns(Order.id))


_WITH = (selectinload(Order.lines), selectinload(Order.shipments).selectinload(Shipment.tracking))


def _theirs(customer_ids: tuple[int, ...]) -> Select[Order]:
    return select(Order).where(Order.customer_id.in_(customer_ids))


def _place(customer_ids: tuple[int, ...], number: str) -> tuple[datetime, int] | None:
    asked = _theirs(customer_ids).where(Order.external_id == number).with_only_columns(Order.placed_at, Order.id)
    row = db.session.execute(asked).one_or_none()
    return (row[0], row[1]) if row else None
