"""Queues: waiting with music for ever, and every way out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from carrier import Beliefs, Carrier, scripts
from carrier.legs import Leg
from tests.carrier.api import Api
from tests.carrier.office import APPLICATION_SID, OURS, THEIRS, Office

ENQUEUE = '<Enqueue waitUrl="/wait" action="/out">hold</Enqueue><Say>After the queue.</Say>'
MUSIC = "<Play>/music-30s.mp3</Play>"
JOIN = "https://desk.example.test/join"


@pytest.fixture
def waiting(carrier: Carrier, office: Office) -> Leg:
    return enqueue(carrier, office)


def enqueue(carrier: Carrier, office: Office, script: object = None) -> Leg:
    office.on("/in", ENQUEUE)
    office.on("/wait", MUSIC)
    office.on("/out", "")
    office.on("/join", "<Say>Here we go.</Say><Pause/>")
    leg = carrier.place_call(THEIRS, OURS, script)  # type: ignore[arg-type]
    carrier.run_for(5)
    return leg


def queue_sid(api: Api) -> str:
    return str(api.get("Queues")["queues"][0]["sid"])


def test_the_wait_document_comes_again_and_again(waiting: Leg, carrier: Carrier, office: Office) -> None:
    carrier.run_for(95)
    asked = office.at("/wait")
    assert len(asked) == 4
    assert [form["QueuePosition"] for form in asked] == ["1"] * 4
    assert int(asked[-1]["QueueTime"]) > 85
    assert {"QueueSid", "AvgQueueTime", "CurrentQueueSize", "MaxQueueSize"} <= set(asked[0])
    assert not carrier.silences()


def test_a_queue_is_created_on_demand_with_a_thousand_places(waiting: Leg, api: Api) -> None:
    (queue,) = api.get("Queues")["queues"]
    assert (queue["friendly_name"], queue["max_size"], queue["current_size"]) == ("hold", 1000, 1)


def test_rest_takes_a_member_out(waiting: Leg, carrier: Carrier, office: Office, api: Api) -> None:
    member = api.post(f"Queues/{queue_sid(api)}/Members/{waiting.sid}", Url=JOIN, Method="POST")
    assert member["call_sid"] == waiting.sid
    carrier.run_for(3)
    (out,) = office.at("/out")
    assert out["QueueResult"] == "redirected"
    assert waiting.heard[-1].what == "Here we go."
    assert "After the queue." not in waiting.heard_text()


def test_the_first_can_be_taken_out_without_naming_them(
    waiting: Leg, carrier: Carrier, office: Office, api: Api
) -> None:
    carrier.place_call("+4915122222222", OURS)
    carrier.run_for(5)
    assert api.post(f"Queues/{queue_sid(api)}/Members/Front", Url=JOIN)["call_sid"] == waiting.sid


@pytest.mark.parametrize(("as_404", "error"), [(True, (404, 20404)), (False, (400, 21220))])
def test_who_is_gone_cannot_be_taken_out(
    office: Office, make_carrier: Callable[..., Carrier], as_404: bool, error: tuple[int, int]
) -> None:
    carrier = make_carrier(beliefs=Beliefs(missing_member_is_404=as_404))
    api = Api(carrier)
    leg = enqueue(carrier, office)
    leg.hang_up()
    carrier.run_for(2)
    assert api.refused("POST", f"Queues/{queue_sid(api)}/Members/{leg.sid}", Url=JOIN) == error


def test_nobody_is_taken_out_twice(waiting: Leg, api: Api) -> None:
    sid = queue_sid(api)
    api.post(f"Queues/{sid}/Members/{waiting.sid}", Url=JOIN)
    assert api.refused("POST", f"Queues/{sid}/Members/{waiting.sid}", Url=JOIN) == (404, 20404)


def test_a_hang_up_is_told_to_the_action_and_the_number(carrier: Carrier, office: Office) -> None:
    leg = enqueue(carrier, office, scripts.caller(patience=40))
    carrier.run_out()
    (out,) = office.at("/out")
    assert (out["QueueResult"], out["CallStatus"]) == ("hangup", "completed")
    assert 39 <= int(out["QueueTime"]) <= 40
    assert office.at("/status")[0]["CallStatus"] == "completed"
    assert leg.status == "completed"


def test_leave_goes_to_the_action(carrier: Carrier, office: Office) -> None:
    office.on("/key", "<Leave/>")
    leg = enqueue(carrier, office)
    office.on("/wait", '<Gather numDigits="1" action="/key"><Say>Press 1 for a call back.</Say></Gather>')
    carrier.run_for(30)
    office.on("/out", "<Say>We call you back.</Say><Hangup/>")
    leg.press("1")
    carrier.run_out()
    assert office.at("/out")[0]["QueueResult"] == "leave"
    assert leg.heard[-1].what == "We call you back."


def test_leave_without_an_action_goes_to_the_next_verb(carrier: Carrier, office: Office) -> None:
    office.on("/in", '<Enqueue waitUrl="/wait">hold</Enqueue><Say>After the queue.</Say>')
    office.on("/wait", "<Leave/>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    assert leg.heard[-1].what == "After the queue."


def test_a_full_queue_is_told(waiting: Leg, carrier: Carrier, office: Office, api: Api) -> None:
    api.post(f"Queues/{queue_sid(api)}", MaxSize="1")
    carrier.place_call("+4915122222222", OURS)
    carrier.run_for(5)
    (out,) = office.at("/out")
    assert out["QueueResult"] == "queue-full"
    assert "QueueSid" not in out


def test_a_wait_document_that_fails_is_an_error_to_the_action(carrier: Carrier, office: Office) -> None:
    enqueue(carrier, office)
    office.on("/fallback", "")
    del office.replies["/fallback"]
    office.replies.pop("/wait")
    carrier.run_for(60)
    assert office.at("/out")[0]["QueueResult"] == "error"


def test_an_agent_may_take_the_first_of_a_queue(waiting: Leg, carrier: Carrier, office: Office) -> None:
    office.on("/client", '<Dial action="/dialled"><Queue>hold</Queue></Dial>')
    office.on("/dialled", "")
    agent = carrier.connect_client("agent_7", APPLICATION_SID)
    carrier.run_for(30)
    agent.hang_up()
    carrier.run_for(3)
    assert office.at("/out")[0]["QueueResult"] == "bridged"


def test_queues_over_rest(api: Api) -> None:
    made = api.post("Queues", FriendlyName="hold", MaxSize="5000")
    assert api.refused("POST", "Queues", FriendlyName="hold") == (400, 22003)
    assert api.refused("POST", "Queues", FriendlyName="more", MaxSize="5001") == (400, 20001)
    assert api.get(f"Queues/{made['sid']}")["max_size"] == 5000
    assert api.call("DELETE", f"Queues/{made['sid']}").status == 204
    assert api.refused("GET", f"Queues/{made['sid']}") == (404, 20404)


@pytest.mark.parametrize(
    "name", ["queue_action_before_redirect", "queue_action_answer_ignored", "queue_action_before_completed"]
)
def test_an_application_that_answers_nothing_gets_on_either_way(
    office: Office, make_carrier: Callable[..., Carrier], name: str
) -> None:
    carrier = make_carrier(beliefs=Beliefs().flipped(name))
    api = Api(carrier)
    leg = enqueue(carrier, office)
    api.post(f"Queues/{queue_sid(api)}/Members/{leg.sid}", Url=JOIN)
    carrier.run_out()
    assert leg.heard[-1].what == "Here we go."
    assert office.at("/out")[0]["QueueResult"] == "redirected"
