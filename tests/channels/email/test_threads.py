"""What may tie a mail to earlier ones, strongest first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.channels.email import threads
from contact_center.channels.email.headers import Headers
from tests.channels.email.mails import plain, read, read_bytes

TOKEN = "7g2k9q4m1x8z5v3t6w0y"


def test_it_puts_tokens_before_ids_and_ids_before_numbers() -> None:
    references = "In-Reply-To: <c@x>\nReferences: <a@x> <b@x> <c@x>\n"
    raw = plain("Hi", headers=f"Subject: Re: [#CC-1042] Fridge\nCc: <support+cc-{TOKEN}@norra.example>\n{references}")
    assert read_bytes(raw).thread_keys == (f"token:{TOKEN}", "<c@x>", "<b@x>", "<a@x>", "number:1042")


@pytest.mark.parametrize("header", ["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"])
def test_it_finds_our_token_wherever_the_mail_was_sent_to(header: str) -> None:
    headers = Headers(f"{header}: Ada <a@b.example>, <Support+CC-{TOKEN.upper()}@norra.example>\n".encode())
    assert threads.keys(headers, "") == (f"token:{TOKEN}",)


def test_it_finds_our_token_in_the_envelope() -> None:
    message = read_bytes(plain("Hi"), envelope_to=[f"support+cc-{TOKEN}@norra.example"])
    assert message.thread_keys == (f"token:{TOKEN}",)


@pytest.mark.parametrize(
    "address", ["support+cc-tooshort@n.example", "support+cc-UPPER_CASE_AND_LINES@n.example", f"cc-{TOKEN}@n.example"]
)
def test_it_takes_nothing_else_for_a_token(address: str) -> None:
    assert threads.keys(Headers(f"To: {address}\n".encode()), "") == ()


def test_it_mends_ids_that_were_folded_in_the_middle() -> None:
    expected = ("<out.77.b2f1@norra.example>", "<out.71.aa00@norra.example>", "<out.70.a@norra.example>")
    assert read("references-folded-inside-an-id").thread_keys == expected


def test_it_reads_ids_without_brackets() -> None:
    expected = ("<out.77.b2f1@norra.example>", "<out.71.aa00@norra.example>")
    assert read("in-reply-to-without-brackets").thread_keys == expected


def test_it_keeps_the_twenty_newest_ids() -> None:
    references = " ".join(f"<{number}@x>" for number in range(1_000))
    keys = threads.keys(Headers(f"References: {references}\n".encode()), "")
    assert keys == tuple(f"<{number}@x>" for number in range(999, 979, -1))


@pytest.mark.parametrize(
    ("subject", "keys"),
    [
        ("Re: CC-1042", ("number:1042",)),
        ("[CC-1042] Fridge", ("number:1042",)),
        ("AW: [#CC-001042] Fridge", ("number:1042",)),
        ("工单 CC-1042：冰箱", ("number:1042",)),
        ("cc-1042", ("number:1042",)),
        ("ACC-1042", ()),
        ("CC-1042345678901", ()),
        ("CC-", ()),
    ],
)
def test_it_reads_a_number_in_the_subject(subject: str, keys: tuple[str, ...]) -> None:
    assert threads.keys(Headers(b""), subject) == keys


@pytest.mark.parametrize(
    ("raw", "known"),
    [
        (b"<a@b.example>", "<a@b.example>"),
        (b" < a@b.\n example > ", "<a@b.example>"),
        (b"a@b.example", "<a@b.example>"),
        (b"<[a b>", "<[ab>"),
        (b"<>", None),
        (b"", None),
        (b"<@>", None),
        (b"<\xe5\x9b\xbe@b>", "<\\xe5\\x9b\\xbe@b>"),
    ],
)
def test_it_writes_an_id_in_one_way(raw: bytes, known: str | None) -> None:
    assert threads.normal_id(raw) == known


def test_it_gives_a_mail_without_id_one_that_stays_the_same() -> None:
    one, two = read("message-id-missing"), read("message-id-missing")
    assert one.external_id == two.external_id
    assert one.external_id.endswith("@missing.invalid>")
    assert read_bytes(plain("a")).external_id == "<1@basic.example>"
    assert read("message-id-broken").external_id == "<[ab>"


def test_it_makes_monster_ids_short_the_same_way_everywhere() -> None:
    monster = b"<" + b"x" * 2_000 + b"@y>"
    known = threads.normal_id(monster)
    assert known is not None
    assert len(known) < 100
    assert threads.ids_in(b"<a@b> " + monster) == ["<a@b>", known]


@pytest.mark.parametrize(
    "subject",
    [
        "Re: x",
        "RE: x",
        "AW: x",
        "Antw: x",
        "SV: x",
        "回复：x",
        "答复: x",
        "回覆: x",
        "Re[2]: x",
        "[list] Re: x",
        "RES: x",
        "Odp: x",
        "R: x",
    ],
)
def test_it_sees_an_answer_by_its_subject(subject: str) -> None:
    assert threads.is_reply(Headers(b""), subject)


@pytest.mark.parametrize(
    "subject", ["Fwd: x", "FW: Re: x", "WG: AW: x", "转发: x", "转发：回复：x", "TR: x", "RV: x", "轉寄: x"]
)
def test_it_sees_a_forward_by_its_subject_even_if_headers_say_reply(subject: str) -> None:
    headers = Headers(b"In-Reply-To: <a@b>\n")
    assert threads.is_forward(subject)
    assert not threads.is_reply(headers, subject)


@pytest.mark.parametrize("subject", ["Order: two filters", "Re", "12:30 tomorrow", "", "Hello"])
def test_it_takes_an_ordinary_subject_for_what_it_is(subject: str) -> None:
    assert not threads.is_reply(Headers(b""), subject)
    assert not threads.is_forward(subject)


@given(st.binary(max_size=300), st.text(max_size=80))
def test_it_makes_clean_keys_of_anything(value: bytes, subject: str) -> None:
    headers = Headers(b"In-Reply-To: " + value + b"\nTo: " + value + b"\n")
    for key in threads.keys(headers, subject):
        assert key.isprintable()
        assert key.startswith(("<", "token:", "number:"))
