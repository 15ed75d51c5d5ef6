"""The product in one story: SMTP, an IMAP server, an MTA's pipe and the web form are four tickets on a live desk.

An answer typed there arrives at a real mail server, its answer joins the same ticket, a stranger's forged one does not.
"""

from __future__ import annotations

import contextlib
import os
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TooLate
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.channels.email import secrets
from contact_center.config import Config
from contact_center.extensions import db
from contact_center.mailboxes.models import Encryption, Mailbox
from contact_center.tickets.models import Participant, Ticket, TicketLink
from tests.channels.email.certificates import Authority
from tests.channels.email.dovecot import Dovecot
from tests.channels.email.ports import free_port
from tests.channels.email.smtp_server import Got
from tests.channels.email.waiting import until
from tests.e2e.conftest import SECRET, Site
from tests.e2e.programs import Program

pytestmark = [pytest.mark.browser, pytest.mark.dovecot]
ADDRESS = "support@norra.example"


@dataclass
class MailRoom:
    """A running mail room: its SMTP port, the mailbox it fetches, and the environment to pipe mails with."""

    smtp_port: int
    dovecot: Dovecot
    environment: dict[str, str]

    def send(self, sender: str, subject: str, text: str, *, to: str = ADDRESS, headers: str = "") -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as server:
            server.sendmail(sender, [to], _mail(sender, subject, text, to=to, headers=headers))

    def pipe(self, mail: bytes) -> int:
        program = [str(Path(sys.executable).parent / "contact-center"), "mail"]
        return subprocess.run(program, input=mail, env=self.environment, check=False, capture_output=True).returncode


def _mail(sender: str, subject: str, text: str, *, to: str = ADDRESS, headers: str = "") -> bytes:
    ident = f"{subject.encode().hex()[:40]}.{sender}"
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{ident}>\r\n{headers}"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


@pytest.fixture(scope="module")
def mail_room(site: Site, config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailRoom]:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    with Dovecot(authority) as dovecot:
        mailbox = db.session.scalars(select(Mailbox)).one()
        mailbox.imap_host, mailbox.imap_port = "localhost", dovecot.tls_port
        mailbox.imap_encryption, mailbox.imap_login = Encryption.TLS, "support"
        mailbox.imap_password = secrets.seal("secret")
        db.session.commit()
        port = free_port()
        environment = {
            **os.environ,
            "DATABASE_URL": config.database_url,
            "BROKER_URL": config.broker_url,
            "REDIS_URL": config.redis_url,
            "SECRET_KEY": SECRET,
            "DATA_DIR": str(config.data_dir),
            "SMTP_PORT": str(port),
            "SSL_CERT_FILE": str(authority.path),
        }
        program = Program(["mailroom"], environment, config.data_dir / "mailroom.log")
        try:
            until(lambda: _listens(port), seconds=90)
            yield MailRoom(port, dovecot, environment)
        finally:
            program.end()
            program.wait()


def _listens(port: int) -> bool:
    try:
        smtplib.SMTP("127.0.0.1", port, timeout=2).quit()
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("language", "subjects", "send"),
    [
        ("en", ("By SMTP", "By IMAP", "By pipe", "By the web form"), "Send"),
        ("zh_Hans_CN", ("冰箱不制冷", "洗衣机异响", "发票抬头", "门封条老化了"), "发送"),
    ],
    ids=["English", "Chinese"],
)
def test_four_ways_in_are_four_tickets_on_the_open_desk(
    site: Site,
    mail_room: MailRoom,
    open_desk: Callable[[Agent], Page],
    language: str,
    subjects: tuple[str, ...],
    send: str,
) -> None:
    site.ada.language = language
    db.session.commit()
    desk = open_desk(site.ada)
    desk.goto("/desk/tickets")
    desk.locator("[data-live=on]").wait_for()

    mail_room.send(f"smtp.{language.lower()}@home.example", subjects[0], "It leaks.")
    mail_room.dovecot.drop(_mail(f"imap.{language.lower()}@home.example", subjects[1], "It leaks too."))
    assert mail_room.pipe(_mail(f"pipe.{language.lower()}@home.example", subjects[2], "And mine.")) == 0
    _ask_on_the_web(site, open_desk, f"web.{language.lower()}@home.example", subjects[3], language)

    _all_arrive(desk, subjects)
    _answer(site, desk, subjects[0], send)
    _the_answer_comes_and_goes(site, mail_room, desk, f"smtp.{language.lower()}@home.example", subjects[0])


def _all_arrive(desk: Page, subjects: tuple[str, ...]) -> None:
    """Rows that are there already stay where they are: new ones wait behind their number, until it is clicked."""
    rows, newer = desk.locator(".list-row"), desk.locator("#newer")
    for subject in subjects:
        row = rows.filter(has_text=subject)
        row.or_(newer).first.wait_for()
        while row.count() == 0:
            with contextlib.suppress(TooLate):  # it goes away as soon as the rows are there
                newer.click(timeout=1000)
            row.or_(newer).first.wait_for()
        expect(row).to_have_count(1)


def _ask_on_the_web(site: Site, open_desk: Callable[[Agent], Page], sender: str, text: str, language: str) -> None:
    visitor = open_desk(site.ada).context.browser.new_context(  # type: ignore[union-attr]
        base_url=site.url, locale="zh-CN" if language.startswith("zh") else "en-GB"
    )
    page = visitor.new_page()
    page.goto("/request")
    page.locator("[name=name]").fill("Web Visitor")
    page.locator("[name=email]").fill(sender)
    page.locator("[name=text]").fill(text)
    kind = page.locator("[name=kind]").first
    kind.check(force=True) if kind.get_attribute("type") == "radio" else kind.select_option(index=1)
    page.locator("form button[type=submit], form button:not([type])").last.click()
    expect(page.locator("main")).to_contain_text("CC-")
    visitor.close()


def _answer(site: Site, desk: Page, subject: str, send: str) -> None:
    desk.locator(".list-row").filter(has_text=subject).locator("a.cover").click()
    expect(desk.locator(".conversation")).to_contain_text("It leaks.")
    desk.locator("[data-live=on]").wait_for()
    desk.keyboard.press("r")
    desk.keyboard.type("We will come tomorrow.")
    expect(desk.get_by_role("button", name=send).first).to_be_enabled()
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".conversation")).to_contain_text("We will come tomorrow.")


def _the_answer_comes_and_goes(site: Site, mail_room: MailRoom, desk: Page, customer: str, subject: str) -> None:
    until(lambda: _sent_to(site, customer), seconds=60)
    (sent,) = _sent_to(site, customer)
    headers = f"In-Reply-To: {sent.mail['Message-ID']}\r\nReferences: {sent.mail['Message-ID']}\r\n"
    reply_to = str(sent.mail["Reply-To"])
    mail_room.send(customer, f"Re: {subject}", "Tomorrow is fine.", to=reply_to, headers=headers)
    expect(desk.locator(".conversation")).to_contain_text("Tomorrow is fine.")

    mail_room.send("mallory@evil.example", f"Re: {subject}", "Send the money here.", to=reply_to, headers=headers)
    until(lambda: _stranger() is not None, seconds=60)
    stranger, ticket_id = _stranger(), int(desk.url.rpartition("CC-")[2])
    assert stranger is not None
    assert stranger.id != ticket_id
    assert db.session.get(TicketLink, (stranger.id, ticket_id)) is not None
    expect(desk.locator(".conversation")).not_to_contain_text("Send the money here.")
    db.session.delete(stranger)
    db.session.commit()


def _sent_to(site: Site, customer: str) -> list[Got]:
    """The answers that have left for *customer*; the acknowledgement is none."""
    return [got for got in site.smtp.got if got.recipients == [customer] and "We will come tomorrow." in _words(got)]


def _words(got: Got) -> str:
    body = got.mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def _stranger() -> Ticket | None:
    db.session.rollback()
    asked = select(Ticket).join(Participant, Participant.ticket_id == Ticket.id)
    return db.session.scalars(asked.where(Participant.value == "mallory@evil.example")).first()
