"""contact-center admin …"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from flask_security import verify_password

from contact_center.agents import accounts, sign_ins
from contact_center.cli import main, opening
from contact_center.extensions import db
from tests import factories


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(opening, "open_app", lambda: app)

    def call(*args: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, ["admin", *args], input=typed)

    return call


def test_it_makes_the_first_administrator_and_shows_the_password_once(run) -> None:
    result = run("create", "Chief@Norra.example", "--name", "Chief")
    assert result.exit_code == 0
    assert "http://127.0.0.1:8000/sign-in" in result.output
    agent = accounts.find("chief@norra.example")
    assert agent is not None
    assert (agent.role, agent.name, agent.active) == ("administrator", "Chief", True)
    shown = re.search(r"Password: (\S+)", result.output)
    assert shown
    assert verify_password(shown[1], agent.password)


def test_it_takes_the_password_from_the_standard_input_and_does_not_show_it(run) -> None:
    result = run(
        "create", "chief@norra.example", "--password-stdin", "--role", "agent", typed="a staple in the battery\n"
    )
    assert result.exit_code == 0
    assert "staple" not in result.output
    agent = accounts.find("chief@norra.example")
    assert agent is not None
    assert agent.role == "agent"
    assert verify_password("a staple in the battery", agent.password)


@pytest.mark.parametrize(
    ("email", "typed"),
    [
        ("nonsense", "a staple in the battery"),
        ("chief@norra.example", "short"),
        ("chief@norra.example", "chief@norra.example"),
    ],
)
def test_it_says_what_is_wrong_and_opens_nothing(run, email: str, typed: str) -> None:
    result = run("create", email, "--password-stdin", typed=f"{typed}\n")
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    db.session.rollback()
    assert accounts.find(email) is None


def test_it_refuses_a_second_account_of_one_address(run) -> None:
    factories.ada()
    db.session.commit()
    result = run("create", "ada@norra.example")
    assert result.exit_code == 1
    assert "account with this address" in result.output


def test_a_reset_link_leads_back_in(run, visitor: FlaskClient) -> None:
    ada = factories.ada()
    db.session.commit()
    link = run("reset-link", "ADA@norra.example").output.strip()
    new = "a staple in the battery"
    visitor.post(urlsplit(link).path, data={"password": new, "password_confirm": new})
    db.session.refresh(ada)
    assert verify_password(new, ada.password)
    assert run("reset-link", "nobody@norra.example").exit_code == 1


def test_signing_out_from_the_command_line(run) -> None:
    ada = factories.ada()
    key = sign_ins.begin(ada, network=None, browser="")
    db.session.commit()
    assert run("sign-out", ada.email).exit_code == 0
    db.session.refresh(ada)
    assert sign_ins.holder(ada.fs_uniquifier, key) is None
