"""<Dial> of telephones and browsers: who answers, who does not, and how the two part."""

from __future__ import annotations

import pytest

from carrier import Carrier, scripts
from carrier.conformance import parameters
from carrier.legs import Leg
from tests.carrier.office import OURS, THEIRS, Office

OTHER = "+4915177777777"
THIRD = "+4915188888888"


def dial(carrier: Carrier, office: Office, nouns: str, attributes: str = "", script: object = None) -> Leg:
    office.on("/in", f'<Dial action="/dialled" {attributes}>{nouns}</Dial>')
    office.on("/dialled", "<Say>Back again.</Say>")
    leg = carrier.place_call(THEIRS, OURS, script)  # type: ignore[arg-type]
    carrier.run_for(12)
    return leg


def child(carrier: Carrier, to: str = OTHER) -> Leg:
    return next(leg for leg in carrier.legs.values() if leg.to == to)


def test_the_two_talk_until_the_one_called_hangs_up(carrier: Carrier, office: Office) -> None:
    leg = dial(carrier, office, f"<Number>{OTHER}</Number>")
    called = child(carrier)
    assert (called.parent_sid, called.direction, called.from_) == (leg.sid, "outbound-dial", THEIRS)
    assert leg.heard[0].kind == "ringing"
    called.hang_up(20)
    carrier.run_out()
    (told,) = office.at("/dialled")
    assert parameters.DIALLED.problems(told) == []
    assert (told["DialCallStatus"], told["DialCallSid"], told["DialBridged"]) == ("completed", called.sid, "true")
    assert int(told["DialCallDuration"]) >= 20
    assert leg.heard[-1].what == "Back again."
    assert not carrier.silences()


@pytest.mark.parametrize(("attributes", "keys"), [('timeLimit="30"', ""), ('hangupOnStar="true"', "*")])
def test_a_conversation_may_be_ended_for_them(carrier: Carrier, office: Office, attributes: str, keys: str) -> None:
    leg = dial(carrier, office, f"<Number>{OTHER}</Number>", attributes)
    leg.press(keys)
    carrier.run_for(60)
    assert office.at("/dialled")[0]["DialCallStatus"] == "completed"
    assert child(carrier).status == "completed"


def test_when_the_caller_hangs_up_the_other_is_let_go(carrier: Carrier, office: Office) -> None:
    leg = dial(carrier, office, f"<Number>{OTHER}</Number>")
    leg.hang_up()
    carrier.run_out()
    assert child(carrier).status == "completed"
    assert not office.at("/dialled")


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "failed"])
def test_who_is_called_may_not_answer(carrier: Carrier, office: Office, outcome: str) -> None:
    carrier.phone(OTHER, outcome, rings_for=40)
    dial(carrier, office, f"<Number>{OTHER}</Number>", 'timeout="10"')
    carrier.run_out()
    (told,) = office.at("/dialled")
    assert (told["DialCallStatus"], told["DialBridged"]) == (outcome, "false")


def test_the_first_of_several_gets_the_call(carrier: Carrier, office: Office) -> None:
    carrier.phone(OTHER, rings_for=8)
    carrier.phone(THIRD, rings_for=2)
    leg = dial(carrier, office, f"<Number>{OTHER}</Number><Number>{THIRD}</Number>")
    assert child(carrier, THIRD).status == "in-progress"
    assert child(carrier).status == "canceled"
    leg.hang_up()
    carrier.run_out()
    assert not any(other.live for other in carrier.legs.values())


def test_a_call_is_announced_to_the_one_called_first(carrier: Carrier, office: Office) -> None:
    office.on("/screen", "<Say>A customer for you.</Say>")
    dial(carrier, office, f'<Number url="/screen">{OTHER}</Number>')
    assert child(carrier).heard_text() == "A customer for you."
    assert office.at("/screen")[0]["ParentCallSid"]


def test_a_browser_that_is_not_there_cannot_be_rung(carrier: Carrier, office: Office) -> None:
    dial(carrier, office, "<Client>agent_7</Client>")
    assert office.at("/dialled")[0]["DialCallStatus"] == "failed"


def test_a_browser_is_answered_by_hand(carrier: Carrier, office: Office) -> None:
    carrier.phone("client:agent_7", "by hand")
    dial(carrier, office, "<Client><Identity>agent_7</Identity></Client>")
    ringing = child(carrier, "client:agent_7")
    assert ringing.status == "ringing"
    ringing.answer()
    carrier.run_for(1)
    assert ringing.status == "in-progress"
    ringing.hang_up()
    carrier.run_out()
    assert office.at("/dialled")[0]["DialCallStatus"] == "completed"


def test_a_caller_may_give_up_while_it_rings(carrier: Carrier, office: Office) -> None:
    carrier.phone(OTHER, rings_for=30)
    dial(carrier, office, f"<Number>{OTHER}</Number>", script=scripts.caller([scripts.wait(6), scripts.hang_up()]))
    carrier.run_out()
    assert child(carrier).status == "canceled"
