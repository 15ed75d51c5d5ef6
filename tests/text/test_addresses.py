"""Normal forms: one address is one row."""

from __future__ import annotations

import pytest

from contact_center.text import addresses


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("Greta@Lindqvist.Example", "greta@lindqvist.example"),
        (" greta+shop@lindqvist.example ", "greta+shop@lindqvist.example"),
        ("info@Müller.example", "info@xn--mller-kva.example"),
        ("kefu@例子.example", "kefu@xn--fsqu00a.example"),
        ("a@b", "a@b"),
        ("nobody", None),
        ("@example.com", None),
        ("two@at@example.com", None),
        ("line\nbreak@example.com", None),
        ("a@" + "x" * 300 + ".example", None),
        ("x" * 65 + "@example.com", None),
        ("a@-bad-.example", None),
    ],
)
def test_an_email_address_has_one_form_or_none(typed: str, normal: str | None) -> None:
    assert addresses.email_normal(typed) == normal


@pytest.mark.parametrize(
    ("typed", "region", "normal"),
    [
        ("040 555 0142", "DE", "+49405550142"),
        ("+46 70 555 01 84", "DE", "+46705550184"),
        ("138 1234 6688", "CN", "+8613812346688"),
        ("anonymous", "DE", None),
        ("Restricted", "DE", None),
        ("+266696687", "DE", None),
        ("not a number", "DE", None),
    ],
)
def test_a_phone_number_has_one_form_and_withheld_ones_none(typed: str, region: str, normal: str | None) -> None:
    assert addresses.phone_normal(typed, region) == normal


def test_people_see_an_address_in_its_own_script() -> None:
    assert addresses.email_display("info@xn--mller-kva.example") == "info@müller.example"
    assert addresses.phone_display("+46705550184", "SE") == "070-555 01 84"
    assert addresses.phone_display("+46705550184", "DE") == "+46 70 555 01 84"
