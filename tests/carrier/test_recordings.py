"""Recordings: of calls over REST, of messages after the tone; paused, fetched, deleted."""

from __future__ import annotations

import io
import wave
from array import array
from collections.abc import Callable

import pytest

from carrier import Beliefs, Carrier, RestAnswer, faults, recordings, scripts
from carrier.conformance import parameters
from carrier.faults import Rule, When
from carrier.legs import Leg
from tests.carrier.api import ROOT, Api
from tests.carrier.office import OURS, THEIRS, Office

RECORDED = "https://desk.example.test/recordings"


@pytest.fixture
def leg(carrier: Carrier, office: Office) -> Leg:
    office.on("/in", "<Play loop='0'>/music-10s.mp3</Play>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_for(5)
    return leg


def record(api: Api, leg: Leg, **more: str) -> str:
    made = api.post(
        f"Calls/{leg.sid}/Recordings",
        RecordingChannels="dual",
        RecordingStatusCallback=RECORDED,
        RecordingStatusCallbackEvent=["in-progress", "completed", "absent"],
        **more,
    )
    assert (made["status"], made["channels"], made["source"]) == ("in-progress", 2, "StartCallRecordingAPI")
    return str(made["sid"])


def sound(api: Api, sid: str, kind: str = ".wav") -> RestAnswer:
    return api.raw("GET", f"{ROOT}/Recordings/{sid}{kind}", [], [])


def test_a_call_is_recorded_and_its_sound_fetched(leg: Leg, carrier: Carrier, api: Api, office: Office) -> None:
    sid = record(api, leg)
    carrier.run_for(20)
    leg.hang_up()
    carrier.run_for(20)
    assert [form["RecordingStatus"] for form in office.at("/recordings")] == ["in-progress", "completed"]
    told = office.at("/recordings")[1]
    assert [problem for form in office.at("/recordings") for problem in parameters.RECORDING.problems(form)] == []
    assert (told["RecordingSid"], told["CallSid"], told["RecordingDuration"]) == (sid, leg.sid, "20")
    with wave.open(io.BytesIO(sound(api, sid).content)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        assert file.getnframes() / 8000 == pytest.approx(20, abs=0.5)
        samples = array("h", file.readframes(file.getnframes()))
    assert max(samples[0::2]) > 1000
    assert max(samples[1::2]) > 1000


def test_a_pause_is_silence_in_the_sound_or_left_out(leg: Leg, carrier: Carrier, api: Api) -> None:
    sid = record(api, leg)
    current = f"Calls/{leg.sid}/Recordings/Twilio.CURRENT"
    carrier.run_for(10)
    assert api.post(current, Status="paused", PauseBehavior="silence")["status"] == "paused"
    carrier.run_for(10)
    assert api.post(current, Status="in-progress")["status"] == "in-progress"
    carrier.run_for(10)
    api.post(current, Status="paused", PauseBehavior="skip")
    carrier.run_for(10)
    api.post(current, Status="stopped")
    carrier.run_for(10)
    with wave.open(io.BytesIO(sound(api, sid).content)) as file:
        assert file.getnframes() / 8000 == pytest.approx(30, abs=0.5)
        samples = array("h", file.readframes(file.getnframes()))
    second = 8000 * 2
    assert max(samples[12 * second : 18 * second]) == 0
    assert max(samples[2 * second : 8 * second]) > 1000
    assert api.refused("POST", current, Status="paused") == (404, 20404)


def test_a_recording_can_be_deleted_once(leg: Leg, carrier: Carrier, api: Api) -> None:
    sid = record(api, leg)
    leg.hang_up()
    carrier.run_for(20)
    assert api.get(f"Recordings/{sid}")["call_sid"] == leg.sid
    assert api.call("DELETE", f"Recordings/{sid}").status == 204
    assert api.refused("DELETE", f"Recordings/{sid}") == (404, 20404)
    assert sound(api, sid).status == 404


def test_a_call_that_is_over_cannot_be_recorded(leg: Leg, carrier: Carrier, api: Api) -> None:
    leg.hang_up()
    carrier.run_for(1)
    assert api.refused("POST", f"Calls/{leg.sid}/Recordings") == (400, 21220)


@pytest.mark.parametrize("at_once", [True, False])
def test_the_sound_may_be_there_a_moment_after_it_is_called_complete(
    office: Office, make_carrier: Callable[..., Carrier], at_once: bool
) -> None:
    carrier = make_carrier(beliefs=Beliefs(recording_url_at_once=at_once))
    api = Api(carrier)
    office.on("/in", "<Pause length='60'/>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_for(5)
    sid = record(api, leg)
    leg.hang_up(5)
    carrier.run_until(lambda: carrier.recordings[sid].status == "completed")
    assert sound(api, sid).status == (200 if at_once else 404)
    carrier.run_for(2)
    assert sound(api, sid).status == 200


def test_a_lost_recording_is_told_as_absent(leg: Leg, carrier: Carrier, api: Api, office: Office) -> None:
    carrier.faults.add(Rule(When("recording"), faults.Absent()))
    sid = record(api, leg)
    leg.hang_up(3)
    carrier.run_for(20)
    assert office.at("/recordings")[-1]["RecordingStatus"] == "absent"
    assert sound(api, sid).status == 404


def test_a_browsers_voices_are_what_is_recorded_each_side_on_its_own_channel(
    leg: Leg, carrier: Carrier, api: Api
) -> None:
    sid = record(api, leg)
    carrier.run_for(2)
    piece = array("h", [1000, -2000] * 8000).tobytes()
    recordings.hear(carrier.exchange, carrier.recordings[sid], piece)
    carrier.run_for(3)
    recordings.hear(carrier.exchange, carrier.recordings[sid], piece)
    leg.hang_up()
    carrier.run_for(10)
    with wave.open(io.BytesIO(sound(api, sid).content)) as file:
        assert (file.getnchannels(), round(file.getnframes() / file.getframerate())) == (2, 5)
        samples = array("h", file.readframes(file.getnframes()))
    said = [(set(samples[at * 16000 : (at + 1) * 16000 : 2]), set(samples[at * 16000 + 1 : (at + 1) * 16000 : 2]))
            for at in range(5)]  # fmt: skip
    assert said == [({0}, {0}), ({1000}, {-2000}), ({0}, {0}), ({0}, {0}), ({1000}, {-2000})]
    mp3 = sound(api, sid, ".mp3").content
    assert mp3[0] == 0xFF
    assert mp3[1] & 0xE0 == 0xE0
    assert 4000 * 4 <= len(mp3) <= 4000 * 7  # 32 kbit/s of five seconds


def test_what_is_said_while_a_recording_pauses_is_not_in_it(leg: Leg, carrier: Carrier, api: Api) -> None:
    sid = record(api, leg)
    carrier.run_for(1)
    api.post(f"Calls/{leg.sid}/Recordings/{sid}", Status="paused", PauseBehavior="silence")
    carrier.run_for(1)
    recordings.hear(carrier.exchange, carrier.recordings[sid], array("h", [1000, 1000] * 8000).tobytes())
    assert not carrier.recordings[sid].voices


def voicemail(carrier: Carrier, office: Office, *steps: scripts.Step) -> Leg:
    office.on(
        "/in",
        '<Record action="/said" maxLength="60" timeout="5" finishOnKey="#" '
        'recordingStatusCallback="/recordings" recordingStatusCallbackEvent="completed absent"/>',
    )
    office.on("/said", "<Say>Thank you.</Say><Hangup/>")
    leg = carrier.place_call(THEIRS, OURS, scripts.caller([scripts.hear("beep"), scripts.wait(1), *steps]))
    carrier.run_out()
    return leg


def test_a_message_ends_with_silence(carrier: Carrier, office: Office) -> None:
    leg = voicemail(carrier, office, scripts.say("Please call me back about my order.", seconds=10))
    (said,) = office.at("/said")
    assert parameters.RECORDED.problems(said) == []
    assert 15 <= int(said["RecordingDuration"]) <= 16
    assert "Digits" not in said
    assert leg.heard[-1].what == "Thank you."
    assert office.at("/recordings")[0]["RecordingSource"] == "RecordVerb"


def test_a_message_ends_at_a_key(carrier: Carrier, office: Office) -> None:
    voicemail(carrier, office, scripts.say("Call me.", seconds=4), scripts.press("#"))
    assert office.at("/said")[0]["Digits"] == "#"


@pytest.mark.parametrize("asked", [True, False])
def test_a_message_ends_with_a_hang_up(office: Office, make_carrier: Callable[..., Carrier], asked: bool) -> None:
    carrier = make_carrier(beliefs=Beliefs(record_action_on_hangup=asked))
    voicemail(carrier, office, scripts.say("Call me.", seconds=4), scripts.hang_up())
    assert [(form["Digits"], form["CallStatus"]) for form in office.at("/said")] == (
        [("hangup", "completed")] if asked else []
    )
    assert office.at("/recordings")[0]["RecordingStatus"] == "completed"


def test_a_message_has_a_greatest_length(carrier: Carrier, office: Office) -> None:
    voicemail(carrier, office, scripts.say("On and on.", seconds=120))
    assert office.at("/said")[0]["RecordingDuration"] == "60"
