"""Language and theme, one click each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from contact_center.agents.models import Agent
from contact_center.extensions import db
from tests import factories


def test_a_visitor_keeps_the_language_in_the_session(visitor: FlaskClient) -> None:
    assert 'lang="en"' in visitor.get("/sign-in", headers={"Accept-Language": "en"}).text
    answer = visitor.post(
        "/preferences", data={"language": "zh_Hans_CN"}, headers={"Referer": "http://localhost/sign-in?next=/desk"}
    )
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/desk")
    assert 'lang="zh-CN"' in visitor.get("/sign-in", headers={"Accept-Language": "en"}).text


def test_an_agent_keeps_both_in_the_account(enter: Callable[[Agent], FlaskClient]) -> None:
    ada = factories.ada()
    browser = enter(ada)
    browser.post("/preferences", data={"language": "zh_Hans_CN"})
    browser.post("/preferences", data={"theme": "dark"})
    db.session.refresh(ada)
    assert (ada.language, ada.theme) == ("zh_Hans_CN", "dark")
    page = browser.get("/password").text
    assert 'lang="zh-CN"' in page
    assert 'data-theme="dark"' in page


@pytest.mark.parametrize("came_from", ["", "http://evil.example/", "http://localhost//evil.example", "about:blank"])
def test_it_goes_back_to_our_own_pages_only(visitor: FlaskClient, came_from: str) -> None:
    answer = visitor.post("/preferences", data={"language": "en"}, headers={"Referer": came_from})
    assert answer.location == "/"


@pytest.mark.parametrize("data", [{"language": "tlh"}, {"theme": "pink"}])
def test_it_takes_what_there_is(visitor: FlaskClient, data: dict[str, str]) -> None:
    assert visitor.post("/preferences", data=data).status_code == 400
