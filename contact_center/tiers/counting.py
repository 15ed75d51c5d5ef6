"""What each customer bought in the period and the one before, and their place: one temporary table, made by the server.

Called by `judging` inside a run's transaction. A company's purchases include those of its contact persons. Amounts
in a currency nobody has entered a rate for are left out, and told.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from contact_center.extensions import db
from contact_center.tiers import settings as tier_settings
from contact_center.tiers.settings import Counted, Measure, Potential, Settings

WORK_MEMORY = "256MB"  # of a counting: it then sorts and hashes in memory up to some million customers


@dataclass(frozen=True, slots=True)
class Period:
    """The period that counts, `since` included and `until` not, and where the one before it begins."""

    earlier: datetime
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Ground:
    """What was counted: of how many the percentages are, how many bought, and what could not be converted."""

    period: Period
    currency: str
    counted: int
    buyers: int
    left_out: list[dict[str, Any]]


def months_before(instant: datetime, months: int) -> datetime:
    """The same day and time so many months before, or the last day of a shorter month."""
    years, month = divmod(instant.year * 12 + instant.month - 1 - months, 12)
    return instant.replace(year=years, month=month + 1, day=min(instant.day, monthrange(years, month + 1)[1]))


def period(settings: Settings, until: datetime) -> Period:
    """The months up to *until*, and as many before."""
    return Period(months_before(until, 2 * settings.months), months_before(until, settings.months), until)


def count(settings: Settings, until: datetime) -> Ground:
    """Fill the temporary table `tier_ranked`; it is gone with the transaction."""
    main, rates = tier_settings.rates_of(settings)
    span = period(settings, until)
    db.session.execute(text(f"SET LOCAL work_mem = '{WORK_MEMORY}'"))
    db.session.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))  # the other cores answer customers
    db.session.execute(text("DROP TABLE IF EXISTS tier_bought, tier_ranked"))
    values = {"earlier": span.earlier, "since": span.since, "until": span.until}
    db.session.execute(text(_BOUGHT.format(amounts=_AMOUNTS[settings.measure])), values)
    left_out = _left_out(list(rates))
    ranked = _RANKED.format(potential=_POTENTIAL[settings.potential])
    db.session.execute(text(ranked), {"main": main, "codes": list(rates), "rates": list(rates.values())})
    row = db.session.execute(text(_GROUND)).one()
    counted = {
        Counted.CUSTOMERS: row.customers + row.buying_prospects,
        Counted.BUYERS: row.buyers,
        Counted.EVERYBODY: row.everybody,
    }[settings.counted]
    return Ground(span, main, counted, row.buyers, left_out)


def _left_out(counted: list[str]) -> list[dict[str, Any]]:
    rows = db.session.execute(text(_LEFT_OUT), {"codes": counted})
    return [{"currency": r.currency, "customers": r.customers, "amount": str(r.amount)} for r in rows]


# Each source is summed by itself before they are put together: then nothing but sums is sorted or hashed twice.
_SUMS = """
    sum({amount}) FILTER (WHERE {at} >= :since) AS value, sum({amount}) FILTER (WHERE {at} < :since) AS before,
    {orders} AS orders, {last} AS last_at, {is_first} AS is_first
    FROM {source} WHERE {at} >= :earlier AND {at} < :until"""


def _sums(source: str, amount: str, at: str, *, orders: bool = False, of: str = "", is_first: bool = False) -> str:
    counted = f"count(*) FILTER (WHERE {at} >= :since)" if orders else "0::bigint"
    last = f"max({at})" if orders else "NULL::timestamptz"
    sums = _SUMS.format(source=source, amount=amount, at=at, orders=counted, last=last, is_first=is_first)
    return f"SELECT {of}customer_id, {of}currency, {sums}"


_BY = " GROUP BY 1, 2"
_ORDERS = _sums('"order"', "total", "placed_at", orders=True, is_first=True) + " AND state <> 'CANCELLED'" + _BY
_RETURNS = _sums("settlement", "-amount", "at") + " AND kind IN ('RETURN', 'DISCOUNT')" + _BY
_LOSSES = _sums("settlement", "-amount", "at") + _BY
_PAYMENTS = _sums("payment", "amount", "received_at", is_first=True) + _BY
# The cost is the line's own, else the product's where it is in the same currency; a line without one counts nothing.
_MARGIN = "l.amount - l.quantity * coalesce(l.unit_cost, p.unit_cost)"
_LINES = """"order" o JOIN order_line l ON l.order_id = o.id
    LEFT JOIN product p ON p.id = l.product_id AND p.cost_currency = o.currency"""
_PROFITS = _sums(_LINES, _MARGIN, "o.placed_at", of="o.", is_first=True) + " AND o.state <> 'CANCELLED'" + _BY
_ORDER_COUNTS = _sums('"order"', "0", "placed_at", orders=True) + " AND state <> 'CANCELLED'" + _BY

_AMOUNTS = {
    Measure.REVENUE: f"{_ORDERS} UNION ALL {_RETURNS}",
    Measure.PROFIT: f"{_PROFITS} UNION ALL {_ORDER_COUNTS} UNION ALL {_LOSSES}",
    Measure.PAYMENTS: f"{_PAYMENTS} UNION ALL {_ORDER_COUNTS}",
}
_BOUGHT = "CREATE TEMPORARY TABLE tier_bought ON COMMIT DROP AS {amounts}"

_LEFT_OUT = """
    SELECT currency, count(DISTINCT customer_id) AS customers, coalesce(sum(value), 0) AS amount
    FROM tier_bought WHERE currency <> ALL(CAST(:codes AS text[])) AND value <> 0 GROUP BY currency ORDER BY currency"""

_POTENTIAL = {Potential.GROWTH: "value - before", Potential.ORDERS: "orders", Potential.RECENT: "last_at"}

# Whoever bought, or has something to lose; others are D, and need no row. The first source has one row a customer in
# the main currency, which needs no second grouping; what is added to it (other currencies, returns, purchases of
# contact persons) is little.
_RANKED = """
    CREATE TEMPORARY TABLE tier_ranked ON COMMIT DROP AS
    WITH first AS (
        SELECT customer_id, value, before, orders, last_at FROM tier_bought
        WHERE is_first AND currency = :main
          AND customer_id NOT IN (SELECT id FROM customer WHERE company_id IS NOT NULL)
    ), added AS (
        SELECT coalesce(c.company_id, c.id) AS id, sum(b.value * r.rate) AS value, sum(b.before * r.rate) AS before,
               sum(b.orders)::bigint AS orders, max(b.last_at) AS last_at
        FROM tier_bought b JOIN unnest(CAST(:codes AS text[]), CAST(:rates AS numeric[])) AS r (currency, rate)
             USING (currency)
        JOIN customer c ON c.id = b.customer_id
        WHERE NOT is_first OR currency <> :main
           OR customer_id IN (SELECT id FROM customer WHERE company_id IS NOT NULL)
        GROUP BY 1
    )
    SELECT id, tier, is_rising, is_prospect, value, before, orders,
           row_number() OVER (ORDER BY value DESC, {potential} DESC NULLS LAST, id) AS place
    FROM (
        SELECT c.id, c.tier, c.is_rising, c.status = 'PROSPECT' AS is_prospect,
               coalesce(f.value, 0) + coalesce(round(a.value, 2), 0) AS value,
               coalesce(f.before, 0) + coalesce(round(a.before, 2), 0) AS before,
               coalesce(f.orders, 0) + coalesce(a.orders, 0) AS orders, greatest(f.last_at, a.last_at) AS last_at
        FROM customer c LEFT JOIN first f ON f.customer_id = c.id LEFT JOIN added a ON a.id = c.id
        WHERE c.company_id IS NULL
          AND (f.customer_id IS NOT NULL OR a.id IS NOT NULL OR c.tier IN ('A', 'B', 'C') OR c.is_rising
               OR c.id IN (SELECT customer_id FROM tier_override WHERE lifted_at IS NULL))
        OFFSET 0
    ) known"""

_GROUND = """
    SELECT (SELECT count(*) FROM customer WHERE company_id IS NULL AND status <> 'PROSPECT') AS customers,
           (SELECT count(*) FROM customer WHERE company_id IS NULL) AS everybody,
           count(*) FILTER (WHERE is_prospect AND value > 0) AS buying_prospects,
           count(*) FILTER (WHERE value > 0) AS buyers
    FROM tier_ranked"""
