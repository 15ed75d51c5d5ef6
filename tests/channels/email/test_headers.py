"""Headers are found in damaged mails, unfolded and decoded, and never carry a line break further."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.channels.email import headers
from tests.channels.email.mails import cpu_budget, read


def test_it_joins_neighbouring_words_and_keeps_the_space_before_plain_text() -> None:
    assert headers.decoded(b"=?utf-8?B?5byg5LiJ?= =?utf-8?B?5p2O5Zub?= <x@y>") == "张三李四 <x@y>"
    assert headers.decoded(b"Hello =?iso-8859-1?Q?J=F6rg?= and =?utf-8?q?M=C3=BCller?=") == "Hello Jörg and Müller"


def test_it_mends_a_character_cut_in_two_words() -> None:
    raw = "张三的订单".encode()
    words = [b"=?utf-8?B?" + base64.b64encode(part) + b"?=" for part in (raw[:4], raw[4:])]
    assert headers.decoded(b" ".join(words)) == "张三的订单"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?Q?Really??=", "Really?"),
        (b"=?utf-8*EN?Q?a_b?=", "a b"),
        (b"=?utf-8?B?5byg5LiJ", "张三"),
        (b"=?no-such-charset?Q?a=E9?=", "aé"),
        (b"=?utf-8?B?5byg5LiJ=?=", "张三"),
        (b"=?=?utf-8?Q?x?=", "=?x"),
        ("张伟".encode("gbk"), "张伟"),
        ("Jörg".encode("latin-1"), "Jörg"),
    ],
)
def test_it_reads_broken_words_as_far_as_they_go(raw: bytes, text: str) -> None:
    assert headers.decoded(raw) == text


def test_it_lets_no_encoded_line_break_through() -> None:
    message = read("header-injection-by-encoded-words")
    assert message.subject == "Hello Bcc: victim@evil.example"
    assert message.sender_name == "Bo Bcc: victim@evil.example"


@pytest.mark.parametrize(
    ("name", "sender_name", "subject"),
    [
        ("raw-gbk-headers", "张伟", "冰箱不制冷，请尽快处理"),
        ("raw-utf-8-headers", "Jörg Müller", "Kühlschrank – 冰箱"),
        ("raw-latin-1-headers", "Jörg Müller", "Kühlschrank läuft über"),
        ("gb2312-with-gbk-characters", "朱镕基", "囧：发票抬头是喆喆商贸"),
        ("character-cut-in-two-encoded-words", "", "回复：关于冰箱不制冷的投诉"),
        ("iso-2022-jp-vendor-characters", "", "① 注文"),
    ],
)
def test_it_reads_names_and_subjects_in_any_charset(name: str, sender_name: str, subject: str) -> None:
    message = read(name)
    assert (message.sender_name, message.subject) == (sender_name, subject)


@pytest.mark.parametrize(
    ("raw", "main", "found"),
    [
        (b'text/plain; charset="utf-8"', "text/plain", {"charset": "utf-8"}),
        (b"TEXT/Plain charset=utf-8", "text/plain", {"charset": "utf-8"}),
        (b"a/b; name*=UTF-8''%E5%9B%BE%20x.pdf", "a/b", {"name": "图 x.pdf"}),
        (b"a/b; name*0*=UTF-8''%E5%9B; name*1*=%BE; name*2=\".pdf\"", "a/b", {"name": "图.pdf"}),
        (b"a/b; name*1=b.pdf; name*0=a", "a/b", {"name": "ab.pdf"}),
        (b'attachment; filename="=?utf-8?B?5byg5LiJ?=.pdf"', "attachment", {"filename": "张三.pdf"}),
        (b'attachment; filename*0="=?utf-8?B?5byg"; filename*1="5LiJ?=.pdf"', "attachment", {"filename": "张三.pdf"}),
        (b"attachment; filename=My File; x", "attachment", {"filename": "My File"}),
        (b'attachment; filename="a;b\\"c.pdf"', "attachment", {"filename": 'a;b"c.pdf'}),
        (b'attachment; filename="C:\\Users\\me\\a.pdf"', "attachment", {"filename": "C:\\Users\\me\\a.pdf"}),
        (b'attachment; filename="%E5%9B%BE.png"', "attachment", {"filename": "图.png"}),
        (b'attachment; filename="100%25.pdf"', "attachment", {"filename": "100%25.pdf"}),
        (b'attachment; filename="never closed.pdf', "attachment", {"filename": "never closed.pdf"}),
        ('attachment; filename="发票.pdf"'.encode("gbk"), "attachment", {"filename": "发票.pdf"}),
        (b"attachment; filename=a.pdf; filename*=utf-8''b.pdf", "attachment", {"filename": "b.pdf"}),
        (b"attachment; filename=a.pdf; filename*=utf-8''%E5%8F%ZZ", "attachment", {"filename": "a.pdf"}),
        (b"", "", {}),
        (b";;=;", "", {}),
    ],
)
def test_it_reads_parameters_however_they_are_written(raw: bytes, main: str, found: dict[str, str]) -> None:
    assert headers.parameters(raw) == (main, found)


def test_it_skips_a_damaged_line_if_headers_follow() -> None:
    message = read("damaged-header-line")
    assert (message.subject, message.text) == ("Still readable", "The text.")


def test_it_sees_where_the_text_begins_without_a_blank_line() -> None:
    message = read("no-blank-line-before-the-text")
    assert (message.subject, message.text) == ("Hurry", "My fridge is warm.\nPlease call me.")


def test_it_forgives_mbox_lines_and_bare_carriage_returns() -> None:
    assert read("mbox-line-and-blank-lines").subject == "From a mailbox file"
    assert read("bare-carriage-returns").text == "First line\nSecond line"


def test_it_makes_one_line_of_anything() -> None:
    assert headers.one_line("a\r\n b\u202ec\u2028d", 100) == "a b c d"
    assert headers.one_line("x" * 200, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    "hostile", [b"=?x?q?" * 3_000, b"=?x?q?a?=" * 2_000, b"a/b; " + b" " * 20_000, b'a/b; x="\\"' * 2_000]
)
def test_it_reads_hostile_headers_within_its_budget(hostile: bytes) -> None:
    with cpu_budget(2):
        headers.decoded(hostile)
        headers.parameters(hostile)


@given(st.binary(max_size=400))
def test_it_reads_any_bytes_as_headers(data: bytes) -> None:
    found, body = headers.read(data, 0, len(data))
    assert 0 <= body <= len(data)
    for name in ("from", "subject", "a"):
        assert found.text(name).isprintable()
        found.structured(name)
