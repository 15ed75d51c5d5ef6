"""Sales by month: what is unusual, and what is not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from contact_center import clock
from contact_center.orders.models import OrderState
from contact_center.value import sales as value_sales
from contact_center.value.sales import By
from tests.tiers import sales


@pytest.mark.parametrize(
    ("value", "history", "unusual"),
    [
        (100, [100, 102, 98, 101, 99, 100] * 2, False),
        (140, [100, 102, 98, 101, 99, 100] * 2, True),
        (30, [100, 102, 98, 101, 99, 100] * 2, True),
        (180, [60, 190, 20, 110, 150, 40] * 2, False),
        (500, [0] * 12, False),  # too little to compare
        (500, [100] * 12, True),  # steady until now
        (100, [100] * 12, False),
    ],
)
def test_the_robust_score_tells_a_jump_from_a_busy_year(value: float, history: list[float], unusual: bool) -> None:
    score = value_sales.score(value, history)
    assert (score is not None and abs(score) >= value_sales.UNUSUAL) is unusual


def test_months_are_summed_by_region_and_line_and_the_unusual_stand_first(app: object) -> None:
    now = datetime(2026, 9, 10, 12, tzinfo=UTC)
    fridge = sales.product("Fridge", "Cooling", unit_cost=Decimal(60), cost_currency="EUR")
    washer = sales.product("Washer", "Washing", unit_cost=Decimal(60), cost_currency="EUR")
    customer = sales.buyer(region="North")
    for back in range(13):
        month = value_sales.month_before(date(2026, 8, 1), back)
        at = datetime(month.year, month.month, 15, tzinfo=UTC)
        cooling = 40 if back == 0 else 100 + back % 3
        sales.line(sales.order(customer, cooling, placed_at=at), fridge, cooling)
        sales.line(sales.order(customer, 200 + back % 3, placed_at=at, region="South"), washer, 200 + back % 3)
        sales.line(sales.order(customer, 999, placed_at=at, state=OrderState.CANCELLED), washer, 999)
    with clock.standing_at(now):
        value_sales.recompute({"EUR": Decimal(1)}, now)
    assert value_sales.full_month(now.date()) == date(2026, 8, 1)
    first, second = value_sales.cells(date(2026, 8, 1), By.LINE)
    assert (first.region, first.name, first.revenue, first.usual) == ("North", "Cooling", Decimal(40), Decimal(101))
    assert first.is_unusual
    assert (second.region, second.name, second.is_unusual) == ("South", "Washing", False)
    assert [cell.name for cell in value_sales.cells(date(2026, 8, 1), By.PRODUCT)] == ["Fridge", "Washer"]
