"""The pages of value: what they say before anything is counted, and how each figure leads to its rows and files."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.value import sales as value_sales
from contact_center.value.questions import QUESTIONS
from tests import factories
from tests.tiers import sales

Enter = Callable[[Agent], FlaskClient]
PAGES = (
    "value",
    "value/composition",
    "value/products",
    "value/sales",
    "value/anomalies",
    "value/customers",
    *(f"value/{q}" for q in QUESTIONS),
)


@pytest.fixture
def lee(enter: Enter) -> FlaskClient:
    return enter(factories.lee())


@pytest.mark.parametrize("page", PAGES)
def test_before_anything_is_counted_every_page_says_what_to_do(lee: FlaskClient, page: str) -> None:
    text = lee.get(f"/floor/{page}").text
    assert "Nothing has been calculated yet" in text
    assert "Calculate now" in text


def shop() -> None:
    """Two customers, a fridge, thirteen months."""
    fridge = sales.product("Fridge", "Cooling", unit_cost=Decimal(60), cost_currency="EUR")
    hotel = sales.buyer("Hotel & <Co>", kind="COMPANY", industry="Hotels", region="North", tier="A")
    for back in range(13):
        month = value_sales.month_before(value_sales.full_month(clock.now().date()), back)
        at = datetime(month.year, month.month, 15, tzinfo=clock.now().tzinfo)
        amount = 500 if back == 0 else 100 + back % 3
        sales.line(sales.order(hotel, amount, placed_at=at), fridge, amount)
    sales.buyer("Bo", 50)
    db.session.commit()


def test_every_figure_leads_to_its_rows(lee: FlaskClient) -> None:
    shop()
    assert lee.post("/floor/value/count").location == "/floor/value"
    links = set()
    for page in PAGES:
        answer = lee.get(f"/floor/{page}")
        assert answer.status_code == 200, page
        assert "<Co>" not in answer.text
        links |= set(re.findall(r'href="(/floor/[^"#]*)"', answer.text))
    for href in sorted(links):
        assert lee.get(href.replace("&amp;", "&"), buffered=True).status_code == 200, href
    assert "Hotel &amp; &lt;Co&gt;" in lee.get("/floor/value/gold").text


def test_an_unusual_month_is_pointed_out_and_its_order_lines_are_one_click_away(lee: FlaskClient) -> None:
    shop()
    lee.post("/floor/value/count")
    page = lee.get("/floor/value/sales").text
    assert "Unusually high" in page
    month = value_sales.full_month(clock.now().date()).isoformat()[:7]
    rows = lee.get(f"/floor/value/orders?month={month}&region=North&line=Cooling").text
    assert "Hotel" in rows
    assert "1 row" in rows
    assert lee.get("/floor/value/sales?month=2026-13&by=product").status_code == 200
    assert lee.get("/floor/value/gold?_scheme=javascript&_external=1&question=x&after=%00").status_code == 200
    assert lee.get("/floor/value/orders?month=0000-00&product=" + "9" * 40).status_code == 200


@pytest.mark.parametrize("name", [*QUESTIONS, "customers", "anomalies", "products", "orders"])
def test_every_list_is_to_be_had_as_csv_and_xlsx(lee: FlaskClient, name: str) -> None:
    shop()
    lee.post("/floor/value/count")
    answer = lee.get(f"/floor/value/{name}.csv", buffered=True)
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    workbook = lee.get(f"/floor/value/{name}.xlsx", buffered=True)
    assert zipfile.ZipFile(io.BytesIO(workbook.data)).testzip() is None


def test_pages_speak_chinese(enter: Enter) -> None:
    shop()
    wang = enter(factories.agent("Wang Fang", factories.RoleName.SUPERVISOR, language="zh_Hans_CN"))
    wang.post("/floor/value/count")
    for page in (*PAGES, "tiers", "tiers/runs", "tiers/overrides"):
        assert wang.get(f"/floor/{page}").status_code == 200
