"""The orders of everybody, newest first, by keyset; and how many are open or late.

Called by the desk. Open orders are few beside all that ever were, and have an index of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.orm import joinedload, lazyload, selectinload

from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.orders import accounts, keyset
from contact_center.orders.models import Order, OrderState

OPEN = (OrderState.PLACED, OrderState.CONFIRMED, OrderState.SHIPPED)
ROWS = 50
COUNTED = 1000  # the most that is counted exactly


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to; nothing means all."""

    states: tuple[OrderState, ...] = ()
    is_late: bool = False  # promised for a day that has passed
    text: str = ""  # the beginning of a number, or customers
    customer_ids: tuple[int, ...] | None = None
    region: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.states:
            found.append(Order.state.in_(self.states))
        if self.is_late:
            found += [Order.state.in_(OPEN), Order.promised_on < accounts.today()]
        if self.text:
            found.append(Order.external_id.startswith(self.text, autoescape=True))
        if self.customer_ids is not None:
            found.append(Order.customer_id.in_(self.customer_ids))
        if self.region:
            found.append(Order.region == self.region)
        return found


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Order]
    previous: str | None
    next: str | None


def page(wanted: Filter, *, after: str | None = None, before: str | None = None, limit: int = ROWS) -> Page:
    """A page of orders with customers, lines and shipments; *after* and *before* are cursors of a page."""
    edge, backwards = keyset.edge(after or before), bool(before and not after)
    found = list(db.session.scalars(_asked(wanted, edge, backwards=backwards).limit(limit + 1)))
    rows, has_previous, has_next = keyset.cut(found, limit, edge, backwards=backwards)
    return Page(rows, _cursor(rows[0]) if has_previous else None, _cursor(rows[-1]) if has_next else None)


def count(wanted: Filter) -> int:
    """How many there are, up to `COUNTED`."""
    some = select(Order.id).where(*wanted.conditions()).limit(COUNTED + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def find(typed: str, limit: int = 5) -> list[Order]:
    """The orders whose number begins like that, the exact one first."""
    typed = typed.replace("\x00", "").strip()
    if not typed:
        return []
    begins = Order.external_id.startswith(typed, autoescape=True) | (Order.external_id == typed.upper())
    asked = select(Order).where(begins).options(joinedload(Order.customer)).limit(limit)
    return list(db.session.scalars(asked.order_by(func.length(Order.external_id), Order.external_id)))


def _asked(wanted: Filter, edge: keyset.Edge | None, *, backwards: bool) -> Select[Order]:
    here = tuple_(Order.placed_at, Order.id)
    asked = select(Order).where(*wanted.conditions())
    if edge is not None:
        there = tuple_(literal(edge.key), literal(edge.id))
        asked = asked.where(here > there if backwards else here < there)
    keys = (Order.placed_at, Order.id)
    asked = asked.order_by(*(key.asc() if backwards else key.desc() for key in keys))
    together = joinedload(Order.customer).options(lazyload(Customer.company), lazyload(Customer.owner))
    return asked.options(together, selectinload(Order.lines), selectinload(Order.shipments))


def regions(limit: int = 30) -> list[str]:
    """Where the newest orders went, for a filter to choose from."""
    newest = select(Order.region).order_by(Order.placed_at.desc(), Order.id.desc()).limit(5000).subquery()
    asked: Select[Any] = select(newest.c.region).where(newest.c.region.is_not(None)).group_by(newest.c.region)
    return list(db.session.scalars(asked.order_by(newest.c.region).limit(limit)))


def _cursor(row: Order) -> str:
    return keyset.cursor(row.placed_at, row.id)
