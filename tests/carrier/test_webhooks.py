"""Webhooks: signed, tried again, late, doubled, lost; and made of the parameters that Twilio's pages list."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from carrier import Carrier, TimedOut, Unreachable, Webhook, faults, overrides, scripts
from carrier.conformance import parameters
from carrier.conformance.parameters import Parameters
from carrier.faults import Fault, Rule, When
from tests.carrier.api import Api
from tests.carrier.office import ACCOUNT_SID, BASE, OURS, THEIRS, Office
from tests.carrier.test_conferences import connect


def test_overrides_are_read_from_the_fragment() -> None:
    read = overrides.read("https://a.test/x?y=1#ct=2000&rt=10000&rc=2&rp=ct,5xx")
    assert (read.url, read.connect, read.read, read.retries) == ("https://a.test/x?y=1", 2.0, 10.0, 2)
    assert read.again_after("5xx")
    assert not read.again_after("4xx")
    assert overrides.read("https://a.test/x").again_after("ct")
    assert not overrides.read("https://a.test/x").again_after("rt")


def failing(office: Office, error: type[Exception], times: int) -> Callable[[dict[str, str]], str]:
    left = [times]

    def reply(_form: dict[str, str]) -> str:
        left[0] -= 1
        if left[0] >= 0:
            raise error("not now")
        return "<Say>Welcome.</Say>"

    return reply


def test_a_request_that_does_not_connect_is_tried_again_with_the_same_token(carrier: Carrier, office: Office) -> None:
    office.on("/in", failing(office, Unreachable, 1))
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    first, second = (got.headers["I-Twilio-Idempotency-Token"] for got in office.got if got.path == "/in")
    assert first == second
    assert leg.heard_text() == "Welcome."


def test_a_slow_answer_is_waited_for_fifteen_seconds_and_then_the_fallback_is_asked(
    carrier: Carrier, office: Office
) -> None:
    office.on("/in", failing(office, TimedOut, 1))
    office.on("/fallback", "<Say>Sorry.</Say>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    assert office.at("/fallback")[0]["ErrorCode"] == "11205"
    assert (leg.heard[0].at - leg.created_at).total_seconds() > 15


def test_an_answer_that_is_lost_brings_the_same_request_again(carrier: Carrier, office: Office) -> None:
    carrier.faults.add(Rule(When("request", path="/in", limit=1), faults.LoseAnswer()))
    office.on("/in", "<Say>Welcome.</Say>")
    carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    tokens = [got.headers["I-Twilio-Idempotency-Token"] for got in office.got if got.path == "/in"]
    assert len(tokens) == 2
    assert len(set(tokens)) == 1


@pytest.mark.parametrize("fault", [faults.Respond(500), faults.Slow(16)])
def test_an_application_that_fails_is_replaced_by_the_fallback(carrier: Carrier, office: Office, fault: Fault) -> None:
    carrier.faults.add(Rule(When("request", path="/in"), fault))
    office.on("/in", "<Say>Welcome.</Say>")
    office.on("/fallback", "<Say>Sorry.</Say>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    assert leg.heard_text() == "Sorry."


def ended(carrier: Carrier, office: Office, fault: Fault, **when: object) -> list[dict[str, str]]:
    carrier.faults.add(Rule(When("callback", path="/status", **when), fault))  # type: ignore[arg-type]
    office.on("/in", "")
    carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    return office.at("/status")


def test_a_callback_may_be_lost(carrier: Carrier, office: Office) -> None:
    assert ended(carrier, office, faults.Lose()) == []


def test_a_callback_may_come_twice(carrier: Carrier, office: Office) -> None:
    first, second = ended(carrier, office, faults.Duplicate())
    assert first == second


def test_a_callback_may_be_late(carrier: Carrier, office: Office) -> None:
    began = carrier.now
    ended(carrier, office, faults.Delay((60, 61)))
    assert (carrier.sent[-1].at - began).total_seconds() > 60


def test_a_rule_strikes_only_what_it_names(carrier: Carrier, office: Office) -> None:
    assert len(ended(carrier, office, faults.Lose(), event="busy")) == 1
    assert len(ended(carrier, office, faults.Lose(), nth=2)) == 2


def test_two_callbacks_may_change_places(carrier: Carrier, office: Office, api: Api) -> None:
    carrier.faults.add(Rule(When("callback", event="initiated"), faults.Swap()))
    office.on("/out", "")
    api.post("Calls", To=THEIRS, From=OURS, Url=f"{BASE}/out", StatusCallback=f"{BASE}/status",
             StatusCallbackEvent=["initiated", "ringing", "answered", "completed"])  # fmt: skip
    carrier.run_out()
    numbers = [int(form["SequenceNumber"]) for form in office.at("/status")]
    assert sorted(numbers) == [0, 1, 2, 3]
    assert numbers[:2] == [1, 0]


def test_a_callback_may_come_before_the_rest_answer(carrier: Carrier, office: Office, api: Api) -> None:
    connect(carrier, office)
    carrier.faults.add(Rule(When("callback", event="participant-hold"), faults.Early()))
    sid = next(iter(carrier.rooms))
    api.post(f"Conferences/{sid}/Participants/customer", Hold="true")
    assert office.at("/events")[-1]["StatusCallbackEvent"] == "participant-hold"


def test_timestamps_may_be_wrong(carrier: Carrier, office: Office) -> None:
    (form,) = ended(carrier, office, faults.Skew((3600, 3600)))
    assert form["Timestamp"].startswith("Mon, 02 Mar 2026 10:")


def test_the_same_rules_and_seed_strike_the_same(make_carrier: Callable[..., Carrier], office: Office) -> None:
    def struck(seed: int) -> list[int]:
        carrier = make_carrier(seed)
        carrier.faults.add(Rule(When("callback", probability=0.3), faults.Lose()))
        office.on("/in", "")
        legs = [carrier.place_call(THEIRS, OURS) for _ in range(20)]
        carrier.run_out()
        told = {form["CallSid"] for form in office.at("/status")}
        return [place for place, leg in enumerate(legs) if leg.sid in told]

    assert struck(3) == struck(3)
    assert 5 < len(struck(4)) < 20


def test_a_forged_request_would_be_noticed(office: Office) -> None:
    with pytest.raises(AssertionError, match="forged"):
        office.deliver(Webhook("POST", f"{BASE}/in", [("a", "b")], {"X-Twilio-Signature": "x"}))


def of_events(forms: list[dict[str, str]]) -> list[tuple[Parameters, dict[str, str]]]:
    return [(parameters.ROOM[form["StatusCallbackEvent"]], form) for form in forms]


def test_webhooks_have_the_parameters_of_twilio_s_pages(carrier: Carrier, office: Office, api: Api) -> None:
    """One long call through nearly everything; each request is compared with its page."""
    office.on("/in", '<Gather numDigits="1" action="/menu"><Say>Press 1.</Say></Gather>')
    office.on("/menu", '<Enqueue waitUrl="/wait" action="/out">hold</Enqueue>')
    office.on("/wait", "<Play>/music-30s.mp3</Play>")
    office.on("/out", "")
    customer = carrier.place_call(THEIRS, OURS, scripts.caller(answers={"Press 1": "1"}))
    carrier.run_for(30)
    connect_office = dict(office.replies)
    connect(carrier, office)
    office.replies |= {path: reply for path, reply in connect_office.items() if path not in office.replies}
    sid = next(iter(carrier.rooms))
    api.post(f"Conferences/{sid}/Participants/customer", Hold="true")
    api.post(f"Conferences/{sid}/Participants/agent", Muted="true")
    office.on("/announce", "<Say>Announcement.</Say>")
    api.post(f"Conferences/{sid}", AnnounceUrl=f"{BASE}/announce")
    carrier.run_for(5)
    customer.hang_up()
    api.post(f"Conferences/{sid}", Status="completed")
    carrier.run_out()
    expected = {
        "/in": parameters.DOCUMENT, "/menu": parameters.GATHER, "/wait": parameters.WAIT, "/out": parameters.DEQUEUED,
        "/status": parameters.STATUS, "/after": parameters.DIALLED_ROOM, "/agent-done": parameters.DIALLED_ROOM,
    }  # fmt: skip
    pairs = [(known, form) for path, known in expected.items() for form in office.at(path)]
    assert {path for path in expected if office.at(path)} == set(expected)
    pairs += of_events(office.at("/events"))
    assert {form["StatusCallbackEvent"] for form in office.at("/events")} >= {
        "participant-join", "participant-leave", "participant-hold", "participant-mute", "conference-start",
        "conference-end", "announcement-end",
    }  # fmt: skip
    assert [problem for known, form in pairs for problem in known.problems(form)] == []


def test_made_up_and_missing_parameters_are_found() -> None:
    assert parameters.DEQUEUED.problems({"CallSid": "CA1", "Colour": "red"}) == [
        "AccountSid is missing", "ApiVersion is missing", "CallStatus is missing", "Direction is missing",
        "From is missing", "QueueResult is missing", "To is missing", "Colour is made up",
    ]  # fmt: skip


def test_a_webhook_over_get_carries_its_parameters_in_the_address(carrier: Carrier, office: Office) -> None:
    office.on("/in", '<Redirect method="GET">/next?step=1</Redirect>')
    office.on("/next", "")
    carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    (got,) = [got for got in office.got if got.path == "/next"]
    assert got.method == "GET"
    assert got.query["step"] == "1"
    assert got.query["AccountSid"] == ACCOUNT_SID


def test_an_application_s_request_inside_a_webhook_does_no_harm(carrier: Carrier, office: Office, api: Api) -> None:
    def transfer(form: dict[str, str]) -> str:
        api.post(f"Calls/{form['CallSid']}", Url=f"{BASE}/next")
        api.post(f"Calls/{form['CallSid']}", Status="completed")
        return "<Say>Never mind.</Say><Pause length='20'/>"

    office.on("/in", "<Redirect>/transfer</Redirect>")
    office.on("/transfer", transfer)
    office.on("/next", "<Pause length='20'/>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    assert leg.status == "completed"
    assert leg.seconds < 10
