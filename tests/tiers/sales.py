"""Short ways to the orders, invoices and payments that tiers and value are counted from."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from contact_center import clock
from contact_center.customers.models import Customer, CustomerStatus
from contact_center.extensions import db
from contact_center.orders.models import Invoice, Order, OrderLine, Payment, Product, Settlement, SettlementKind
from contact_center.tiers import ranking
from contact_center.tiers.models import TierRun
from contact_center.tiers.settings import Settings
from tests import factories

_numbers = itertools.count(1)
PLAIN = Settings(margin=Decimal(0), arrears_days=None)


def number(letter: str) -> str:
    return f"{letter}-{next(_numbers)}"


def buyer(name: str = "", total: Any = 0, **fields: Any) -> Customer:
    """An active customer who bought for *total* a month ago."""
    row = factories.customer(name or number("Customer"), status=fields.pop("status", CustomerStatus.ACTIVE), **fields)
    if total:
        order(row, total)
    return row


def buyers(*totals: Any) -> list[Customer]:
    return [buyer(total=total) for total in totals]


def order(customer: Customer, total: Any, *, days_ago: float = 30, currency: str = "EUR", **fields: Any) -> Order:
    at = fields.pop("placed_at", None) or clock.now() - timedelta(days=days_ago)
    row = Order(
        external_id=number("O"), customer_id=customer.id, currency=currency, total=Decimal(str(total)), placed_at=at,
        changed_at=at, **fields,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def line(order: Order, product: Product | None, amount: Any, cost: Any = None, quantity: int = 1) -> None:
    db.session.add(
        OrderLine(
            order_id=order.id, position=next(_numbers), product_id=product.id if product else None, title="Thing",
            quantity=quantity, unit_price=Decimal(str(amount)), amount=Decimal(str(amount)),
            unit_cost=None if cost is None else Decimal(str(cost)),
        )
    )  # fmt: skip
    db.session.flush()


def product(name: str, line: str = "", **fields: Any) -> Product:
    row = Product(external_id=number("P"), name=name, line=line, changed_at=clock.now(), **fields)
    db.session.add(row)
    db.session.flush()
    return row


def settlement(customer: Customer, kind: SettlementKind, amount: Any, days_ago: float = 20) -> None:
    at = clock.now() - timedelta(days=days_ago)
    db.session.add(
        Settlement(
            external_id=number("S"), customer_id=customer.id, kind=kind, currency="EUR", amount=Decimal(str(amount)),
            at=at, changed_at=at,
        )
    )  # fmt: skip
    db.session.flush()


def invoice(customer: Customer, amount: Any, *, due_days_ago: int, paid_at: datetime | None = None) -> Invoice:
    today = clock.now().date()
    row = Invoice(
        external_id=number("I"), customer_id=customer.id, currency="EUR", amount=Decimal(str(amount)),
        paid=Decimal(str(amount)) if paid_at else Decimal(0), paid_at=paid_at,
        issued_on=today - timedelta(days=due_days_ago + 30), due_on=today - timedelta(days=due_days_ago),
        changed_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def payment(customer: Customer, amount: Any, days_ago: float = 10) -> None:
    at = clock.now() - timedelta(days=days_ago)
    db.session.add(
        Payment(
            external_id=number("Z"), customer_id=customer.id, currency="EUR", amount=Decimal(str(amount)),
            received_at=at, changed_at=at,
        )
    )  # fmt: skip
    db.session.flush()


def run(settings: Settings = PLAIN) -> TierRun:
    """Count and apply."""
    made = ranking.preview(settings)
    ranking.apply(made)
    return made


def letters(*customers: Customer) -> str:
    """Their tiers as one word; a dash for none."""
    db.session.expire_all()
    return "".join(customer.tier or "-" for customer in customers)
