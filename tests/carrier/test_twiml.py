"""Documents are read strictly: what the real carrier would not understand must not pass here."""

from __future__ import annotations

from pathlib import Path

import pytest

from carrier import Carrier, TwimlError, twiml
from carrier.twiml import generate
from carrier.twiml.contexts import EMULATED, NESTED, TOP, WITHOUT_EFFECT, Context
from carrier.twiml.documents import parse
from carrier.twiml.table import ELEMENTS
from tests.carrier.office import OURS, THEIRS, Office


def test_the_table_is_what_the_official_library_knows() -> None:
    assert generate.table() == ELEMENTS
    assert "generate" in (Path(twiml.__path__[0]) / "table.py").read_text()


def test_what_is_emulated_exists() -> None:
    assert set(ELEMENTS) >= EMULATED
    for parent, children in NESTED.items():
        assert ELEMENTS[parent][1] >= children
    for element, attributes in WITHOUT_EFFECT.items():
        assert ELEMENTS[element][0] >= attributes
    assert all(verbs <= EMULATED for verbs in TOP.values())


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Response><Say>unclosed</Response>", 12100),
        ("<Answer/>", 12100),
        ("<!DOCTYPE x><Response/>", 12100),
        ("<Response>words<Say/></Response>", 12100),
        ("<Response><Sing/></Response>", 12200),
        ("<Response><Pay/></Response>", 12200),
        ("<Response><Say tone='high'>a</Say></Response>", 12200),
        ("<Response><Gather><Dial/></Gather></Response>", 12200),
        ("<Response><Dial><Sip>sip:a@b</Sip></Dial></Response>", 12200),
        ("<Response><Gather input='telepathy'/></Response>", 12200),
        ("<Response><Dial><Conference beep='loud'>r</Conference></Dial></Response>", 12200),
        ("<Response><Dial answerOnBridge='true'>+4930123456</Dial></Response>", 12200),
        ("<Response><Redirect method='PUT'>x</Redirect></Response>", 12200),
    ],
)
def test_it_refuses_what_twilio_would_not_understand(document: str, code: int) -> None:
    with pytest.raises(TwimlError) as raised:
        parse(document)
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("verb", "contexts"),
    [
        ("<Gather/>", {Context.CALL, Context.QUEUE, Context.SCREENING}),
        ("<Leave/>", {Context.CALL, Context.QUEUE}),
        ("<Say>a</Say>", set(Context)),
        ("<Redirect>a</Redirect>", set(Context)),
        ("<Hangup/>", {Context.CALL, Context.QUEUE, Context.SCREENING}),
        ("<Dial>+4930123456</Dial>", {Context.CALL}),
        ("<Enqueue>q</Enqueue>", {Context.CALL}),
        ("<Record/>", {Context.CALL, Context.SCREENING}),
    ],
)
def test_which_verbs_may_stand_depends_on_what_was_asked(verb: str, contexts: set[Context]) -> None:
    for context in Context:
        try:
            parse(f"<Response>{verb}</Response>", context)
        except TwimlError:
            assert context not in contexts
        else:
            assert context in contexts


def test_a_wrong_document_fails_the_test_that_made_it(carrier: Carrier, office: Office) -> None:
    office.on("/in", "<Sing/>")
    carrier.place_call(THEIRS, OURS)
    with pytest.raises(TwimlError, match="Sing"):
        carrier.run_out()


def test_in_real_use_a_wrong_document_is_an_alert_and_the_fallback_is_asked(
    make_carrier: object, office: Office
) -> None:
    carrier: Carrier = make_carrier(strict=False)  # type: ignore[operator]
    office.on("/in", "<Sing/>")
    office.on("/fallback", "<Say>Sorry.</Say>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    assert [alert.code for alert in carrier.alerts] == [12200]
    assert office.at("/fallback")[0]["ErrorCode"] == "12200"
    assert leg.heard_text() == "Sorry."
