"""How often the entrance may be tried."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from contact_center.extensions import limiter
from tests import factories
from tests.browsers import visitor as browser

SPELLINGS = ("ada@norra.example", "ADA@norra.example", " ada@norra.example", "ada@NORRA.example ", "Ada@norra.example.")


def knock(client: FlaskClient, email: str, network: str = "192.0.2.1", password: str = "wrong password") -> int:
    data = {"email": email, "password": password}
    return client.post("/sign-in", data=data, environ_overrides={"REMOTE_ADDR": network}).status_code


def test_one_account_is_tried_ten_times_a_minute_however_it_is_spelled(visitor: FlaskClient) -> None:
    factories.ada()
    answers = [knock(visitor, SPELLINGS[n % 5], f"192.0.2.{n}") for n in range(12)]
    assert answers == [200] * 10 + [429] * 2
    assert knock(visitor, "ada@norra.example", "198.51.100.1", factories.PASSWORD) == 429
    assert knock(visitor, "nils@norra.example") == 200


def test_an_unknown_account_is_limited_alike(visitor: FlaskClient) -> None:
    assert [knock(visitor, "nobody@norra.example", f"192.0.2.{n}") for n in range(11)][9:] == [200, 429]


@pytest.mark.parametrize(
    "networks",
    [
        ["192.0.2.7"],
        [f"2001:db8:7:7::{n:x}" for n in range(1, 40)],
        ["192.0.2.7", "::ffff:192.0.2.7"],
    ],
)
def test_one_network_fails_thirty_times_a_minute(visitor: FlaskClient, networks: list[str]) -> None:
    answers = [knock(visitor, f"p{n}@norra.example", networks[n % len(networks)]) for n in range(32)]
    assert answers == [200] * 30 + [429] * 2
    assert knock(visitor, "p99@norra.example", "2001:db8:7:8::1") == 200


def test_a_whole_shift_signs_in_from_one_network(app: Flask) -> None:
    people = [factories.agent(f"P{n} Shift") for n in range(40)]
    answers = {knock(browser(app), person.email, password=factories.PASSWORD) for person in people}
    assert answers == {302}


def test_a_forwarded_address_is_believed_from_a_known_proxy_only(visitor: FlaskClient) -> None:
    answers = [
        visitor.post(
            "/sign-in",
            data={"email": f"p{n}@norra.example", "password": "wrong"},
            headers={"X-Forwarded-For": f"203.0.113.{n}"},
        ).status_code
        for n in range(31)
    ]
    assert answers[-1] == 429


def test_forms_only_are_taken(visitor: FlaskClient) -> None:
    ada = factories.ada()
    body = {"email": ada.email, "password": factories.PASSWORD}
    assert visitor.post("/sign-in", json=body).status_code == 415
    answer = visitor.post("/sign-in", data='{"email": "ada@norra.example"}', content_type="text/plain")
    assert answer.status_code == 200
    assert visitor.get("/password").status_code == 302


def test_reset_letters_are_limited_per_account(visitor: FlaskClient) -> None:
    factories.ada()
    answers = [
        visitor.post(
            "/reset", data={"email": SPELLINGS[n % 5]}, environ_overrides={"REMOTE_ADDR": f"192.0.2.{n}"}
        ).status_code
        for n in range(7)
    ]
    assert answers == [200] * 5 + [429] * 2


def test_without_redis_nobody_gets_in(visitor: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.ada()
    silent = storage_from_string(f"redis+unix://{tmp_path}/nobody-listens")
    with monkeypatch.context() as patched:
        patched.setattr(limiter, "_limiter", FixedWindowRateLimiter(silent))
        assert knock(visitor, "ada@norra.example", password=factories.PASSWORD) == 503
    assert visitor.get("/password").status_code == 302
