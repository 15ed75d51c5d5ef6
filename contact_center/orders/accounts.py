"""What customers owe and how they pay: standing, account statement 对账单, payment record. Never across currencies.

Called by the card, credit, the portal and the desk. An invoice is a day, a payment falls on its day in the
installation's zone. Settlements are not among the lines: they change what is owed only where an invoice says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from flask import current_app

from contact_center import clock
from contact_center.putting import reading
from contact_center.statement import Statement

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is open, and of that overdue, in one currency; when the oldest of it was due, and when more will be.

    `credit` is what came in for no invoice, or more than an invoice asked.
    """

    open: Decimal
    overdue: Decimal
    oldest_due: date | None
    next_due: date | None
    open_count: int
    overdue_count: int
    credit: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One invoice (charged) or payment (paid), and what is owed after it; `number` is that of the row."""

    on: date
    kind: Literal["invoice", "payment"]
    id: int
    number: str
    title: str
    charged: Decimal
    paid: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """An account from one day to another, both included. `closing` = `opening` + `charged` − `paid`."""

    currency: str
    since: date
    until: date
    opening: Decimal
    charged: Decimal
    paid: Decimal
    closing: Decimal
    lines: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """Invoices of a period that were paid in time and late, by how many days on average, and those overdue now."""

    on_time: int
    late: int
    mean_days_late: Decimal | None  # of those that were late
    overdue: int

    @property
    def share_on_time(self) -> Decimal | None:
        """Of all that were due."""
        due = self.on_time + self.late + self.overdue
        return Decimal(self.on_time) / due if due else None


_STANDING = Statement("""
    WITH owed AS (
        SELECT currency, amount - paid AS left_over, due_on FROM invoice
        WHERE customer_id = ANY(CAST(:customers AS bigint[])) AND paid < amount AND cancelled_at IS NULL
    ), credit AS (
        SELECT currency, amount FROM payment
        WHERE customer_id = ANY(CAST(:customers AS bigint[])) AND invoice_id IS NULL
        UNION ALL
        SELECT currency, paid - CASE WHEN cancelled_at IS NULL THEN amount ELSE 0 END FROM invoice
        WHERE customer_id = ANY(CAST(:customers AS bigint[]))
          AND paid > CASE WHEN cancelled_at IS NULL THEN amount ELSE 0 END
    )
    SELECT currency, sum(open) AS open, sum(overdue) AS overdue, min(oldest_due) AS oldest_due,
           min(next_due) AS next_due, sum(open_count)::int AS open_count, sum(overdue_count)::int AS overdue_count,
           sum(credit) AS credit
    FROM (
        SELECT currency, sum(left_over) AS open, coalesce(sum(left_over) FILTER (WHERE due_on < :today), 0) AS overdue,
               min(due_on) FILTER (WHERE due_on < :today) AS oldest_due,
               min(due_on) FILTER (WHERE due_on >= :today) AS next_due,
               count(*) AS open_count, count(*) FILTER (WHERE due_on < :today) AS overdue_count, 0 AS credit
        FROM owed GROUP BY currency
        UNION ALL
        SELECT currency, 0, 0, NULL, NULL, 0, 0, sum(amount) FROM credit GROUP BY currency
    ) parts GROUP BY currency ORDER BY sum(open) DESC, currency
""")

# The lines of all time, for the balance before the first day: an account has hundreds, not millions. What was paid for
# an invoice counts where the invoice does, whoever paid it.
_LINES = """
    SELECT issued_on AS on_day, 'invoice' AS kind, id, external_id, title, amount AS charged, 0 AS paid
    FROM invoice WHERE customer_id = ANY(CAST(:customers AS bigint[])) AND currency = :currency
                 AND cancelled_at IS NULL AND issued_on <= :until
    UNION ALL
    SELECT (p.received_at AT TIME ZONE :zone)::date, 'payment', p.id, p.external_id, p.method, 0, p.amount
    FROM payment p JOIN invoice i ON i.id = p.invoice_id
    WHERE i.customer_id = ANY(CAST(:customers AS bigint[])) AND p.currency = :currency
      AND (p.received_at AT TIME ZONE :zone)::date <= :until
    UNION ALL
    SELECT (received_at AT TIME ZONE :zone)::date, 'payment', id, external_id, method, 0, amount
    FROM payment WHERE customer_id = ANY(CAST(:customers AS bigint[])) AND currency = :currency
                 AND invoice_id IS NULL AND (received_at AT TIME ZONE :zone)::date <= :until
"""
_STATEMENT = Statement(f"""
    WITH line AS ({_LINES}), running AS (
        SELECT *, sum(charged - paid) OVER (ORDER BY on_day, kind, id) AS balance FROM line
    )
    SELECT on_day, kind, id, external_id, title, charged, paid, balance FROM running
    WHERE on_day >= :since ORDER BY on_day, kind, id
""")  # noqa: S608 (constants only)
_OPENING = Statement(f"SELECT coalesce(sum(charged - paid), 0) AS sum FROM ({_LINES}) line WHERE on_day < :since")  # noqa: S608

_RECORD = Statement("""
    WITH due AS (
        SELECT due_on, amount, paid, (paid_at AT TIME ZONE :zone)::date AS paid_on FROM invoice
        WHERE customer_id = ANY(CAST(:customers AS bigint[])) AND cancelled_at IS NULL AND amount > 0
          AND issued_on >= :since
    )
    SELECT count(*) FILTER (WHERE paid_on <= due_on) AS on_time, count(*) FILTER (WHERE paid_on > due_on) AS late,
           avg(paid_on - due_on) FILTER (WHERE paid_on > due_on) AS mean_days_late,
           count(*) FILTER (WHERE paid < amount AND due_on < :today) AS overdue
    FROM due
""")


def standing(customer_ids: Sequence[int]) -> dict[str, Standing]:
    """What these customers together owe, by currency; the largest first. Currencies with nothing are not there."""
    return {
        row.currency: Standing(
            row.open, row.overdue, row.oldest_due, row.next_due, row.open_count, row.overdue_count, row.credit
        )
        for row in _STANDING.rows({"customers": list(customer_ids), "today": today()})
    }


def statement(customer_ids: Sequence[int], currency: str, since: date, until: date) -> AccountStatement:
    """The account of these customers in one currency, each line with what is owed after it."""
    asked = {"customers": list(customer_ids), "currency": currency, "since": since, "until": until, "zone": _zone()}
    lines = tuple(
        StatementLine(row.on_day, row.kind, row.id, row.external_id, row.title, row.charged, row.paid, row.balance)
        for row in _STATEMENT.rows(asked)
    )
    charged, paid = sum((line.charged for line in lines), NOTHING), sum((line.paid for line in lines), NOTHING)
    opening = _OPENING.one(asked).sum + NOTHING
    return AccountStatement(currency, since, until, opening, charged, paid, opening + charged - paid, lines)


def currencies(customer_ids: Sequence[int]) -> list[str]:
    """The currencies in which these customers have an account, the most used first."""
    return [row.currency for row in _CURRENCIES.rows({"customers": list(customer_ids)})]


_CURRENCIES = Statement("""
    SELECT currency FROM (
        SELECT currency FROM invoice WHERE customer_id = ANY(CAST(:customers AS bigint[]))
        UNION ALL SELECT currency FROM payment WHERE customer_id = ANY(CAST(:customers AS bigint[]))
    ) used GROUP BY currency ORDER BY count(*) DESC, currency
""")


def payment_record(customer_ids: Sequence[int], *, since: date = date(1900, 1, 1)) -> PaymentRecord:
    """How punctually these customers pay what was issued from *since* on."""
    asked = {"customers": list(customer_ids), "since": since, "today": today(), "zone": _zone()}
    row = _RECORD.one(asked)
    mean = None if row.mean_days_late is None else row.mean_days_late.quantize(Decimal("0.1"))
    return PaymentRecord(row.on_time, row.late, mean, row.overdue)


def today() -> date:
    """The day it is in the installation's zone: what was due yesterday is overdue."""
    return clock.now().astimezone(reading.zone()).date()


def _zone() -> str:
    return str(current_app.config["CC"].time_zone)
