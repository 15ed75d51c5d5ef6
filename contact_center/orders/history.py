"""The orders of customers with their lines and where they are, newest first: one statement for a page of them.

Called by the card, the portal and the desk. Whoever calls decides whose orders may be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from contact_center.orders import keyset
from contact_center.orders.models import OrderState, ShipmentState
from contact_center.statement import Statement

LINES_SHOWN = 20  # of each order


@dataclass(frozen=True, slots=True)
class LineSeen:
    title: str
    quantity: Decimal
    amount: Decimal
    product_id: int | None


@dataclass(frozen=True, slots=True)
class ShipmentSeen:
    """A shipment; `place` and `text` are of the newest line of its way."""

    id: int
    number: str
    carrier: str
    state: ShipmentState
    expected_on: date | None
    delivered_at: datetime | None
    at: datetime | None
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class OrderSeen:
    id: int
    number: str
    customer_id: int
    state: OrderState
    currency: str
    total: Decimal
    placed_at: datetime
    promised_on: date | None
    delivered_at: datetime | None
    line_count: int
    lines: tuple[LineSeen, ...]
    shipments: tuple[ShipmentSeen, ...]

    @property
    def is_open(self) -> bool:
        return self.state not in (OrderState.DELIVERED, OrderState.CANCELLED)

    @property
    def cursor(self) -> str:
        """Where the page after this order begins."""
        return keyset.cursor(self.placed_at, self.id)


_PAGE = """
    WITH o AS (
        SELECT * FROM "order" WHERE customer_id = ANY(CAST(:customers AS bigint[])) {beyond}
        ORDER BY placed_at DESC, id DESC LIMIT :limit
    )
    SELECT o.id, o.external_id, o.customer_id, o.state, o.currency, o.total, o.placed_at, o.promised_on, o.delivered_at,
           (SELECT count(*) FROM order_line l WHERE l.order_id = o.id) AS line_count,
           (SELECT json_agg(json_build_array(l.title, l.quantity::text, l.amount::text, l.product_id)
                            ORDER BY l.position)
            FROM (SELECT * FROM order_line l WHERE l.order_id = o.id ORDER BY l.position LIMIT :lines) l) AS lines,
           (SELECT json_agg(json_build_array(s.id, s.external_id, s.carrier, s.state, s.expected_on, s.delivered_at,
                                             t.at, t.place, t.text) ORDER BY s.id)
            FROM shipment s
            LEFT JOIN LATERAL (SELECT at, place, text FROM tracking_event t WHERE t.shipment_id = s.id
                               ORDER BY t.at DESC, t.id DESC LIMIT 1) t ON true
            WHERE s.order_id = o.id) AS shipments
    FROM o ORDER BY o.placed_at DESC, o.id DESC
"""
_FIRST = Statement(_PAGE.format(beyond=""))
_NEXT = Statement(_PAGE.format(beyond="AND (placed_at, id) < (CAST(:at AS timestamptz), CAST(:id AS bigint))"))


def of_customer(customer_ids: Sequence[int], *, before: str | None = None, limit: int = 20) -> list[OrderSeen]:
    """The newest orders of these customers; *before* is the `cursor` of the last one seen."""
    values: dict[str, Any] = {"customers": list(customer_ids), "limit": limit, "lines": LINES_SHOWN}
    edge = keyset.edge(before)
    if edge is None:
        return list(map(_seen, _FIRST.rows(values)))
    return list(map(_seen, _NEXT.rows({**values, "at": edge.key, "id": edge.id})))


def _seen(row: Any) -> OrderSeen:
    return OrderSeen(
        row.id, row.external_id, row.customer_id, OrderState(row.state), row.currency, row.total, row.placed_at,
        row.promised_on, row.delivered_at, row.line_count,
        tuple(LineSeen(title, Decimal(many), Decimal(amount), product)
              for title, many, amount, product in row.lines or ()),
        tuple(map(_shipment, row.shipments or ())),
    )  # fmt: skip


def _shipment(parts: list[Any]) -> ShipmentSeen:
    row_id, number, carrier, state, expected, delivered, at, place, text = parts
    return ShipmentSeen(
        row_id, number, carrier, ShipmentState(state), date.fromisoformat(expected) if expected else None,
        _instant(delivered), _instant(at), place or "", text or "",
    )  # fmt: skip


def _instant(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
