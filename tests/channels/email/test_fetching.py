"""Fetching a folder: whatever the server's numbers and the line do, every mail is kept once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center import clock
from contact_center.channels import inbox
from contact_center.channels.base import RawMessage
from contact_center.channels.email import connecting, fetching
from contact_center.channels.email.connecting import Server
from contact_center.channels.email.explaining import NoSuchFolder
from contact_center.channels.email.fetching import Folder, Memory, Source
from contact_center.channels.models import RawMessageRow
from contact_center.extensions import db
from contact_center.mailboxes.models import Encryption, Mailbox
from tests import factories
from tests.channels.email.conftest import eml
from tests.channels.email.imap_server import ImapServer


class Reader:
    """Looks into the server's folder as the mail room does, one look at a time."""

    def __init__(self, server: ImapServer, mailbox: Mailbox, **fields: Any) -> None:
        self.server = server
        self.memory = Memory()
        place = Server("127.0.0.1", server.port, Encryption.NONE, "support", "secret")
        settings = {"folder": "INBOX", "marks_seen": True, "since": None, "max_bytes": 10_000, "patience": 5.0}
        self.source = Source(mailbox.id, mailbox.address, 1, place, **{**settings, **fields})

    @contextmanager
    def folder(self) -> Iterator[Folder]:
        client = connecting.imap(self.source.server, self.source.patience)
        try:
            folder = Folder(client, self.source, self.memory, self.keep)
            folder.open()
            yield folder
        finally:
            connecting.hang_up(client)

    def keep(self, raws: Sequence[RawMessage]) -> None:
        inbox.keep(raws)

    def look(self, times: int = 1) -> None:
        """One session with so many looks."""
        with self.folder() as folder:
            for _ in range(times):
                folder.look()

    def look_until_quiet(self) -> None:
        """Come back after every broken session, as the mail room does, until nothing is left to fetch."""
        for _ in range(20):
            with suppress(Exception):
                self.look()
                if not self.memory.tries:
                    return
        raise AssertionError("it never ends")


@pytest.fixture
def box(app: Flask) -> Mailbox:
    return factories.mailbox(factories.queue())


@pytest.fixture
def reader(imap_server: ImapServer, box: Mailbox) -> Reader:
    return Reader(imap_server, box)


def kept() -> list[bytes]:
    """The payloads that are whole, in order of arrival here."""
    whole = RawMessageRow.facts["held_back"].astext.is_(None)
    return [
        bytes(each)
        for each in db.session.scalars(select(RawMessageRow.payload).where(whole).order_by(RawMessageRow.id))
    ]


def held_back() -> list[str]:
    asked = select(RawMessageRow.facts["held_back"].astext).where(RawMessageRow.facts.has_key("held_back"))
    return list(db.session.scalars(asked))


def last_uid(box: Mailbox) -> int:
    db.session.refresh(box)
    return box.last_uid


def test_it_keeps_every_mail_once_and_marks_it_read(imap_server: ImapServer, reader: Reader, box: Mailbox) -> None:
    mails = [eml(n) for n in range(120)]
    for mail in mails:
        imap_server.put(mail)
    reader.look()
    reader.look(times=2)
    assert kept() == mails
    assert all(mail.seen for mail in imap_server.mails)
    assert last_uid(box) == 120
    bodies = [command for command in imap_server.commands if "BODY.PEEK[]" in command]
    assert len(bodies) == 3  # groups of fifty


def test_it_notes_whose_word_about_senders_counted_when_it_came(imap_server: ImapServer, box: Mailbox) -> None:
    imap_server.put(eml(1))
    Reader(imap_server, box, authserv_id="mx.norra.example").look()
    assert db.session.scalars(select(RawMessageRow.facts["authserv_id"].astext)).all() == ["mx.norra.example"]


def test_it_leaves_mail_unread_where_that_is_wanted(imap_server: ImapServer, box: Mailbox) -> None:
    imap_server.put(eml(1))
    Reader(imap_server, box, marks_seen=False).look()
    assert not imap_server.mails[0].seen
    assert any(command.startswith("EXAMINE") for command in imap_server.commands)


def test_it_marks_nothing_before_it_is_committed(imap_server: ImapServer, reader: Reader) -> None:
    imap_server.put(eml(1))

    def full(_raws: Sequence[RawMessage]) -> None:
        raise OSError("no space left on device")

    reader.keep = full  # type: ignore[method-assign]
    with pytest.raises(OSError, match="no space"):
        reader.look()
    assert not imap_server.mails[0].seen
    reader.keep = inbox.keep  # type: ignore[method-assign, assignment]
    reader.look()
    assert kept() == [eml(1)]


def test_a_crash_between_keeping_and_counting_off_doubles_nothing(
    imap_server: ImapServer, reader: Reader, box: Mailbox
) -> None:
    for n in range(3):
        imap_server.put(eml(n))
    reader.look()
    box.last_uid = 0
    db.session.commit()
    Reader(imap_server, box).look()
    assert len(kept()) == 3
    assert last_uid(box) == 3


def test_new_numbers_for_old_mail_are_another_raw_row_of_the_same_bytes(
    imap_server: ImapServer, reader: Reader, box: Mailbox
) -> None:
    imap_server.put(eml(1))
    reader.look()
    imap_server.validity = 2000
    imap_server.put(eml(2))
    reader.look()
    assert kept() == [eml(1), eml(1), eml(2)]  # what the bytes hold is told apart when they are read
    db.session.refresh(box)
    assert (box.uid_validity, box.last_uid) == (2000, 2)


def test_numbers_given_out_again_after_emptying_are_new_mail(imap_server: ImapServer, reader: Reader) -> None:
    for n in range(5):
        imap_server.put(eml(n), arrived=f"22-Nov-2026 08:00:0{n} +0000")
    reader.look()
    imap_server.empty()
    imap_server.next_uid = 1  # the same UIDVALIDITY: no server should, some do
    imap_server.put(eml(100), arrived="23-Nov-2026 08:00:00 +0000")
    reader.look()
    assert kept()[5:] == [eml(100)]
    imap_server.put(eml(101), arrived="23-Nov-2026 08:00:01 +0000")
    reader.look()
    reader.look()
    assert kept()[5:] == [eml(100), eml(101)]


@pytest.mark.parametrize("restarted", [True, False])
def test_numbers_given_out_again_while_we_were_away_are_new_mail(
    imap_server: ImapServer, reader: Reader, box: Mailbox, restarted: bool
) -> None:
    for n in range(5):
        imap_server.put(eml(n), arrived=f"22-Nov-2026 08:00:0{n} +0000")
    reader.look()
    imap_server.empty()
    imap_server.next_uid = 1
    for n in range(9):  # past the number we had reached
        imap_server.put(eml(100 + n), arrived=f"23-Nov-2026 08:00:0{n} +0000")
    (Reader(imap_server, box) if restarted else reader).look()
    assert kept()[5:] == [eml(100 + n) for n in range(9)]


def test_an_emptied_mailbox_is_nothing_special(imap_server: ImapServer, reader: Reader, box: Mailbox) -> None:
    imap_server.put(eml(1))
    reader.look()
    imap_server.empty()
    reader.look()
    imap_server.put(eml(2))
    reader.look()
    assert kept() == [eml(1), eml(2)]
    assert last_uid(box) == 2


def test_mail_that_appears_out_of_order_is_found(imap_server: ImapServer, reader: Reader) -> None:
    for n in range(1, 5):
        imap_server.put(eml(n))
    imap_server.faults.hidden = {2}
    reader.look()
    imap_server.faults.hidden = set()
    reader.look()
    assert sorted(kept()) == sorted(eml(n) for n in range(1, 5))


def test_mail_far_below_is_found_when_everything_is_compared(
    imap_server: ImapServer, reader: Reader, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "WINDOW", 3)
    for n in range(1, 11):
        imap_server.put(eml(n))
    imap_server.faults.hidden = {2}
    reader.look()
    imap_server.faults.hidden = set()
    reader.look()
    assert len(kept()) == 9
    reader.memory.compared_at = None  # a day later, or after a start
    reader.look()
    assert len(kept()) == 10


@pytest.mark.parametrize("fault", ["drop_at", "empty_at", "hang_at"])
def test_a_mail_the_server_cannot_hand_out_is_held_back_and_the_others_are_kept(
    imap_server: ImapServer, box: Mailbox, fault: str
) -> None:
    reader = Reader(imap_server, box, patience=0.2)
    for n in range(1, 13):
        imap_server.put(eml(n))
    getattr(imap_server.faults, fault).add(7)
    reader.look_until_quiet()
    assert sorted(kept()) == sorted(eml(n) for n in range(1, 13) if n != 7)
    assert held_back() == ["unfetchable"]
    assert last_uid(box) == 12
    getattr(imap_server.faults, fault).clear()  # the server was mended
    Reader(imap_server, box).look()
    assert sorted(kept()) == sorted(eml(n) for n in range(1, 13))
    assert held_back() == []


def test_a_dropped_line_costs_nothing(imap_server: ImapServer, reader: Reader) -> None:
    mails = [eml(n) for n in range(12)]
    for mail in mails:
        imap_server.put(mail)
    imap_server.faults.drop_at, imap_server.faults.drops_left = {9}, 1
    reader.look_until_quiet()
    assert sorted(kept()) == sorted(mails)
    assert held_back() == []


def test_a_server_that_drips_is_given_up(
    imap_server: ImapServer, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SLOWEST", 1e9)
    reader = Reader(imap_server, box, patience=0.3)
    imap_server.put(eml(1))
    imap_server.faults.drip_at = {1}
    with pytest.raises(TimeoutError):
        reader.look()


def test_a_mail_that_is_too_large_waits_on_its_server(imap_server: ImapServer, reader: Reader, box: Mailbox) -> None:
    imap_server.put(eml(1))
    imap_server.put(eml(2, body="x" * 20_000))
    imap_server.put(eml(3))
    reader.look(times=2)
    assert kept() == [eml(1), eml(3)]
    assert held_back() == ["size"]
    row = db.session.scalars(select(RawMessageRow).where(RawMessageRow.facts.has_key("held_back"))).one()
    assert b"Subject: Fridge 2" in row.payload
    assert inbox.process(row.id).state == "NEW"
    assert "MAX_MAIL_BYTES" in str(db.session.get_one(RawMessageRow, row.id, populate_existing=True).error)
    Reader(imap_server, box, max_bytes=100_000).look()
    assert len(kept()) == 3
    assert held_back() == []


def test_it_starts_at_a_day(imap_server: ImapServer, box: Mailbox) -> None:
    imap_server.put(eml(1))
    Reader(imap_server, box, since=clock.now().date()).look()
    assert [command for command in imap_server.commands if "SEARCH" in command] == [
        f"UID SEARCH UID 1:* SINCE {clock.now():%d-%b-%Y}"
    ]


def test_it_counts_from_the_servers_time_of_arrival_unless_that_is_long_ago(
    imap_server: ImapServer, reader: Reader
) -> None:
    now = clock.now().replace(microsecond=0)
    hour_ago = now - timedelta(hours=1)
    for n, arrived in enumerate((hour_ago, now - timedelta(days=400), now + timedelta(hours=3))):
        imap_server.put(eml(n), arrived=arrived.strftime("%d-%b-%Y %H:%M:%S +0000"))
    reader.look()
    received = list(db.session.scalars(select(RawMessageRow.received_at).order_by(RawMessageRow.id)))
    assert received[0] == hour_ago
    assert all(now <= each <= clock.now() for each in received[1:])


def test_it_names_the_folders_there_are(imap_server: ImapServer, box: Mailbox) -> None:
    with pytest.raises(NoSuchFolder) as raised:
        Reader(imap_server, box, folder="Support").look()
    assert raised.value.folders == ["INBOX", "Sent"]


def test_a_very_long_list_of_mails_is_read(imap_server: ImapServer, reader: Reader) -> None:
    """imaplib's own limit is a million bytes to a line."""
    imap_server.faults.listing = range(4_000_000_000, 4_000_000_000 + 95_000)
    with reader.folder() as folder:
        assert len(folder._list(1)) == 95_000
