"""Mail on the command line: the answers that mail servers and scripts rely on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from contact_center.channels.models import RawMessageRow
from contact_center.cli import main, opening
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.models import Mailbox
from tests import factories
from tests.channels.email.conftest import eml
from tests.channels.email.imap_server import ImapServer

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this test's transaction."""
    monkeypatch.setattr(opening, "create_app", lambda: app)

    def call(*arguments: str, stdin: bytes | str = b"") -> Result:
        return CliRunner().invoke(main, arguments, input=stdin)

    return call


@pytest.fixture
def support(app: Flask) -> Mailbox:
    queue = factories.queue()
    factories.mailbox(queue, "sales@norra.example")
    return factories.mailbox(queue)


def raws() -> int:
    return db.session.scalar(select(func.count(RawMessageRow.id))) or 0


def test_a_mail_becomes_a_ticket_and_says_so(run: Run, support: Mailbox) -> None:
    result = run("mail", "--json", stdin=eml(1))
    assert result.exit_code == 0
    told: dict[str, Any] = json.loads(result.stdout)
    assert told["decided"] == "DONE"
    assert told["ticket"].startswith("CC-")
    assert told["why"]["rule"] == "new"
    assert told["interaction"]
    assert told["customer"]
    assert db.session.scalars(select(RawMessageRow.place_id)).one() == support.id  # as its To says


def test_the_same_mail_again_gives_the_first_result(run: Run, support: Mailbox) -> None:
    first = json.loads(run("mail", "--json", stdin=eml(1)).stdout)
    again = json.loads(run("mail", "--json", stdin=eml(1)).stdout)
    assert again == first
    assert raws() == 1


def test_the_mailbox_may_be_named(run: Run, support: Mailbox) -> None:
    sales = db.session.scalars(select(Mailbox).where(Mailbox.address == "sales@norra.example")).one()
    assert run("mail", "--mailbox", "sales@norra.example", stdin=eml(1)).exit_code == 0
    assert db.session.scalars(select(RawMessageRow.place_id)).one() == sales.id


def test_a_mail_for_nobody_of_ours_goes_to_the_first_mailbox(run: Run, support: Mailbox) -> None:
    assert run("mail", stdin=eml(1).replace(b"support@norra", b"someone@elsewhere")).exit_code == 0
    assert raws() == 1


@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        (("--bogus",), eml(1), 64),
        (("--mailbox",), eml(1), 64),
        (("support@norra.example",), eml(1), 64),
        ((), b"", 65),
        ((), b" \r\n", 65),
        (("--mailbox", "nobody@norra.example"), eml(1), 67),
    ],
)
def test_what_cannot_be_kept_has_the_exit_code_mail_servers_expect(
    run: Run, support: Mailbox, arguments: tuple[str, ...], stdin: bytes, code: int
) -> None:
    assert run("mail", *arguments, stdin=stdin).exit_code == code
    assert raws() == 0


def test_before_any_mailbox_is_set_up_the_mail_server_is_to_come_back(run: Run) -> None:
    places.forget()
    result = run("mail", stdin=eml(1))
    assert result.exit_code == 75
    assert "there is no mailbox yet" in result.stderr


def test_rubbish_is_kept_all_the_same(run: Run, support: Mailbox) -> None:
    assert run("mail", "--json", stdin=b"\xff\xfe\x00 no mail at all").exit_code == 0
    assert raws() == 1


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"DATABASE_URL": None}, "DATABASE_URL is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter"),
        ({"SECRET_KEY_FILE": "/nonexistent"}, "SECRET_KEY_FILE cannot be read"),
        ({"TIME_ZONE": "Middle/Earth"}, "TIME_ZONE"),
        ({"MAX_MAIL_BYTES": "much"}, "MAX_MAIL_BYTES"),
    ],
)
def test_whatever_setting_is_wrong_the_mail_server_is_to_come_back(
    environment: dict[str, str], changed: dict[str, str | None], why: str
) -> None:
    result = CliRunner().invoke(main, ["mail"], input=eml(1), env={**environment, **changed})
    assert result.exit_code == 75, result.stderr
    assert why in result.stderr
    assert "try again later" in result.stderr


@pytest.mark.parametrize(
    ("url", "why"),
    [("postgresql+psycopg://nobody@127.0.0.1:1/nothing", b"OperationalError"), ("nonsense", b"ArgumentError")],
)
def test_so_it_is_while_there_is_no_database(environment: dict[str, str], url: str, why: bytes) -> None:
    result = _process({**environment, "DATABASE_URL": url}, "mail")
    assert result.returncode == 75, result.stderr
    assert why in result.stderr
    assert b"try again later" in result.stderr


def test_other_commands_say_what_is_not_set(environment: dict[str, str]) -> None:
    result = _process({**environment, "DATABASE_URL": None}, "mailbox", "list")
    assert (result.returncode, result.stderr) == (78, b"contact-center: DATABASE_URL is not set\n")


def _process(environment: dict[str, str | None], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    given = {name: value for name, value in environment.items() if value is not None}
    command = [sys.executable, "-m", "contact_center", *arguments]
    return subprocess.run(command, input=eml(1), env=given, capture_output=True, check=False)


def test_a_mailbox_is_set_listed_and_tried(run: Run, app: Flask, imap_server: ImapServer) -> None:
    factories.queue("Service")
    result = run(
        "mailbox", "set", "Support@norra.example", "imap_host=127.0.0.1", f"imap_port={imap_server.port}",
        "imap_encryption=NONE", "imap_login=support", "imap_password=-", "marks_seen=no", "--queue", "Service",
        stdin="secret\n",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    [listed] = json.loads(run("mailbox", "list", "--json").stdout)
    assert (listed["address"], listed["state"], listed["marks_seen"]) == ("support@norra.example", "STARTING", False)
    assert "secret" not in run("mailbox", "list", "--json").stdout
    tried = run("mailbox", "test", "support@norra.example", "--json")
    findings = {each["what"]: each for each in json.loads(tried.stdout)}
    assert findings["imap"]["is_well"] is True
    assert findings["smtp"]["is_well"] is False
    assert tried.exit_code == 1
    assert 'LOGIN "support" "secret"' in imap_server.commands
    assert run("mailbox", "set", "support@norra.example", "--inactive").exit_code == 0
    assert json.loads(run("mailbox", "list", "--json").stdout)[0]["is_active"] is False


@pytest.mark.parametrize("value", ["nonsense=1", "imap_port=x", "imap_host"])
def test_a_wrong_setting_is_refused_in_words(run: Run, app: Flask, value: str) -> None:
    factories.queue("Service")
    result = run("mailbox", "set", "support@norra.example", value)
    assert result.exit_code != 0
    assert value.partition("=")[0] in result.output
    assert db.session.scalars(select(Mailbox)).all() == []
