"""<Gather>: keys and speech."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from carrier import Beliefs, Carrier, scripts
from carrier.conformance import parameters
from carrier.legs import Leg
from tests.carrier.office import OURS, THEIRS, Office

PROMPT = "<Say>Press 1 for orders.</Say>"


def ring(carrier: Carrier, office: Office, gather: str, *steps: scripts.Step, **habits: Any) -> Leg:
    office.on("/in", gather + "<Say>Nothing came.</Say>")
    office.on("/menu", "<Say>Thank you.</Say>")
    leg = carrier.place_call(THEIRS, OURS, scripts.caller(steps, **habits))
    carrier.run_out()
    return leg


def test_a_key_interrupts_the_prompt_and_is_sent(carrier: Carrier, office: Office) -> None:
    gather = f'<Gather numDigits="1" action="/menu">{PROMPT}</Gather>'
    leg = ring(carrier, office, gather, scripts.hear("Press 1"), scripts.press("1"))
    (menu,) = office.at("/menu")
    assert menu["Digits"] == "1"
    assert menu["CallStatus"] == "in-progress"
    keyed = next(event.at for event in leg.timeline if event.kind == "input")
    assert (keyed - leg.heard[0].at).total_seconds() < leg.heard[0].seconds
    assert leg.heard[-1].what == "Thank you."


def test_several_keys_end_with_the_finishing_key(carrier: Carrier, office: Office) -> None:
    ring(carrier, office, '<Gather action="/menu"/>', scripts.until("gather"), scripts.press("10023#"))
    (menu,) = office.at("/menu")
    assert (menu["Digits"], menu["FinishedOnKey"]) == ("10023", "#")


def test_several_keys_end_when_no_more_come(carrier: Carrier, office: Office) -> None:
    ring(
        carrier,
        office,
        '<Gather action="/menu" finishOnKey="" timeout="2"/>',
        scripts.until("gather"),
        scripts.press("1#2"),
    )
    assert office.at("/menu")[0]["Digits"] == "1#2"


def test_without_input_the_next_verb_follows(carrier: Carrier, office: Office) -> None:
    leg = ring(carrier, office, '<Gather action="/menu" timeout="4"/>')
    assert not office.at("/menu")
    assert leg.heard_text() == "Nothing came."
    assert leg.seconds >= 4


def test_a_lone_finishing_key_is_no_input(carrier: Carrier, office: Office) -> None:
    ring(carrier, office, '<Gather action="/menu"/>', scripts.until("gather"), scripts.press("#"))
    assert not office.at("/menu")


@pytest.mark.parametrize("fields", [True, False])
def test_nothing_can_be_asked_for_too(office: Office, make_carrier: Callable[..., Carrier], fields: bool) -> None:
    carrier = make_carrier(beliefs=Beliefs(empty_gather_sends_fields=fields))
    ring(carrier, office, '<Gather input="dtmf speech" action="/menu" actionOnEmptyResult="true" timeout="2"/>')
    (menu,) = office.at("/menu")
    assert ("Digits" in menu) == ("SpeechResult" in menu) == fields


def test_speech_is_recognised_and_sent_with_its_confidence(carrier: Carrier, office: Office) -> None:
    how = 'input="dtmf speech" speechTimeout="auto" action="/menu" language="de-DE"'
    gather = f"<Gather {how}><Say>Bitte sprechen.</Say></Gather>"
    ring(carrier, office, gather, scripts.hear("sprechen"), scripts.say("Bestellung", confidence=0.42))
    (menu,) = office.at("/menu")
    assert (menu["SpeechResult"], float(menu["Confidence"]), menu["Language"]) == ("Bestellung", 0.42, "de-DE")
    assert "Digits" not in menu


def test_a_key_wins_over_speech(carrier: Carrier, office: Office) -> None:
    gather = '<Gather input="dtmf speech" numDigits="1" action="/menu"/>'
    ring(carrier, office, gather, scripts.until("gather"), scripts.say("orders please", seconds=2), scripts.press("4"))
    (menu,) = office.at("/menu")
    assert menu["Digits"] == "4"
    assert "SpeechResult" not in menu


def test_partial_results_are_told_on_the_way(carrier: Carrier, office: Office) -> None:
    office.on("/partial", "")
    gather = '<Gather input="speech" speechTimeout="auto" action="/menu" partialResultCallback="/partial"/>'
    ring(carrier, office, gather, scripts.until("gather"), scripts.say("where is my order"))
    (partial,) = office.at("/partial")
    assert parameters.PARTIAL.problems(partial) == []
    assert partial["UnstableSpeechResult"]
    assert office.at("/menu")[0]["SpeechResult"] == "where is my order"


@pytest.mark.parametrize("sent", [True, False])
def test_a_hang_up_while_keys_are_pressed(office: Office, make_carrier: Callable[..., Carrier], sent: bool) -> None:
    carrier = make_carrier(beliefs=Beliefs(gather_action_on_hangup=sent))
    ring(carrier, office, '<Gather action="/menu"/>', scripts.until("gather"), scripts.press("12"), scripts.hang_up())
    assert [form["Digits"] for form in office.at("/menu")] == (["12"] if sent else [])


def test_reflexes_answer_what_is_heard_every_time(carrier: Carrier, office: Office) -> None:
    office.on("/again", f'<Gather numDigits="1" action="/menu">{PROMPT}</Gather>')
    office.on("/in", f'<Gather numDigits="1" action="/again">{PROMPT}</Gather>')
    office.on("/menu", "<Say>Thank you.</Say>")
    leg = carrier.place_call(THEIRS, OURS, scripts.caller(answers={"Press 1": "1"}))
    carrier.run_out()
    assert leg.heard[-1].what == "Thank you."


@pytest.mark.parametrize("kept", [True, False])
def test_keys_pressed_too_early(office: Office, make_carrier: Callable[..., Carrier], kept: bool) -> None:
    carrier = make_carrier(beliefs=Beliefs(keys_are_kept=kept))
    gather = '<Say>Welcome.</Say><Gather numDigits="1" action="/menu" timeout="2"/>'
    ring(carrier, office, gather, scripts.hear("Welcome"), scripts.press("3"))
    assert [form["Digits"] for form in office.at("/menu")] == (["3"] if kept else [])
