"""What may be typed, what comes back with a sentence, and what the database is spared."""

from __future__ import annotations

import pytest
from flask import Flask

from contact_center.channels.web import forms
from contact_center.errors import Invalid
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets.models import RequestKind
from tests.channels.web.visits import GOOD

pytestmark = pytest.mark.usefixtures("app")


def problems(**typed: str) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        forms.read(forms.typed(GOOD | typed), "DE")
    return caught.value.fields


def read(**typed: str) -> forms.Request:
    return forms.read(forms.typed(GOOD | typed), "DE")


def test_it_takes_an_email_address_in_its_normal_form() -> None:
    assert read(email=" Sam@Stranger.Example ").sender == Address(Scheme.EMAIL, "sam@stranger.example")


def test_it_takes_a_phone_number_alone_and_dials_it_from_here() -> None:
    assert read(email="", phone="030 123456").sender == Address(Scheme.PHONE, "+4930123456")


def test_it_answers_by_mail_when_both_are_given_and_keeps_the_number() -> None:
    asked = read(phone="+86 138 0013 8000")
    assert asked.sender.scheme is Scheme.EMAIL
    assert asked.fields() == {"kind": "REPAIR", "phone": "+8613800138000"}


def test_it_takes_an_address_in_any_script() -> None:
    assert read(email="陈@例子.中国").email == "陈@xn--fsqu00a.xn--fiqs8s"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("kind", {"kind": ""}),
        ("kind", {"kind": "NONSENSE"}),
        ("text", {"text": " \n\t "}),
        ("text", {"text": "x" * (forms.LONGEST_TEXT + 1)}),
        ("order_number", {"order_number": "1" * 61}),
        ("name", {"name": ""}),
        ("name", {"name": "n" * 121}),
        ("email", {"email": ""}),
        ("email", {"email": "sam"}),
        ("email", {"email": "sam@localhost"}),
        ("email", {"email": "sam@x.example, eve@evil.example"}),
        ("email", {"email": "s" * 65 + "@stranger.example"}),
        ("phone", {"phone": "12"}),
        ("phone", {"phone": "anonymous"}),
        ("phone", {"phone": "9" * 61}),
    ],
)
def test_it_says_one_sentence_beside_the_field_that_needs_it(field: str, typed: dict[str, str]) -> None:
    found = problems(**typed)
    assert list(found) == [field]
    assert found[field].endswith((".", "?"))


def test_it_names_every_field_at_once() -> None:
    assert set(problems(kind="", text="", name="", email="")) == {"kind", "text", "name", "email"}


def test_it_keeps_the_words_as_they_were_written() -> None:
    text = "  Zeile eins\r\n\tZeile 2\r\n\r\nEmoji 👩‍👩‍👧 and \x07 bell  "
    assert read(text=text).text == text.replace("\r\n", "\n")


def test_it_drops_nul_and_half_characters() -> None:
    asked = read(text="a\x00b\ud800c", name="Sa\x00m\udfff")
    assert (asked.text, asked.name) == ("ab\ufffdc", "Sam\ufffd")


def test_it_keeps_a_name_on_one_line() -> None:
    assert read(name="Sam\r\nBcc: victim@example.org").name == "Sam Bcc: victim@example.org"


def test_every_kind_of_request_can_be_chosen(app: Flask) -> None:
    assert {read(kind=kind.value).kind for kind in RequestKind} == set(RequestKind)
