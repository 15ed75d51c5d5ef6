"""Signing in and out, as a browser sees it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents import accounts, presence, sign_ins
from contact_center.agents.models import Agent, PresenceState, RoleName, SignIn
from contact_center.events.models import Event
from contact_center.extensions import db
from tests import factories
from tests.browsers import visitor as browser

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def sign_in(client: FlaskClient, email: str, password: str = factories.PASSWORD, **more: str):
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def is_in(client: FlaskClient) -> bool:
    return client.get("/password").status_code == 200


def test_it_signs_in_and_leads_to_the_desk(visitor: FlaskClient) -> None:
    ada = factories.ada()
    answer = visitor.post(
        "/sign-in", data={"email": ada.email, "password": factories.PASSWORD}, headers={"User-Agent": FIREFOX}
    )
    assert (answer.status_code, answer.location) == (302, "/desk")
    assert is_in(visitor)
    row = db.session.scalars(select(SignIn)).one()
    assert (row.agent_id, row.network, row.browser) == (ada.id, "127.0.0.1", "Firefox on Linux")
    event = db.session.scalars(select(Event).where(Event.name == "agent.signed_in")).one()
    assert (event.agent_id, event.data["person_id"]) == (ada.id, ada.id)
    db.session.refresh(ada)
    assert ada.login_count == 1
    assert ada.current_login_at is not None


@pytest.mark.parametrize("typed", ["ADA@NORRA.example", "  ada@norra.example ", "ada@norra.example."])
def test_it_knows_an_address_however_it_is_typed(visitor: FlaskClient, typed: str) -> None:
    factories.ada()
    assert sign_in(visitor, typed).status_code == 302


def without_tokens(page: str) -> str:
    """A page without what differs on every rendering: CSRF tokens and nonces."""
    page = re.sub(r'(name="csrf_token"[^>]*value|name="csrf-token" content|nonce)="[^"]*"', r"\1", page)
    return re.sub(r'value="[^"]*@norra.example"', "value", page)


def test_it_tells_nobody_who_has_an_account(visitor: FlaskClient) -> None:
    factories.ada()
    gone = factories.agent("Gone Person", active=False)
    invited = accounts.invite("invited@norra.example", "Invited", RoleName.AGENT, factories.root())
    wrong = [("ada@norra.example", "wrong password"), ("nobody@norra.example", "wrong password")]
    wrong += [(gone.email, factories.PASSWORD), (invited.email, "wrong password")]
    answers = [sign_in(visitor, *pair) for pair in wrong]
    assert {answer.status_code for answer in answers} == {200}
    assert len({without_tokens(answer.text) for answer in answers}) == 1
    assert "the password is wrong" in answers[0].text
    assert not is_in(visitor)


def test_it_starts_an_empty_session(visitor: FlaskClient) -> None:
    ada = factories.ada()
    with visitor.session_transaction() as session:
        session.update(planted="by somebody else", language="zh_Hans_CN", sign_in="guessed")
        token = session["csrf_token"]
    sign_in(visitor, ada.email)
    with visitor.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != token
        assert session["sign_in"] != "guessed"
        assert session["language"] == "zh_Hans_CN"


def test_a_cookie_copied_before_signing_out_opens_nothing_after(app: Flask, visitor: FlaskClient) -> None:
    ada = factories.ada()
    sign_in(visitor, ada.email)
    with visitor.session_transaction() as session:
        copied = dict(session)
    thief = browser(app)
    with thief.session_transaction() as session:
        session.update(copied)
    assert is_in(thief)
    answer = visitor.post("/sign-out", headers={"X-CSRFToken": token_of(visitor)})
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert not is_in(visitor)
    assert not is_in(thief)


def token_of(client: FlaskClient) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/password").text)
    assert found
    return found[1]


def test_signing_out_goes_offline_and_leaves_other_browsers(enter: Callable[[Agent], FlaskClient]) -> None:
    ada = factories.ada()
    here, there = enter(ada), enter(ada)
    presence.set_presence(ada, PresenceState.AVAILABLE)
    db.session.commit()
    assert here.post("/sign-out").status_code == 302
    assert not is_in(here)
    assert is_in(there)
    standing = presence.current(ada)
    assert standing is not None
    assert standing.state is PresenceState.OFFLINE


def test_signing_out_needs_a_token_and_a_post(app: Flask, enter: Callable[[Agent], FlaskClient]) -> None:
    ada = enter(factories.ada())
    del ada.environ_base["HTTP_X_CSRFTOKEN"]
    assert ada.post("/sign-out").status_code == 400
    assert ada.get("/sign-out").status_code == 405
    assert is_in(ada)


def test_signing_in_needs_a_token(client: FlaskClient) -> None:
    ada = factories.ada()
    assert sign_in(client, ada.email).status_code == 400


def test_staying_signed_in_is_a_choice(visitor: FlaskClient) -> None:
    ada = factories.ada()
    sign_in(visitor, ada.email)
    cookie = visitor.get_cookie("cc")
    assert cookie is not None
    assert cookie.expires is None
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")
    short = db.session.scalars(select(SignIn)).one()
    assert short.expires_at - short.at == sign_ins.A_SHIFT


def test_staying_signed_in_lasts_two_weeks(visitor: FlaskClient) -> None:
    ada = factories.ada()
    sign_in(visitor, ada.email, keep="y")
    cookie = visitor.get_cookie("cc")
    assert cookie is not None
    assert cookie.expires is not None
    kept = db.session.scalars(select(SignIn)).one()
    assert kept.expires_at - kept.at == sign_ins.KEPT


@pytest.mark.parametrize("way", ["/desk/tickets/CC-1042", "/desk/tickets?q=%E5%86%B0%E7%AE%B1"])
def test_it_goes_on_to_the_page_that_was_asked_for(visitor: FlaskClient, way: str) -> None:
    answer = visitor.post(
        "/sign-in", query_string={"next": way}, data={"email": factories.ada().email, "password": factories.PASSWORD}
    )
    assert answer.location == way


EVIL = (
    "https://evil.example", "//evil.example", "///evil.example", "////evil.example", "/\\evil.example",
    "\\\\evil.example", "/\t/evil.example", "\t//evil.example", "\x19//evil.example", " //evil.example",
    "http:evil.example", "http:///evil.example", "javascript:alert(1)", "//localhost@evil.example",
    "https://localhost\\@evil.example", "/%0d/\r\n/evil.example", "evil",
)  # fmt: skip


@pytest.mark.parametrize("way", EVIL)
@pytest.mark.parametrize("place", ["query", "form"])
def test_it_leads_nowhere_else(visitor: FlaskClient, way: str, place: str) -> None:
    ada = factories.ada()
    data = {"email": ada.email, "password": factories.PASSWORD}
    if place == "query":
        answer = visitor.post("/sign-in", query_string={"next": way}, data=data)
    else:
        answer = visitor.post("/sign-in", data={**data, "next": way})
    assert answer.location == "/sign-in"
    assert "evil" not in visitor.get("/sign-in", query_string={"next": way}, follow_redirects=True).text


def test_who_is_in_already_is_led_to_the_desk(enter: Callable[[Agent], FlaskClient]) -> None:
    answer = enter(factories.ada()).get("/sign-in")
    assert (answer.status_code, answer.location) == (302, "/desk")


def test_no_token_in_a_header_signs_in(app: Flask, visitor: FlaskClient) -> None:
    ada = factories.ada()
    with app.test_request_context():
        token = ada.get_auth_token()
    assert visitor.get("/password", headers={"Authentication-Token": token}).status_code == 302
    assert visitor.get("/password", query_string={"auth_token": token}).status_code == 302


def test_deactivating_takes_effect_at_the_next_request(enter: Callable[[Agent], FlaskClient]) -> None:
    ada, root = factories.ada(), factories.root()
    browser = enter(ada)
    assert is_in(browser)
    accounts.deactivate(ada, root)
    db.session.commit()
    assert not is_in(browser)
