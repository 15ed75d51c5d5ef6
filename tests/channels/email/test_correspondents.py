"""Who wrote to whom, out of headers that follow no grammar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.channels.email import correspondents
from contact_center.channels.email.headers import Headers
from contact_center.text import sayings
from tests.channels.email.mails import cpu_budget, read, read_bytes


def writer(value: str) -> tuple[str | None, str]:
    found = correspondents.of(Headers(f"From: {value}\n".encode()))
    return found.sender, found.sender_name


@pytest.mark.parametrize(
    ("value", "address", "name"),
    [
        ("Bo@Basic.Example", "bo@basic.example", ""),
        ("Bo Basic <bo@basic.example>", "bo@basic.example", "Bo Basic"),
        ('"Basic, Bo" <bo@basic.example>', "bo@basic.example", "Basic, Bo"),
        ('"Bo \\"the fridge\\" Basic" <bo@basic.example>', "bo@basic.example", 'Bo "the fridge" Basic'),
        ("bo@basic.example (Bo Basic)", "bo@basic.example", "Bo Basic"),
        ("<bo@basic.example>", "bo@basic.example", ""),
        ("<<bo@basic.example>>", "bo@basic.example", ""),
        ("Bo <mailto:bo@basic.example>", "bo@basic.example", "Bo"),
        ("Bo <bo @ basic.example>", "bo@basic.example", "Bo"),
        ("Bo bo@basic.example", "bo@basic.example", "Bo"),
        ("'bo@basic.example' <bo@basic.example>", "bo@basic.example", ""),
        ('"Bo Basic <bo@basic.example>', "bo@basic.example", "Bo Basic"),
        ("broken@, <bo@basic.example>", "bo@basic.example", ""),
        ("Team: bo@basic.example, sam@stranger.example;", "bo@basic.example", ""),
        ("undisclosed-recipients:;", None, ""),
        ("Bo Basic", None, ""),
        ("", None, ""),
        ('@,;<>()"', None, ""),
        ("a@b, b@", "a@b", ""),
        ("bo+shop@basic.example", "bo+shop@basic.example", ""),
        ("Bo <bo@büro.example>", "bo@xn--bro-hoa.example", "Bo"),
        ("Bo\u202e <bo@basic.example>", "bo@basic.example", "Bo"),
        ("<script>alert(1)</script> <bo@basic.example>", "bo@basic.example", "<script> alert (1) </script>"),
    ],
)
def test_it_finds_the_writer(value: str, address: str | None, name: str) -> None:
    assert writer(value) == (address, name)


def test_it_reads_name_and_address_that_were_encoded_together() -> None:
    message = read("name-and-address-encoded-together")
    assert message.sender is not None
    assert (message.sender.value, message.sender_name) == ("lisi@example.cn", "李四")


def test_it_takes_the_first_usable_author_and_tells_where_answers_go() -> None:
    message = read("several-authors")
    assert message.sender is not None
    assert message.sender.value == "bo@basic.example"
    assert message.fields["reply_to"] == "office@basic.example"


def test_it_never_lets_reply_to_say_who_wrote() -> None:
    message = read("web-form-for-a-customer")
    assert message.sender is not None
    assert message.sender.value == "noreply@www.norra.example"
    assert message.fields["reply_to"] == "sam@stranger.example"


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        (b"From: nobody\nSender: bo@basic.example\n", "bo@basic.example"),
        (b"From: nobody\nReply-To: bo@basic.example\n", "bo@basic.example"),
        (b"Return-Path: <bo@basic.example>\n", "bo@basic.example"),
        (b"Return-Path: <>\n", None),
    ],
)
def test_it_looks_elsewhere_only_if_from_names_nobody(headers: bytes, address: str | None) -> None:
    assert correspondents.of(Headers(headers)).sender == address


def test_it_writes_international_addresses_in_one_way() -> None:
    message = read("international-address")
    assert message.sender is not None
    assert message.sender.value == "juergen@xn--bro-hoa.example"
    assert message.copies == ("mueller@xn--bro-hoa.example", "pat+shop@example.com")


def test_it_keeps_fifty_of_ten_thousand_recipients_and_lists_the_rest() -> None:
    everybody = ",\n ".join(f'"Person {number}" <p{number}@crowd.example>' for number in range(10_000))
    with cpu_budget(2):
        message = read_bytes(f"From: bo@basic.example\nTo: {everybody}\n\nHello".encode())
    assert message.recipients == tuple(f"p{number}@crowd.example" for number in range(50))
    assert sayings.say(message.notes[0]).startswith("Further addresses in To (9950): p50@crowd.example, p51@")


def test_it_counts_nobody_twice() -> None:
    found = correspondents.of(Headers(b"To: a@b.example, A@B.example\nTo: c@d.example\n"))
    assert found.recipients == ("a@b.example", "c@d.example")


@pytest.mark.parametrize(
    "hostile", [b'"' * 400_000, b'"\\' * 200_000, b"<" * 400_000, b"(" * 400_000, b"a@b," * 100_000]
)
def test_it_reads_hostile_address_lists_within_its_budget(hostile: bytes) -> None:
    with cpu_budget(2):
        correspondents.of(Headers(b"From: " + hostile + b"\nTo: " + hostile + b"\n"))


@given(st.binary(max_size=300))
def test_it_reads_any_bytes_as_addresses(value: bytes) -> None:
    found = correspondents.of(Headers(b"From: " + value + b"\nCc: " + value + b"\n"))
    assert found.sender_name.isprintable()
    assert len(found.sender_name) <= 120
    for address in (*found.recipients, *found.copies, found.sender or "a@b"):
        assert "@" in address
        assert address.isprintable()
