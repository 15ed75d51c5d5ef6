"""Signing in on the portal by a code that goes to a telephone."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center.customers import text_stops
from contact_center.customers.models import ContactPoint, Customer
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.outbox.models import Outgoing
from contact_center.selfservice import codes
from tests import factories
from tests.channels.sms.carrier import SAM
from tests.channels.web.shoppers import Shopper
from tests.channels.web.visits import words_of


@pytest.fixture
def greta(number: PhoneNumber) -> Customer:
    customer = factories.customer("Greta Lind", phone=SAM)
    db.session.commit()
    return customer


def sent() -> list[Outgoing]:
    return list(db.session.scalars(select(Outgoing).order_by(Outgoing.id)))


def write() -> None:
    for code_id in codes.unwritten():
        codes.write(code_id)
    db.session.commit()


def test_a_code_by_text_leads_in_and_proves_the_number(app: Flask, greta: Customer) -> None:
    shopper = Shopper(app)
    assert "phone number" in shopper.get("/my/sign-in").text
    assert shopper.ask_for_code("0151 12345678").location == "/my/code"
    assert "+49 ••••• 678" in words_of(shopper.get("/my/code").text)
    write()
    [letter] = sent()
    assert (letter.channel, letter.recipient, letter.segments) == ("sms", SAM, 1)
    [digits] = re.findall(r"^(\d{6}) is your code", letter.text)
    assert letter.text.endswith(f"\n@127.0.0.1 #{digits}")
    assert shopper.post("/my/code", code=digits).location == "/my"
    assert shopper.get("/my").status_code == 200
    point = db.session.scalars(select(ContactPoint).execution_options(populate_existing=True)).one()
    assert point.verified_by == "code"


def test_who_is_signed_in_by_phone_can_ask_something(app: Flask, greta: Customer) -> None:
    shopper = Shopper(app)
    shopper.ask_for_code(SAM)
    write()
    shopper.post("/my/code", code=sent()[0].text[:6])
    for path in ("/my/profile", "/my/requests", "/my/orders"):
        assert shopper.get(path).status_code == 200


def test_an_unknown_number_costs_nothing_and_looks_the_same(app: Flask, greta: Customer) -> None:
    assert Shopper(app).ask_for_code("+4915199999999").location == "/my/code"
    write()
    assert sent() == []


def test_who_wants_no_texts_gets_no_code(app: Flask, greta: Customer) -> None:
    text_stops.stop(SAM, "said so")
    db.session.commit()
    assert Shopper(app).ask_for_code(SAM).location == "/my/code"
    write()
    assert sent() == []


def test_without_a_number_of_ours_codes_go_by_mail_only(app: Flask, greta: Customer, number: PhoneNumber) -> None:
    number.is_active = False
    db.session.commit()
    factories.places.forget()
    shopper = Shopper(app)
    assert "phone number" not in shopper.get("/my/sign-in").text
    assert shopper.ask_for_code(SAM).status_code == 422
