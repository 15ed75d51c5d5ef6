"""Browsers that telephone: who is let in, what they are told to play, who is connected with whom, and being away."""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any

import pytest
from simple_websocket import Client, ConnectionClosed
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from carrier import Account, Carrier
from carrier.server import passes
from carrier.server.gateway import Gateway, NotSignedIn
from carrier.server.party import Message, Party
from carrier.server.serving import Serving
from carrier.timings import Timings
from tests.carrier.api import Api
from tests.carrier.office import ACCOUNT_SID, API_KEY, API_SECRET, APPLICATION_SID, BASE, OURS, THEIRS, TOKEN, Office

AWAY = Timings().page_away
ROOM = '<Dial><Conference participantLabel="{}" endConferenceOnExit="true" beep="false">room-1</Conference></Dial>'


class Page:
    """A browser's page: what it was told."""

    def __init__(self, gateway: Gateway, **hello: Any) -> None:
        self.told: list[Message] = []
        self.send = self.told.append
        self.gateway = gateway
        self.party: Party = gateway.sign_in(hello, self.send)

    def say(self, event: str, **what: Any) -> None:
        self.gateway.take(self.party, {"event": event, **what})

    def leave(self) -> None:
        self.gateway.sign_out(self.party, self.send)

    def last(self, event: str) -> Message:
        return next(message for message in reversed(self.told) if message["event"] == event)

    def count(self, event: str) -> int:
        return sum(message["event"] == event for message in self.told)

    def edges(self) -> list[tuple[bool, bool]]:
        return [(peer["send"], peer["recv"]) for peer in self.last("topology")["peers"]]


def ticket(secret: str = API_SECRET, sid: str = ACCOUNT_SID, seconds: int = 3600, key: str = API_KEY) -> str:
    token = AccessToken(sid, key, secret, identity="agent_7", ttl=seconds)
    token.add_grant(VoiceGrant(outgoing_application_sid=APPLICATION_SID))
    return str(token.to_jwt())


@pytest.fixture
def gateway(carrier: Carrier) -> Gateway:
    return Gateway(carrier)


@pytest.fixture
def both(gateway: Gateway, carrier: Carrier, office: Office) -> tuple[Page, Page]:
    """An agent's browser and a customer's handset, talking."""
    office.on("/client", ROOM.format("agent"))
    office.on("/in", ROOM.format("customer"))
    agent, handset = Page(gateway, role="agent", **{"pass": ticket()}), Page(gateway, role="handset", number=THEIRS)
    agent.say("connect", params={"nonce": "n-1"})
    carrier.run_for(5)
    handset.say("dial", to=OURS)
    carrier.run_for(5)
    return agent, handset


def test_what_the_caller_says_after_the_tone_is_the_recording_and_speech_keeps_it_open(
    gateway: Gateway, carrier: Carrier, office: Office
) -> None:
    office.on("/in", "<Record action='/over' timeout='2' playBeep='false'/>")
    office.on("/over", "<Hangup/>")
    handset = Page(gateway, role="handset", number=THEIRS)
    handset.say("dial", to=OURS)
    carrier.run_until(lambda: bool(carrier.recordings))
    assert handset.last("call.state")["recorded"]
    speech = array("h", [9000, 0] * 4000).tobytes()
    for _piece in range(6):
        handset.say("voices", voices=base64.b64encode(speech).decode())
        carrier.run_for(1)
    handset.say("voices", voices="no sound at all")
    carrier.run_for(5)
    (recording,) = carrier.recordings.values()
    assert recording.seconds(carrier.now) > 6
    assert bytes(recording.voices).count(speech) >= 5


def test_a_handset_is_told_what_to_play_and_its_keys_are_answers(
    gateway: Gateway, carrier: Carrier, office: Office
) -> None:
    office.on("/in", '<Gather numDigits="1" action="/menu"><Say language="cmn-CN">请按 1。</Say></Gather>')
    office.on("/menu", "<Hangup/>")
    handset = Page(gateway, role="handset", number=THEIRS)
    handset.say("dial", to=OURS)
    carrier.run_for(1)
    assert handset.last("prompt.say")["text"] == "请按 1。"
    assert handset.last("prompt.say")["lang"] == "cmn-CN"
    assert handset.last("gather")["input"] == "dtmf"
    handset.say("dtmf", digits="x1")  # no keys of a telephone
    handset.say("dtmf", digits="1")
    carrier.run_for(5)
    assert office.at("/menu")[0]["Digits"] == "1"
    assert handset.last("call.state")["state"] == "completed"


def test_two_in_a_room_hear_each_other_and_on_hold_neither_does(
    both: tuple[Page, Page], carrier: Carrier, api: Api, office: Office
) -> None:
    agent, handset = both
    assert office.at("/client")[0]["nonce"] == "n-1"
    assert agent.edges() == handset.edges() == [(True, True)]
    assert [page.last("topology")["peers"][0]["polite"] for page in both] == [True, False]
    room = api.get("Conferences")["conferences"][0]["sid"]
    api.post(f"Conferences/{room}/Participants/customer", Hold="true")
    carrier.run_for(1)
    assert agent.edges() == handset.edges() == [(False, False)]
    assert handset.last("call.state")["held"]


def test_descriptions_pass_only_where_one_may_be_heard(both: tuple[Page, Page], carrier: Carrier, api: Api) -> None:
    agent, handset = both
    peer = handset.last("call.state")["leg"]
    agent.say("rtc.sdp", to=peer, description={"type": "offer", "sdp": "v=0"}, more="nothing else is handed on")
    assert handset.last("rtc.sdp") == {
        "event": "rtc.sdp", "leg": agent.last("call.state")["leg"], "session": agent.party.session,
        "description": {"type": "offer", "sdp": "v=0"},
    }  # fmt: skip
    api.post(f"Conferences/{api.get('Conferences')['conferences'][0]['sid']}/Participants/customer", Hold="true")
    carrier.run_for(1)
    agent.say("rtc.ice", to=peer, candidate={})
    agent.say("rtc.ice", to="CA" + "0" * 32, candidate={})
    assert handset.count("rtc.ice") == 0


def test_a_page_that_comes_back_in_time_goes_on_with_its_call(
    both: tuple[Page, Page], gateway: Gateway, carrier: Carrier
) -> None:
    agent, handset = both
    agent.leave()
    carrier.run_for(AWAY - 1)
    again = Page(gateway, role="agent", resume=agent.last("ready")["resume"], **{"pass": ticket()})
    carrier.run_for(AWAY)
    assert again.last("call.state")["state"] == "in-progress"
    assert again.edges() == [(True, True)]
    assert handset.last("topology")["peers"][0]["session"] == again.party.session


def test_a_page_that_stays_away_hangs_up(both: tuple[Page, Page], carrier: Carrier) -> None:
    agent, _handset = both
    agent.leave()
    carrier.run_for(AWAY + 1)
    assert agent.party.leg is not None
    assert agent.party.leg.status == "completed"


def test_a_place_in_a_call_is_nobody_else_s(both: tuple[Page, Page], gateway: Gateway) -> None:
    agent, _handset = both
    stranger = Page(gateway, role="handset", number="+4915100000000", resume=agent.last("ready")["resume"])
    assert stranger.count("call.state") == 0


def test_a_handset_rings_when_it_is_called_and_is_answered_by_hand(
    gateway: Gateway, carrier: Carrier, office: Office, api: Api
) -> None:
    office.on("/called", "<Say>Hello.</Say>")
    handset = Page(gateway, role="handset", number=THEIRS)
    api.post("Calls", To=THEIRS, From=OURS, Url=f"{BASE}/called")
    carrier.run_for(3)
    assert (handset.last("call.state")["state"], handset.last("call.state")["from"]) == ("ringing", OURS)
    handset.say("answer")
    carrier.run_for(1)
    assert handset.last("prompt.say")["text"] == "Hello."


def test_a_number_that_nobody_minds_rings_until_a_handset_opens_or_nobody_answers(
    gateway: Gateway, carrier: Carrier, api: Api, office: Office
) -> None:
    office.on("/out", "<Say>Hello.</Say>")
    carrier.exchange.unattended = "by hand"
    order = {"From": OURS, "To": THEIRS, "Url": f"{BASE}/out", "Timeout": "20"}
    missed = api.post("Calls", **order)["sid"]
    carrier.run_for(40)
    assert carrier.legs[missed].status == "no-answer"
    taken = api.post("Calls", **order)["sid"]
    carrier.run_for(10)
    handset = Page(gateway, role="handset", number=THEIRS)
    handset.say("answer")
    carrier.run_for(5)
    assert (carrier.legs[taken].status, carrier.legs[taken].heard_text()) == ("completed", "Hello.")


def test_texts_of_a_handset_s_number_are_shown_to_it(gateway: Gateway, carrier: Carrier, office: Office) -> None:
    office.on("/texts", "")
    handset = Page(gateway, role="handset", number=THEIRS)
    handset.say("text", to=OURS, body="Where is my relay?")
    carrier.run_for(1)
    assert handset.last("text")["body"] == "Where is my relay?"
    assert office.at("/texts")[0]["Body"] == "Where is my relay?"
    assert Page(gateway, role="handset", number="+4915100000000").count("text") == 0


@pytest.mark.parametrize(
    "hello",
    [
        {}, {"role": "handset", "number": "110"}, {"role": "agent"}, {"role": "agent", "pass": "a.b.c"},
        {"role": "agent", "pass": ticket(secret=API_SECRET[::-1])},
        {"role": "agent", "pass": ticket(sid="AC" + "9" * 32)}, {"role": "agent", "pass": ticket(key="SK" + "9" * 32)},
        {"role": "agent", "pass": ticket() + "é"},
    ],
)  # fmt: skip
def test_nobody_comes_in_without_a_number_or_a_pass(gateway: Gateway, hello: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn):
        Page(gateway, **hello)


def test_a_pass_is_over_when_it_says_so() -> None:
    import jwt

    account = Account(ACCOUNT_SID, TOKEN, API_KEY, API_SECRET)
    until = jwt.decode(ticket(), options={"verify_signature": False})["exp"]
    assert passes.read(account, ticket(), until - 1) == passes.Holder("agent_7", APPLICATION_SID, until)
    assert passes.read(account, ticket(), until + timedelta(seconds=1).total_seconds()) is None


@pytest.fixture
def served() -> Iterator[Serving]:
    serving = Serving(Account(ACCOUNT_SID, TOKEN, API_KEY, API_SECRET))
    serving.start()
    yield serving
    serving.stop()


Dial = Callable[..., Client]


@pytest.fixture
def dial(served: Serving) -> Iterator[Dial]:
    """Opens a WebSocket as a page of some origin would."""
    opened: list[Client] = []

    def connect(origin: str = "") -> Client:
        headers = {"Origin": origin} if origin else {}
        opened.append(Client.connect(f"{served.url.replace('http', 'ws')}/rtc", headers=headers))
        return opened[-1]

    yield connect
    for one in opened:
        if one.connected:
            one.close()


def test_an_application_s_page_on_this_machine_may_bring_agents_but_no_handsets(dial: Dial) -> None:
    elsewhere = "http://127.0.0.1:8000"
    agent = dial(elsewhere)
    agent.send(json.dumps({"event": "hello", "role": "agent", "pass": ticket()}))
    assert '"ready"' in str(agent.receive(10))
    handset = dial(elsewhere)
    handset.send(json.dumps({"event": "hello", "role": "handset", "number": THEIRS}))
    with pytest.raises(ConnectionClosed):
        handset.receive(10)


def test_pages_of_other_machines_are_refused(served: Serving) -> None:
    port = int(served.url.rpartition(":")[2])
    line = HTTPConnection("127.0.0.1", port, timeout=10)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x" * 22 + "==",
               "Sec-WebSocket-Version": "13"}  # fmt: skip
    line.request("GET", "/rtc", headers={**upgrade, "Origin": "https://elsewhere.example"})
    assert line.getresponse().status == 403
    line.close()


def test_rubbish_ends_a_connection_and_nothing_else(dial: Dial) -> None:
    for rubbish in ("", "[]", "no json", b"bytes"):
        line = dial()
        line.send(rubbish)
        with pytest.raises(ConnectionClosed):
            line.receive(10)
    sane = dial()
    sane.send(json.dumps({"event": "hello", "role": "handset", "number": THEIRS}))
    assert '"ready"' in str(sane.receive(10))
