"""Contribution: what a customer leaves us, green or red, and the account of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from contact_center import clock
from contact_center.customers.models import CustomerStatus
from contact_center.extensions import db
from contact_center.orders.models import SettlementKind
from contact_center.tickets import lifecycle
from contact_center.tiers import settings as tier_settings
from contact_center.tiers.settings import Settings as TierSettings
from contact_center.value import contribution
from contact_center.value import settings as value_settings
from contact_center.value.models import CustomerValue
from contact_center.value.settings import Settings
from tests import factories
from tests.tiers import sales

pytestmark = pytest.mark.usefixtures("app")


def test_contribution_is_sales_less_goods_compensation_and_the_cost_of_serving() -> None:
    customer, ada = factories.greta(), factories.ada()
    fridge = sales.product("Fridge", line="Cooling", unit_cost=Decimal(300), cost_currency="EUR")
    order = sales.order(customer, 1000)
    sales.line(order, fridge, 900)
    sales.line(order, None, 100)
    for kind, amount in (
        (SettlementKind.RETURN, 100),
        (SettlementKind.DISCOUNT, 20),
        (SettlementKind.COMPENSATION, 30),
    ):
        sales.settlement(customer, kind, amount)
    queue, now = factories.queue("Service e-mail", ada), clock.now()
    with clock.standing_at(now - timedelta(hours=3)):
        ticket = factories.ticket(queue)
        lifecycle.take(ticket, ada)
    with clock.standing_at(now - timedelta(hours=3) + timedelta(minutes=10)):
        lifecycle.resolve(ticket, ada)
    contribution.recompute()
    row = contribution.why(customer.id)
    assert row is not None
    assert (row.revenue, row.sales, row.goods, row.compensation) == (1000, 880, 300, 30)
    assert (row.minutes, row.handling, row.costless) == (10, Decimal("6.00"), 1)
    assert row.contribution == row.sales - row.goods - row.compensation - row.handling - row.charges == 544
    db.session.refresh(customer)
    assert customer.value_colour == "GREEN"


def test_a_mail_that_lay_for_days_costs_no_days() -> None:
    ada, customer = factories.ada(), factories.greta()
    queue, now = factories.queue("Service e-mail", ada), clock.now()
    with clock.standing_at(now - timedelta(days=9)):
        ticket = factories.ticket(queue)
        lifecycle.take(ticket, ada)
    lifecycle.resolve(ticket, ada)
    with clock.standing_at(now + timedelta(minutes=1)):
        contribution.recompute()
        row = contribution.why(customer.id)
    assert row is not None
    assert row.minutes == Settings().most["email"]


def test_colours_follow_the_thresholds_and_strangers_have_none() -> None:
    good, even, bad, stranger = sales.buyers(100, 100, 100, 0)
    stranger.status = CustomerStatus.PROSPECT
    sales.settlement(even, SettlementKind.COMPENSATION, 120)
    sales.settlement(bad, SettlementKind.COMPENSATION, 200)
    sales.settlement(stranger, SettlementKind.COMPENSATION, 900)
    contribution.recompute()
    db.session.expire_all()
    assert [c.value_colour for c in (good, even, bad, stranger)] == ["GREEN", None, "RED", None]


def test_counting_again_changes_what_changed_and_forgets_who_is_gone() -> None:
    first, second = sales.buyers(100, 50)
    contribution.recompute()
    for row in db.session.scalars(select(sales.Order).where(sales.Order.customer_id == second.id)):
        db.session.delete(row)
    sales.order(first, 11)
    db.session.flush()
    contribution.recompute()
    assert [row.customer_id for row in db.session.scalars(select(CustomerValue))] == [first.id]
    assert contribution.why(first.id).sales == 111  # type: ignore[union-attr]
    db.session.refresh(second)
    assert second.value_colour is None


def test_a_contact_person_shows_the_figures_and_the_colour_of_the_company() -> None:
    company = sales.buyer("Harbour Flats", 60, kind="COMPANY")
    person = sales.buyer("Mai Lin", 40, company_id=company.id)
    contribution.recompute()
    row = contribution.why(person.id)
    assert row is not None
    assert (row.customer_id, row.sales) == (company.id, 100)
    db.session.refresh(person)
    assert person.value_colour == "GREEN"


def test_amounts_without_a_rate_are_left_out_and_told() -> None:
    customer = sales.buyer(total=100)
    sales.order(customer, 999, currency="USD")
    tier_settings.save(TierSettings(currency="EUR"), None)
    figures = contribution.recompute()
    assert figures["left_out"] == [{"currency": "USD", "customers": 1, "amount": "999.00"}]
    tier_settings.save(TierSettings(currency="EUR", rates={"USD": Decimal("0.5")}), None)
    contribution.recompute()
    assert contribution.why(customer.id).sales == Decimal("599.50")  # type: ignore[union-attr]


def test_it_is_due_once_a_night(app: Any) -> None:
    noon = clock.now().replace(hour=12)
    with clock.standing_at(noon):
        assert contribution.is_due()
        contribution.recompute()
        assert not contribution.is_due()
    with clock.standing_at(noon + timedelta(hours=9)):
        assert not contribution.is_due()
    with clock.standing_at(noon + timedelta(hours=18)):
        assert contribution.is_due()


def test_settings_survive_being_kept() -> None:
    form = {f"{name}_{c}": "5" for name in ("least", "most", "charges") for c in value_settings.CHANNELS}
    made = value_settings.read(form | {"months": "6", "minute_rate": "1,25", "green_from": "100", "red_below": "-10"})
    assert (made.minute_rate, made.months) == (Decimal("1.25"), 6)
    assert value_settings.save(made, None)
    assert value_settings.current() == made


def test_how_lines_compare_with_those_of_similar_customers() -> None:
    cooling, washing = sales.product("Fridge", "Cooling"), sales.product("Washer", "Washing")
    one, two = sales.buyers(0, 0)
    sales.line(sales.order(one, 10), cooling, 10)
    both = sales.order(two, 20)
    sales.line(both, cooling, 5)
    sales.line(both, washing, 15)
    contribution.recompute()
    rows = {row.customer_id: row for row in db.session.scalars(select(CustomerValue))}
    assert (rows[one.id].lines, rows[one.id].peer_lines, rows[one.id].top_line) == (1, Decimal("1.5"), "Cooling")
    assert (rows[two.id].lines, rows[two.id].top_line) == (2, "Washing")
