"""Invoices, payments and settlements: what is owed is right, whoever races whom."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center import clock
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.orders import accounts, exposure, history, invoices, numbers, orders, payments, settlements
from contact_center.orders.models import Invoice
from contact_center.orders.putting import Outcome
from tests import factories


@pytest.fixture
def order(greta: Customer) -> str:
    orders.put("SO-1", customer="C-1", currency="EUR", total=100, placed_at="2026-03-01")
    return "SO-1"


def invoice(number: str = "INV-1", **more: Any) -> Any:
    given = {"order": "SO-1", "amount": "100", "issued_on": "2026-03-02", "due_on": "2026-03-16", **more}
    return invoices.put(number, **given).row


def pay(number: str, amount: Any, on: str = "2026-03-10", **more: Any) -> Any:
    return payments.put(number, **{"invoice": "INV-1", "amount": amount, "received_at": on, **more})


def test_an_invoice_is_paid_when_the_last_of_it_came_in(order: str) -> None:
    invoice()
    pay("PAY-1", 60, "2026-03-10T09:00:00Z")
    paid = db.session.scalars(select(Invoice)).one()
    assert (paid.paid, paid.paid_at) == (Decimal(60), None)
    pay("PAY-2", 40, "2026-03-20T09:00:00Z")
    pay("PAY-3", 5, "2026-03-25T09:00:00Z")
    db.session.expire_all()
    assert (paid.paid, paid.paid_at) == (Decimal(105), datetime(2026, 3, 20, 9, tzinfo=UTC))


def test_a_payment_that_moves_to_another_invoice_leaves_the_first_one_open(order: str) -> None:
    first, second = invoice(), invoice("INV-2")
    pay("PAY-1", 100)
    pay("PAY-1", 100, invoice="INV-2")
    db.session.expire_all()
    assert (first.paid, second.paid) == (Decimal(0), Decimal(100))


def test_an_invoice_that_grows_is_open_again(order: str) -> None:
    invoice()
    pay("PAY-1", 100)
    assert invoice(amount=130).paid_at is None
    assert accounts.standing([db.session.scalars(select(Invoice.customer_id)).one()])["EUR"].open == Decimal(30)


def test_money_keeps_to_the_currency_of_what_it_is_for(order: str) -> None:
    assert list(invoices.put_many([{"external_id": "I", "order": "SO-1", "currency": "USD", "amount": 1,
                                    "issued_on": "2026-03-02"}])[0].wrong) == ["currency"]  # fmt: skip
    invoice()
    wrong = payments.put_many([
        {"external_id": "P-1", "invoice": "INV-1", "currency": "USD", "amount": 1, "received_at": "2026-03-02"},
        {"external_id": "P-2", "invoice": "INV-1", "amount": 0, "received_at": "2026-03-02"},
        {"external_id": "P-3", "invoice": "INV-1", "amount": -5, "received_at": "2026-03-02"},
        {"external_id": "P-4", "invoice": "INV-9", "amount": 5, "received_at": "2026-03-02"},
    ])  # fmt: skip
    assert [sorted(result.wrong) for result in wrong] == [["currency"], ["amount"], ["amount"], ["invoice"]]


def test_a_statement_adds_up_line_by_line(order: str, greta: Customer) -> None:
    invoice("INV-0", amount="20.10", issued_on="2026-01-31", due_on="2026-02-14")
    invoice()
    pay("PAY-1", "60.05", "2026-03-10")
    pay("PAY-2", "7", "2026-03-11", invoice=None, customer="C-1", currency="EUR")
    invoice("INV-X", amount=999, cancelled_at="2026-03-03T08:00:00Z")
    invoices.put("INV-U", customer="C-1", currency="USD", amount=5, issued_on="2026-03-05")
    shown = accounts.statement([greta.id], "EUR", date(2026, 3, 1), date(2026, 3, 31))
    assert shown.opening == Decimal("20.10")
    assert [(line.number, line.charged, line.paid, line.balance) for line in shown.lines] == [
        ("INV-1", Decimal("100.00"), Decimal(0), Decimal("120.10")),
        ("PAY-1", Decimal(0), Decimal("60.05"), Decimal("60.05")),
        ("PAY-2", Decimal(0), Decimal("7.00"), Decimal("53.05")),
    ]
    assert shown.closing == Decimal("53.05")
    assert accounts.currencies([greta.id]) == ["EUR", "USD"]


def test_standing_and_record_say_who_pays_late(order: str, greta: Customer) -> None:
    with clock.standing_at(datetime(2026, 4, 1, 12, tzinfo=UTC)):
        invoice()
        invoice("INV-2", amount=50, due_on="2026-04-10")
        invoice("INV-3", amount=10)
        invoice("INV-4", amount=10)
        pay("PAY-3", 10, "2026-03-15", invoice="INV-3")
        pay("PAY-4", 10, "2026-03-20", invoice="INV-4")
        standing = accounts.standing([greta.id])["EUR"]
        record = accounts.payment_record([greta.id])
    assert (standing.open, standing.overdue) == (Decimal(150), Decimal(100))
    assert (standing.oldest_due, standing.next_due) == (date(2026, 3, 16), date(2026, 4, 10))
    assert (record.on_time, record.late, record.mean_days_late, record.overdue) == (1, 1, Decimal("4.0"), 1)


def test_exposure_counts_an_order_until_it_is_invoiced_and_an_invoice_until_it_is_paid(
    order: str, greta: Customer
) -> None:
    orders.put("SO-2", customer="C-1", currency="EUR", total=40, placed_at="2026-03-01", state="DELIVERED")
    assert exposure.of([greta.id])["EUR"].total == Decimal(100)
    invoice(amount=70)
    pay("PAY-1", 20)
    found = exposure.of([greta.id])["EUR"]
    assert (found.open_orders, found.receivable, found.total) == (Decimal(30), Decimal(50), Decimal(80))


def test_orders_are_paged_newest_first_without_gap_or_repeat(greta: Customer) -> None:
    orders.put_many(
        {"external_id": f"SO-{n}", "customer": "C-1", "currency": "EUR", "placed_at": f"2026-03-{n // 2 + 1:02}",
         "lines": [{"title": "Filter", "quantity": 1, "unit_price": n}]}
        for n in range(20)
    )  # fmt: skip
    seen, before = [], None
    while page := history.of_customer([greta.id], before=before, limit=7):
        seen += [order.number for order in page]
        before = page[-1].cursor
    assert seen == [f"SO-{n}" for n in reversed(range(20))]
    assert history.of_customer([greta.id], before="damaged", limit=1)[0].lines[0].title == "Filter"


def test_a_settlement_that_an_agent_gives_gets_a_number_nobody_guesses(order: str) -> None:
    given = settlements.give(factories.ada(), order="SO-1", kind="COMPENSATION", amount=15, reason="Late",
                             at=clock.now())  # fmt: skip
    assert (given.currency, given.amount) == ("EUR", Decimal(15))
    assert numbers.is_ours(given.external_id)


def test_our_numbers_are_told_from_mistyped_ones() -> None:
    made = numbers.new("K")
    body = made[2:]
    for place in range(len(made) - 1):
        swapped = made[:place] + made[place + 1] + made[place] + made[place + 2 :]
        if swapped != made and "-" not in (made[place], made[place + 1]):
            assert not numbers.is_ours(swapped)
    wrong = {made[:2] + body.replace(body[0], other, 1) for other in numbers.ALPHABET if other != body[0]}
    assert not any(map(numbers.is_ours, wrong))
    assert len({numbers.new("K") for _ in range(1000)}) == 1000


@pytest.mark.committing
def test_payments_that_come_at_once_are_all_counted(app: Flask) -> None:
    greta = factories.greta()
    greta.external_id = "C-1"
    invoices.put("INV-1", customer="C-1", currency="EUR", amount=100, issued_on="2026-03-02")
    db.session.commit()
    together, broken = threading.Barrier(8), []

    def one(number: int) -> None:
        with app.app_context():
            together.wait()
            try:
                payments.put(f"PAY-{number}", invoice="INV-1", amount="12.50", received_at="2026-03-10")
                db.session.commit()
            except Exception as error:  # noqa: BLE001 (a thread's error is the test's)
                broken.append(error)
            db.session.remove()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    db.session.expire_all()
    paid = db.session.scalars(select(Invoice)).one()
    assert paid.paid == Decimal(100)
    assert paid.paid_at is not None


@pytest.mark.committing
def test_two_imports_of_the_same_orders_at_once_do_not_block_each_other_for_good(app: Flask) -> None:
    greta = factories.greta()
    greta.external_id = "C-1"
    db.session.commit()
    together, outcomes = threading.Barrier(2), []

    def one(turn: int) -> None:
        rows = [
            {"external_id": f"SO-{n}", "customer": "C-1", "currency": "EUR", "placed_at": "2026-03-01",
             "lines": [{"title": "Filter", "quantity": 1, "unit_price": turn + 1}]}
            for n in range(200)
        ]  # fmt: skip
        with app.app_context():
            for _again in range(3):
                together.wait()
                found = orders.put_many(rows[:: 1 if turn else -1])
                db.session.commit()
                outcomes.append({result.outcome for result in found})
            db.session.remove()

    threads = [threading.Thread(target=one, args=(turn,)) for turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 6
    assert None not in set().union(*outcomes)
    assert Outcome.CREATED in set().union(*outcomes)
