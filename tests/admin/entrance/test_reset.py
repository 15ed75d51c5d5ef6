"""Forgotten passwords and changed ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security.recoverable import send_reset_password_instructions
from sqlalchemy import select

from contact_center.admin.entrance import links
from contact_center.agents import accounts
from contact_center.agents.models import Agent, RoleName
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing
from tests import factories
from tests.browsers import visitor as browser

NEW = "a staple in the battery"


def letters() -> list[Outgoing]:
    return list(db.session.scalars(select(Outgoing).order_by(Outgoing.id)))


def ask(client: FlaskClient, email: str, **headers: str):
    return client.post("/reset", data={"email": email}, headers=headers)


def link_in(letter: Outgoing) -> str:
    found = re.search(r"https?://\S+", letter.text)
    assert found
    return found[0]


def choose(client: FlaskClient, link: str, password: str = NEW):
    return client.post(urlsplit(link).path, data={"password": password, "password_confirm": password})


def test_the_letter_is_queued_in_its_readers_language(visitor: FlaskClient) -> None:
    ada = factories.ada()
    ask(visitor, " ADA@norra.example")
    (letter,) = letters()
    assert (letter.purpose, letter.recipient, letter.state) == ("ACCOUNT", ada.email, "QUEUED")
    assert letter.subject == "Choose a new password"
    assert letter.payload == {"automatic": True, "language": "en"}


def test_the_link_starts_with_our_public_address_whatever_the_request_says(app: Flask, visitor: FlaskClient) -> None:
    ada = factories.ada()
    with app.test_request_context("/reset", base_url="http://evil.example"):
        send_reset_password_instructions(ada)
    ask(visitor, ada.email, **{"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    for letter in letters():
        assert link_in(letter).startswith(app.config["CC"].public_url + "/reset/")
        assert "evil" not in letter.text
        assert "evil" not in letter.external_id
    assert len(letters()) == 2


@pytest.mark.parametrize("whose", ["nobody@norra.example", "gone@norra.example", "invited@norra.example"])
def test_only_an_open_account_gets_a_letter_and_nobody_can_tell(visitor: FlaskClient, whose: str) -> None:
    factories.ada()
    factories.agent("Gone Person", active=False)
    accounts.invite("invited@norra.example", "Invited", RoleName.AGENT, factories.root())
    known, other = ask(visitor, "ada@norra.example"), ask(visitor, whose)
    assert (known.status_code, other.status_code) == (200, 200)
    assert "If ada@norra.example belongs to an account" in known.text
    assert f"If {whose} belongs to an account" in other.text
    assert [letter.recipient for letter in letters()] == ["ada@norra.example"]


def test_the_link_works_once_and_ends_every_session(
    app: Flask, visitor: FlaskClient, enter: Callable[[Agent], FlaskClient]
) -> None:
    ada = factories.ada()
    elsewhere = enter(ada)
    ask(visitor, ada.email)
    link = link_in(letters()[0])
    assert visitor.get(urlsplit(link).path).status_code == 200
    assert visitor.get(urlsplit(link).path).status_code == 200
    answer = choose(visitor, link)
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert elsewhere.get("/password").status_code == 302
    assert choose(browser(app), link, "and another one instead").location == "/reset"
    assert visitor.post("/sign-in", data={"email": ada.email, "password": NEW}).status_code == 302
    assert letters()[-1].subject == "Your password was changed"
    assert db.session.scalars(select(Event).where(Event.name == "agent.password_changed")).one().agent_id == ada.id


def test_the_link_works_for_two_hours(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    ask(visitor, factories.ada().email)
    link = link_in(letters()[0])
    monkeypatch.setitem(app.config, "SECURITY_RESET_PASSWORD_WITHIN", timedelta(seconds=-1))
    assert choose(visitor, link).location == "/reset"
    monkeypatch.undo()
    assert choose(visitor, link).location == "/sign-in"


def test_a_letter_sent_before_a_new_address_opens_nothing(visitor: FlaskClient) -> None:
    ada, root = factories.ada(), factories.root()
    ask(visitor, ada.email)
    accounts.change(ada, root, ada.version, name=ada.name, email="new@norra.example")
    db.session.commit()
    assert choose(visitor, link_in(letters()[0])).location == "/reset"


@pytest.mark.parametrize(
    "password",
    ["short", "aaaaaaaaaaaa", "ada@norra.example", "Ada Brandt 1", "norra care ada", "x" * 201, "          "],
)
def test_a_weak_password_is_refused_with_a_sentence(visitor: FlaskClient, password: str) -> None:
    ada = factories.ada()
    answer = choose(visitor, links.to_reset(ada), password)
    assert answer.status_code == 200
    assert 'class="error"' in answer.text
    assert choose(visitor, links.to_reset(ada)).status_code == 302


@pytest.mark.parametrize("password", ["冰箱不制冷了怎么办呀真的", "correct horse battery staple", "wÿlde Ümlaute!"])
def test_any_long_password_will_do(visitor: FlaskClient, password: str) -> None:
    ada = factories.ada()
    assert choose(visitor, links.to_reset(ada), password).status_code == 302
    assert visitor.post("/sign-in", data={"email": ada.email, "password": password}).status_code == 302


def test_changing_the_password_keeps_this_browser_only(enter: Callable[[Agent], FlaskClient]) -> None:
    ada = factories.ada()
    here, there = enter(ada), enter(ada)
    answer = here.post(
        "/password",
        data={"password": factories.PASSWORD, "new_password": NEW, "new_password_confirm": NEW},
    )
    assert (answer.status_code, answer.location) == (302, "/desk/profile")
    assert here.get("/password").status_code == 200
    assert there.get("/password").status_code == 302
    assert [letter.subject for letter in letters()] == ["Your password was changed"]


def test_changing_the_password_needs_the_present_one(enter: Callable[[Agent], FlaskClient]) -> None:
    ada = enter(factories.ada())
    answer = ada.post(
        "/password", data={"password": "not the present one", "new_password": NEW, "new_password_confirm": NEW}
    )
    assert answer.status_code == 200
    assert "This is not your current password." in answer.text
    assert letters() == []


def test_reset_links_are_good_for_their_account_only(app: Flask, visitor: FlaskClient) -> None:
    ada, nils = factories.ada(), factories.nils()
    token = links.to_reset(ada).rpartition("/")[2]
    assert choose(visitor, f"/reset/{token[::-1]}").location == "/reset"
    assert choose(visitor, f"/welcome/{token}").status_code == 410
    choose(visitor, links.to_reset(ada))
    assert visitor.post("/sign-in", data={"email": nils.email, "password": factories.PASSWORD}).status_code == 302
