"""What supervisors' pages are asked and told that cannot be: never a broken page, and a sentence for each field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.tiers import policies
from contact_center.value import contribution
from contact_center.value.questions import QUESTIONS
from tests import factories
from tests.tiers import sales

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}
BAD_NUMBERS = ("", "NaN", "-1", "1e30", "1" + "0" * 30, "Infinity", "\x00", "٣٣٣x", "1,2,3.4.5")


@pytest.fixture
def root(enter: Enter) -> FlaskClient:
    sales.buyer("Hotel", 100, kind="COMPANY", tier="A")
    sales.run()
    contribution.recompute()
    db.session.commit()
    return enter(factories.root())


@pytest.mark.parametrize(
    "page", ["tiers", "tiers/runs", "value/sales", "value/orders", "value/customers", "value/gold"]
)
def test_a_damaged_address_is_a_page_all_the_same(root: FlaskClient, page: str) -> None:
    for query in (
        "month=0001-01", "month=9999-12", "month=2026-13", "month=%00", "month=२०२६-01", "region=%00",
        "line=%00&tier=%00", "product=٣", "product=-1", "product=" + "9" * 40, "after=1E%2B999999_1", "after=NaN_1",
        "after=1_" + "9" * 30, "after=1E-999999_1", "after=-_-", "before=" + "9" * 30, "before=-1", "before=x", "q=%00",
        "q=%25%5C", "step=%00%00", "which=%00", "by=%00", "industry=" + "x" * 5000,
    ):  # fmt: skip
        assert root.get(f"/floor/{page}?{query}").status_code == 200, query


def test_a_damaged_address_is_a_file_all_the_same(root: FlaskClient) -> None:
    for name in (*QUESTIONS, "customers", "orders", "products", "anomalies"):
        for ending in ("csv", "xlsx"):
            address = f"/floor/value/{name}.{ending}?month=9999-12&product=٣&region=%00&tier=%00"
            assert root.get(address, buffered=True).status_code == 200, address


def test_pages_of_nobody_do_not_exist(root: FlaskClient) -> None:
    for path in ("tiers/runs/9", "tiers/runs/" + "9" * 30, "customers/9999/standing", "credit/9999", "value/nonsense"):
        assert root.get(f"/floor/{path}").status_code == 404, path
    assert root.post("/floor/tiers/overrides/9999/lift").status_code == 404
    assert root.post("/floor/tiers/runs/9999/apply").status_code == 404


@pytest.mark.parametrize("bad", BAD_NUMBERS)
def test_impossible_numbers_of_a_ranking_are_explained_one_by_one(root: FlaskClient, bad: str) -> None:
    names = ("months", "share_a", "share_b", "share_c", "margin", "minimum", "rising_percent")
    answer = root.post("/floor/tiers/preview", data=dict.fromkeys(names, bad), headers=JSON)
    assert answer.status_code == 422
    assert set(answer.json["fields"]) == set(names)  # type: ignore[index]
    assert all(answer.json["fields"].values())  # type: ignore[index]


@pytest.mark.parametrize("until", ["", "NaN", "2026-02-31", "0001-01-01", "9999-12-31", "\x00", "10000-01-01"])
def test_an_impossible_last_day_is_explained(root: FlaskClient, until: str) -> None:
    customer = sales.buyer("Hotel")
    db.session.commit()
    form = {"tier": "A", "reason": "A fair", "until": until}
    answer = root.post(f"/floor/customers/{customer.id}/standing", data=form, headers=JSON)
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["until"])  # type: ignore[index]


@pytest.mark.parametrize("bad", BAD_NUMBERS)
def test_impossible_settings_are_explained_field_by_field(root: FlaskClient, bad: str) -> None:
    names = ("minute_rate", "months", "green_from", "red_below", "least_email", "most_sms", "charges_web")
    answer = root.post("/admin/tiers/value", data=dict.fromkeys(names, bad), headers=JSON)
    assert answer.status_code == 422
    minutes = {f"{name}_{policy.tier}": bad for policy in policies.listed() for name in ("response_minutes",)}
    answer = root.post("/admin/tier-policies", data=minutes, headers=JSON)
    assert answer.status_code == 422
    assert set(minutes) <= set(answer.json["fields"])  # type: ignore[index]
    for address in ("/admin/credit", "/admin/satisfaction"):
        page = root.post(address, data={"version": "1", "5C.character": bad, "delay_minutes": bad})
        assert page.status_code == 422
        assert 'role="alert"' in page.text


@pytest.mark.parametrize("bad", BAD_NUMBERS)
def test_an_impossible_credit_sheet_is_explained_and_kept(root: FlaskClient, bad: str) -> None:
    company = sales.buyer("Hotel", kind="COMPANY")
    db.session.commit()
    forms: dict[str, dict[str, Any]] = {
        "limit": {"version": "0", "amount": bad, "limit_currency": bad, "until": "2026-02-31", "reason": ""},
        "sheets": {"template": "5C", "character": bad, "capacity": "101"},
        "figures": {"period_end": "9999-01-01", "currency": bad, "cash": bad, "current_assets": "1"},
    }
    for form, data in forms.items():
        page = root.post(f"/floor/credit/{company.id}/{form}", data=data)
        assert page.status_code == 422, form
        assert page.text.count('role="alert"') >= 2, form


def test_weights_of_nothing_are_refused_and_a_weight_of_nothing_does_not_count(root: FlaskClient) -> None:
    factors = ("character", "capacity", "capital", "collateral", "conditions")
    others = {"5P.person": "1", "6A.economic": "1"} | {
        f"5P.{name}": "0" for name in ("payment", "purpose", "protection", "prospect")
    }
    others |= {f"6A.{name}": "0" for name in ("technical", "managerial", "organisational", "commercial", "financial")}
    others |= {
        f"grade.{grade}": str(least)
        for grade, least in zip(("AAA", "AA", "A", "B", "C"), (90, 80, 70, 60, 50), strict=True)
    }
    nothing = {f"5C.{name}": "0" for name in factors}
    page = root.post("/admin/credit", data={"version": "1", **others, **nothing})
    assert "At least one factor must count." in page.text
    assert root.post("/admin/credit", data={"version": "1", **others, **nothing, "5C.capital": "3"}).status_code == 303
    company = sales.buyer("Hotel", kind="COMPANY")
    db.session.commit()
    scores = dict.fromkeys(factors, "10") | {"capital": "91"}
    root.post(f"/floor/credit/{company.id}/sheets", data={"template": "5C", **scores})
    assert "91.00" in root.get(f"/floor/credit/{company.id}").text


def test_orders_of_several_currencies_are_never_added_up(root: FlaskClient) -> None:
    mixed = sales.buyer("Mixed", 100, kind="COMPANY", tier="A")
    sales.order(mixed, 1_000_000, currency="JPY")
    for quarter in range(1, 5):
        sales.order(mixed, 10_000_000, currency="JPY", days_ago=100 * quarter)
    sales.buyers(*[1] * 9)  # most orders are in euros: the reporting currency
    db.session.commit()
    root.post("/floor/value/count")
    assert "Left out" in root.get("/floor/value").text
    assert "Mixed" not in root.get("/floor/value/anomalies").text  # without a rate nothing is known to have dropped
    assert "Left out" in root.post("/floor/tiers/preview", data={}, follow_redirects=True).text
