"""The whole mail room at work: threads, sockets, a real database, and everything that goes wrong around it."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from contact_center.channels.email import connecting, health, mailroom, settings
from contact_center.channels.email.locks import Locks
from contact_center.channels.email.mailbox import Pace
from contact_center.channels.email.mailroom import MailRoom
from contact_center.channels.models import RawMessageRow, RawState
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.mailboxes.models import Encryption, Mailbox
from contact_center.text import sayings
from contact_center.tickets.messages import Message
from tests import factories
from tests.channels.email.conftest import eml, sealed
from tests.channels.email.imap_server import ImapServer
from tests.channels.email.ports import free_port
from tests.channels.email.waiting import answers, until

pytestmark = pytest.mark.committing
QUICK = Pace(
    look=30.0,
    look_again=0.05,
    first_retry=0.05,
    last_retry=0.2,
    after_refused_login=0.05,
    for_lock=0.05,
    for_database=0.1,
)
Start = Callable[..., MailRoom]


@pytest.fixture
def port(app: Flask, monkeypatch: pytest.MonkeyPatch) -> int:
    """Where the mail rooms of this test listen for SMTP."""
    found = free_port()
    monkeypatch.setitem(app.config, "CC", replace(app.config["CC"], smtp_port=found, max_mail_bytes=200_000))
    return found


@pytest.fixture
def start(app: Flask, port: int) -> Iterator[Start]:
    """Start mail rooms; they are stopped afterwards."""
    running: list[tuple[MailRoom, threading.Thread]] = []

    def begin(pace: Pace = QUICK) -> MailRoom:
        room = MailRoom(app, pace)
        thread = threading.Thread(target=room.serve)
        thread.start()
        running.append((room, thread))
        return room

    yield begin
    for room, _ in running:
        room.stop()
    for _, thread in running:
        thread.join(10)
        assert not thread.is_alive()


def fetched(server: ImapServer, address: str = "support@norra.example", **fields: Any) -> Mailbox:
    """A mailbox that is fetched from *server*."""
    queue = factories.queue(f"Queue of {address}")
    row = factories.mailbox(
        queue, address, imap_host="127.0.0.1", imap_port=server.port, imap_encryption=Encryption.NONE,
        imap_login="support", imap_password=sealed("secret"), **fields,
    )  # fmt: skip
    db.session.commit()
    return row


def count(*conditions: Any) -> int:
    found = db.session.scalar(select(func.count(RawMessageRow.id)).where(*conditions)) or 0
    db.session.rollback()
    return found


def done() -> int:
    return count(RawMessageRow.state == RawState.DONE)


def fresh(mailbox: Mailbox) -> Mailbox:
    db.session.rollback()
    db.session.refresh(mailbox)
    return mailbox


def test_mail_that_is_there_and_mail_that_comes_later_become_messages(imap_server: ImapServer, start: Start) -> None:
    mailbox = fetched(imap_server)
    imap_server.put(eml(1))
    start()
    until(lambda: done() == 1)
    until(lambda: any(command == "IDLE" for command in imap_server.commands))
    imap_server.put(eml(2))
    until(lambda: done() == 2)
    assert health.of(fresh(mailbox)) is health.Health.GOOD
    assert set(db.session.scalars(select(Message.external_id))) == {"<1@mail.example>", "<2@mail.example>"}


def test_it_looks_by_itself_where_the_server_cannot_call(imap_server: ImapServer, start: Start) -> None:
    fetched(imap_server)
    imap_server.faults.no_idle = True
    start(replace(QUICK, look=0.05))
    imap_server.put(eml(1))
    until(lambda: done() == 1)


def test_two_mail_rooms_share_the_mailboxes_and_one_takes_over(imap_server: ImapServer, start: Start) -> None:
    fetched(imap_server)
    first = start()
    until(lambda: imap_server.open)
    start()
    for n in range(30):
        imap_server.put(eml(n))
    until(lambda: done() == 30)
    logins = sum(command.startswith("LOGIN") for command in imap_server.commands)
    assert logins == 1
    first.stop()
    until(lambda: sum(command.startswith("LOGIN") for command in imap_server.commands) == 2)
    imap_server.put(eml(100))
    until(lambda: done() == 31)
    assert count() == 31


def test_a_new_uidvalidity_doubles_no_message(imap_server: ImapServer, start: Start) -> None:
    fetched(imap_server)
    for n in range(5):
        imap_server.put(eml(n))
    start()
    until(lambda: done() == 5)
    imap_server.validity = 77
    imap_server.hang_up()
    until(lambda: count(RawMessageRow.state == RawState.DUPLICATE) == 5)
    assert db.session.scalar(select(func.count(Message.id))) == 5


def test_a_mailbox_is_followed_from_setting_up_to_switching_off(imap_server: ImapServer, start: Start) -> None:
    start()
    imap_server.put(eml(1))
    mailbox = fetched(imap_server)
    settings._tell()
    db.session.commit()
    until(lambda: done() == 1)
    settings.deactivate(mailbox, None)
    db.session.commit()
    imap_server.put(eml(2))
    until(lambda: not any(sock.fileno() >= 0 and is_connected(sock) for sock in list(imap_server.open)))
    assert done() == 1
    settings.reactivate(mailbox, None)
    db.session.commit()
    until(lambda: done() == 2)


def is_connected(sock: socket.socket) -> bool:
    try:
        sock.getpeername()
    except OSError:
        return False
    return True


def test_a_failing_mailbox_says_why_and_leaves_the_others_alone(imap_server: ImapServer, start: Start) -> None:
    with ImapServer() as broken:
        broken.faults.refuse_login = True
        failing = fetched(broken, "broken@norra.example")
        fetched(imap_server)
        imap_server.put(eml(1))
        start()
        until(lambda: done() == 1)
        until(lambda: fresh(failing).failing_since)
        assert "refused the user name or password" in sayings.say(failing.error)
        assert health.of(failing) is health.Health.FAILING
        broken.faults.refuse_login = False
        until(lambda: fresh(failing).fetched_at)
        assert (failing.failing_since, failing.error) == (None, None)
    names = list(db.session.scalars(select(Event.name).where(Event.name.like("mailbox.%")).order_by(Event.id)))
    assert names[0] == "mailbox.failed"
    assert "mailbox.recovered" in names


def test_a_server_that_hangs_is_told_and_tried_again(
    imap_server: ImapServer, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = mailroom.Source
    monkeypatch.setattr(mailroom, "Source", lambda *values: replace(original(*values), patience=0.3))
    imap_server.faults.hang_at = {1}
    imap_server.put(eml(1))
    mailbox = fetched(imap_server)
    start()
    until(lambda: fresh(mailbox).error)
    assert "did not answer in time" in sayings.say(mailbox.error)
    imap_server.faults.hang_at = set()
    until(lambda: done() == 1)
    until(lambda: fresh(mailbox).failing_since is None)


def test_the_alarm_comes_after_ten_minutes(app: Flask, imap_server: ImapServer) -> None:
    mailbox = fetched(imap_server)
    health.failed(mailbox.id, "It is broken.")
    assert health.of(fresh(mailbox)) is health.Health.FAILING
    mailbox.failing_since -= health.ALARM_AFTER  # type: ignore[operator]
    assert health.of(mailbox) is health.Health.ALARM


def test_waiting_grows_with_every_failure_up_to_the_longest(app: Flask, imap_server: ImapServer) -> None:
    source = connecting.Server("127.0.0.1", imap_server.port, Encryption.NONE)
    fetcher = mailroom.Fetcher(
        app, type("S", (), {"address": "x", "server": source})(), lambda *_: None, Locks(), Pace()
    )
    waits = []
    for fetcher._failures in range(1, 14):
        waits.append(fetcher._back_off(TimeoutError()))
    assert 3 <= waits[0] <= 5
    assert all(540 <= wait <= 900 for wait in waits[9:])


def test_a_poison_mail_does_not_hold_up_the_others(imap_server: ImapServer, start: Start) -> None:
    fetched(imap_server)
    imap_server.put(eml(1, body="x" * 300_000))
    for n in range(2, 12):
        imap_server.put(eml(n))
    start()
    until(lambda: done() == 10)
    assert count(RawMessageRow.state == RawState.NEW, RawMessageRow.attempts > 0) == 1


def test_what_an_earlier_process_left_is_carried_on(app: Flask, start: Start) -> None:
    mailbox = factories.mailbox(factories.queue())
    db.session.add(
        RawMessageRow(
            channel="email", external_id="smtp:left", place_id=mailbox.id, payload=eml(1), size=1,
            received_at=func.now() - text("interval '1 hour'"),
        )
    )  # fmt: skip
    db.session.commit()
    start()
    until(lambda: done() == 1)


def test_a_database_that_throws_everybody_out_costs_nothing(imap_server: ImapServer, start: Start) -> None:
    fetched(imap_server)
    start()
    others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    for number in range(60):
        imap_server.put(eml(number))
        if number % 15 == 14:
            until(lambda enough=number // 2: count() >= enough)
            db.session.execute(others)
            db.session.rollback()
    until(lambda: done() == 60, 30)
    assert count() == 60
    assert db.session.scalar(select(func.count(Message.id))) == 60


def test_it_stops_while_a_server_keeps_it_waiting(imap_server: ImapServer, start: Start) -> None:
    fetched(imap_server)
    imap_server.put(eml(1))
    imap_server.faults.hang_at = {1}
    start()
    until(lambda: any("BODY.PEEK[]" in command for command in imap_server.commands))
    # the fixture's teardown asserts that it ends, long before the server's minute is over


class TestListener:
    """The SMTP door."""

    @pytest.fixture
    def support(self, app: Flask, port: int, start: Start) -> Mailbox:
        row = factories.mailbox(factories.queue())
        db.session.commit()
        start()
        until(lambda: answers(port))
        return row

    def send(self, port: int, *recipients: str, mail: bytes = b"", sender: str = "greta@lindqvist.example") -> None:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="test") as line:
            line.sendmail(sender, recipients, mail or eml(1))

    def test_it_takes_mail_for_our_mailbox_and_its_tagged_addresses(self, support: Mailbox, port: int) -> None:
        self.send(port, "Support@norra.example", mail=eml(1))
        self.send(port, "support+cc-token@norra.example", mail=eml(2))
        until(lambda: done() == 2)
        row = db.session.scalars(select(RawMessageRow).order_by(RawMessageRow.id.desc())).first()
        assert row is not None
        assert (row.place_id, row.facts["envelope_to"]) == (support.id, ["support+cc-token@norra.example"])
        assert row.facts["envelope_from"] == "greta@lindqvist.example"

    @pytest.mark.parametrize("address", ["nobody@norra.example", "victim@elsewhere.example"])
    def test_it_is_no_relay(self, support: Mailbox, port: int, address: str) -> None:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            self.send(port, address)
        assert refused.value.recipients[address][0] == 550
        assert count() == 0

    def test_it_takes_a_bounce(self, support: Mailbox, port: int) -> None:
        self.send(port, "support@norra.example", sender="")
        until(lambda: count() == 1)
        assert db.session.scalars(select(RawMessageRow.facts)).one()["envelope_from"] == ""

    def test_the_same_mail_twice_is_one(self, support: Mailbox, port: int) -> None:
        for _ in range(3):
            self.send(port, "support@norra.example")
        assert count() == 1

    def test_it_refuses_what_is_too_large(self, support: Mailbox, port: int) -> None:
        with pytest.raises(smtplib.SMTPResponseException) as refused:
            self.send(port, "support@norra.example", mail=eml(1, body="x" * 300_000))
        assert refused.value.smtp_code == 552
        assert count() == 0

    def test_it_takes_a_mail_that_is_one_long_line(self, support: Mailbox, port: int) -> None:
        self.send(port, "support@norra.example", mail=eml(1, body="x " * 50_000))
        until(lambda: done() == 1)

    def test_it_asks_to_come_back_while_nothing_can_be_kept(self, support: Mailbox, port: int) -> None:
        db.session.execute(text("ALTER TABLE raw_message RENAME TO away"))
        db.session.commit()
        with pytest.raises(smtplib.SMTPDataError) as refused:
            self.send(port, "support@norra.example")
        assert refused.value.smtp_code == 451
        db.session.execute(text("ALTER TABLE away RENAME TO raw_message"))
        db.session.commit()
        self.send(port, "support@norra.example")
        until(lambda: done() == 1)

    def test_a_second_mail_room_opens_the_door_when_the_first_has_gone(
        self, support: Mailbox, port: int, start: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mailroom, "_REREAD", 0.1)
        with socket.socket() as taken:
            other = free_port()
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", other))
            taken.listen()
            room = start()
            room._config = replace(room._config, smtp_port=other)
            assert room._listener is None
        room._config = replace(room._config, smtp_port=other)
        until(lambda: room._listener)
        self.send(other, "support@norra.example")
        until(lambda: done() == 1)
