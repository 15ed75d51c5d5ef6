"""The REST API as the official client sees it, and its errors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from twilio.base.exceptions import TwilioRestException

from carrier import Carrier, TimedOut, Timings, faults
from carrier.conformance.openapi import Description
from carrier.faults import Rule, When
from tests.carrier.api import AUTH, ROOT, Api, description
from tests.carrier.office import ACCOUNT_SID, API_KEY, API_SECRET, BASE, OURS, THEIRS, Office

EVERY_EVENT = ["initiated", "ringing", "answered", "completed"]


def place(api: Api, **more: object) -> str:
    made = api.post(
        "Calls", To=THEIRS, From=OURS, Url=f"{BASE}/out", StatusCallback=f"{BASE}/status",
        StatusCallbackEvent=EVERY_EVENT, **more,
    )  # fmt: skip
    return str(made["sid"])


def told(office: Office) -> list[str]:
    return [form["CallStatus"] for form in sorted(office.at("/status"), key=lambda form: form["SequenceNumber"])]


def test_a_call_is_placed_and_told_of(carrier: Carrier, api: Api, office: Office) -> None:
    office.on("/out", "<Say>Hello.</Say>")
    sid = place(api)
    carrier.run_out()
    assert told(office) == ["initiated", "ringing", "in-progress", "completed"]
    assert carrier.legs[sid].heard_text() == "Hello."
    assert api.get(f"Calls/{sid}")["status"] == "completed"
    assert office.at("/out")[0]["Direction"] == "outbound-api"


@pytest.mark.parametrize(("outcome", "status"), [("busy", "busy"), ("failed", "failed"), ("no-answer", "no-answer")])
def test_a_call_may_come_to_nothing(carrier: Carrier, api: Api, office: Office, outcome: str, status: str) -> None:
    carrier.phone(THEIRS, outcome)
    place(api, Timeout="10")
    carrier.run_out()
    assert told(office)[-1] == status
    assert not office.at("/out")


def test_ringing_lasts_five_seconds_longer_than_was_said(carrier: Carrier, api: Api) -> None:
    carrier.phone(THEIRS, rings_for=14)
    sid = place(api, Timeout="10")
    carrier.run_for(16)
    assert carrier.legs[sid].started_at is not None


def test_an_account_may_begin_one_call_a_second(carrier: Carrier, api: Api) -> None:
    sids = [place(api) for _ in range(4)]
    assert [int(api.get(f"Calls/{sid}")["queue_time"]) for sid in sids] == [0, 1000, 2000, 3000]


def test_a_call_may_carry_its_own_document(carrier: Carrier, api: Api) -> None:
    made = api.post("Calls", To=THEIRS, From=OURS, Twiml="<Response><Say>From the request.</Say></Response>")
    carrier.run_out()
    assert carrier.legs[made["sid"]].heard_text() == "From the request."


def test_a_ringing_call_is_canceled_and_a_live_one_completed(carrier: Carrier, api: Api, office: Office) -> None:
    office.on("/out", "<Pause length='600'/>")
    carrier.phone(THEIRS, rings_for=10)
    ringing, live = place(api), place(api)
    carrier.run_for(5)
    api.post(f"Calls/{ringing}", Status="canceled")
    carrier.run_for(15)
    assert carrier.legs[ringing].status == "canceled"
    assert api.refused("POST", f"Calls/{live}", Status="canceled") == (400, 21220)
    api.post(f"Calls/{live}", Status="completed")
    carrier.run_for(1)
    assert carrier.legs[live].status == "completed"
    assert api.refused("POST", f"Calls/{live}", Url=f"{BASE}/out") == (400, 21220)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": OURS, "Url": "u"}, 21201),
        ({"To": "12", "From": OURS, "Url": "u"}, 21211),
        ({"To": THEIRS, "From": "+4930999", "Url": "u"}, 21210),
        ({"To": THEIRS, "From": OURS}, 21205),
    ],
)
def test_calls_that_cannot_be_placed(api: Api, form: dict[str, str], code: int) -> None:
    assert api.refused("POST", "Calls", **form) == (400, code)


def test_the_official_client_understands_it(carrier: Carrier, api: Api, office: Office) -> None:
    office.on("/in", '<Enqueue waitUrl="/wait">hold</Enqueue>')
    office.on("/wait", "<Play>/music-30s.mp3</Play>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_for(5)
    client = api.client()
    (call,) = client.calls.list(status="in-progress")
    (queue,) = client.queues.list()
    (member,) = client.queues(queue.sid).members.list()
    assert call.sid == member.call_sid == leg.sid
    assert call.start_time == leg.started_at.replace(microsecond=0)  # type: ignore[union-attr]
    client.queues(queue.sid).members(leg.sid).update(url=f"{BASE}/in", method="POST")
    with pytest.raises(TwilioRestException) as raised:
        client.queues(queue.sid).members(leg.sid).update(url=f"{BASE}/in")
    assert (raised.value.status, raised.value.code) == (404, 20404)


def test_lists_come_in_pages_that_the_client_follows(carrier: Carrier, api: Api, office: Office) -> None:
    office.on("/in", "")
    for _ in range(7):
        carrier.place_call(THEIRS, OURS)
    calls = api.client().calls.list(page_size=3)
    assert len({call.sid for call in calls}) == 7
    first = api.get("Calls", PageSize="3")
    assert (first["start"], first["end"], first["previous_page_uri"]) == (0, 2, None)


@pytest.mark.parametrize("auth", [("", ""), (ACCOUNT_SID, "wrong"), ("SK" + "1" * 32, "wrong")])
def test_strangers_are_refused(carrier: Carrier, auth: tuple[str, str]) -> None:
    assert carrier.rest("GET", f"{ROOT}/Calls.json", auth=auth).status == 401


def test_an_api_key_opens_the_account(carrier: Carrier) -> None:
    assert carrier.rest("GET", f"{ROOT}/Calls.json", auth=(API_KEY, API_SECRET)).status == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{ROOT}/Usage/Records.json", 501),
        ("/v1/Services", 501),
        (f"{ROOT}/Calls/CA0.json", 404),
        (f"{ROOT}/Addresses.json", 501),
    ],
)
def test_what_is_not_emulated_says_so(carrier: Carrier, path: str, status: int) -> None:
    assert carrier.rest("GET", path, auth=AUTH).status == status


@pytest.mark.parametrize("name", ["MachineDetection", "SendDigits", "TimeLimit"])
def test_parameters_without_effect_are_not_silently_taken(carrier: Carrier, name: str) -> None:
    form = [("To", THEIRS), ("From", OURS), ("Url", "u"), (name, "1")]
    assert carrier.rest("POST", f"{ROOT}/Calls.json", form=form, auth=AUTH).status == 501
    assert not carrier.legs


def test_who_wants_to_hears_of_every_answer(carrier: Carrier) -> None:
    heard: list[tuple[str, int]] = []
    carrier.on_rest.append(lambda method, _path, _query, _form, answer: heard.append((method, answer.status)))
    carrier.rest("GET", f"{ROOT}/Calls.json", auth=AUTH)
    assert heard == [("GET", 200)]


def test_a_wrong_method_is_refused(api: Api) -> None:
    assert api.carrier.rest("DELETE", f"{ROOT}/Conferences.json", auth=AUTH).status == 405


def test_too_many_requests_are_refused_and_nothing_is_done(carrier: Carrier, api: Api) -> None:
    carrier.faults.add(Rule(When("rest", path="/Calls.json", event="POST", limit=1), faults.Refuse()))
    assert api.refused("POST", "Calls", To=THEIRS, From=OURS, Url="u") == (429, 20429)
    assert not carrier.legs
    place(api)
    assert carrier.legs


def test_an_answer_may_be_lost_after_the_deed(carrier: Carrier, api: Api) -> None:
    carrier.faults.add(Rule(When("rest", path="/Calls.json", limit=1), faults.LoseAnswer()))
    with pytest.raises(TimedOut):
        place(api)
    assert len(carrier.legs) == 1


def test_what_was_created_may_not_be_found_for_a_moment(carrier: Carrier, api: Api) -> None:
    carrier.faults.add(Rule(When("rest", event="POST", limit=1), faults.Hide(0.5)))
    sid = place(api)
    assert api.refused("GET", f"Calls/{sid}") == (404, 20404)
    carrier.run_for(1)
    assert api.get(f"Calls/{sid}")["sid"] == sid


def test_numbers_and_applications_are_told_where_their_webhooks_go(carrier: Carrier, api: Api, office: Office) -> None:
    (number,) = api.get("IncomingPhoneNumbers", PhoneNumber=OURS)["incoming_phone_numbers"]
    api.post(f"IncomingPhoneNumbers/{number['sid']}", VoiceUrl=f"{BASE}/elsewhere", VoiceMethod="GET")
    made = api.post("Applications", FriendlyName="softphone", VoiceUrl=f"{BASE}/client")
    assert api.get(f"Applications/{made['sid']}")["voice_url"] == f"{BASE}/client"
    office.on("/elsewhere", "")
    carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    assert office.at("/elsewhere")


def test_the_history_of_a_call_can_be_read(carrier: Carrier, api: Api, office: Office) -> None:
    office.on("/in", "<Say>Hello.</Say>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    events = api.get(f"Calls/{leg.sid}/Events")["events"]
    assert events[0]["request"]["url"] == f"{BASE}/in"


@pytest.fixture
def twilio_s() -> Description:
    found = description()
    if found is None:
        pytest.skip("TWILIO_OPENAPI does not name Twilio's twilio_api_v2010.json")
    return found


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ([("From", "a"), ("Url", "u")], "To is missing"),
        ([("To", "a"), ("From", "a"), ("Uri", "u")], "Uri is not a parameter"),
        ([("To", "a"), ("From", "a"), ("Method", "PUT")], "Method"),
        ([("To", "a"), ("From", "a"), ("Timeout", "soon")], "Timeout"),
    ],
)
def test_a_wrong_request_is_found(twilio_s: Description, form: list[tuple[str, str]], problem: str) -> None:
    found = twilio_s.problems("POST", f"{ROOT}/Calls.json", [], form, 500, None)
    found += twilio_s.problems("POST", f"{ROOT}/Calls.json", [], form, 201, {})
    assert any(problem in said for said in found)


def test_a_wrong_answer_is_found(twilio_s: Description, carrier: Carrier) -> None:
    body = carrier.rest("POST", f"{ROOT}/Queues.json", form=[("FriendlyName", "q")], auth=AUTH).body
    assert body is not None

    def problems(**changed: object) -> list[str]:
        return twilio_s.problems("POST", f"{ROOT}/Queues.json", [], [("FriendlyName", "q")], 201, body | changed)

    assert problems() == []
    assert problems(sid="QU1")
    assert problems(current_size="0")
    assert problems(invented=1)
    assert twilio_s.problems("POST", f"{ROOT}/Queues.json", [], [("FriendlyName", "q")], 201, {"sid": body["sid"]})
    assert twilio_s.problems("POST", f"{ROOT}/Queues.json", [], [("FriendlyName", "q")], 200, body)


def test_every_operation_that_is_emulated_is_twilio_s(twilio_s: Description) -> None:
    from carrier.rest.routes import _TABLE

    for method, pattern, _ in _TABLE:
        assert twilio_s.knows(method, f"{ROOT}/{pattern.replace('*', 'x')}.json"), (method, pattern)


def test_a_faster_account_begins_calls_faster(make_carrier: Callable[..., Carrier]) -> None:
    api = Api(make_carrier(timings=Timings(calls_per_second=10)))
    sids = [place(api) for _ in range(3)]
    assert [int(api.get(f"Calls/{sid}")["queue_time"]) for sid in sids] == [0, 100, 200]
