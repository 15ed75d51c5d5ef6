"""The funnel with real bytes: nothing lost, nothing doubled, nothing acknowledged that should not be."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from contact_center import clock
from contact_center.channels import inbox, raws
from contact_center.channels.base import RawMessage
from contact_center.channels.models import RawMessageRow, RawState
from contact_center.channels.raws import Outcome
from contact_center.channels.registry import CHANNELS
from contact_center.customers.models import ContactPoint, Customer
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from contact_center.outbox.models import Outgoing, OutgoingState, Purpose
from contact_center.tickets.inbound import InboundMessage
from contact_center.tickets.messages import Message
from contact_center.tickets.models import Ticket, TicketState
from tests import factories

SAM = factories.SAM


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    row = factories.mailbox(factories.queue())
    db.session.commit()
    yield row
    factories.places.forget()


def eml(sender: str = SAM, subject: str = "Kettle", text: str = "It leaks.", **headers: str) -> bytes:
    lines = {
        "From": f"Sam <{sender}>",
        "To": "support@norra.example",
        "Subject": subject,
        "Message-ID": f"<{uuid.uuid4().hex}@mail.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return ("".join(f"{name}: {value}\r\n" for name, value in lines.items()) + f"\r\n{text}\r\n").encode()


def arrive(raw: bytes, mailbox: Mailbox, external_id: str | None = None) -> Outcome:
    kept = RawMessage("email", external_id or uuid.uuid4().hex, raw, clock.now(), mailbox.id)
    (raw_id,) = inbox.keep([kept])
    return inbox.process(raw_id, kept)


def count(model: type[object]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def acknowledgements() -> list[Outgoing]:
    return list(db.session.scalars(select(Outgoing).where(Outgoing.purpose == Purpose.ACKNOWLEDGEMENT)))


def test_a_mail_becomes_a_ticket_with_customer_interaction_and_acknowledgement(mailbox: Mailbox) -> None:
    outcome = arrive(eml(), mailbox)
    ticket = db.session.get_one(Ticket, outcome.ticket_id)
    assert (outcome.state, outcome.acknowledged) == (RawState.DONE, True)
    assert (ticket.subject, ticket.state, ticket.queue_id) == ("Kettle", TicketState.NEW, mailbox.queue_id)
    (told,) = acknowledgements()
    assert told.recipient == SAM
    assert ticket.ref in told.subject
    assert ticket.token in told.payload["reply_to"]


def test_an_acknowledgement_repeats_nothing_the_sender_wrote(mailbox: Mailbox) -> None:
    arrive(eml(subject="BUY-PILLS http://evil.example", text="visit http://evil.example now"), mailbox)
    (told,) = acknowledgements()
    assert "evil" not in told.subject + told.text + told.html
    assert "PILLS" not in told.subject + told.text


def test_the_same_raw_message_handed_in_again_gives_the_first_result(mailbox: Mailbox) -> None:
    raw = eml()
    first, again = arrive(raw, mailbox, "uid:1"), arrive(raw, mailbox, "uid:1")
    assert (again.ticket_id, again.raw_id) == (first.ticket_id, first.raw_id)
    assert (count(Ticket), len(acknowledgements())) == (1, 1)


def test_the_same_mail_by_two_mailboxes_is_one_message(mailbox: Mailbox) -> None:
    other = factories.mailbox(factories.queue("Sales"), "sales@norra.example")
    db.session.commit()
    raw = eml()
    first, second = arrive(raw, mailbox), arrive(raw, other)
    assert (second.state, second.message_id) == (RawState.DUPLICATE, first.message_id)
    assert (count(Ticket), count(Message)) == (1, 1)


def test_two_different_mails_with_one_message_id_are_both_kept(mailbox: Mailbox) -> None:
    first = arrive(eml(text="one", Message_ID="<same@mail.example>"), mailbox)
    second = arrive(eml(text="two", Message_ID="<same@mail.example>"), mailbox)
    assert {first.state, second.state} == {RawState.DONE}
    assert count(Message) == 2


def test_mails_without_a_message_id_are_not_mistaken_for_one_another(mailbox: Mailbox) -> None:
    for text in ("one", "two"):
        raw = eml(text=text).replace(b"Message-ID", b"X-None")
        assert arrive(raw, mailbox).state is RawState.DONE
    assert count(Message) == 2


def test_a_reply_to_the_acknowledgement_joins_its_ticket(mailbox: Mailbox) -> None:
    opened = arrive(eml(), mailbox)
    (told,) = acknowledgements()
    answer = arrive(eml(subject="Re: whatever", text="One more thing.", In_Reply_To=told.external_id), mailbox)
    assert (answer.ticket_id, answer.acknowledged) == (opened.ticket_id, False)


def test_a_reply_to_the_reply_address_joins_even_when_all_headers_are_lost(mailbox: Mailbox) -> None:
    opened = arrive(eml(), mailbox)
    token = db.session.get_one(Ticket, opened.ticket_id).token
    answer = arrive(eml(text="More.", To=f"SUPPORT+CC-{token.upper()}@norra.example"), mailbox)
    assert answer.ticket_id == opened.ticket_id


def test_a_stranger_who_has_the_reply_address_gets_a_linked_ticket_of_their_own(mailbox: Mailbox) -> None:
    opened = arrive(eml(), mailbox)
    token = db.session.get_one(Ticket, opened.ticket_id).token
    forged = arrive(eml("mallory@evil.example", To=f"support+cc-{token}@norra.example"), mailbox)
    assert forged.ticket_id != opened.ticket_id
    assert forged.why["rule"] == "stranger"
    assert count(Ticket) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.shop.example>"},
        {"X_Auto_Response_Suppress": "All"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@mx.example"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_what_a_machine_wrote_is_filed_but_not_acknowledged(mailbox: Mailbox, headers: dict[str, str]) -> None:
    outcome = arrive(eml(**headers), mailbox)
    assert outcome.state in (RawState.DONE, RawState.IGNORED)
    assert acknowledgements() == []


def test_our_own_mail_coming_back_opens_nothing(mailbox: Mailbox) -> None:
    arrive(eml(), mailbox)
    (told,) = acknowledgements()
    back = arrive(eml("support@norra.example", told.subject, told.text, Message_ID=told.external_id), mailbox)
    assert back.state is RawState.IGNORED
    assert count(Ticket) == 1


def test_two_desks_answering_each_other_stop(mailbox: Mailbox) -> None:
    """The other desk opens a ticket and acknowledges for each of our mails, with no header that says so."""
    arrive(eml("desk@other.example", "[Ticket#100] We got your message"), mailbox)
    for n in range(101, 130):
        arrive(eml("desk@other.example", f"[Ticket#{n}] We got your message", f"Your number is {n}."), mailbox)
    assert count(Ticket) <= 3
    assert len(acknowledgements()) <= 3
    assert count(Message) == 30, "every one of them is kept"


def test_a_person_who_writes_about_five_things_gets_five_tickets(mailbox: Mailbox) -> None:
    for subject in ("Kettle", "Invoice", "Oven door", "My address", "Thank you"):
        arrive(eml(subject=subject, text=subject), mailbox)
    assert count(Ticket) == 5


def test_one_address_is_acknowledged_three_times_an_hour_at_most(mailbox: Mailbox) -> None:
    for subject in ("Kettle", "Invoice", "Oven door", "My address", "Thank you"):
        arrive(eml(subject=subject, text=subject), mailbox)
    assert len(acknowledgements()) == 3


def test_a_bounce_attaches_to_what_it_is_about_and_flags_the_address(mailbox: Mailbox) -> None:
    opened = arrive(eml(), mailbox)
    (told,) = acknowledgements()
    told.state = OutgoingState.SENT
    db.session.commit()
    bounce = arrive(report(told.external_id), mailbox)
    db.session.refresh(told)
    point = db.session.scalars(select(ContactPoint).where(ContactPoint.value == SAM)).one()
    assert bounce.ticket_id == opened.ticket_id
    assert told.state is OutgoingState.UNDELIVERED
    assert point.bounced_at is not None
    assert "550" in (point.bounce_reason or "")


def test_a_bounce_does_not_reopen(mailbox: Mailbox) -> None:
    opened = arrive(eml(), mailbox)
    (told,) = acknowledgements()
    ticket = db.session.get_one(Ticket, opened.ticket_id)
    ticket.state, ticket.resolved_at = TicketState.RESOLVED, clock.now()
    db.session.commit()
    arrive(report(told.external_id), mailbox)
    db.session.refresh(ticket)
    assert ticket.state is TicketState.RESOLVED


def test_a_bounce_about_somebody_elses_mail_is_kept_and_opens_nothing(mailbox: Mailbox) -> None:
    outcome = arrive(report("<never.ours@spam.example>"), mailbox)
    assert outcome.state is RawState.IGNORED
    assert (count(Ticket), count(RawMessageRow)) == (0, 1)


def report(about: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example\r\nTo: support@norra.example\r\nSubject: Undelivered Mail\r\n"
        f"Message-ID: <{uuid.uuid4().hex}@mx.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {SAM}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
        f"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {about}\r\nTo: {SAM}\r\n\r\n--b--\r\n"
    ).encode()


class Poison:
    """A channel whose messages nobody can read."""

    name = "poison"

    def receive(self, source: object) -> list[RawMessage]:
        raise NotImplementedError

    def normalise(self, raw: RawMessage) -> InboundMessage:
        raise ZeroDivisionError("a bug in the reader")

    def send(self, message: object) -> str:
        raise NotImplementedError


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHANNELS, "poison", Poison())


@pytest.mark.usefixtures("poison")
def test_what_nobody_can_read_is_quarantined_after_three_tries_and_the_rest_flows_on(mailbox: Mailbox) -> None:
    (bad,) = inbox.keep([RawMessage("poison", "1", b"?", clock.now())])
    assert inbox.process(bad).state is RawState.NEW
    assert arrive(eml(), mailbox).state is RawState.DONE
    for minutes in (1, 2, 3):
        with clock.standing_at(clock.now() + timedelta(minutes=minutes)):
            inbox.sweep()
    row = db.session.get_one(RawMessageRow, bad)
    assert (row.state, row.attempts) == (RawState.QUARANTINED, 3)
    assert "a bug in the reader" in (row.error or "")
    assert row.payload == b"?"


@pytest.mark.usefixtures("poison", "mailbox")
def test_a_quarantined_message_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    (bad,) = inbox.keep([RawMessage("poison", "1", b"?", clock.now())])
    for minutes in (0, 1, 2, 3):
        with clock.standing_at(clock.now() + timedelta(minutes=minutes)):
            inbox.sweep() if minutes else inbox.process(bad)
    monkeypatch.setattr(Poison, "normalise", lambda *_: factories.mail())
    outcome = inbox.retry(bad, factories.root())
    assert (outcome.state, count(Ticket)) == (RawState.DONE, 1)


def test_the_sweeper_files_what_a_crash_left_behind(mailbox: Mailbox) -> None:
    (raw_id,) = inbox.keep([RawMessage("email", "uid:1", eml(), clock.now(), mailbox.id)])
    assert inbox.sweep() == 0, "it may still be in somebody's hands"
    with clock.standing_at(clock.now() + timedelta(seconds=30)):
        assert inbox.sweep() == 1
    assert raws.outcome(raw_id).state is RawState.DONE
    assert count(Ticket) == 1


def test_a_message_that_kills_its_process_every_time_ends_in_quarantine(mailbox: Mailbox) -> None:
    (raw_id,) = inbox.keep([RawMessage("email", "uid:1", eml(), clock.now(), mailbox.id)])
    for _ in range(inbox.MAX_ATTEMPTS):
        assert raws.start_attempt(raw_id, inbox.MAX_ATTEMPTS)  # … and the process is gone
    assert not raws.start_attempt(raw_id, inbox.MAX_ATTEMPTS)
    assert raws.outcome(raw_id).state is RawState.QUARANTINED


@pytest.mark.committing
def test_two_processes_at_once_file_a_message_once(app: Flask, mailbox: Mailbox) -> None:
    ids = inbox.keep([RawMessage("email", f"uid:{n}", eml(text=str(n)), clock.now(), mailbox.id) for n in range(20)])
    db.session.remove()
    _at_once(app, lambda: [inbox.process(raw_id) for raw_id in ids], times=4)
    assert count(Message) == 20
    assert count(Customer) == 1, "twenty first mails of one stranger are one customer"


@pytest.mark.committing
def test_copies_in_two_mailboxes_filed_at_the_same_moment_are_one_message(app: Flask, mailbox: Mailbox) -> None:
    raws_ = [eml(f"sam{n}@stranger.example", text=str(n)) for n in range(10)]
    ids = [
        inbox.keep([RawMessage("email", f"{box}:{n}", raw, clock.now(), mailbox.id)])[0]
        for n, raw in enumerate(raws_)
        for box in ("a", "b")
    ]
    db.session.remove()
    _at_once(app, lambda: [inbox.process(raw_id) for raw_id in ids], times=3)
    assert (count(Message), count(Ticket)) == (10, 10)


def _at_once(app: Flask, work: object, *, times: int) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        with app.app_context():
            try:
                work()  # type: ignore[operator]
            except BaseException as error:  # noqa: BLE001 (told to the test's own thread)
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
