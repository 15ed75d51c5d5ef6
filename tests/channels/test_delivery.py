"""Outgoing rows: each leaves once, by somebody, at some time within a day, or the agent is told why not."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from contact_center import clock
from contact_center.channels import delivery
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.files import store
from contact_center.mailboxes.models import Mailbox
from contact_center.outbox import post
from contact_center.outbox.models import Outgoing, OutgoingState, Purpose
from contact_center.outbox.post import Letter
from contact_center.text import sayings
from contact_center.tickets.messages import Author, Message
from tests import factories
from tests.channels.email.smtp_server import SmtpServer

GRETA = "greta@lindqvist.example"
BO = "bo@andersen.example"


def queued(mailbox: Mailbox, **fields: Any) -> Outgoing:
    letter = Letter(
        Purpose.REPLY, GRETA, "Re: Fridge", "We send somebody.", domain="norra.example", place_id=mailbox.id
    )
    made = post.queue(replace(letter, **fields))
    assert made
    db.session.commit()
    return db.session.get_one(Outgoing, made[0])


def spent(row: Outgoing) -> None:
    """Let the row's time come."""
    db.session.execute(update(Outgoing).where(Outgoing.id == row.id).values(due_at=clock.now() - timedelta(seconds=1)))
    db.session.commit()


def events(name: str) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.name == name)))


def test_it_sends_a_row_once(mailbox: Mailbox, smtp_server: SmtpServer) -> None:
    row = queued(mailbox)
    assert delivery.deliver(row.id) is OutgoingState.SENT
    assert delivery.deliver(row.id) is None
    assert [got.mail["Message-ID"] for got in smtp_server.got] == [row.external_id]
    db.session.refresh(row)
    assert (row.state, row.attempts, row.error) == (OutgoingState.SENT, 1, None)
    assert row.sent_at is not None
    assert [event.data["recipient"] for event in events("outgoing.sent")] == [GRETA]


def test_it_writes_what_the_row_and_its_payload_say(mailbox: Mailbox, smtp_server: SmtpServer) -> None:
    file_id = store.put(b"%PDF-1")
    payload = {
        "references": ["<1@mail.example>"],
        "copies": [BO],
        "reply_to": "support+cc-tok@norra.example",
        "file_ids": [[file_id, "报价.pdf", "application/pdf"]],
        "language": "zh_Hans_CN",
    }
    delivery.deliver(queued(mailbox, html="<p>We send somebody.</p>", payload=payload).id)
    [got] = smtp_server.got
    assert got.recipients == [GRETA, BO]
    assert got.mail["In-Reply-To"] == "<1@mail.example>"
    assert got.mail["Reply-To"].addresses[0].addr_spec == "support+cc-tok@norra.example"
    assert got.mail["From"] == "Norra Care <support@norra.example>"
    assert got.mail["Content-Language"] == "zh-CN"
    [attached] = got.mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("报价.pdf", b"%PDF-1")


def test_it_waits_longer_after_every_try_and_gives_up_after_a_day(mailbox: Mailbox, smtp_server: SmtpServer) -> None:
    smtp_server.data_answer = "451 4.3.0 later"
    start = clock.now()
    with clock.standing_at(start):
        row = queued(mailbox)
    at, waits = start, []
    while row.state is OutgoingState.QUEUED:
        with clock.standing_at(at):
            delivery.deliver(row.id)
            db.session.refresh(row)
            waits.append(int((row.due_at - at).total_seconds() // 60))
            at = row.due_at
    assert waits[:5] == [1, 5, 15, 30, 60]
    assert timedelta(hours=24) <= at - start <= timedelta(hours=26)
    assert row.state is OutgoingState.FAILED
    assert "does not take the message right now" in sayings.say(row.error)
    assert len(events("outgoing.failed")) == 1


def test_it_leaves_a_row_alone_until_its_time_has_come(mailbox: Mailbox, smtp_server: SmtpServer) -> None:
    smtp_server.data_answer = "451 later"
    row = queued(mailbox)
    assert delivery.due() == [row.id]
    delivery.deliver(row.id)
    assert delivery.due() == []
    assert delivery.deliver(row.id) is None
    spent(row)
    assert delivery.due() == [row.id]


def test_it_tells_why_in_the_language_of_whoever_looks(
    mailbox: Mailbox, smtp_server: SmtpServer, session: scoped_session[Session]
) -> None:
    queue = factories.queue("Another")
    ticket = factories.ticket(queue)
    message = Message(
        ticket_id=ticket.id, author=Author.AGENT, channel="email", at=clock.now(),
    )  # fmt: skip
    session.add(message)
    session.flush()
    smtp_server.recipient_answers[GRETA] = "550 5.1.1 unknown"
    row = queued(mailbox, message_id=message.id, ticket_id=ticket.id)
    assert delivery.deliver(row.id) is OutgoingState.FAILED
    [failed] = events("message.failed")
    assert failed.ticket_id == ticket.id
    assert failed.data["error"] == row.error
    with force_locale("en"):
        assert sayings.say(row.error) == (
            "The server of lindqvist.example says the address greta@lindqvist.example does not exist (550 5.1.1)."
        )
    with force_locale("zh_Hans_CN"):
        assert "greta@lindqvist.example 不存在" in sayings.say(row.error)


def test_a_dead_senders_row_is_sent_by_the_next_with_the_same_message_id(
    mailbox: Mailbox, smtp_server: SmtpServer
) -> None:
    row = queued(mailbox)
    assert delivery._claim(row.id)  # and then it was killed
    assert delivery.deliver(row.id) is None
    spent(row)
    assert delivery.due() == [row.id]
    assert delivery.deliver(row.id) is OutgoingState.SENT
    assert [got.mail["Message-ID"] for got in smtp_server.got] == [row.external_id]


def test_a_killed_senders_row_does_not_wait_for_the_lease_to_end(mailbox: Mailbox) -> None:
    row = queued(mailbox)
    with delivery._sender_of(row.id):
        assert delivery._claim(row.id)
        assert delivery.due() == [], "its sender lives and has its time"
    assert delivery.due() == [row.id]


@pytest.mark.parametrize(("drops", "copies"), [("before", 1), ("after", 2)])
def test_a_lost_answer_costs_at_most_one_copy_of_the_same_mail(
    mailbox: Mailbox, smtp_server: SmtpServer, drops: str, copies: int
) -> None:
    row = queued(mailbox)
    smtp_server.drops = drops
    assert delivery.deliver(row.id) is OutgoingState.QUEUED
    smtp_server.drops = ""
    spent(row)
    assert delivery.deliver(row.id) is OutgoingState.SENT
    assert len(smtp_server.got) == copies
    assert len({got.data for got in smtp_server.got}) == 1


def test_a_second_try_goes_only_to_those_not_reached(mailbox: Mailbox, smtp_server: SmtpServer) -> None:
    smtp_server.recipient_answers[BO] = "451 4.7.1 greylisted"
    row = queued(mailbox, payload={"copies": [BO]})
    assert delivery.deliver(row.id) is OutgoingState.QUEUED
    smtp_server.recipient_answers.clear()
    spent(row)
    assert delivery.deliver(row.id) is OutgoingState.SENT
    assert [got.recipients for got in smtp_server.got] == [[GRETA], [BO]]


def test_a_refused_copy_does_not_unsend_the_mail(mailbox: Mailbox, smtp_server: SmtpServer) -> None:
    smtp_server.recipient_answers[BO] = "550 5.1.1 unknown"
    row = queued(mailbox, payload={"copies": [BO]})
    assert delivery.deliver(row.id) is OutgoingState.SENT
    db.session.refresh(row)
    assert "bo@andersen.example does not exist" in sayings.say(row.error)


def test_a_refused_recipient_fails_the_mail_though_the_copy_went_out(mailbox: Mailbox, smtp_server: SmtpServer) -> None:
    smtp_server.recipient_answers[GRETA] = "550 5.1.1 unknown"
    row = queued(mailbox, payload={"copies": [BO]})
    assert delivery.deliver(row.id) is OutgoingState.FAILED
    assert [got.recipients for got in smtp_server.got] == [[BO]]


def test_a_bounce_that_was_faster_than_us_stands(mailbox: Mailbox, smtp_server: SmtpServer) -> None:
    row = queued(mailbox)
    row.state = OutgoingState.UNDELIVERED
    db.session.commit()
    delivery._sent(row.id)
    db.session.refresh(row)
    assert row.state is OutgoingState.UNDELIVERED
    assert events("outgoing.sent") == []


def test_a_lost_file_waits_for_somebody_to_find_it(mailbox: Mailbox, smtp_server: SmtpServer, app: Flask) -> None:
    file_id = store.put(b"soon gone")
    row = queued(mailbox, payload={"file_ids": [[file_id, "a.pdf", "application/pdf"]]})
    for path in app.config["CC"].files_dir.rglob("*"):
        if path.is_file() and path.read_bytes() == b"soon gone":
            path.unlink()
    assert delivery.deliver(row.id) is OutgoingState.QUEUED
    db.session.refresh(row)
    assert "a.pdf" in str(row.error)
    assert smtp_server.got == []


@pytest.mark.committing
def test_two_senders_at_once_send_one_mail(mailbox: Mailbox, smtp_server: SmtpServer, app: Flask) -> None:
    ids = [queued(mailbox).id for _ in range(20)]
    barrier = threading.Barrier(3)

    def send() -> None:
        with app.app_context():
            barrier.wait()
            for outgoing_id in ids:
                delivery.deliver(outgoing_id)

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(smtp_server.got) == 20
    assert len({got.mail["Message-ID"] for got in smtp_server.got}) == 20
    assert set(db.session.scalars(select(Outgoing.state))) == {OutgoingState.SENT}
