"""Only what the carrier has signed over our public address is believed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask, request
from twilio.request_validator import RequestValidator

from contact_center.channels.twilio import signatures
from contact_center.errors import Untrusted

TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC = "https://help.norra.example"
FORM = {"MessageSid": "SM1", "Body": "Grüße 你好"}


@pytest.fixture(autouse=True)
def account(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = replace(app.config["CC"], public_url=PUBLIC, twilio_account_sid="AC1", twilio_auth_token=TOKEN)
    monkeypatch.setitem(app.config, "CC", ours)


def asks(app: Flask, path: str, signature: str, *, method: str = "POST", form: object = None, **headers: str) -> bool:
    sent = {signatures.HEADER: signature, **headers}
    with app.test_request_context(path, method=method, data=form, headers=sent, base_url="http://10.0.0.5:8000"):
        try:
            signatures.verify(request)
        except Untrusted:
            return False
        return True


def signed(path: str, form: object = None, algorithm: str | None = None, token: str = TOKEN) -> str:
    return RequestValidator(token).compute_signature(PUBLIC + path, form or {}, algorithm)


def test_a_signature_over_the_public_address_is_good_whatever_host_we_were_asked_by(app: Flask) -> None:
    assert asks(app, "/twilio/texts/in", signed("/twilio/texts/in", FORM), form=FORM)


def test_the_query_is_signed_too(app: Flask) -> None:
    path = "/twilio/texts/status?o=7&x=%2B49"
    assert asks(app, path, signed(path, FORM), form=FORM)
    assert not asks(app, path.replace("o=7", "o=8"), signed(path, FORM), form=FORM)


def test_a_get_has_its_parameters_in_the_address_only(app: Flask) -> None:
    path = "/twilio/hold?CallSid=CA1&b=2"
    assert asks(app, path, signed(path), method="GET")


def test_a_parameter_may_come_twice(app: Flask) -> None:
    from werkzeug.datastructures import MultiDict

    form = MultiDict([("Media", "b"), ("Media", "a"), ("Body", "")])
    assert asks(app, "/x", signed("/x", form), form=form)


def test_the_newer_algorithm_is_understood_and_no_unknown_one(app: Flask) -> None:
    settings = {signatures.SETTINGS: "key=k1,algorithm=HMAC_SHA256"}
    good = signed("/x", FORM, "HMAC_SHA256")
    assert asks(app, "/x", good, form=FORM, **settings)
    assert not asks(app, "/x", good, form=FORM)
    assert not asks(app, "/x", good, form=FORM, **{signatures.SETTINGS: "algorithm=NONE"})


@pytest.mark.parametrize("signature", ["", "x", "ünicode", "=" * 5000])
def test_no_signature_or_a_made_up_one_is_refused(app: Flask, signature: str) -> None:
    assert not asks(app, "/x", signature, form=FORM)


def test_another_word_or_another_token_is_refused(app: Flask) -> None:
    assert not asks(app, "/x", signed("/x", FORM), form=FORM | {"Body": "other"})
    assert not asks(app, "/x", signed("/x", FORM, token="f" * 32), form=FORM)
    assert not asks(app, "/x", signed("/x", FORM), form=FORM | {"To": "+1"})


def test_without_an_account_nothing_is_believed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "CC", replace(app.config["CC"], twilio_account_sid="", twilio_auth_token=""))
    assert not asks(app, "/x", RequestValidator("").compute_signature(PUBLIC + "/x", FORM), form=FORM)


def test_more_than_a_carrier_ever_sends_is_not_read(app: Flask) -> None:
    form = {"Body": "x" * signatures.MOST_BYTES}
    assert not asks(app, "/x", signed("/x", form), form=form)
