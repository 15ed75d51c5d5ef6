"""Ratios as the firm's material defines them, sheets weighted to a grade, and a limit that is watched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.credit import limits, ratios, sheets, standing, statements
from contact_center.credit.models import FinancialStatement
from contact_center.customers.models import Customer, CustomerKind
from contact_center.errors import Invalid, Stale
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.orders.models import Invoice
from tests import factories

pytestmark = pytest.mark.usefixtures("app")
FIGURES = {
    "period_end": "2025-12-31", "currency": "CNY", "current_assets": "500,000", "cash": "100000",
    "inventory": "200000", "current_liabilities": "250000", "total_assets": "900000", "total_liabilities": "400000",
    "profit": "-12000.50",
}  # fmt: skip
SCORES = {"character": "90", "capacity": "80", "capital": "70", "collateral": "60", "conditions": "50"}
LIMIT = {"amount": "10000", "currency": "CNY", "reason": "good record"}


@pytest.fixture
def company() -> Customer:
    return factories.customer("Suzhou Hotels", kind=CustomerKind.COMPANY)


@pytest.fixture
def lee() -> Agent:
    return factories.lee()


def test_the_ratios_are_those_of_the_material_with_the_usual_ones_beside_them(company: Customer, lee: Agent) -> None:
    told = {ratio.key: ratio.value for ratio in ratios.of(statements.put(company, lee, FIGURES))}
    assert told == {
        "current": Decimal("2.00"), "quick": Decimal("1.20"), "cash": Decimal("0.20"), "usual_cash": Decimal("0.40"),
        "realisation": Decimal("0.40"), "debt_liquidity": Decimal("1.25"), "debt_to_net_assets": Decimal("0.80"),
        "usual_debt": Decimal("0.44"),
    }  # fmt: skip


def test_a_ratio_whose_figure_is_missing_or_whose_divisor_is_nothing_is_left_blank() -> None:
    told = ratios.of(
        FinancialStatement(current_assets=Decimal(5), current_liabilities=Decimal(0), total_liabilities=None)
    )
    assert {ratio.value for ratio in told} == {None}


def test_the_same_period_entered_again_replaces_its_figures(company: Customer, lee: Agent) -> None:
    statements.put(company, lee, FIGURES)
    statements.put(company, lee, FIGURES | {"cash": "50000"})
    [row] = statements.of(company.id)
    assert row.cash == 50000


@pytest.mark.parametrize(
    ("field", "typed"),
    [("cash", "600000"), ("inventory", "-1"), ("currency", "RMBX"), ("period_end", "2099-01-01"), ("cash", "1e9"),
     ("period_end", "31.12.2025"), ("profit", "NaN"), ("total_assets", "9" * 30)],
)  # fmt: skip
def test_a_figure_that_cannot_be_gets_a_sentence_at_its_field(
    company: Customer, lee: Agent, field: str, typed: str
) -> None:
    with pytest.raises(Invalid) as refused:
        statements.put(company, lee, FIGURES | {field: typed})
    assert field in refused.value.fields
    assert statements.of(company.id) == []


def test_a_sheet_is_the_weighted_mean_of_its_factors_and_keeps_the_weights_of_its_day(
    company: Customer, lee: Agent
) -> None:
    sheet = sheets.add(company, lee, "5C", SCORES)
    assert (sheet.total, sheet.grade) == (Decimal("75.00"), "A")
    rules = sheets.settings()
    typed = {f"{t}.{f}": str(n) for t, factors in rules.weights.items() for f, n in factors.items()}
    typed |= {f"grade.{grade}": str(least) for grade, least in rules.grades.items()}
    sheets.change_settings(lee, rules.version, typed | {"5C.conditions": "100", "5C.character": "0"})
    assert sheets.add(company, lee, "5C", SCORES).total < 75
    assert [each.total for each in sheets.newest(company.id)][1] == 75


def test_grades_that_overlap_are_refused(lee: Agent) -> None:
    rules = sheets.settings()
    typed = {f"{t}.{f}": str(n) for t, factors in rules.weights.items() for f, n in factors.items()}
    typed |= {f"grade.{grade}": "50" for grade in rules.grades}
    with pytest.raises(Invalid):
        sheets.change_settings(lee, rules.version, typed)


def test_passing_the_limit_is_one_event_and_paying_is_another(company: Customer, lee: Agent) -> None:
    limits.put(company, lee, 0, LIMIT)
    invoice = _invoice(company, "12000")
    limits.watch()
    limits.watch()
    assert _events("credit.limit_exceeded") == 1
    line = standing.line(company.id)
    assert line is not None
    assert (line.used, line.is_exceeded) == (Decimal("12000.00"), True)
    invoice.paid, invoice.paid_at = invoice.amount, clock.now()
    db.session.flush()
    limits.watch()
    assert (_events("credit.limit_exceeded"), _events("credit.limit_kept")) == (1, 1)


def test_what_is_owed_in_another_currency_is_shown_and_never_added(company: Customer, lee: Agent) -> None:
    limits.put(company, lee, 0, LIMIT)
    _invoice(company, "99000", currency="EUR")
    limits.watch()
    use = limits.use_of(company.id)
    assert use is not None
    assert (use.used, use.is_exceeded, dict(use.elsewhere)) == (Decimal("0.00"), False, {"EUR": Decimal("99000.00")})


def test_two_supervisors_who_set_a_limit_at_once_do_not_overwrite_each_other(company: Customer, lee: Agent) -> None:
    limits.put(company, lee, 0, LIMIT)
    with pytest.raises(Stale):
        limits.put(company, lee, 0, LIMIT | {"amount": "1"})


def test_the_page_shows_it_and_an_agent_gets_none(
    company: Customer, lee: Agent, enter: Callable[[Agent], FlaskClient]
) -> None:
    statements.put(company, lee, FIGURES)
    desk, address = enter(lee), f"/floor/credit/{company.id}"
    assert desk.post(f"{address}/sheets", data={"template": "5C", **SCORES}).status_code == 303
    assert desk.post(f"{address}/limit", data=LIMIT | {"limit_currency": "CNY"}).status_code == 303
    bad = desk.post(f"{address}/limit", data=LIMIT | {"version": "1", "amount": "a lot"})
    assert bad.status_code == 422
    assert b"a lot" in bad.data
    page = desk.get(address).get_data(as_text=True)
    assert "2025-12-31" in page
    assert "75.00" in page
    assert enter(factories.ada()).get(address).status_code == 403


def _invoice(company: Customer, amount: str, currency: str = "CNY") -> Invoice:
    row = Invoice(
        external_id=f"I-{currency}", customer_id=company.id, currency=currency, amount=Decimal(amount),
        issued_on=date(2026, 1, 1), due_on=date(2026, 2, 1), changed_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def _events(name: str) -> int:
    return len(list(db.session.scalars(select(Event.id).where(Event.name == name))))
