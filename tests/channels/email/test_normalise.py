"""Whatever bytes arrive, a message comes out that the database, the desk and the next mail can bear."""

from __future__ import annotations

import random
import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_center.channels.base import RawMessage
from contact_center.channels.email.normalise import normalise
from contact_center.text.addresses import Scheme, email_normal
from contact_center.tickets.inbound import Automatic, InboundMessage, Kind
from tests.channels.email.mails import RECEIVED, all_names, payload, plain, read, read_bytes

_ID = re.compile(r"<[^<>\s]{1,255}>")


def check(message: InboundMessage) -> None:
    """What holds for every message, however it was written."""
    lines = [message.external_id, message.sender_name, message.subject, *message.recipients, *message.copies]
    lines += [
        *message.thread_keys,
        *message.notes,
        *message.fields.values(),
        message.about or "",
        message.failed_address or "",
    ]
    lines += [part for file in message.attachments for part in (file.name, file.content_type, file.content_id or "")]
    for line in lines:
        assert line.isprintable() or not set(line) & set("\r\n\x00"), line
        line.encode()
    for text in (message.text, message.full_text, message.html):
        assert "\x00" not in text
        text.encode()
    assert _ID.fullmatch(message.external_id)
    assert len(message.content_hash) == 32
    assert message.received_at == RECEIVED
    assert message.kind is Kind.MAIL
    assert message.sender is None or (
        message.sender.scheme is Scheme.EMAIL and email_normal(message.sender.value) == message.sender.value
    )
    assert len(message.recipients) <= 50
    assert len(message.attachments) <= 201
    assert len({file.name.casefold() for file in message.attachments}) == len(message.attachments)
    assert bool(message.text.strip()) == bool(message.full_text.strip())
    assert message.automatic is Automatic.NONE or not message.may_acknowledge


@pytest.mark.parametrize("name", all_names())
def test_it_reads_every_recorded_mail(name: str) -> None:
    message = read(name)
    check(message)
    assert message.text or message.attachments


@pytest.mark.parametrize("name", all_names())
def test_it_reads_every_recorded_mail_with_unix_line_ends_as_well(name: str) -> None:
    unix = read_bytes(payload(name).replace(b"\r\n", b"\n"))
    dos = read(name)
    assert (unix.text, unix.subject, unix.sender, unix.thread_keys) == (
        dos.text,
        dos.subject,
        dos.sender,
        dos.thread_keys,
    )
    assert [file.name for file in unix.attachments] == [file.name for file in dos.attachments]


@pytest.mark.parametrize("name", all_names())
def test_it_reads_recorded_mails_with_damaged_bytes(name: str) -> None:
    chance = random.Random(name)
    for _ in range(12):
        check(read_bytes(damaged(payload(name), chance)))


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, dropped, doubled or moved, as broken relays and spammers do."""
    broken = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(broken) or 1)
        what = chance.randrange(5)
        if what == 0:
            broken[at : at + 1] = bytes([chance.randrange(256)])
        elif what == 1:
            del broken[at : at + chance.randint(1, 40)]
        elif what == 2:
            broken[at:at] = broken[max(0, at - 60) : at]
        elif what == 3:
            broken[at:at] = chance.choice(
                [b"\n", b"\r\n", b"\x00", b"--", b'"', b"=?", b"<", b";", b"\xff\xfe", b"\x1b$B"]
            )
        else:
            broken = broken[:at] if at > 100 else broken
    return bytes(broken)


@given(st.binary(max_size=1_000))
def test_it_reads_any_bytes(data: bytes) -> None:
    check(read_bytes(data))


_PIECES = (
    "From|To|Subject|Content-Type|Content-Transfer-Encoding|Content-Disposition|References|Message-ID|: |:|\n|\n\n| "
    "|\r\n|multipart/mixed|multipart/alternative|multipart/report|message/rfc822|text/html|text/plain|; boundary=b"
    "|; boundary=\"b\"|; charset=gb2312|; charset=utf-7|; name*=utf-8''%E5|--b|--b--|base64|quoted-printable|aGVsbG8="
    '|=E5=9B|=?utf-8?B?5byg?=|<a@b.c>|"|<p>x</p>|> q|On 3 Mar 2025 at 10:12, A <a@b.c> wrote:|attachment; filename='
    "|中|é|\x00|\ud800|;|="
)
words = st.sampled_from(_PIECES.split("|"))


@given(st.lists(words, max_size=60))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_it_reads_any_heap_of_mail_words(pieces: list[str]) -> None:
    check(read_bytes("".join(pieces).encode("utf-8", "surrogatepass")))


@pytest.mark.parametrize("data", [b"", b"\n", b"\r\n\r\n", b"\x00", b"\xff" * 100, b"From", b":", b"\xef\xbb\xbf"])
def test_it_reads_next_to_nothing(data: bytes) -> None:
    message = read_bytes(data)
    check(message)
    assert message.sender is None


@pytest.mark.parametrize(
    "date", ["", "Thu, 1 Jan 1970 00:00:00 +0000", "Sat, 31 Dec 2099 23:59:59 -1200", "3.3.25", "\x00"]
)
def test_it_goes_by_when_the_mail_came_not_by_what_it_says(date: str) -> None:
    assert read_bytes(plain("Hello", headers=f"Date: {date}\n")).received_at == RECEIVED


def test_it_gives_the_same_bytes_the_same_identity_whenever_they_come() -> None:
    once = normalise(RawMessage("email", "a", payload("message-id-missing"), RECEIVED))
    again = normalise(RawMessage("email", "b", payload("message-id-missing"), RECEIVED + timedelta(days=1)))
    assert (once.external_id, once.content_hash) == (again.external_id, again.content_hash)


def test_it_answers_in_the_mailboxes_language_if_the_mail_shows_none() -> None:
    raw = RawMessage("email", "a", plain("Hello"), RECEIVED)
    assert normalise(raw, default_language="en").language == "en"
    assert normalise(raw).language is None


def test_it_tells_the_customers_words_from_all_the_rest() -> None:
    message = read("qq-reply")
    assert message.sender is not None
    assert (message.sender.value, message.sender_name) == ("10001@qq.example", "王芳")
    assert message.recipients == ("support@norra.example",)
    assert message.text == "型号是 NF-400，五月买的。\n从星期天开始一直显示 E7。"
    assert "请问是哪个型号的冰箱" in message.full_text
    assert (
        message.html.index("五月买的")
        < message.html.index('<blockquote class="cc-quote">')
        < message.html.index("原始邮件")
    )
    assert message.language == "zh"
