"""Reports about our mail: what they are about, whom they did not reach, and whether it will last."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.tickets.inbound import Automatic
from tests.channels.email.mails import cpu_budget, payload, plain, read, read_bytes

OURS = "<out.77.b2f1@norra.example>"


@pytest.mark.parametrize(
    ("name", "failed", "permanent", "reason"),
    [
        ("bounce-postfix", "bo@basic.example", "1", "Recipient address rejected: User unknown"),
        ("bounce-exchange-online", "bo@basic.example", "0", "rejected by organization policy"),
        ("bounce-mailbox-full", "bo@basic.example", "0", "out of storage space"),
        ("bounce-exim", "bo@basic.example", "1", "No such user"),
        ("bounce-qmail", "bo@basic.example", "1", "no mailbox here by that name"),
        ("bounce-163", "zhangsan@163.example", "1", "User not found"),
    ],
)
def test_it_reads_a_report_of_failure(name: str, failed: str, permanent: str, reason: str) -> None:
    message = read(name)
    assert message.automatic is Automatic.BOUNCE
    assert message.may_acknowledge is False
    assert (message.about, message.failed_address) == (OURS, failed)
    assert message.fields["bounce_permanent"] == permanent
    assert reason in message.fields["bounce_reason"]
    assert len(message.fields["bounce_reason"]) <= 300


def test_it_finds_the_address_in_a_chinese_notice_without_a_report() -> None:
    message = read("bounce-qq")
    assert message.automatic is Automatic.BOUNCE
    assert (message.about, message.failed_address) == (None, "10009@qq.example")
    assert message.fields["bounce_permanent"] == "1"


def test_it_names_whom_we_wrote_to_not_where_somebody_forwards_to() -> None:
    assert b"bo.basic@internal.basic.example" in payload("bounce-exchange-online")
    assert read("bounce-exchange-online").failed_address == "bo@basic.example"


def test_it_does_not_call_a_delay_a_failure() -> None:
    message = read("delay-notification")
    assert message.automatic is Automatic.BOUNCE
    assert (message.about, message.failed_address) == (OURS, None)
    assert message.fields["bounce_delayed"] == "1"
    assert message.fields["bounce_permanent"] == "0"


def test_it_does_not_call_a_delivery_a_failure() -> None:
    raw = (
        payload("bounce-postfix")
        .replace(b"Action: failed", b"Action: delivered")
        .replace(b"Status: 5.1.1", b"Status: 2.0.0")
    )
    message = read_bytes(raw)
    assert message.automatic is Automatic.BOUNCE
    assert message.failed_address is None


def test_it_keeps_our_token_of_the_address_a_report_came_back_to() -> None:
    assert read("bounce-postfix").thread_keys[0] == "token:7g2k9q4m1x8z5v3t6w0y"


def test_it_knows_which_mail_was_read() -> None:
    message = read("read-receipt")
    assert (message.about, message.failed_address) == (OURS, None)


def test_it_believes_only_machines_about_failures() -> None:
    message = read("customer-tells-of-a-bounce")
    assert message.automatic is Automatic.NONE
    assert message.failed_address is None


def test_it_takes_a_report_somebody_attached_for_an_attachment() -> None:
    report = payload("bounce-postfix")
    raw = (
        b"From: bo@basic.example\nSubject: what is this?\nContent-Type: multipart/mixed; boundary=q\n\n"
        b"--q\n\nI got this.\n--q\nContent-Type: message/rfc822\n\n" + report + b"\n--q--\n"
    )
    assert read_bytes(raw).automatic is Automatic.NONE


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        ("5.1.1", "1"),
        ("5.1.2", "1"),
        ("5.0.0", "1"),
        ("5.2.1", "1"),
        ("5.4.4", "1"),
        ("5.2.2", "0"),
        ("5.3.4", "0"),
        ("5.7.26", "0"),
        ("4.4.7", "0"),
        ("4.2.2", "0"),
    ],
)
def test_it_tells_bad_addresses_from_bad_days(status: str, permanent: str) -> None:
    raw = payload("bounce-postfix").replace(b"5.1.1", status.encode())
    assert read_bytes(raw).fields["bounce_permanent"] == permanent


@given(st.binary(max_size=400))
def test_it_reads_any_notice_of_a_daemon(notice: bytes) -> None:
    message = read_bytes(b"From: MAILER-DAEMON@mail.example\nSubject: Undelivered\n\n" + notice)
    assert message.automatic in (Automatic.BOUNCE, Automatic.REPLY)
    assert all(value.isprintable() for value in message.fields.values())


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_it_reads_any_report(status: bytes, returned: bytes) -> None:
    raw = (
        b"From: x@y.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=q\n\n"
        b"--q\n\nSorry\n--q\n"
        b"Content-Type: message/delivery-status\n\nAction: failed\nFinal-Recipient: " + status + b"\n--q\n"
        b"Content-Type: message/rfc822\n\nTo: " + returned + b"\n--q--\n"
    )
    message = read_bytes(raw)
    assert message.automatic is Automatic.BOUNCE
    assert message.failed_address is None or message.failed_address.isprintable()


@pytest.mark.parametrize(
    "hostile",
    [b"Your message to <<<<<" * 20_000, b"<a@b.example>:\n" * 30_000, b"550 " * 100_000, b"recipient: " * 50_000],
)
def test_it_reads_hostile_notices_within_its_budget(hostile: bytes) -> None:
    with cpu_budget(2):
        read_bytes(b"From: MAILER-DAEMON@mail.example\nReturn-Path: <>\nSubject: Undelivered\n\n" + hostile)


def test_it_classes_a_daemon_without_a_reason_as_a_machine() -> None:
    message = read_bytes(
        plain("Nightly summary", headers="Subject: Summary\n").replace(b"bo@basic", b"postmaster@basic")
    )
    assert message.automatic is Automatic.REPLY
    assert message.may_acknowledge is False
