"""Beliefs: each is written down, each can be flipped, and a whole call ends well either way."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

import carrier as package
from carrier import Beliefs, Carrier, Timings, faults, scripts
from carrier.beliefs import each_flipped
from carrier.faults import Rule, When
from carrier.legs import Leg
from tests.carrier.api import Api
from tests.carrier.office import APPLICATION_SID, BASE, OURS, THEIRS, Office

UNVERIFIED = Path(package.__path__[0]) / "UNVERIFIED.md"
NAMES = [field.name for field in fields(Beliefs)]
EVENTS = 'statusCallback="/events" statusCallbackEvent="start end join leave hold"'
ROOM = (
    "<Dial action='{action}'><Conference participantLabel='{label}' endConferenceOnExit='true' beep='false' {events}>"
    "r-{n}</Conference></Dial>"
)


def test_every_belief_is_written_down_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \((yes|no)\)", UNVERIFIED.read_text(), re.MULTILINE))
    assert rows == {name: "yes" if getattr(Beliefs(), name) else "no" for name in NAMES}


def test_every_belief_is_looked_at_somewhere() -> None:
    sources = "\n".join(path.read_text() for path in UNVERIFIED.parent.rglob("*.py") if path.name != "beliefs.py")
    assert [name for name in NAMES if f"beliefs.{name}" not in sources] == []


class Desk:
    """The smallest contact centre: menu, queue, agent, conversation, rating. One room a call."""

    def __init__(self, carrier: Carrier, office: Office) -> None:
        self.carrier, self.office, self.api = carrier, office, Api(carrier)
        self.rooms = 0
        office.on(
            "/in",
            '<Gather numDigits="1" action="/menu" timeout="3"><Say>Press 1.</Say></Gather><Redirect>/menu</Redirect>',
        )
        office.on("/menu", '<Enqueue waitUrl="/wait" action="/out">hold</Enqueue>')
        office.on("/wait", "<Play>/music-10s.mp3</Play>")
        office.on("/out", "")
        office.on("/client", self.take)
        office.on("/join", lambda _form: self.room("customer", "/after"))
        office.on("/after", '<Gather numDigits="1" action="/rated" timeout="3"><Say>Please rate us.</Say></Gather>')
        office.on("/agent-done", "")
        office.on("/rated", "<Say>Thank you.</Say>")
        office.on("/events", self.event)

    def room(self, label: str, action: str) -> str:
        return ROOM.format(label=label, action=action, events=EVENTS, n=self.rooms)

    def take(self, _form: dict[str, str]) -> str:
        return self.room("agent", "/agent-done")

    def event(self, form: dict[str, str]) -> str:
        if form["StatusCallbackEvent"] == "participant-join" and form.get("ParticipantLabel") == "agent":
            for queue in self.api.get("Queues")["queues"]:
                if queue["current_size"]:
                    self.api.post(f"Queues/{queue['sid']}/Members/Front", Url=f"{BASE}/join", Method="POST")
        return ""

    def serve(self, script: object, talk: float = 30.0) -> Leg:
        self.rooms += 1
        leg = self.carrier.place_call(THEIRS, OURS, script)  # type: ignore[arg-type]
        self.carrier.run_for(12)
        agent = self.carrier.connect_client("agent_7", APPLICATION_SID)
        self.carrier.run_for(talk)
        agent.hang_up()
        self.carrier.run_out()
        return leg


CUSTOMER = scripts.caller(answers={"Press 1": "1", "rate us": "5"})


@pytest.mark.parametrize(("name", "beliefs"), [("none", Beliefs()), *each_flipped()])
def test_a_whole_call_ends_well_whatever_is_true(
    name: str, beliefs: Beliefs, make_carrier: Callable[..., Carrier], office: Office
) -> None:
    carrier = make_carrier(beliefs=beliefs, timings=Timings(answer_buffer=5))
    leg = Desk(carrier, office).serve(CUSTOMER)
    assert leg.heard[-1].what == "Thank you."
    assert leg.status == "completed"
    assert not any(other.live for other in carrier.legs.values())
    assert not carrier.silences()


def test_a_caller_may_hang_up_at_every_point(make_carrier: Callable[..., Carrier], office: Office) -> None:
    points = len(Desk(make_carrier(), office).serve(CUSTOMER).timeline)
    assert points > 15
    for point in range(1, points):
        office.got.clear()
        carrier = make_carrier()
        script = scripts.caller(answers={"Press 1": "1", "rate us": "5"}, hangs_up_at=("*", point, 0.01))
        leg = Desk(carrier, office).serve(script)
        assert leg.status in {"completed", "canceled"}, point
        assert not any(other.live for other in carrier.legs.values()), point
        assert not any(room.live for room in carrier.rooms.values()), point
        assert not any(queue.members for queue in carrier.queues.values()), point
        assert len(office.at("/status")) == 2, point


def test_the_application_may_fail_at_every_point(make_carrier: Callable[..., Carrier], office: Office) -> None:
    office.on("/fallback", "<Say>Sorry.</Say>")
    for point in range(1, 9):
        carrier = make_carrier()
        carrier.faults.add(Rule(When("request", nth=point), faults.Respond(500)))
        patient = scripts.caller(answers={"Press 1": "1", "rate us": "5"}, patience=90)
        leg = Desk(carrier, office).serve(patient)
        assert leg.status == "completed", point
        assert not any(other.live for other in carrier.legs.values()), point
        assert not any(room.live for room in carrier.rooms.values()), point
        assert not carrier.silences(), point


def test_with_everything_going_wrong_the_same_seed_is_the_same_day(
    make_carrier: Callable[..., Carrier], office: Office
) -> None:
    def day(seed: int) -> list[tuple[str, str]]:
        carrier = make_carrier(seed)
        for fault in (faults.Lose(), faults.Duplicate(), faults.Delay(), faults.Swap(), faults.Skew()):
            carrier.faults.add(Rule(When("callback", probability=0.15), fault))
        carrier.faults.add(Rule(When("request", probability=0.05), faults.LoseAnswer()))
        Desk(carrier, office).serve(CUSTOMER)
        return [(event.at.isoformat(), event.kind) for event in carrier.timeline]

    assert day(11) == day(11)
    assert len({str(day(seed)) for seed in range(5)}) == 5
