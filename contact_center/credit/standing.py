"""A customer's credit in one line, for the card, tiers and prompts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from contact_center.credit.models import CreditLimit, CreditSheet
from contact_center.orders import accounts, exposure
from contact_center.statement import Statement


@dataclass(frozen=True, slots=True)
class Line:
    """`grade` of the newest sheet; the limit, if one holds, and what of it is used, in its currency."""

    grade: str | None
    limit: Decimal | None
    currency: str | None
    used: Decimal | None

    @property
    def is_exceeded(self) -> bool:
        return self.limit is not None and self.used is not None and self.used > self.limit


_LINE = Statement(f"""
    SELECT (SELECT grade FROM {CreditSheet.__tablename__} WHERE customer_id = :customer
            ORDER BY id DESC LIMIT 1) AS grade, l.amount, l.currency
    FROM (SELECT 1) one LEFT JOIN {CreditLimit.__tablename__} l
      ON l.customer_id = :customer AND (l.until IS NULL OR l.until >= :today)
""")  # noqa: S608 (names of tables)


def line(customer_id: int, owed: dict[str, exposure.Exposure] | None = None) -> Line | None:
    """The line; None where nobody has looked into this customer's credit. *owed* spares the question where known."""
    row = _LINE.one({"customer": customer_id, "today": accounts.today()})
    if row.grade is None and row.amount is None:
        return None
    if row.amount is None:
        return Line(row.grade, None, None, None)
    owed = exposure.of([customer_id]) if owed is None else owed
    mine = owed.get(row.currency)
    return Line(row.grade, row.amount, row.currency, mine.total if mine else Decimal("0.00"))
