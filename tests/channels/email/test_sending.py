"""Handing a mail to a server: what the agent is told when it says no, and what never crosses the wire."""

from __future__ import annotations

import os
import socket
import threading
import time
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session, scoped_session

from contact_center.channels.base import OutboundMessage
from contact_center.channels.email import connecting, lines, sending
from contact_center.channels.email.adapter import EmailChannel
from contact_center.errors import DeliveryError
from contact_center.mailboxes.models import Encryption, Mailbox
from tests.channels.email.certificates import Authority
from tests.channels.email.conftest import sealed
from tests.channels.email.smtp_server import SmtpServer
from tests.channels.email.test_building import LETTER

GRETA = "greta@lindqvist.example"
BO = "bo@andersen.example"


@pytest.fixture
def letter(mailbox: Mailbox) -> OutboundMessage:
    return replace(LETTER, place=mailbox.id)


def refusal(letter: OutboundMessage) -> DeliveryError:
    with pytest.raises(DeliveryError) as raised:
        EmailChannel().send(letter)
    return raised.value


def test_it_hands_the_mail_to_the_server_of_the_mailbox(letter: OutboundMessage, smtp_server: SmtpServer) -> None:
    assert EmailChannel().send(replace(letter, copies=(BO,))) == letter.external_id
    [got] = smtp_server.got
    assert got.sender == "support@norra.example"
    assert got.recipients == [GRETA, BO]
    assert got.mail["Message-ID"] == letter.external_id


@pytest.mark.parametrize(
    ("answer", "permanent", "words"),
    [
        ("550 5.1.1 unknown", True, "says the address greta@lindqvist.example does not exist (550 5.1.1)"),
        ("550 no such person", True, "does not exist (550)"),
        ("552 5.2.2 over quota", True, "is full"),
        ("452 4.2.2 over quota", False, "is full"),
        ("550 5.2.1 disabled", True, "is disabled"),
        ("550 5.1.2 bad domain", True, "check the part after the @"),
        ("550 5.7.1 blocked", True, "refuses our mail as a matter of policy"),
        ("554 5.7.1 relay access denied", True, "does not pass on mail"),
        ("554 go away", True, "refuses mail for"),
        ("450 4.2.0 greylisted", False, "right now"),
        ("451 try later", False, "right now"),
    ],
)
def test_it_explains_why_a_recipient_was_refused(
    letter: OutboundMessage, smtp_server: SmtpServer, answer: str, permanent: bool, words: str
) -> None:
    smtp_server.recipient_answers[GRETA] = answer
    error = refusal(letter)
    assert error.permanent is permanent
    assert words in error.sentence
    assert error.reached == ()


@pytest.mark.parametrize(
    ("answer", "permanent", "words"),
    [
        ("552 5.3.4 too big", True, "too large"),
        ("554 5.6.0 no", True, "refused the message (554 5.6.0)"),
        ("451 4.3.0 later", False, "right now"),
    ],
)
def test_it_explains_why_a_message_was_refused(
    letter: OutboundMessage, smtp_server: SmtpServer, answer: str, permanent: bool, words: str
) -> None:
    smtp_server.data_answer = answer
    error = refusal(letter)
    assert (error.permanent, smtp_server.got) == (permanent, [])
    assert words in error.sentence


@pytest.mark.parametrize(
    ("answer", "permanent", "words"),
    [
        ("553 5.7.1 not yours", True, "does not let us send as support@norra.example"),
        ("530 5.7.0 sign in first", False, "sign in differently"),
        ("552 too big", True, "too large"),
        ("421 4.3.2 closing", False, "right now"),
    ],
)
def test_it_explains_why_our_own_address_was_refused(
    letter: OutboundMessage, smtp_server: SmtpServer, answer: str, permanent: bool, words: str
) -> None:
    smtp_server.mail_answer = answer
    error = refusal(letter)
    assert error.permanent is permanent
    assert words in error.sentence


def test_it_never_repeats_what_the_server_said(letter: OutboundMessage, smtp_server: SmtpServer) -> None:
    smtp_server.recipient_answers[GRETA] = "550 5.1.1 <script>call 0900-SCAM</script>"
    assert "SCAM" not in refusal(letter).sentence


def test_it_says_who_was_reached_when_only_some_were(letter: OutboundMessage, smtp_server: SmtpServer) -> None:
    smtp_server.recipient_answers[BO] = "451 4.7.1 greylisted"
    error = refusal(replace(letter, copies=(BO,)))
    assert (error.permanent, error.reached) == (False, (GRETA,))
    del smtp_server.recipient_answers[BO]
    EmailChannel().send(replace(letter, copies=(BO,), reached=error.reached))
    assert [got.recipients for got in smtp_server.got] == [[GRETA], [BO]]
    assert smtp_server.got[0].data == smtp_server.got[1].data


def test_it_waits_with_a_mail_while_the_password_is_wrong(
    app: Flask, letter: OutboundMessage, mailbox: Mailbox, session: scoped_session[Session]
) -> None:
    with SmtpServer(login=True) as server:
        mailbox.smtp_port, mailbox.smtp_login, mailbox.smtp_password = server.port, "support", sealed("wrong")
        session.commit()
        error = refusal(letter)
        assert not error.permanent
        assert "refused the user name or password" in error.sentence
        mailbox.smtp_password = sealed("secret")
        session.commit()
        EmailChannel().send(letter)
        assert len(server.got) == 1
        lines.pool.close_idle()


def test_it_signs_in_once_for_a_burst(letter: OutboundMessage, smtp_server: SmtpServer) -> None:
    for _ in range(5):
        EmailChannel().send(letter)
    assert len(smtp_server.got) == 5
    assert smtp_server.connections == 1


def test_it_dials_anew_when_the_server_has_hung_up(letter: OutboundMessage, smtp_server: SmtpServer) -> None:
    EmailChannel().send(letter)
    smtp_server.hang_up()
    EmailChannel().send(letter)
    assert len(smtp_server.got) == 2


def test_it_does_not_share_a_line_between_threads(app: Flask, letter: OutboundMessage, smtp_server: SmtpServer) -> None:
    server = sending._route(letter.place)
    taken = [lines.pool.take(server, "norra.example") for _ in range(3)]
    assert len({id(line) for line in taken}) == 3
    for line in taken:
        lines.pool.give_back(server, "norra.example", line)
    lines.pool.close_idle()
    assert all(line.sock is None for line in taken)


def test_a_forked_child_leaves_the_parents_lines_alone(letter: OutboundMessage, smtp_server: SmtpServer) -> None:
    EmailChannel().send(letter)
    child = os.fork()
    if child == 0:
        os._exit(len(lines.pool._idle))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    EmailChannel().send(letter)
    assert smtp_server.connections == 1


def test_a_mail_that_broke_off_is_to_be_sent_again(letter: OutboundMessage, smtp_server: SmtpServer) -> None:
    smtp_server.drops = "before"
    error = refusal(letter)
    assert not error.permanent
    assert "closed the connection" in error.sentence


def test_a_server_that_dawdles_for_ever_is_given_up(
    letter: OutboundMessage, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "ALTOGETHER", 0.2)
    smtp_server.hold = threading.Event()
    error = refusal(letter)
    smtp_server.hold.set()
    assert not error.permanent
    assert "in time" in error.sentence


def test_it_needs_a_server_that_can_carry_a_chinese_address(
    letter: OutboundMessage, mailbox: Mailbox, smtp_server: SmtpServer
) -> None:
    chinese = replace(letter, recipients=("客户@例子.example",))
    EmailChannel().send(chinese)
    assert smtp_server.got[0].recipients == ["客户@xn--fsqu00a.example"]
    with SmtpServer().without_utf8() as old:
        mailbox.smtp_port = old.port
        error = refusal(chinese)
        lines.pool.close_idle()
    assert error.permanent
    assert "outside ASCII" in error.sentence


def test_it_says_what_is_missing_without_a_server(
    letter: OutboundMessage, mailbox: Mailbox, app: Flask, monkeypatch: pytest.MonkeyPatch, smtp_server: SmtpServer
) -> None:
    mailbox.smtp_host = None
    error = refusal(letter)
    assert error.permanent
    assert "SMTP_RELAY" in error.sentence
    relay = f"127.0.0.1:{smtp_server.port}"
    monkeypatch.setitem(app.config, "CC", replace(app.config["CC"], smtp_relay=relay))
    EmailChannel().send(letter)
    assert len(smtp_server.got) == 1


def test_an_address_that_is_none_is_refused_before_anything_is_sent(
    letter: OutboundMessage, smtp_server: SmtpServer
) -> None:
    error = refusal(replace(letter, copies=("no address",)))
    assert error.permanent
    assert smtp_server.connections == 0


@pytest.mark.parametrize("implicit", [True, False])
def test_it_sends_over_tls(letter: OutboundMessage, mailbox: Mailbox, trusted: Authority, implicit: bool) -> None:
    with SmtpServer(trusted.context(), implicit=implicit, login=True) as server:
        mailbox.smtp_host, mailbox.smtp_port = "localhost", server.port
        mailbox.smtp_encryption = Encryption.TLS if implicit else Encryption.STARTTLS
        mailbox.smtp_login, mailbox.smtp_password = "support", sealed("secret")
        EmailChannel().send(letter)
        lines.pool.close_idle()
        assert [got.over_tls for got in server.got] == [True]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"host": "other.example"}, "made out to another name"),
        ({"expired": True}, "has expired"),
        ({"signed": False}, "not signed by an authority"),
    ],
)
@pytest.mark.parametrize("implicit", [True, False])
def test_it_sends_nothing_to_a_server_that_cannot_prove_its_name(
    letter: OutboundMessage, mailbox: Mailbox, trusted: Authority, implicit: bool, fault: dict, words: str
) -> None:
    with SmtpServer(trusted.context(**fault), implicit=implicit, login=True) as server:
        mailbox.smtp_host, mailbox.smtp_port = "localhost", server.port
        mailbox.smtp_encryption = Encryption.TLS if implicit else Encryption.STARTTLS
        mailbox.smtp_login, mailbox.smtp_password = "support", sealed("secret")
        error = refusal(letter)
        assert (error.permanent, server.got, server.logins) == (False, [], 0)
    assert words in error.sentence


def test_it_sends_nothing_when_starttls_was_stripped(letter: OutboundMessage, mailbox: Mailbox) -> None:
    with SmtpServer(login=True) as server:
        mailbox.smtp_host, mailbox.smtp_port, mailbox.smtp_encryption = "localhost", server.port, Encryption.STARTTLS
        mailbox.smtp_login, mailbox.smtp_password = "support", sealed("secret")
        error = refusal(letter)
        assert (server.got, server.logins) == ([], 0)
    assert "does not offer STARTTLS" in error.sentence


def test_it_says_so_when_the_server_knows_no_sign_in(
    letter: OutboundMessage, mailbox: Mailbox, smtp_server: SmtpServer
) -> None:
    mailbox.smtp_login, mailbox.smtp_password = "support", sealed("secret")
    assert "offers no sign-in" in refusal(letter).sentence


def test_it_sends_nothing_in_clear_text_over_a_foreign_network() -> None:
    class Peer:
        def getpeername(self) -> tuple[str, int]:
            return "100.64.0.1", 25  # neither ours nor private

    with pytest.raises(connecting.Insecure):
        connecting._require_private(Peer())


def test_it_knows_a_closed_port_and_an_unknown_name(letter: OutboundMessage, mailbox: Mailbox) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        mailbox.smtp_port = taken.getsockname()[1]
        assert "refuses connections on port" in refusal(letter).sentence
    mailbox.smtp_host = "no.such.host.invalid"
    assert "There is no server named no.such.host.invalid" in refusal(letter).sentence


def test_idle_lines_are_closed_after_a_while(
    letter: OutboundMessage, monkeypatch: pytest.MonkeyPatch, smtp_server: SmtpServer
) -> None:
    monkeypatch.setattr(lines, "IDLE", 0.05)
    EmailChannel().send(letter)
    until = time.monotonic() + 5
    while lines.pool._idle and time.monotonic() < until:
        threading.Event().wait(0.01)
    assert lines.pool._idle == []
