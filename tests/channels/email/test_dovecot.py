"""A real mail server: mail dropped into its folder becomes tickets, though the mail room is killed again and again."""

from __future__ import annotations

import os
import random
import smtplib
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import distinct, func, select

from contact_center.channels.email import connecting, testing
from contact_center.channels.email.mailbox import Pace
from contact_center.channels.email.mailroom import MailRoom
from contact_center.channels.models import RawMessageRow, RawState
from contact_center.customers.models import Customer
from contact_center.embedded import ROOT
from contact_center.extensions import db
from contact_center.mailboxes.models import Encryption, Mailbox
from contact_center.outbox.models import Outgoing
from contact_center.tickets.messages import Message
from tests import factories
from tests.channels.email.certificates import Authority
from tests.channels.email.conftest import eml, sealed
from tests.channels.email.dovecot import Dovecot
from tests.channels.email.ports import free_port
from tests.channels.email.waiting import answers, until

pytestmark = [pytest.mark.committing, pytest.mark.dovecot]


@pytest.fixture
def dovecot(trusted: Authority) -> Iterator[Dovecot]:
    with Dovecot(trusted) as server:
        yield server


@pytest.fixture
def mailbox(app: Flask, dovecot: Dovecot) -> Mailbox:
    """Fetched over STARTTLS, so that its whole way is real."""
    row = factories.mailbox(
        factories.queue(), imap_host="localhost", imap_port=dovecot.port, imap_encryption=Encryption.STARTTLS,
        imap_login="support", imap_password=sealed("secret"),
    )  # fmt: skip
    db.session.commit()
    return row


def count(*what: object) -> int:
    found = db.session.scalar(select(func.count(*what))) or 0  # type: ignore[call-overload]
    db.session.rollback()
    return int(found)


def done() -> int:
    found = db.session.scalar(select(func.count()).where(RawMessageRow.state == RawState.DONE)) or 0
    db.session.rollback()
    return found


def test_mail_dropped_into_the_folder_becomes_messages(
    app: Flask, mailbox: Mailbox, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "CC", replace(app.config["CC"], smtp_port=0))
    dovecot.drop(eml(1))
    room = MailRoom(app, Pace(look=30))
    thread = threading.Thread(target=room.serve)
    thread.start()
    try:
        until(lambda: done() == 1)
        for number in range(2, 70):
            dovecot.drop(eml(number))
        until(lambda: done() == 69)
        until(lambda: dovecot.unread() == 0)
    finally:
        room.stop()
        thread.join(10)
    assert count(distinct(Message.external_id)) == count(Message.id) == 69


@pytest.mark.parametrize("encryption", [Encryption.TLS, Encryption.STARTTLS])
@pytest.mark.parametrize("password", ["secret", "wrong"])
def test_signing_in(app: Flask, dovecot: Dovecot, mailbox: Mailbox, encryption: Encryption, password: str) -> None:
    mailbox.imap_encryption, mailbox.imap_password = encryption, sealed(password)
    mailbox.imap_port = dovecot.tls_port if encryption is Encryption.TLS else dovecot.port
    finding = testing.check(mailbox)[0]
    words = "holds 0 mails" if password == "secret" else "refused the user name or password"
    assert words in finding.sentence


def test_a_password_outside_ascii_goes_by_authenticate(dovecot: Dovecot, mailbox: Mailbox) -> None:
    server = connecting.imap_server(mailbox)
    assert server is not None
    with pytest.raises(Exception, match=r"(?i)authenticat"):
        connecting.imap(connecting.Server(server.host, server.port, server.encryption, "support", "пароль"))


class MailRooms:
    """Mail rooms in processes of their own, one after the other, each killed by the next."""

    def __init__(self, environment: dict[str, str], port: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.channels.email.zygote"], cwd=ROOT, text=True, bufsize=1,
            env={**environment, "SMTP_PORT": str(port), "SSL_CERT_FILE": os.environ["SSL_CERT_FILE"]},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def restart(self) -> None:
        """kill -9 and start anew."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        assert self._process.stdout.readline() == "started\n"

    def close(self) -> None:
        with self._process:
            pass
        assert self._process.returncode == 0


def submit(port: int, numbers: range, stop: threading.Event) -> None:
    """A mail server beside us: hands mails over and comes back until it has heard 250."""
    for number in numbers:
        mail = eml(number, sender=f"person{number}@smtp.example")
        while not stop.is_set():
            with suppress(OSError, smtplib.SMTPException):
                with smtplib.SMTP("127.0.0.1", port, local_hostname="mta", timeout=5) as line:
                    line.sendmail("mta@smtp.example", ["support@norra.example"], mail)
                break
            stop.wait(0.02)


def test_a_mail_room_killed_again_and_again_loses_nothing_and_doubles_nothing(
    mailbox: Mailbox, dovecot: Dovecot, environment: dict[str, str]
) -> None:
    chance, port, stop = random.Random(7), free_port(), threading.Event()
    by_imap, by_smtp, rounds = 80, 40, 8
    rooms = MailRooms(environment, port)
    sender = threading.Thread(target=submit, args=(port, range(1000, 1000 + by_smtp), stop))
    try:
        rooms.restart()
        sender.start()
        for number in range(rounds):
            enough = count(RawMessageRow.id) + chance.randrange(8)
            for each in range(number * by_imap // rounds, (number + 1) * by_imap // rounds):
                dovecot.drop(eml(each, sender=f"person{each}@imap.example"))
            until(lambda enough=enough: count(RawMessageRow.id) > enough or not sender.is_alive())
            rooms.restart()
        sender.join(30)
        until(lambda: done() == by_imap + by_smtp, 60)
    finally:
        stop.set()
        rooms.close()
    assert not answers(port)
    everything = by_imap + by_smtp
    assert count(Message.id) == count(distinct(Message.external_id)) == everything
    assert count(RawMessageRow.id) == everything
    assert count(Customer.id) == everything
    assert count(Outgoing.id) == count(distinct(Outgoing.recipient)) == everything
