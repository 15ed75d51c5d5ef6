"""Sales by month, region and product, and which of them are unusual against the twelve months before.

`recompute` is part of the nightly counting; the rest reads. What is unusual is decided by the robust z-score: how far
a month lies from the median of its year, measured in the median distance of the year's months from it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from statistics import mean, median
from typing import Any

from flask import current_app
from sqlalchemy import func, select, text

from contact_center.extensions import db
from contact_center.tiers.counting import months_before
from contact_center.value.models import SalesMonth

KEPT_MONTHS = 36
USUAL_MONTHS = 12
FEWEST_MONTHS = 6  # with sales, before anything is called unusual
UNUSUAL = 3.5  # robust z-scores
LEAST_CHANGE = 0.2  # of the median: a steady month needs no alarm over a trifle


class By(StrEnum):
    LINE = "line"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Cell:
    """One region and product line (or product) in one month. `score` is None where there is too little to compare."""

    region: str
    key: str  # the line, or the product's number
    name: str
    revenue: Decimal
    usual: Decimal
    history: Sequence[Decimal]  # the months before, oldest first
    score: float | None

    @property
    def is_unusual(self) -> bool:
        change = abs(float(self.revenue - self.usual))
        return self.score is not None and abs(self.score) >= UNUSUAL and change >= LEAST_CHANGE * float(self.usual or 1)


def recompute(rates: dict[str, Decimal], now: datetime) -> None:
    """Sum the months anew."""
    zone = current_app.config["CC"].time_zone
    first = months_before(now, KEPT_MONTHS).date().replace(day=1)
    db.session.execute(text("DELETE FROM sales_month"))
    values = {"codes": list(rates), "rates": list(rates.values()), "zone": zone, "first": first}
    db.session.execute(text(_SUM), values)


def months() -> list[date]:
    """The months there are sales of, newest first."""
    return list(db.session.scalars(select(SalesMonth.month).distinct().order_by(SalesMonth.month.desc())))


def full_month(today: date) -> date:
    """The newest month that is over."""
    return month_before(today.replace(day=1))


def month_before(month: date, count: int = 1) -> date:
    years, index = divmod(month.year * 12 + month.month - 1 - count, 12)
    return date(years, index + 1, 1)


def cells(month: date, by: By) -> list[Cell]:
    """Every region and product of a month beside its usual, the most unusual first."""
    since = month_before(month, USUAL_MONTHS)
    order = [month_before(month, back) for back in range(USUAL_MONTHS, 0, -1)]
    found: dict[tuple[str, str], dict[date, Decimal]] = {}
    names: dict[str, str] = {}
    for region, key, name, when, revenue in db.session.execute(_asked(by, since, month)):
        found.setdefault((region, key), {})[when] = revenue
        names[key] = name
    first = db.session.scalar(select(func.min(SalesMonth.month))) or month
    made = [
        _cell(region, key, names[key], amounts, month, [when for when in order if when >= first])
        for (region, key), amounts in found.items()
    ]
    return sorted(made, key=lambda cell: (not cell.is_unusual, -abs(cell.score or 0), cell.region, cell.name))


def score(value: float, history: Sequence[float]) -> float | None:
    """The robust z-score of *value* against *history*; None where history says too little."""
    if sum(1 for month in history if month) < FEWEST_MONTHS:
        return None
    middle = median(history)
    spread = median(abs(month - middle) for month in history)
    if spread:
        return 0.6745 * (value - middle) / spread
    spread = 1.253314 * mean(abs(month - middle) for month in history)
    if spread:
        return (value - middle) / spread
    return 0.0 if value == middle else math.copysign(99.0, value - middle)


def _cell(region: str, key: str, name: str, amounts: dict[date, Decimal], month: date, order: Sequence[date]) -> Cell:
    history = [amounts.get(when, Decimal(0)) for when in order]
    revenue = amounts.get(month, Decimal(0))
    usual = Decimal(median(history)) if history else Decimal(0)
    return Cell(region, key, name, revenue, usual, history, score(float(revenue), [float(month) for month in history]))


def _asked(by: By, since: date, until: date) -> Any:
    product = text(
        """SELECT s.region, s.product_id::text, coalesce(max(p.name), ''), s.month, sum(s.revenue)
           FROM sales_month s LEFT JOIN product p ON p.id = s.product_id
           WHERE s.month BETWEEN :since AND :until GROUP BY s.region, s.product_id, s.month"""
    )
    line = text(
        """SELECT region, line, line, month, sum(revenue) FROM sales_month
           WHERE month BETWEEN :since AND :until GROUP BY region, line, month"""
    )
    return (product if by is By.PRODUCT else line).bindparams(since=since, until=until)


_SUM = """
    INSERT INTO sales_month (month, region, product_id, line, orders, quantity, revenue, goods, costless)
    SELECT date_trunc('month', o.placed_at AT TIME ZONE :zone)::date, coalesce(o.region, c.region, ''),
           coalesce(l.product_id, 0), coalesce(max(p.line), ''), count(DISTINCT o.id), sum(l.quantity),
           round(sum(l.amount * r.rate), 2),
           round(coalesce(sum(l.quantity * coalesce(l.unit_cost * r.rate, p.unit_cost * pr.rate)), 0), 2),
           count(*) FILTER (WHERE coalesce(l.unit_cost * r.rate, p.unit_cost * pr.rate) IS NULL)
    FROM "order" o JOIN order_line l ON l.order_id = o.id JOIN customer c ON c.id = o.customer_id
    JOIN unnest(CAST(:codes AS text[]), CAST(:rates AS numeric[])) AS r (currency, rate) ON r.currency = o.currency
    LEFT JOIN product p ON p.id = l.product_id
    LEFT JOIN unnest(CAST(:codes AS text[]), CAST(:rates AS numeric[])) AS pr (currency, rate)
         ON pr.currency = p.cost_currency
    WHERE o.placed_at >= :first AND o.state <> 'CANCELLED'
    GROUP BY 1, 2, 3"""
