"""Files as firms have them, brought in: what is new, changed, the same, and why a row is left out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contact_center.customers.models import Customer
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.importing import bad_rows
from contact_center.importing.models import RunState
from contact_center.orders.models import Order, Payment, Price, Product, Stock
from tests import factories
from tests.importing.conftest import BringIn, figures, reasons

CUSTOMERS = (
    "Kundennummer;Name;E-Mail;Telefon;Ort;Land\nC-1;Greta Lindqvist;greta@lindqvist.example;+46705550184;Malmö;SE\n"
)
PRODUCTS = (
    "SKU,Name,Price,Currency,Stock,Warehouse\n"
    "NK-1,Heat pump,1249.00,EUR,4,Hamburg\nNK-1,Heat pump,1249.00,EUR,9,Berlin\n"
)
ORDERS = (
    "Order no,Customer,Order date,Currency,Status,SKU,Qty,Unit price,Shipping\n"
    "SO-1,C-1,31.01.2026,EUR,shipped,NK-1,1,1249.00,19.90\n"
    "SO-1,C-1,31.01.2026,EUR,shipped,NK-1,2,10.00,\n"
)


@pytest.fixture
def shop(bring_in: BringIn) -> None:
    assert figures(bring_in("customers", CUSTOMERS)) == (1, 0, 0, 0)
    assert figures(bring_in("products", PRODUCTS)) == (2, 0, 0, 0)


def _count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_it_brings_in_customers_products_and_orders_by_the_words_of_their_headers(
    bring_in: BringIn, shop: None
) -> None:
    run = bring_in("orders", ORDERS)
    assert figures(run) == (2, 0, 0, 0)
    order = db.session.scalars(select(Order)).one()
    assert (order.external_id, order.customer.name, order.state) == ("SO-1", "Greta Lindqvist", "SHIPPED")
    assert [line.amount for line in order.lines] == [Decimal("1249.00"), Decimal("20.00")]
    assert order.total == Decimal("1288.90")
    assert _count(Price) == 1
    assert _count(Stock) == 2


def test_the_same_file_again_changes_nothing(bring_in: BringIn, shop: None) -> None:
    bring_in("orders", ORDERS)
    before = _told()
    assert figures(bring_in("orders", ORDERS)) == (0, 0, 2, 0)
    assert figures(bring_in("products", PRODUCTS)) == (0, 0, 2, 0)
    assert figures(bring_in("customers", CUSTOMERS)) == (0, 0, 1, 0)
    assert _told() == before


def _told() -> int:
    """How many events there are, besides those about imports."""
    asked = select(func.count()).select_from(Event).where(Event.name.not_like("import.%"))
    return db.session.scalar(asked) or 0


def test_a_check_counts_what_an_import_does_and_leaves_nothing(bring_in: BringIn, shop: None) -> None:
    mixed = ORDERS + "SO-2,C-9,2026-02-30,EUR,placed,NK-1,1,5,\n"
    before = [_count(Order), _count(Product)]
    checked = bring_in("orders", mixed, dry=True)
    assert checked.state is RunState.CHECKED
    assert [_count(Order), _count(Product)] == before
    assert figures(checked) == figures(bring_in("orders", mixed)) == (2, 0, 0, 1)


def test_a_wrong_line_keeps_its_order_out_and_the_others_go_in(bring_in: BringIn, shop: None) -> None:
    run = bring_in(
        "orders",
        ORDERS
        + "SO-2,C-1,2026-02-01,EUR,placed,NK-1,1,5,\n"
        + "SO-2,C-1,2026-02-01,EUR,placed,NK-1,-3,5,\n"
        + "SO-3,nobody@x.example,2026-02-01,EUR,placed,NK-1,1,5,\n"
        + "SO-4,C-1,2026-02-01,EUR,placed,NK-999,1,5,\n"
        + "SO-5,C-1,2026-02-01,EUR,lying about,NK-1,1,5,\n"
        + "SO-6,greta@lindqvist.example,2026-02-01,EUR,placed,NK-1,1,5,\n",
    )
    assert figures(run) == (3, 0, 0, 5)
    told = reasons(run)
    assert told[4] == (None, "Line 5 of the same number is wrong.")
    assert told[5] == ("Qty", "“-3” is negative; that cannot be.")
    assert told[6] == ("Customer", "No customer is known as “nobody@x.example”.")
    assert told[7][0] == "SKU"
    assert "NK-999" in told[7][1]
    assert told[8][0] == "Status"


def test_money_is_never_guessed(bring_in: BringIn, shop: None) -> None:
    run = bring_in(
        "payments",
        "Payment no;Customer;Currency;Amount;Date\n"
        "P-1;C-1;EUR;1.249,50 €;27.02.2026\n"
        "P-2;C-1;EUR;-5,00;27.02.2026\n"
        "P-3;C-1;EURO;5,00;31.04.2026\n"
        "P-4;C-1;XXL;5,00;2026-02-27\n"
        "P-5;C-1;EUR;12,345;2026-02-27\n"
        "P-6;C-1;EUR;=1+1;2026-02-27\n",
    )
    assert figures(run) == (1, 0, 0, 5)
    assert db.session.scalars(select(Payment)).one().amount == Decimal("1249.50")
    assert [reasons(run)[line][0] for line in (3, 4, 5, 6, 7)] == ["Amount", "Date", "Currency", "Amount", "Amount"]


def test_a_number_that_comes_twice_is_the_same_or_has_a_reason(bring_in: BringIn) -> None:
    run = bring_in("customers", "Customer no,Name\nC-1,Greta\nC-2,Bo\nC-1,Greta\nC-1,Gerda\n")
    assert figures(run) == (2, 0, 1, 1)
    assert reasons(run)[5] == ("Customer no", "Line 2 has the same number and says something else.")


def test_a_customer_is_found_by_number_mail_or_phone_but_never_guessed(bring_in: BringIn, shop: None) -> None:
    factories.customer("Anna", "home@family.example")
    factories.customer("Otto", "home@family.example")
    run = bring_in(
        "payments",
        "Payment no,Customer,Currency,Amount,Date\n"
        "P-1,+46 70 555 01 84,EUR,5,2026-01-01\nP-2,home@family.example,EUR,5,2026-01-01\n",
    )
    assert figures(run) == (1, 0, 0, 1)
    assert reasons(run)[3][1] == "2 customers have “home@family.example”. Give the customer number."


def test_contact_persons_find_their_company_in_the_same_file(bring_in: BringIn) -> None:
    file = "Customer no,Name,Type,Company\nC-10,Hotel Nord,Company,\nC-11,Anna Kern,Person,C-10\n"
    assert figures(bring_in("customers", file, dry=True)) == figures(bring_in("customers", file)) == (2, 0, 0, 0)
    person = db.session.scalars(select(Customer).where(Customer.external_id == "C-11")).one()
    assert person.company is not None
    assert person.company.name == "Hotel Nord"


def test_formulas_stay_text_and_leave_harmless(app: Flask, bring_in: BringIn) -> None:
    run = bring_in(
        "customers",
        'Customer no,Name,Birthday\nC-1,"=HYPERLINK(""http://x.example"")",\nC-2,"=cmd|\' /C calc\'!A0",never\n',
    )
    assert figures(run) == (1, 0, 0, 1)
    assert db.session.scalars(select(Customer.name)).one().startswith("=HYPERLINK")
    [line] = [line for line in "".join(bad_rows.as_csv(run)).splitlines() if "C-2" in line]
    assert line.startswith("C-2,'=cmd|")


def test_the_corrected_file_of_bad_rows_can_be_uploaded_as_it_is(bring_in: BringIn) -> None:
    run = bring_in("customers", "Customer no,Name,Birthday\nC-1,+Greta,never\n")
    file = "".join(bad_rows.as_csv(run)).replace("never", "1984-03-09")
    again = bring_in("customers", file, name="again.csv")
    assert figures(again) == (1, 0, 0, 0)
    assert db.session.scalars(select(Customer.name)).one() == "+Greta"
