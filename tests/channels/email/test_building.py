"""Mails as they leave: readable everywhere, the same on every try, and deaf to whoever wants another header."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.channels.base import OutboundFile, OutboundMessage
from contact_center.channels.email import building

LETTER = OutboundMessage(
    external_id="<cc.token@norra.example>",
    sender="support@norra.example",
    sender_name="Norra Care",
    recipients=("greta@lindqvist.example",),
    subject="Re: Fridge not cooling",
    text="Hello Greta,\n\nwe send a technician.",
    written_at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
)
ANY_TEXT = st.text(st.characters(), max_size=200)
HOSTILE = (
    "Hello\r\nBcc: victim@evil.example",
    "=?utf-8?q?a=0D=0ABcc:_victim@evil.example?=",
    "Hello\n\nBody before the body",
    "a\u2028Bcc: victim@evil.example",
    "a\x85Bcc: victim@evil.example",
    "a\x00b",
    "half a character \ud83d",
)


def read(message: OutboundMessage) -> EmailMessage:
    return email.message_from_bytes(building.build(message), policy=email.policy.default)


def headers(message: OutboundMessage) -> list[bytes]:
    """The header lines on the wire, unfolded by nobody."""
    return building.build(message).partition(b"\r\n\r\n")[0].split(b"\r\n")


def names(message: OutboundMessage) -> list[str]:
    return [line.split(b":")[0].decode() for line in headers(message) if not line.startswith((b" ", b"\t"))]


def test_it_says_the_same_on_every_try() -> None:
    letter = replace(LETTER, html="<p>Hello</p>", attachments=(OutboundFile("a.pdf", "application/pdf", b"1"),))
    assert building.build(letter) == building.build(letter)


def test_it_writes_who_to_whom_about_what() -> None:
    mail = read(replace(LETTER, copies=("bo@andersen.example",), reply_to="support+cc-tok@norra.example"))
    assert mail["From"] == "Norra Care <support@norra.example>"
    assert mail["To"] == "greta@lindqvist.example"
    assert mail["Cc"] == "bo@andersen.example"
    assert mail["Reply-To"] == "Norra Care <support+cc-tok@norra.example>"
    assert mail["Subject"] == "Re: Fridge not cooling"
    assert mail["Message-ID"] == "<cc.token@norra.example>"
    assert mail["Date"] == "Sun, 22 Nov 2026 09:00:00 +0000"
    assert mail.get_content().splitlines() == ["Hello Greta,", "", "we send a technician."]


@pytest.mark.parametrize("value", HOSTILE)
def test_it_never_gains_a_header_from_what_somebody_typed(value: str) -> None:
    plain = names(LETTER)
    assert names(replace(LETTER, subject=value)) == plain
    assert names(replace(LETTER, sender_name=value)) == plain
    attached = replace(LETTER, attachments=(OutboundFile("x", "text/plain", b""),))
    worse = replace(attached, attachments=(OutboundFile(value, value, b"", value),))
    assert names(worse) == names(attached)
    assert read(replace(LETTER, subject=value))["Bcc"] is None


@pytest.mark.parametrize("value", HOSTILE[:2])
def test_it_refuses_an_address_that_is_none(value: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        building.build(replace(LETTER, recipients=(value,)))
    with pytest.raises(ValueError, match="not an e-mail address"):
        building.build(replace(LETTER, reply_to=f"support+{value}@norra.example"))


def test_it_leaves_out_references_that_are_none() -> None:
    letter = replace(LETTER, references=("<first@x.example>", "<evil>\r\nBcc: <v@evil.example>", "last@x.example"))
    mail = read(letter)
    assert mail["References"].split() == ["<first@x.example>", "<last@x.example>"]
    assert mail["In-Reply-To"] == "<last@x.example>"


def test_it_keeps_the_first_and_the_newest_of_many_references() -> None:
    mail = read(replace(LETTER, references=tuple(f"<{n}@x.example>" for n in range(50))))
    kept = mail["References"].split()
    assert len(kept) == building.MOST_REFERENCES
    assert kept[0] == "<0@x.example>"
    assert kept[-1] == mail["In-Reply-To"] == "<49@x.example>"


@given(ANY_TEXT)
def test_it_keeps_every_subject_word_for_word(subject: str) -> None:
    wire = building.build(replace(LETTER, subject=subject))
    raw = email.message_from_bytes(wire, policy=email.policy.compat32)
    cleaned = building.lines.clean(subject)
    assert str(make_header(decode_header(raw["Subject"] or ""))) == cleaned
    assert max(len(line) for line in wire.partition(b"\r\n\r\n")[0].split(b"\r\n")) <= 78


def test_it_keeps_the_spaces_of_a_long_chinese_subject() -> None:
    subject = "回复: 关于 冰箱 不制冷 的问题 以及 上门 维修 时间 安排 的 确认 请 尽快 回复 我们 谢谢 " * 3
    assert read(replace(LETTER, subject=subject))["Subject"] == subject.strip()


@given(ANY_TEXT)
def test_it_keeps_every_name_apart_from_the_address(name: str) -> None:
    raw = email.message_from_bytes(building.build(replace(LETTER, sender_name=name)), policy=email.policy.compat32)
    [(shown, address)] = getaddresses([raw["From"].replace("\r\n", "")])
    assert address == "support@norra.example"
    assert str(make_header(decode_header(shown))).split() == building.lines.clean(name)[:200].split()


@given(ANY_TEXT)
def test_it_keeps_every_text_word_for_word(text: str) -> None:
    text = text.encode("utf-8", "replace").decode().replace("\0", "")
    sent = building.build(replace(LETTER, text=text)).partition(b"\r\n\r\n")[2]
    body = email.message_from_bytes(building.build(replace(LETTER, text=text)))
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    assert body.get_payload(decode=True).decode().replace("\r\n", "\n") == (
        expected.removesuffix("\n") + "\n" if expected else ""
    )
    assert all(len(line) <= 78 for line in sent.split(b"\r\n"))


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=300))
def test_it_keeps_every_file_name(name: str) -> None:
    mail = read(replace(LETTER, attachments=(OutboundFile(name, "application/pdf", b"%PDF"),)))
    [attached] = mail.iter_attachments()
    assert attached.get_filename() == (building.lines.clean(name) or "file")


def test_it_carries_every_attachment_byte_for_byte() -> None:
    data = bytes(range(256)) * 40
    mail = read(replace(LETTER, attachments=(OutboundFile("a.bin", "application/octet-stream", data),)))
    [attached] = mail.iter_attachments()
    assert attached.get_content() == data


@pytest.mark.parametrize("claim", ["message/rfc822", "multipart/mixed", "nonsense", "text/html\r\nX: y", ""])
def test_it_does_not_repeat_a_type_that_could_do_harm(claim: str) -> None:
    mail = read(replace(LETTER, attachments=(OutboundFile("a", claim, b"x"),)))
    assert [part.get_content_type() for part in mail.iter_attachments()] == ["application/octet-stream"]


def test_it_nests_text_html_images_and_files_as_readers_expect() -> None:
    image = OutboundFile("logo.png", "image/png", b"png", content_id="logo@norra")
    letter = replace(
        LETTER,
        html="<p><img src=cid:logo@norra></p>",
        attachments=(image, OutboundFile("a.pdf", "application/pdf", b"1")),
    )
    kinds = [part.get_content_type() for part in read(letter).walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "application/pdf",
    ]  # fmt: skip


def test_it_tells_robots_not_to_answer_an_acknowledgement() -> None:
    mail = read(replace(LETTER, automatic=True, references=("<1@x.example>",)))
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert "Auto-Submitted" not in read(LETTER)


def test_it_writes_foreign_domains_in_ascii_and_foreign_names_in_their_own_script() -> None:
    letter = replace(LETTER, recipients=("info@bücher.example",))
    assert read(letter)["To"] == "info@xn--bcher-kva.example"
    assert not building.needs_utf8(letter)
    chinese = replace(LETTER, recipients=("客户@例子.example",))
    assert building.needs_utf8(chinese)
    assert "客户@xn--fsqu00a.example".encode() in building.build(chinese)


def test_it_names_the_language() -> None:
    assert read(replace(LETTER, language="zh_Hans_CN"))["Content-Language"] == "zh-CN"
    assert read(LETTER)["Content-Language"] == "en"
