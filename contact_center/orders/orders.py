"""Orders with their lines, as a shop or an ERP tells them.

Called by imports, the API and the demo. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from contact_center.agents.models import Agent
from contact_center.customers import records
from contact_center.events.names import Name
from contact_center.orders import lines, putting
from contact_center.orders.models import Order, OrderState
from contact_center.orders.putting import CUSTOMER, Outcome, Put, Register, Result, Row
from contact_center.putting import reading
from contact_center.statement import Statement


def put(external_id: Any, *, by: Agent | None = None, **given: Any) -> Put:
    """Write an order; `lines`, where given, are all of its lines, and its total their sum unless said. Raises Invalid.

    Any state may follow any other, for the other system knows; give `as_of`, and an older word is passed over.
    """
    return REGISTER.put(external_id, by=by, **given)


def put_many(rows: Iterable[Mapping[str, Any]], *, by: Agent | None = None) -> list[Result]:
    """Write a batch of orders."""
    return REGISTER.put_many(rows, by=by)


def _check(rows: list[Row]) -> None:
    lines.find_products(rows)
    for row in rows:
        putting.keep_currency(row)
        if "lines" in row.children and "total" not in row.given:
            row.given["total"] = lines.total(row) + (row.value("delivery") or Decimal(0))
            if row.given["total"] >= reading.LARGEST:
                row.wrong["total"] = _("That is more than can be kept.")
        placed, delivered = row.value("placed_at"), row.value("delivered_at")
        if placed and delivered and delivered < placed:
            row.wrong["delivered_at"] = _("It was delivered before it was placed.")


_FOLLOW = Statement("""
    UPDATE shipment s SET customer_id = o.customer_id FROM "order" o
    WHERE s.order_id = o.id AND o.id = ANY(CAST(:ids AS bigint[])) AND s.customer_id <> o.customer_id
""")


def _then(rows: list[Row]) -> None:
    """Write the lines; an order that has another customer now takes its shipments along.

    Who ordered before we knew of them has been a customer since then.
    """
    lines.write(rows)
    firsts: dict[int, datetime] = {}
    for row in rows:
        if row.outcome is not Outcome.SAME and not row.is_older:
            who, at = row.value("customer_id"), row.value("placed_at")
            firsts[who] = min(at, firsts.get(who, at))
    records.known_since(firsts)
    if moved := [row.id for row in rows if "customer_id" in row.changes and not row.is_older]:
        _FOLLOW.run({"ids": moved})


def _tell(rows: list[Row], by: Agent | None) -> None:
    putting.tell(rows, by, "order", (Name.ORDER_PLACED, Name.ORDER_CHANGED), _about)


def _about(row: Row) -> dict[str, Any]:
    return {
        "state": row.value("state") or OrderState.PLACED,
        "total": str(row.value("total")),
        "currency": row.value("currency"),
    }


REGISTER = Register(
    Order,
    {
        "customer": CUSTOMER,
        "state": reading.choice(OrderState),
        "currency": reading.currency,
        "total": reading.money,
        "delivery": reading.money,
        "region": reading.maybe(reading.text(100)),
        "email": reading.maybe(reading.email),
        "phone": reading.maybe(reading.phone),
        "note": reading.texts(4000),
        "placed_at": reading.past,
        "promised_on": reading.maybe(reading.day),
        "delivered_at": reading.maybe(reading.past),
        "lines": lines.FIELD,
    },
    needed=("customer", "currency", "total", "placed_at"),
    check=_check,
    then=_then,
    tell=_tell,
)
