"""Who may call the API: live tokens for their scopes, and nobody's cookie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import access, clock
from contact_center.access import Rule
from contact_center.agents import accounts, tokens
from contact_center.agents.models import Agent
from contact_center.agents.tokens import SCOPES, ApiToken
from contact_center.api import description
from contact_center.extensions import db
from contact_center.importing.kinds import KINDS
from tests import factories
from tests.api.conftest import Call

Enter = Callable[[Agent], FlaskClient]


def test_a_token_does_what_its_scopes_say_and_nothing_else(app: Flask, root: Agent, client: FlaskClient) -> None:
    wrong = []
    for scope in SCOPES:
        _token, key = tokens.create(root, scope, [scope], None)
        db.session.commit()
        for rule in app.url_map.iter_rules():
            view = app.view_functions[rule.endpoint]
            if access.rule_of(app, rule.endpoint) is not Rule.TOKEN or view.scope is None:
                continue
            for method in (rule.methods or set()) & {"GET", "PUT", "POST"}:
                path = rule.rule.replace("<path:external_id>", "X-1")
                answer = client.open(path, method=method, headers={"Authorization": f"Bearer {key}"}, json={})
                if (answer.status_code == 403) is (scope == view.scope) or answer.status_code in (401, 500):
                    wrong.append(f"{scope}: {method} {path}: {answer.status_code}")
    assert wrong == []


def test_a_batch_is_no_way_around_scopes(root: Agent, call: Call) -> None:
    _token, key = tokens.create(root, "Reader", ["customers:write", "orders:read"], None)
    db.session.commit()
    operations = [
        {"put": kind, "external_id": "X-1", "value": {"name": "Greta"} if kind == "customers" else {}} for kind in KINDS
    ]
    answer = call("POST", "/batch", {"operations": operations}, key=key)
    assert answer.json is not None
    results = answer.json["results"]
    assert results[0]["status"] == 201
    assert all("lacks" in result["detail"] for result in results[1:])


def test_unknown_revoked_expired_and_sleeping_tokens_look_alike(root: Agent, call: Call, client: FlaskClient) -> None:
    def made(name: str, agent: Agent, **more: object) -> tuple[ApiToken, str]:
        return tokens.create(agent, name, SCOPES, **({"expires_at": None} | more))  # type: ignore[arg-type]

    lee = factories.agent("Mia Admin", factories.RoleName.ADMINISTRATOR)
    revoked, expired, asleep = (
        made("a", root), made("b", root, expires_at=clock.now() + timedelta(hours=1)), made("c", lee),
    )  # fmt: skip
    tokens.revoke(revoked[0], root)
    accounts.deactivate(lee, root)
    db.session.commit()
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        answers = [
            call("GET", "/tickets", key=key)
            for key in (revoked[1], expired[1], asleep[1], "cc_" + "x" * 43, "nonsense", "é" * 9)
        ]
        answers.append(client.get("/api/v1/tickets"))
        answers.append(client.get("/api/v1/tickets", headers={"Authorization": "Basic cm9vdDpyb290"}))
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}
    assert answers[0].headers["WWW-Authenticate"].lower().startswith("bearer")


def test_a_token_outlives_its_maker_when_somebody_takes_it_over(root: Agent, call: Call, enter: Enter) -> None:
    mia = factories.agent("Mia Admin", factories.RoleName.ADMINISTRATOR)
    token, key = tokens.create(mia, "Shop", SCOPES, None)
    db.session.commit()
    assert enter(root).post(f"/admin/tokens/{token.id}/adopt").status_code == 303
    accounts.deactivate(mia, root)
    db.session.commit()
    assert call("GET", "/tickets", key=key).status_code == 200


def test_a_cookie_is_no_token(root: Agent, enter: Enter) -> None:
    browser = enter(root)
    assert browser.put("/api/v1/customers/C-1", json={"name": "x"}).status_code == 401
    assert browser.get("/api/v1/tickets").status_code == 401


def test_a_token_opens_no_page(token: tuple[ApiToken, str], client: FlaskClient) -> None:
    headers = {"Authorization": f"Bearer {token[1]}"}
    assert client.get("/admin/tokens", headers=headers).status_code == 302
    assert client.get("/desk", headers=headers).status_code == 302


def test_an_administrator_sees_the_key_once_and_revokes_it(root: Agent, enter: Enter, call: Call) -> None:
    browser = enter(root)
    page = browser.post("/admin/tokens", data={"name": "ERP", "scope": ["tickets:read"]}).text
    key = page.split('<code id="new-key">')[1].split("<")[0]
    assert call("GET", "/tickets", key=key).status_code == 200
    again = browser.get("/admin/tokens").text
    assert key not in again
    assert key[:8] in again
    row = db.session.scalars(select(ApiToken).where(ApiToken.name == "ERP")).one()
    assert key.encode() not in row.key_hash
    assert row.used_at is not None
    browser.post(f"/admin/tokens/{row.id}/revoke")
    assert call("GET", "/tickets", key=key).status_code == 401


@pytest.mark.parametrize(
    "form", [{"name": "x"}, {"name": "", "scope": "tickets:read"}, {"name": "x", "scope": "root:all"}]
)
def test_a_token_needs_a_name_and_something_to_do(root: Agent, enter: Enter, form: dict[str, str]) -> None:
    assert enter(root).post("/admin/tokens", data=form).status_code == 422


def test_who_calls_too_often_is_told_to_wait(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [call("POST", "/batch", {"operations": []}) for _ in range(61)]
    assert [answers[0].status_code, answers[-1].status_code] == [200, 429]
    assert answers[-1].content_type == "application/problem+json"
    assert int(answers[-1].headers["Retry-After"]) <= 61


def test_the_api_answers_problems_even_where_there_is_nothing(client: FlaskClient, call: Call) -> None:
    assert client.get("/api/v1/spaceships/1").content_type == "application/problem+json"
    assert call("DELETE", "/customers/C-1").status_code == 405


def test_the_description_is_valid_and_tells_every_route(app: Flask, client: FlaskClient) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    told = client.get("/api/v1/openapi.json").json
    assert told is not None
    assert list(OpenAPIV31SpecValidator(told).iter_errors()) == []
    routes = {
        rule.rule.removeprefix("/api/v1").replace("<path:", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if access.rule_of(app, rule.endpoint) is Rule.TOKEN
    }
    assert set(told["paths"]) == routes
    assert set(told["components"]["schemas"]["orders"]["properties"]) >= {"lines", "shipments", "customer", "as_of"}


def test_examples_keep_to_their_schemas(app: Flask) -> None:
    from jsonschema import Draft202012Validator

    for kind in KINDS.values():
        assert list(Draft202012Validator(description.schema(kind)).iter_errors(description.example(kind))) == []


def test_people_can_read_it(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "external_id" in page.text
    assert client.get("/api/docs", headers={"Accept-Language": "zh-CN"}).status_code == 200
