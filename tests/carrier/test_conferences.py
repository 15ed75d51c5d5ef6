"""Conference rooms: who is in them, who hears whom, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from carrier import Beliefs, Carrier, TwimlError
from carrier.clocks import VirtualClock
from carrier.company import START
from carrier.conformance import parameters
from carrier.legs import Leg
from carrier.rooms import Participant, edges
from tests.carrier.api import Api
from tests.carrier.office import APPLICATION_SID, OURS, THEIRS, Office

EVENTS = 'statusCallback="/events" statusCallbackEvent="start end join leave mute hold modify announcement"'


def room(label: str, attributes: str = "", name: str = "room-1", action: str = ' action="/after"') -> str:
    return f'<Dial{action}><Conference participantLabel="{label}" {attributes} {EVENTS}>{name}</Conference></Dial>'


@pytest.fixture
def both(carrier: Carrier, office: Office) -> tuple[Leg, Leg]:
    """An agent and a customer in one room."""
    return connect(carrier, office)


def connect(carrier: Carrier, office: Office) -> tuple[Leg, Leg]:
    office.on(
        "/client", room("agent", 'waitUrl="" endConferenceOnExit="true" beep="false"', action=' action="/agent-done"')
    )
    office.on("/in", room("customer", 'endConferenceOnExit="true" beep="false"'))
    office.on("/after", "<Say>Please rate us.</Say>")
    office.on("/agent-done", "")
    agent = carrier.connect_client("agent_7", APPLICATION_SID)
    carrier.run_for(5)
    customer = carrier.place_call(THEIRS, OURS)
    carrier.run_for(5)
    return agent, customer


def conference(api: Api) -> str:
    return str(api.get("Conferences", FriendlyName="room-1")["conferences"][0]["sid"])


def test_a_conference_begins_with_the_second_participant(both: tuple[Leg, Leg], api: Api, office: Office) -> None:
    assert office.events() == ["participant-join", "participant-join", "conference-start"]
    told = sorted(office.at("/events"), key=lambda form: form["SequenceNumber"])
    assert [form.get("ParticipantLabel") for form in told] == ["agent", "customer", None]
    assert api.get("Conferences", Status="in-progress")["conferences"][0]["friendly_name"] == "room-1"


def test_a_lone_participant_waits_with_the_carrier_s_music(carrier: Carrier, office: Office, api: Api) -> None:
    office.on("/in", room("customer"))
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_for(60)
    assert leg.heard[-1].kind == "music"
    assert not carrier.silences()
    assert api.get("Conferences")["conferences"][0]["status"] == "init"


def test_wait_music_that_ends_becomes_silence(carrier: Carrier, office: Office) -> None:
    office.on("/in", room("customer", 'waitUrl="/music"'))
    office.on("/music", "<Say>One moment.</Say>")
    carrier.place_call(THEIRS, OURS)
    carrier.run_for(10)
    assert len(office.at("/music")) == 1
    assert carrier.silences()


def test_wait_music_that_redirects_to_itself_goes_on(carrier: Carrier, office: Office) -> None:
    office.on("/in", room("customer", 'waitUrl="/music"'))
    office.on("/music", "<Play>/music-20s.mp3</Play><Redirect/>")
    carrier.place_call(THEIRS, OURS)
    carrier.run_for(61)
    assert len(office.at("/music")) >= 3
    assert not carrier.silences()


def test_when_the_agent_hangs_up_the_customer_is_asked_about(
    both: tuple[Leg, Leg], carrier: Carrier, office: Office
) -> None:
    agent, customer = both
    agent.hang_up()
    carrier.run_out()
    (asked,) = office.at("/after")
    assert asked["CallSid"] == customer.sid
    assert (asked["DialCallStatus"], asked["DialBridged"]) == ("answered", "true")
    assert "DialCallDuration" not in asked
    assert office.events()[3:] == ["participant-leave", "participant-leave", "conference-end"]
    assert customer.heard_text() == "Please rate us."


def test_it_says_why_everybody_left(both: tuple[Leg, Leg], carrier: Carrier, office: Office) -> None:
    agent, customer = both
    agent.hang_up()
    carrier.run_out()
    left = {
        form["CallSid"]: (form["ReasonParticipantLeft"], form["ParticipantCallStatus"])
        for form in office.at("/events")
        if form["StatusCallbackEvent"] == "participant-leave"
    }
    assert left == {
        agent.sid: ("participant_hung_up", "completed"),
        customer.sid: ("moderator_ended_conference", "in-progress"),
    }
    end = next(form for form in office.at("/events") if form["StatusCallbackEvent"] == "conference-end")
    assert end["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert (end["CallSidEndingConference"], end["ParticipantLabelEndingConference"]) == (agent.sid, "agent")


def test_it_ends_a_conference_over_rest(both: tuple[Leg, Leg], carrier: Carrier, api: Api, office: Office) -> None:
    api.post(f"Conferences/{conference(api)}", Status="completed")
    carrier.run_out()
    assert len(office.at("/after")) == len(office.at("/agent-done")) == 1
    assert api.get("Conferences")["conferences"][0]["reason_conference_ended"] == "conference-ended-via-api"
    assert api.get(f"Conferences/{conference(api)}/Participants")["participants"] == []


def test_a_label_that_is_taken_lets_the_call_go_on_with_the_next_verb(
    both: tuple[Leg, Leg], carrier: Carrier, office: Office
) -> None:
    office.on("/in", room("customer") + "<Say>Not in.</Say>")
    other = carrier.place_call("+4915199999999", OURS)
    carrier.run_for(10)
    assert other.heard_text() == "Not in."
    assert [alert.code for alert in carrier.alerts] == [16025]
    assert not office.at("/after")


def test_coaching_somebody_who_is_not_there_fails_to_the_action(
    both: tuple[Leg, Leg], carrier: Carrier, office: Office
) -> None:
    office.on("/in", room("supervisor", f'coach="CA{"0" * 32}"') + "<Say>Next.</Say>")
    carrier.place_call("+4915199999999", OURS)
    carrier.run_for(10)
    assert [alert.code for alert in carrier.alerts] == [13240]
    assert office.at("/after")[0]["DialCallStatus"] == "failed"


def test_hold_plays_music_to_the_one_and_lets_nobody_hear_anybody(
    both: tuple[Leg, Leg], carrier: Carrier, api: Api, office: Office
) -> None:
    _agent, customer = both
    office.on("/hold", "<Play>/music-10s.mp3</Play><Redirect/>")
    sid = conference(api)
    shown = api.post(
        f"Conferences/{sid}/Participants/customer",
        Hold="true",
        HoldUrl="https://desk.example.test/hold",
        HoldMethod="POST",
    )
    assert shown["hold"] is True
    carrier.run_for(30)
    assert len(office.at("/hold")) >= 3
    assert edges(carrier.rooms[sid].members.values()) == set()
    assert not carrier.silences()
    api.post(f"Conferences/{sid}/Participants/{customer.sid}", Hold="false")
    carrier.run_for(2)
    assert len(edges(carrier.rooms[sid].members.values())) == 2
    assert [event for event in office.events() if "hold" in event] == ["participant-hold", "participant-unhold"]


def test_a_hold_address_is_asked_with_get_unless_it_is_said(
    both: tuple[Leg, Leg], carrier: Carrier, api: Api, office: Office
) -> None:
    office.on("/hold", "<Play>/music-10s.mp3</Play>")
    api.post(
        f"Conferences/{conference(api)}/Participants/customer", Hold="true", HoldUrl="https://desk.example.test/hold"
    )
    carrier.run_for(5)
    assert [got.method for got in office.got if got.path == "/hold"] == ["GET"]


def test_hold_music_that_ends_is_a_silence_that_is_found(
    both: tuple[Leg, Leg], carrier: Carrier, api: Api, office: Office
) -> None:
    _agent, customer = both
    office.on("/hold", "<Play>/music-2s.mp3</Play>")
    api.post(
        f"Conferences/{conference(api)}/Participants/customer", Hold="true", HoldUrl="https://desk.example.test/hold"
    )
    carrier.run_for(20)
    assert [silence.leg for silence in carrier.silences()] == [customer]


def test_it_tells_of_mute_and_of_what_is_modified(
    both: tuple[Leg, Leg], carrier: Carrier, api: Api, office: Office
) -> None:
    sid = conference(api)
    api.post(f"Conferences/{sid}/Participants/agent", Muted="true")
    api.post(f"Conferences/{sid}/Participants/agent", EndConferenceOnExit="false")
    api.post(f"Conferences/{sid}/Participants/agent", Muted="false")
    carrier.run_for(5)
    assert office.events()[3:] == ["participant-mute", "participant-modify", "participant-unmute"]


def test_who_is_thrown_out_is_hung_up_on(both: tuple[Leg, Leg], carrier: Carrier, api: Api) -> None:
    agent, customer = both
    sid = conference(api)
    api.post(f"Conferences/{sid}/Participants/agent", EndConferenceOnExit="false")
    assert api.call("DELETE", f"Conferences/{sid}/Participants/agent").status == 204
    carrier.run_for(1)
    assert agent.status == "completed"
    assert customer.status == "in-progress"
    assert api.refused("GET", f"Conferences/{sid}/Participants/agent") == (404, 20404)


def test_a_customer_left_alone_hears_nothing_and_that_is_found(
    both: tuple[Leg, Leg], carrier: Carrier, api: Api
) -> None:
    agent, customer = both
    api.post(f"Conferences/{conference(api)}/Participants/agent", EndConferenceOnExit="false")
    agent.hang_up()
    carrier.run_for(10)
    assert [silence.leg for silence in carrier.silences()] == [customer]


def test_a_call_that_gets_another_document_leaves_the_room(
    both: tuple[Leg, Leg], carrier: Carrier, api: Api, office: Office
) -> None:
    agent, customer = both
    office.on("/requeue", "<Say>I connect you.</Say><Pause length='5'/>")
    api.post(f"Calls/{customer.sid}", Url="https://desk.example.test/requeue", Method="POST")
    carrier.run_for(4)
    assert "I connect you." in customer.heard_text()
    assert not office.at("/after")
    assert office.at("/agent-done")[0]["CallSid"] == agent.sid
    reasons = {form["CallSid"]: form.get("ReasonParticipantLeft") for form in office.at("/events") if "CallSid" in form}
    assert reasons[customer.sid] == "participant_updated_via_api"


def test_the_first_to_join_says_where_events_go(carrier: Carrier, office: Office) -> None:
    first, second = "/first", "/second"
    office.on("/client", f'<Dial><Conference statusCallback="{first}" statusCallbackEvent="join">r</Conference></Dial>')
    office.on(
        "/in", f'<Dial><Conference statusCallback="{second}" statusCallbackEvent="join leave">r</Conference></Dial>'
    )
    office.on(first, "")
    carrier.connect_client("agent_7", APPLICATION_SID)
    carrier.run_for(5)
    carrier.place_call(THEIRS, OURS).hang_up(3)
    carrier.run_for(5)
    assert [form["StatusCallbackEvent"] for form in office.at(first)] == ["participant-join", "participant-join"]
    assert not office.at(second)


@pytest.mark.parametrize("split", [True, False])
def test_one_name_in_two_regions_is_two_rooms_if_we_believe_so(
    office: Office, make_carrier: Callable[..., Carrier], split: bool
) -> None:
    carrier = make_carrier(beliefs=Beliefs(rooms_split_by_region=split))
    office.on("/client", room("agent", 'region="ie1"'))
    office.on("/in", room("customer", 'region="us1"'))
    carrier.connect_client("agent_7", APPLICATION_SID)
    carrier.place_call(THEIRS, OURS)
    carrier.run_for(10)
    assert len(carrier.rooms) == (2 if split else 1)


def test_a_participant_is_called_into_a_room(both: tuple[Leg, Leg], carrier: Carrier, api: Api, office: Office) -> None:
    made = api.post(
        f"Conferences/{conference(api)}/Participants", To="+4915177777777", From=OURS, Label="expert",
        StatusCallback="https://desk.example.test/status",
        StatusCallbackEvent=["initiated", "ringing", "answered", "completed"],
    )  # fmt: skip
    assert made["status"] == "queued"
    carrier.run_for(8)
    assert api.get(f"Conferences/{conference(api)}/Participants/expert")["status"] == "connected"
    told = [form["CallStatus"] for form in office.at("/status") if form["CallSid"] == made["call_sid"]]
    assert told == ["initiated", "ringing", "in-progress"]


def test_who_never_answers_leaves_without_having_joined(
    both: tuple[Leg, Leg], carrier: Carrier, api: Api, office: Office
) -> None:
    carrier.phone("+4915177777777", "busy")
    api.post(f"Conferences/{conference(api)}/Participants", To="+4915177777777", From=OURS, Label="expert")
    carrier.run_for(8)
    (left,) = [form for form in office.at("/events") if form["StatusCallbackEvent"] == "participant-leave"]
    assert (left["ReasonParticipantLeft"], left["ParticipantCallStatus"]) == ("participant_add_failed", "busy")
    assert left["ParticipantLabel"] == "expert"


def test_an_announcement_ends_and_is_told(both: tuple[Leg, Leg], carrier: Carrier, api: Api, office: Office) -> None:
    office.on("/announce", "<Say>This call is recorded.</Say>")
    api.post(f"Conferences/{conference(api)}/Participants/customer", AnnounceUrl="https://desk.example.test/announce")
    carrier.run_for(8)
    (ended,) = [form for form in office.at("/events") if form["StatusCallbackEvent"] == "announcement-end"]
    assert ended["ParticipantLabel"] == "customer"


def test_who_hears_whom_follows_hold_mute_and_coaching() -> None:
    clock = VirtualClock(START)

    def one(sid: str, **facts: object) -> Participant:
        return Participant(Leg(sid, clock, "inbound", THEIRS, OURS, START), **facts)  # type: ignore[arg-type]

    for hold, mute, coach in product([False, True], [False, True], ["", "agent"]):
        customer, agent = one("customer"), one("agent")
        third = one("third", hold=hold, muted=mute, coaching=bool(coach), call_sid_to_coach=coach)
        heard = edges([customer, agent, third])
        assert ("customer", "agent") in heard
        assert (("third", "customer") in heard) == (not hold and not mute and not coach)
        assert (("third", "agent") in heard) == (not hold and not mute)
        assert (("customer", "third") in heard) == (not hold)


def test_a_conference_whose_music_fails_lets_the_call_go_on(carrier: Carrier, office: Office) -> None:
    office.on("/in", room("customer", 'waitUrl="/nowhere"') + "<Say>Next.</Say>")
    office.on("/after", "<Say>After.</Say>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    assert leg.heard_text() == "After."


def test_music_with_a_verb_that_may_not_stand_there_fails_the_test(carrier: Carrier, office: Office) -> None:
    office.on("/in", room("customer", 'waitUrl="/music"'))
    office.on("/music", '<Gather numDigits="1"/>')
    carrier.place_call(THEIRS, OURS)
    with pytest.raises(TwimlError, match="may not stand"):
        carrier.run_for(10)


def test_an_announcement_that_cannot_be_had_is_told_as_failed(
    both: tuple[Leg, Leg], carrier: Carrier, api: Api, office: Office
) -> None:
    api.post(f"Conferences/{conference(api)}", AnnounceUrl="https://desk.example.test/nowhere")
    carrier.run_for(8)
    (failed,) = [form for form in office.at("/events") if form["StatusCallbackEvent"] == "announcement-fail"]
    assert parameters.ROOM["announcement-fail"].problems(failed) == []


@pytest.mark.parametrize("seconds", [0.2, 1, 2.5, 4, 6, 9, 20])
def test_whenever_the_agent_s_browser_dies_the_customer_is_asked_about(
    carrier: Carrier, office: Office, seconds: float
) -> None:
    agent, customer = connect(carrier, office)
    agent.clock.schedule(seconds, lambda: carrier.lose(agent))
    carrier.run_for(40)
    assert agent.status == "completed"
    assert office.at("/after")[0]["CallSid"] == customer.sid
    assert not any(room.live for room in carrier.rooms.values())


def test_a_customer_who_goes_just_before_the_move_is_not_moved(carrier: Carrier, office: Office, api: Api) -> None:
    office.on("/in", '<Enqueue waitUrl="/wait" action="/out">hold</Enqueue>')
    office.on("/wait", "<Play>/music-30s.mp3</Play>")
    office.on("/out", "")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_for(5)
    (queue,) = api.get("Queues")["queues"]
    api.post(f"Queues/{queue['sid']}/Members/{leg.sid}", Url="https://desk.example.test/join")
    leg.hang_up()
    carrier.run_out()
    assert not office.at("/join")
    assert [form["QueueResult"] for form in office.at("/out")] == ["hangup"]
