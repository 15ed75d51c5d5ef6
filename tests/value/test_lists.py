"""The standing questions, composition and anomalies as lists: who is in them, paged without gaps, written out whole."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from contact_center import clock
from contact_center.customers import records
from contact_center.customers.models import CustomerStatus
from contact_center.entitlements.models import Asset
from contact_center.extensions import db
from contact_center.orders.models import SettlementKind
from contact_center.text import spreadsheets, workbooks
from contact_center.tickets import changes
from contact_center.value import anomalies, composition, contribution, exports, listings, questions, wanted
from contact_center.value.composition import By
from contact_center.value.listings import Listing
from contact_center.value.questions import QUESTIONS
from tests import factories
from tests.text.test_spreadsheets import FORMULAS, PLAIN
from tests.tiers import sales

pytestmark = pytest.mark.usefixtures("app")


def names(listing: Listing) -> list[str]:
    return [row["name"] for row in listings.page(listing).rows]


def rank(customer: Any, tier: str) -> None:
    customer.tier = tier
    db.session.flush()


def complain(customer: Any, times: int) -> None:
    queue = db.session.scalars(db.select(factories.Queue)).first() or factories.queue()
    ada = factories.agent(sales.number("Ada"))
    for time in range(times):
        ticket = factories.ticket(queue, sender=customer.points[0].value, subject=f"Bad {time}", text=sales.number("x"))
        changes.change(ticket, ada, ticket.version, kind="COMPLAINT")


def test_gold_and_costly_customers() -> None:
    gold, lossy, plain = sales.buyer("Gold", 900), sales.buyer("Lossy", 100), sales.buyer("Plain", 300)
    sales.settlement(lossy, SettlementKind.COMPENSATION, 400)
    for customer in (gold, lossy):
        rank(customer, "A")
    contribution.recompute()
    assert names(questions.gold()) == ["Gold"]
    assert names(questions.costly()) == ["Lossy"]
    [row] = listings.page(questions.costly()).rows
    assert (row["contribution"], row["given"]) == (Decimal(-300), Decimal(400))
    assert plain.name not in names(questions.gold())


def test_wanted_customers_are_marked_rising_or_asking() -> None:
    lee = factories.lee()
    marked, rising = sales.buyer("Marked"), sales.buyer("Rising", 50, is_rising=True)
    asking = sales.buyer("Asking", kind="COMPANY", status=CustomerStatus.PROSPECT)
    sales.buyer("Silent", kind="COMPANY", status=CustomerStatus.PROSPECT)
    person = factories.customer("Mai", "mai@asking.example", company_id=asking.id)
    factories.ticket(factories.queue(), sender="mai@asking.example")
    wanted.mark(marked, "Opens a hotel", lee)
    contribution.recompute()
    rows = listings.page(questions.wanted()).rows
    assert [(row["name"], row["why"]) for row in rows] == [
        ("Marked", "MARKED"),
        ("Rising", "RISING"),
        ("Asking", "ASKING"),
    ]
    assert rows[0]["reason"] == "Opens a hotel"
    wanted.unmark(marked, lee)
    assert names(questions.wanted()) == ["Rising", "Asking"]
    assert person.company_id == asking.id
    assert rising.is_rising


def test_big_customers_who_complained_more_than_once() -> None:
    twice, once, small = (factories.customer(f"{word}", f"{word}@mail.example") for word in ("Twice", "once", "small"))
    for customer, tier, times in ((twice, "B", 2), (once, "A", 1), (small, "D", 3)):
        rank(customer, tier)
        customer.points[0].value = customer.points[0].value.lower()
        db.session.flush()
        complain(customer, times)
    contribution.recompute()
    rows = listings.page(questions.complaining()).rows
    assert [(row["name"], row["complaints"], row["open"]) for row in rows] == [("Twice", 2, 2)]


def test_last_years_biggest_who_buy_less() -> None:
    for number in range(26):
        sales.order(sales.buyer(f"Small {number}"), 10, days_ago=400)
    less, same = sales.buyer("Less", 100), sales.buyer("Same", 990)
    for customer in (less, same):
        sales.order(customer, 1000, days_ago=400)
    contribution.recompute()
    [row] = listings.page(questions.buying_less()).rows
    assert (row["name"], row["before"], row["change"]) == ("Less", Decimal(1000), Decimal("-0.900"))


def test_who_buys_one_thing_from_us_and_much_elsewhere() -> None:
    cooling, washing, drying = (sales.product(word, word) for word in ("Cooling", "Washing", "Drying"))
    single, furnished, alone = (
        sales.buyer("Single"),
        sales.buyer("Furnished", kind="COMPANY"),
        sales.buyer("Alone", industry="x"),
    )
    for customer in (single, furnished, alone):
        sales.line(sales.order(customer, 10), cooling, 10)
    for _ in range(3):
        broad = sales.buyer()
        for product in (cooling, washing, drying):
            sales.line(sales.order(broad, 5), product, 5)
    db.session.add(Asset(customer_id=furnished.id, name="Oven of another make", changed_at=clock.now()))
    db.session.flush()
    contribution.recompute()
    assert sorted(names(questions.one_line())) == ["Furnished", "Single"]


def test_anomalies_of_a_customers() -> None:
    lee = factories.lee()
    quiet, late, left = (sales.buyer(word, kind="COMPANY") for word in ("Quiet", "Late", "Left"))
    for customer in (quiet, late, left):
        rank(customer, "A")
        for days in (100, 200, 300, 400):
            sales.order(customer, 400, days_ago=days)
        if customer is not quiet:
            sales.order(customer, 400, days_ago=5)
    now = clock.now()
    for days in (200, 260, 320):
        sales.invoice(late, 100, due_days_ago=days, paid_at=now - timedelta(days=days - 1))
    sales.invoice(late, 100, due_days_ago=40)
    mai = factories.customer("Mai Lin", company_id=left.id)
    records.change(mai, lee, mai.version, company_id=None)
    contribution.recompute()
    rows = listings.page(anomalies.listing()).rows
    assert {(row["name"], row["what"], row["detail"]) for row in rows} == {
        ("Quiet", "ORDERS", ""), ("Late", "PAYMENTS", ""), ("Left", "PEOPLE", "Mai Lin"),
    }  # fmt: skip
    assert {row["customer_id"] for row in rows} == {quiet.id, late.id, left.id}


def test_composition_adds_up_and_leads_to_its_rows() -> None:
    sales.buyer("Hotel", 300, kind="COMPANY", industry="Hotels", nature="private")
    sales.buyer("Inn", 100, kind="COMPANY", industry="Hotels")
    sales.buyer("Bo", 100)
    contribution.recompute()
    groups = composition.groups(By.INDUSTRY)
    assert [(row["name"], row["customers"], row["share"]) for row in groups] == [
        ("Hotels", 2, 0.8), ("", 1, 0.2),
    ]  # fmt: skip
    assert names(composition.customers({"industry": "Hotels"})) == ["Hotel", "Inn"]
    assert names(composition.customers({"industry": ""})) == ["Bo"]
    assert composition.shares()[-1] == (1.0, 1.0)


def test_margin_by_product_and_the_lines_behind_it() -> None:
    fridge = sales.product("Fridge", "Cooling", unit_cost=Decimal(60), cost_currency="EUR")
    last_month = composition.full_month(clock.now().date())
    at = clock.now().replace(year=last_month.year, month=last_month.month, day=10)
    order = sales.order(sales.buyer("Greta"), 100, placed_at=at)
    sales.line(order, fridge, 100)
    contribution.recompute()
    [row] = listings.page(composition.products()).rows
    assert (row["product"], row["margin"], row["rate"]) == ("Fridge", Decimal(40), Decimal("0.4"))
    until = (last_month + timedelta(days=32)).replace(day=1)
    asked = composition.lines_sold(since=last_month, until=until, zone="UTC", wanted={"product": str(fridge.id)})
    assert [row["order"] for row in listings.page(asked).rows] == [order.external_id]


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_paged_without_gaps_and_written_out_whole(name: str) -> None:
    cooling = sales.product("Fridge", "Cooling")
    for number in range(7):
        customer = factories.customer(f"Nr {number}", f"nr{number}@mail.example", is_rising=True)
        customer.value_colour = None
        rank(customer, "A")
        sales.order(customer, 50, days_ago=400)
        sales.line(sales.order(customer, 20), cooling, 20)
        if name == "costly":
            sales.settlement(customer, SettlementKind.COMPENSATION, 90)
        if name == "one_line":
            db.session.add(Asset(customer_id=customer.id, name="Oven", changed_at=clock.now()))
        if name == "complaining":
            complain(customer, 2)
    contribution.recompute()
    listing, seen, after = QUESTIONS[name](), [], ""
    while after is not None:
        page = listings.page(listing, after=after, limit=3)
        seen += [row["id"] for row in page.rows]
        after = page.next
    assert len(seen) == len(set(seen)) == 7
    assert listings.count(listing) == (7, True)
    heads = [column.key for column in listing.columns]
    lines = list(csv.reader(io.StringIO(b"".join(exports.as_csv(listing, heads, {})).decode("utf-8-sig"))))
    assert len(lines) == 8
    assert len(workbook(b"".join(exports.as_xlsx(listing, name, heads, {})))) == 8


def test_cells_that_a_spreadsheet_would_calculate_leave_as_text() -> None:
    bad = sales.buyer('=HYPERLINK("x")', 100, external_id="+1 2")
    rank(bad, "A")
    contribution.recompute()
    listing = questions.gold()
    heads = [column.key for column in listing.columns]
    [_head, row] = csv.reader(io.StringIO(b"".join(exports.as_csv(listing, heads, {})).decode("utf-8-sig")))
    assert row[:2] == ['\'=HYPERLINK("x")', "+1 2"]
    [_head, row] = workbook(b"".join(exports.as_xlsx(listing, "Gold", heads, {})))
    assert row[0] == '=HYPERLINK("x")'


def test_the_server_makes_cells_safe_exactly_as_we_do() -> None:
    asked = db.text(f"SELECT {spreadsheets.safe_sql('cell')} FROM unnest(CAST(:cells AS text[])) cell")
    assert list(db.session.scalars(asked, {"cells": FORMULAS + PLAIN})) == [f"'{f}" for f in FORMULAS] + PLAIN


def test_codes_leave_in_the_readers_words() -> None:
    sales.buyer("Rising", 5, is_rising=True)
    contribution.recompute()
    listing = questions.wanted()
    words = {"RISING": "明日之星: 100 %"}
    heads = [column.key for column in listing.columns]
    assert "明日之星: 100 %" in b"".join(exports.as_csv(listing, heads, words)).decode()
    assert any("明日之星: 100 %" in row for row in workbook(b"".join(exports.as_xlsx(listing, "x", heads, words))))


def test_a_workbook_goes_on_in_another_sheet_and_keeps_odd_characters() -> None:
    rows = [(number, "a\x00<&>\"'😀", clock.now(), Decimal("1.50"), None, True) for number in range(5)]
    data = b"".join(workbooks.stream("A/B", ["n", "t", "at", "d", "x", "b"], rows, per_sheet=3))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert [n for n in archive.namelist() if "worksheets" in n] == [
            f"xl/worksheets/sheet{n}.xml" for n in (1, 2, 3)
        ]
        for name in archive.namelist():
            ET.fromstring(archive.read(name))
    assert workbook(data)[1][1] == "a<&>\"'😀"


def test_a_damaged_cursor_leads_to_the_beginning() -> None:
    rank(sales.buyer("Gold", 10), "A")
    contribution.recompute()
    for cursor in ("x", "1_x", "NaN_1", "1_" + "9" * 30, "_"):
        assert len(listings.page(questions.gold(), after=cursor).rows) == 1


def workbook(data: bytes) -> list[list[str]]:
    """The cells of the first sheet."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return [["".join(cell.itertext()) for cell in row] for row in sheet.iter(f"{space}row")]
