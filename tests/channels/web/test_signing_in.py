"""Signing in on the portal: by a code, into an own session that never mixes with an agent's."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from flask import Flask

from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from tests import browsers, factories
from tests.channels.web.shoppers import Shopper, code_in_mail
from tests.channels.web.visits import errors_of, words_of


@pytest.fixture
def greta(mailbox: Mailbox) -> Customer:
    customer = factories.greta()
    db.session.commit()
    return customer


def cookie_of(answer: object, name: str) -> SimpleCookie:
    cookies: SimpleCookie = SimpleCookie()
    for line in answer.headers.getlist("Set-Cookie"):  # type: ignore[attr-defined]
        if line.startswith(f"{name}="):
            cookies.load(line)
    return cookies


def test_a_code_by_mail_leads_to_the_page_that_was_wanted(app: Flask, greta: Customer) -> None:
    shopper = Shopper(app)
    wanted = shopper.get("/my/orders")
    assert wanted.location == "/my/sign-in?next=/my/orders"
    assert shopper.ask_for_code().location == "/my/code"
    assert "g••••a@lindqvist.example" in words_of(shopper.get("/my/code").text)
    answer = shopper.post("/my/code", code=code_in_mail(), next="/my/orders")
    assert answer.location == "/my/orders"
    [morsel] = cookie_of(answer, "cc_customer").values()
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Lax", "/")
    assert shopper.get("/my/orders").status_code == 200


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/my", "//evil.example", "/my\\..", "/desk", "/my//x", "/my\n"]
)
def test_nobody_is_led_elsewhere(app: Flask, greta: Customer, next_page: str) -> None:
    shopper = Shopper(app)
    shopper.ask_for_code()
    assert shopper.post("/my/code", code=code_in_mail(), next=next_page).location == "/my"


def test_known_and_unknown_addresses_get_the_same_answer(app: Flask, greta: Customer) -> None:
    pages = []
    for email in ("greta@lindqvist.example", "gretb@lindqvist.example"):
        shopper = Shopper(app)
        answer = shopper.ask_for_code(email)
        code_page = words_of(shopper.get("/my/code").text).replace("a@lind", "b@lind")
        wrong = words_of(shopper.post("/my/code", code="000000").text).replace("a@lind", "b@lind")
        pages.append((answer.status_code, answer.location, code_page, wrong))
    assert pages[0] == pages[1]


def test_a_phone_is_told_that_codes_go_by_mail(app: Flask, greta: Customer) -> None:
    answer = Shopper(app).ask_for_code("+46 70 555 01 84")
    assert answer.status_code == 422
    assert "by e-mail only for now" in errors_of(answer.text)["email"]
    assert 'value="+46 70 555 01 84"' in answer.text


@pytest.mark.parametrize("typed", ["", "greta", "greta@", "@x.example", "a b@c.example", "x" * 5000, "greta@localhost"])
def test_what_is_no_address_is_told_at_its_field(app: Flask, greta: Customer, typed: str) -> None:
    answer = Shopper(app).ask_for_code(typed)
    assert answer.status_code == 422
    assert "email" in errors_of(answer.text)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "9" * 9000])
def test_what_is_no_code_costs_no_try(app: Flask, greta: Customer, typed: str) -> None:
    shopper = Shopper(app)
    shopper.ask_for_code()
    for _ in range(7):
        assert shopper.post("/my/code", code=typed).status_code == 422
    assert shopper.post("/my/code", code=f" {code_in_mail()[:3]} {code_in_mail()[3:]} ").location == "/my"


def test_wrong_codes_are_counted_down_and_then_a_new_one_is_needed(app: Flask, greta: Customer) -> None:
    shopper = Shopper(app)
    shopper.ask_for_code()
    wrong = f"{(int(code_in_mail()) + 1) % 1_000_000:06}"
    answers = [shopper.post("/my/code", code=wrong) for _ in range(5)]
    assert ["4 more times" in answers[0].text, "once more" in answers[3].text] == [True, True]
    assert answers[4].location == "/my/sign-in"
    assert "no tries left" in words_of(shopper.get("/my/sign-in").text)
    assert shopper.post("/my/code", code=code_in_mail()).location == "/my/sign-in"


def test_asking_too_often_says_when(app: Flask, greta: Customer) -> None:
    shopper = Shopper(app)
    shopper.ask_for_code()
    answer = shopper.post("/my/code/again")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "Wait" in errors_of(answer.text)["code"]


def test_an_expired_form_keeps_what_was_typed(app: Flask, greta: Customer) -> None:
    shopper = Shopper(app)
    del shopper.browser.environ_base["HTTP_X_CSRFTOKEN"]
    answer = shopper.post("/my/sign-in", email="greta@lindqvist.example")
    assert answer.status_code == 400
    assert 'value="greta@lindqvist.example"' in answer.text
    assert "open for too long" in answer.text


def test_who_shares_an_address_chooses_and_sees_only_their_own(app: Flask, greta: Customer) -> None:
    bo = factories.customer("Bo Lindqvist", "greta@lindqvist.example")
    factories.order(greta, "K7-GRETA")
    factories.order(bo, "K7-BO")
    db.session.commit()
    shopper = Shopper(app)
    shopper.ask_for_code()
    assert shopper.post("/my/code", code=code_in_mail()).location == "/my/choose"
    assert "Bo Lindqvist" in words_of(shopper.get("/my/choose").text)
    assert shopper.get("/my").location.startswith("/my/sign-in")  # type: ignore[union-attr]
    assert shopper.post("/my/choose", customer=str(bo.id)).location == "/my"
    assert "K7-BO" in shopper.get("/my/orders").text
    assert "K7-GRETA" not in shopper.get("/my/orders").text


def test_nobody_is_chosen_who_does_not_share_the_address(app: Flask, greta: Customer) -> None:
    other = factories.bo()
    db.session.commit()
    shopper = Shopper(app)
    shopper.ask_for_code()
    shopper.post("/my/code", code=code_in_mail())
    fresh = Shopper(app)
    assert fresh.post("/my/choose", customer=str(other.id)).location == "/my/sign-in"
    for odd in ("", "x", "-1", "9" * 40):
        assert fresh.post("/my/choose", customer=odd).status_code == 303


def test_signing_out_ends_this_browser_and_everywhere_ends_all(app: Flask, greta: Customer) -> None:
    phone, laptop, tablet = (Shopper(app, greta) for _ in range(3))
    assert phone.get("/my/profile").text.count("last seen") == 3
    phone.post("/my/sign-out")
    assert phone.get("/my").status_code == 302
    assert laptop.get("/my").status_code == 200
    answer = laptop.post("/my/sign-out-everywhere")
    assert cookie_of(answer, "cc_customer")["cc_customer"]["max-age"] == "0"
    assert [shopper.get("/my").status_code for shopper in (laptop, tablet)] == [302, 302]


def test_a_lost_address_ends_the_session(app: Flask, greta: Customer) -> None:
    shopper = Shopper(app, greta)
    db.session.delete(greta.points[0])
    db.session.commit()
    assert shopper.get("/my").status_code == 302


def test_an_agent_is_no_customer_and_a_customer_no_agent(app: Flask, greta: Customer) -> None:
    agent = browsers.signed_in(app, factories.root())
    assert agent.get("/my").location == "/my/sign-in?next=/my"
    shopper = Shopper(app, greta)
    assert shopper.get("/desk").location.startswith("/sign-in")  # type: ignore[union-attr]
    # both in one browser: each door sees its own
    agent.set_cookie("cc_customer", shopper.browser.get_cookie("cc_customer").value)  # type: ignore[union-attr]
    assert agent.get("/my").status_code == 200
    agent.post("/my/sign-out")
    assert agent.get("/desk").status_code == 200


def test_the_look_up_answers_alike_for_unknown_and_foreign_orders(app: Flask, greta: Customer) -> None:
    factories.order(greta, email="greta@lindqvist.example")
    db.session.commit()
    answers = []
    for number in ("K7-20482-QX", "K7-99999-ZZ"):
        answer = Shopper(app, network=f"203.0.113.{len(answers)}").post(
            "/order", number=number, contact="mallory@evil.example"
        )
        answers.append((answer.status_code, words_of(answer.text)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    found = Shopper(app).post("/order", number="K7-20482-QX", contact="greta@lindqvist.example")
    assert "Arrives tomorrow" in words_of(found.text)
    for secret in ("Greta", "Fridge", "Hub North", "599", "PF-K7"):
        assert secret not in found.text


def test_guessing_orders_over_http_ends_at_once(app: Flask, greta: Customer) -> None:
    factories.order(greta, email="greta@lindqvist.example")
    db.session.commit()
    guesser = Shopper(app)
    states = [
        guesser.post("/order", number=f"K7-{n}", contact="greta@lindqvist.example").status_code for n in range(30)
    ]
    assert states == [404] * 5 + [429] * 25


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"number": "", "contact": "a@b.example"}, "number"),
        ({"number": "x" * 90, "contact": "a@b.example"}, "number"),
        ({"number": "K7", "contact": ""}, "contact"),
        ({"number": "K7", "contact": "not an address"}, "contact"),
        ({"number": "K7", "contact": "9" * 4000}, "contact"),
        ({"number": "K7\x00", "contact": "\x00"}, "contact"),
    ],
)
def test_a_look_up_that_cannot_be_says_what_is_missing(
    app: Flask, greta: Customer, typed: dict[str, str], field: str
) -> None:
    answer = Shopper(app).post("/order", **typed)
    assert answer.status_code == 422
    assert field in errors_of(answer.text)
