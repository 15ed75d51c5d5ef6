"""What we would lose if a customer paid nothing more: invoices not paid yet, and open orders not invoiced yet.

Called by credit and the card. By currency, never across.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from contact_center.orders import accounts
from contact_center.statement import Statement


@dataclass(frozen=True, slots=True)
class Exposure:
    """`open_orders` is what of them no invoice asks for yet; `arrears` is the part of `receivable` that is overdue."""

    open_orders: Decimal
    receivable: Decimal
    arrears: Decimal

    @property
    def total(self) -> Decimal:
        return self.open_orders + self.receivable


_EXPOSURE = Statement("""
    SELECT customer_id, currency, sum(ordered) AS open_orders, sum(receivable) AS receivable, sum(arrears) AS arrears
    FROM (
        SELECT o.customer_id, o.currency, greatest(o.total - coalesce(i.invoiced, 0), 0) AS ordered,
               0 AS receivable, 0 AS arrears
        FROM "order" o
        LEFT JOIN LATERAL (
            SELECT sum(amount) AS invoiced FROM invoice
            WHERE order_id = o.id AND cancelled_at IS NULL AND kind = 'GOODS'
        ) i ON true
        WHERE o.customer_id = ANY(CAST(:customers AS bigint[])) AND o.state IN ('PLACED', 'CONFIRMED', 'SHIPPED')
        UNION ALL
        SELECT customer_id, currency, 0, amount - paid, CASE WHEN due_on < :today THEN amount - paid ELSE 0 END
        FROM invoice
        WHERE customer_id = ANY(CAST(:customers AS bigint[])) AND paid < amount AND cancelled_at IS NULL
    ) part GROUP BY customer_id, currency
""")


def by_customer(customer_ids: Sequence[int]) -> dict[int, dict[str, Exposure]]:
    """The exposure of each of these customers, by currency; who owes nothing is not there."""
    found: dict[int, dict[str, Exposure]] = defaultdict(dict)
    for row in _EXPOSURE.rows({"customers": list(customer_ids), "today": accounts.today()}):
        found[row.customer_id][row.currency] = Exposure(row.open_orders, row.receivable, row.arrears)
    return dict(found)


def of(customer_ids: Sequence[int]) -> dict[str, Exposure]:
    """The exposure of these customers together, by currency."""
    together: dict[str, Exposure] = {}
    for currencies in by_customer(customer_ids).values():
        for currency, each in currencies.items():
            so_far = together.get(currency, Exposure(accounts.NOTHING, accounts.NOTHING, accounts.NOTHING))
            together[currency] = Exposure(
                so_far.open_orders + each.open_orders,
                so_far.receivable + each.receivable,
                so_far.arrears + each.arrears,
            )
    return together
