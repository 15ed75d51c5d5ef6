"""The page an invitation leads to."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.admin.entrance import letters, links
from contact_center.agents import accounts
from contact_center.agents.models import Agent, RoleName
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing
from tests import factories
from tests.browsers import visitor as browser

GOOD = {"name": "Jin Kato", "password": "a staple in the battery"}


@pytest.fixture
def invited(app: Flask) -> Agent:
    return accounts.invite("jin@norra.example", "Jin", RoleName.AGENT, factories.root(), language="zh_Hans_CN")


def path(agent: Agent) -> str:
    return urlsplit(links.to_invitation(agent)).path


def test_the_letter_says_who_invites_and_until_when(app: Flask, invited: Agent) -> None:
    root = accounts.find("root@norra.example")
    assert root is not None
    with clock.standing_at(invited.invited_at or clock.now()):
        assert letters.invite(invited, root)
    letter = db.session.scalars(select(Outgoing)).one()
    assert (letter.recipient, letter.purpose) == ("jin@norra.example", "ACCOUNT")
    assert links.to_invitation(invited) in letter.text
    assert root.name in letter.text
    assert letter.payload["language"] == "zh_Hans_CN"


def test_the_invited_person_chooses_and_is_in(visitor: FlaskClient, invited: Agent) -> None:
    link = path(invited)
    for _robot in range(3):
        page = visitor.get(link)
        assert page.status_code == 200
        assert "jin@norra.example" in page.text
    answer = visitor.post(link, data=GOOD)
    assert (answer.status_code, answer.location) == (302, "/desk")
    assert visitor.get("/password").status_code == 200
    db.session.refresh(invited)
    assert (invited.name, invited.active, invited.is_invited) == ("Jin Kato", True, False)


def test_the_link_works_once(app: Flask, visitor: FlaskClient, invited: Agent) -> None:
    link = path(invited)
    visitor.post(link, data=GOOD)
    again = browser(app)
    assert again.get(link).status_code == 410
    assert again.post(link, data={**GOOD, "name": "Mallory"}).status_code == 410
    db.session.refresh(invited)
    assert invited.name == "Jin Kato"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": "  "}, "Please write a name."),
        ({"password": "short"}, "Use at least 10 characters."),
        ({"password": "jin@norra.example"}, "too close to your name"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    visitor: FlaskClient, invited: Agent, wrong: dict[str, str], sentence: str
) -> None:
    answer = visitor.post(path(invited), data={**GOOD, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.text
    db.session.refresh(invited)
    assert invited.is_invited


@pytest.mark.parametrize("how", ["again", "revoked", "too late", "made up"])
def test_a_link_that_is_not_good_any_more_says_so(visitor: FlaskClient, invited: Agent, how: str) -> None:
    link, root = path(invited), accounts.find("root@norra.example")
    assert root is not None
    if how == "again":
        accounts.invite_again(invited, root)
    elif how == "revoked":
        accounts.revoke(invited, root)
    elif how == "too late":
        invited.invited_at = clock.now() - timedelta(days=7, seconds=1)
    else:
        link = f"/welcome/{link.rpartition('/')[2][::-1]}"
    db.session.commit()
    assert visitor.get(link).status_code == 410
    assert "has expired" in visitor.post(link, data=GOOD).text
    assert visitor.get("/password").status_code == 302


def test_an_invited_person_cannot_sign_in_without_it(visitor: FlaskClient, invited: Agent) -> None:
    for password in ("", " ", "None"):
        assert visitor.post("/sign-in", data={"email": invited.email, "password": password}).status_code == 200
    assert visitor.get("/password").status_code == 302
