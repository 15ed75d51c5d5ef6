"""Customers of the demo who write to a running installation: who they are, and that their mails and forms arrive."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from contact_center import clock
from contact_center.cli.traffic import traffic
from contact_center.customers.models import TIERS
from contact_center.demo import posting
from contact_center.demo.posting import NotSent
from contact_center.demo.visitors import Visitors
from contact_center.extensions import db
from contact_center.tickets.models import RequestKind, Ticket
from tests import factories
from tests.channels.email.smtp_server import SmtpServer

REQUEST = {
    "kind": "REPAIR",
    "text": "It leaks.",
    "name": "Sam",
    "email": factories.SAM,
    "phone": "",
    "order_number": "",
}


@pytest.fixture
def running(app: Flask) -> Iterator[str]:
    """The application behind a port of its own."""
    factories.queue(takes_web_requests=True)
    db.session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def settings(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment that the command reads."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_customers_of_all_tiers_write_in_both_languages_by_mail_and_by_form() -> None:
    visitors, now = Visitors(clock.now(), seed=1), clock.now()
    drawn = [visitors.next(now, web_share=0.4) for _ in range(120)]
    met = Counter(letter.tier for letter in drawn)
    assert set(met) == set(TIERS)
    assert {(letter.language, letter.mail is None) for letter in drawn} == {
        ("en", True), ("en", False), ("zh", True), ("zh", False),
    }  # fmt: skip
    assert all("{" not in letter.subject + letter.fields.get("text", "") for letter in drawn)
    assert len({letter.subject for letter in drawn}) > 50


def test_one_seed_draws_the_same_people_and_never_the_same_mail() -> None:
    now = clock.now()
    first, again = (Visitors(now, seed=7).next(now, web_share=0) for _ in range(2))
    assert (first.buyer, first.subject) == (again.buyer, again.subject)
    assert first.mail is not None
    assert again.mail is not None
    assert first.mail["Message-ID"] != again.mail["Message-ID"]


@pytest.mark.committing
def test_a_request_goes_through_the_forms_own_page(running: str) -> None:
    posting.by_form(REQUEST, running, "en", wait=lambda _seconds: None)
    db.session.expire_all()
    (ticket,) = db.session.scalars(select(Ticket))
    assert (ticket.kind, ticket.channel) == (RequestKind.REPAIR, "web")


@pytest.mark.committing
def test_what_nobody_takes_is_said(running: str) -> None:
    with pytest.raises(NotSent, match="422"):
        posting.by_form(REQUEST | {"kind": "NONSENSE"}, running, "en", wait=lambda _seconds: None)
    with SmtpServer() as server:
        port = server.port
    mail = Visitors(clock.now(), seed=1).next(clock.now(), web_share=0).mail
    assert mail is not None
    with pytest.raises(NotSent, match=f"127.0.0.1:{port}"):
        posting.by_mail(mail, factories.SAM, "127.0.0.1", port)


def test_the_command_sends_real_mails_and_says_how_many(settings: pytest.MonkeyPatch) -> None:
    with SmtpServer() as server:
        settings.setenv("SMTP_PORT", str(server.port))
        asked = ["--per-hour", "90000", "--for", "0.005", "--seed", "3", "--mails-only"]
        done = CliRunner().invoke(traffic, asked)
    assert done.exit_code == 0, done.output
    assert f"{len(server.got)} sent: {len(server.got)} mails, 0 web requests" in done.output
    assert server.got
    assert {got.recipients[0].partition("@")[0] for got in server.got} <= {"support", "parts", "kefu"}


@pytest.mark.parametrize("asked", [["--per-hour", "nan"], ["--per-hour", "60", "--for", "NaN"]])
def test_what_is_no_number_is_refused_before_anything_is_sent(asked: list[str]) -> None:
    done = CliRunner().invoke(traffic, asked)
    assert (done.exit_code, "this is no number" in done.output) == (2, True), done.output


def test_a_server_that_speaks_no_http_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answering = threading.Thread(target=lambda: _babble(server))
        answering.start()
        with pytest.raises(NotSent, match=f"127.0.0.1:{port}"):
            posting.by_form(REQUEST, f"http://127.0.0.1:{port}", "en")
        answering.join()


def _babble(server: socket.socket) -> None:
    line, _address = server.accept()
    with line:
        line.recv(1000)
        line.sendall(b"220 mail.example\r\n\r\n")


@pytest.mark.parametrize(
    ("host", "asked", "said"),
    [
        ("mail.example", [], "mail.example is another machine; --to mail.example sends there all the same"),
        ("127.0.0.1", ["--mails-only", "--web-only"], "leave nothing to send"),
    ],
)
def test_it_writes_to_this_machine_only_unless_told(
    settings: pytest.MonkeyPatch, host: str, asked: list[str], said: str
) -> None:
    settings.setenv("SMTP_HOST", host)
    done = CliRunner().invoke(traffic, ["--per-hour", "60", *asked])
    assert (done.exit_code, said in done.output) == (2, True), done.output
