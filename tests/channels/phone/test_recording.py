"""Talks are recorded by consent: begun, paused, ended, fetched, deleted; and never while it must not be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from carrier import Beliefs, faults, recordings, scripts
from carrier.faults import Rule, When
from carrier.legs import Leg
from contact_center.agents.models import Agent
from contact_center.calls import consents, ending, holding, invariants, pausing, recorder, transferring
from contact_center.calls.models import CallStage, CallState, Consent, Policy
from contact_center.calls.pausing import Shown
from contact_center.calls.recordings import Because, Recording, RecordingGap, RecordingState, unremoved, waiting
from contact_center.channels.phone import keeping
from contact_center.demo.calling.crew import Habits
from contact_center.demo.calling.day import Day
from contact_center.errors import IllegalMove
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.files import store
from contact_center.queues.models import Queue
from contact_center.tickets.messages import Attachment
from tests import factories
from tests.channels.phone.conftest import NUMBER
from tests.channels.phone.test_calls import calls, own
from tests.channels.phone.test_selfhelp import GRETA, line

StartDay = Callable[..., Day]
TICKS = 5


def a_talk(day: StartDay, *agents: Agent, policy: Policy = Policy.ASK, keys: str = "1", **more: Any) -> tuple[Day, Leg]:
    """A call whose agent has just begun to talk; the caller has answered the question with *keys*."""
    line(choices=[], records=policy)
    today = day(*agents, habits=Habits(talk=3000), **more)
    answers = {"record": keys} if keys else {}
    caller = today.carrier.place_call(GRETA, NUMBER, scripts.caller([], answers=answers))
    today.run(lambda: any(call.state is CallState.TALKING for call in calls()))
    later(today, 3)
    return today, caller


def later(day: Day, seconds: float) -> None:
    """Let time pass; the application looks a few times, as its processes do."""
    for tick in range(1, TICKS + 1):
        day.carrier.at(seconds * tick / TICKS, lambda: None)
    end = day.carrier.now + timedelta(seconds=seconds)
    day.run(lambda: day.carrier.now >= end)


def press(day: Day, verb: Callable[..., object], *given: Any, wait: float = 6) -> None:
    """Let the agent of the call press a button, and time pass."""
    day.press(lambda: verb(calls()[0], own(calls()[0]), *given))
    later(day, wait)


def rows() -> list[Recording]:
    db.session.expire_all()
    return list(db.session.scalars(select(Recording).order_by(Recording.id)))


def shown() -> Shown:
    (call,) = calls()
    return pausing.shown(call, recorder.of(call))


def there(day: Day) -> list[str]:
    """How the carrier says its recordings are."""
    return [one.status for one in day.carrier.recordings.values()]


def gaps() -> list[tuple[Because, bool]]:
    found = db.session.scalars(select(RecordingGap).order_by(RecordingGap.id)).all()
    return [(one.because, one.ended_at is None) for one in found]


def fetch(day: Day, times: int = 3) -> None:
    """What the jobs do, every ten seconds."""

    def run() -> None:
        for one in waiting():
            keeping.keep(one)
        for one in unremoved():
            keeping.remove(one)

    for _time in range(times):
        later(day, 10)
        day.press(run)


def told(name: Name) -> list[dict[str, Any]]:
    return list(db.session.scalars(select(Event.data).where(Event.name == name).order_by(Event.id)))


def end(day: Day) -> None:
    press(day, ending.by_agent, wait=20)


@pytest.mark.parametrize(
    ("policy", "keys", "consent", "how"),
    [
        (Policy.NEVER, "", Consent.NONE, []),
        (Policy.ANNOUNCE, "", Consent.GIVEN, [("announcement", "given")]),
        (Policy.ANNOUNCE, "9", Consent.REFUSED, [("keypad", "refused")]),
        (Policy.ASK, "1", Consent.GIVEN, [("keypad", "given")]),
        (Policy.ASK, "", Consent.REFUSED, [("keypad", "refused")]),
    ],
)
def test_only_who_agrees_is_recorded(
    day: StartDay, hotline: Queue, policy: Policy, keys: str, consent: Consent, how: list[tuple[str, str]]
) -> None:
    today, caller = a_talk(day, factories.ada(), policy=policy, keys=keys)

    assert calls()[0].consent is consent
    assert [(one["method"], one["value"]) for one in told(Name.RECORDING_CONSENT)] == how
    assert there(today) == (["in-progress"] if consent is Consent.GIVEN else [])
    assert ("record" in caller.heard_text()) is (policy is not Policy.NEVER)
    assert not today.carrier.silences()
    assert invariants.broken() == []


def test_a_talk_is_kept_with_its_call_and_deleted_at_the_carrier(day: StartDay, hotline: Queue) -> None:
    today, _caller = a_talk(day, factories.ada())
    (there_,) = today.carrier.recordings.values()
    assert (there_.channels, there_.track, there_.source) == (2, "both", "StartCallRecordingAPI")
    later(today, 30)
    end(today)
    fetch(today)

    (one,) = rows()
    assert (one.state, one.is_removed) == (RecordingState.KEPT, True)
    talked = db.session.scalars(select(CallStage).where(CallStage.state == CallState.TALKING)).one()
    assert talked.ended_at is not None
    assert abs((talked.ended_at - talked.started_at).total_seconds() - one.seconds) < 2
    assert today.carrier.recordings == {}
    (file,) = db.session.scalars(select(Attachment)).all()
    assert (one.attachment_id, file.content_type) == (file.id, "audio/mpeg")
    assert store.path_of(file.file).stat().st_size == file.size > 1000
    (kept,) = told(Name.RECORDING_KEPT)
    assert (kept["seconds"], kept["agents"]) == (round(one.seconds), ["Ada Brandt"])
    assert invariants.broken() == []


def test_nothing_is_recorded_on_hold_in_the_queue_and_in_the_survey(day: StartDay, hotline: Queue) -> None:
    ada, lee = factories.ada(), factories.lee()
    second = factories.queue("Second line", lee)
    line(choices=[], records=Policy.ANNOUNCE, asks_rating=True)
    today = day(ada, lee, habits=Habits(talk=3000))
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: any(call.state is CallState.TALKING for call in calls()))
    later(today, 3)
    first = calls()[0].agent_id

    press(today, holding.hold)
    assert (there(today), gaps(), shown()) == (["paused"], [(Because.HOLD, True)], Shown.AWAY)
    press(today, holding.take_back)
    assert (there(today), gaps(), shown()) == (["in-progress"], [(Because.HOLD, False)], Shown.RUNNING)

    today.crew.habits = Habits(deaf=1.0)
    press(today, partial(transferring.cold, queue=second))
    assert calls()[0].state is CallState.QUEUED
    assert (there(today), gaps()[1:]) == (["paused"], [(Because.WAIT, True)])
    today.crew.habits = Habits(talk=3000)
    today.crew.rung.clear()
    today.run(lambda: calls()[0].state is CallState.TALKING)
    later(today, 3)
    assert calls()[0].agent_id != first
    assert there(today) == ["in-progress"]  # one recording, whoever talks

    press(today, ending.by_agent, wait=3)
    assert calls()[0].state is CallState.SURVEY
    assert there(today) in (["processing"], ["completed"])
    assert invariants.broken() == []


def test_a_pause_counts_when_the_carrier_has_said_yes(day: StartDay, hotline: Queue) -> None:
    today, _caller = a_talk(day, factories.ada())
    today.press(lambda: pausing.pause(calls()[0], own(calls()[0])))
    assert shown() is Shown.PAUSING
    later(today, 3)
    assert (there(today), shown(), gaps()) == (["paused"], Shown.PAUSED, [(Because.AGENT, True)])
    (one,) = today.carrier.recordings.values()
    assert not one.skips  # silence: the recording keeps its time
    press(today, pausing.resume)
    assert (there(today), shown(), gaps()) == (["in-progress"], Shown.RUNNING, [(Because.AGENT, False)])


def test_a_pause_ends_by_itself_after_three_minutes_unless_it_is_made_longer(day: StartDay, hotline: Queue) -> None:
    today, _caller = a_talk(day, factories.ada())
    press(today, pausing.pause)
    later(today, 150)
    assert there(today) == ["paused"]
    press(today, pausing.extend)
    later(today, 160)
    assert there(today) == ["paused"]
    later(today, 30)
    assert (there(today), shown()) == (["in-progress"], Shown.RUNNING)
    assert len(gaps()) == 1


@pytest.mark.parametrize("fault", [faults.Refuse(400, 20001, "No"), faults.LoseAnswer()])
def test_a_pause_that_fails_is_never_shown_as_one(day: StartDay, hotline: Queue, fault: faults.Fault) -> None:
    today, _caller = a_talk(day, factories.ada())
    today.carrier.faults.add(Rule(When("rest", path="/Recordings/RE", event="POST", limit=3), fault))
    press(today, pausing.pause, wait=4)
    is_done = there(today) == ["paused"]  # and its answer was lost: who compares may have seen it by now
    assert (shown(), gaps()) == (Shown.PAUSE_FAILED, []) or is_done
    later(today, 60)  # it is tried until it is done
    assert (there(today), shown(), gaps()) == (["paused"], Shown.PAUSED, [(Because.AGENT, True)])


def test_a_pause_that_can_never_be_had_stays_red_and_is_a_fault_of_ours(day: StartDay, hotline: Queue) -> None:
    today, _caller = a_talk(day, factories.ada())
    today.carrier.faults.add(Rule(When("rest", path="/Recordings/RE", event="POST"), faults.Refuse()))
    press(today, pausing.pause, wait=30)
    assert (shown(), there(today)) == (Shown.PAUSE_FAILED, ["in-progress"])
    with today.company.at_work():
        assert [(one.rule, one.what) for one in invariants.broken()] == [("I7", "recorded, and must not be")]
    press(today, holding.hold)  # the call itself goes on
    assert calls()[0].state is CallState.HELD


def test_going_on_that_fails_is_tried_again_and_told(day: StartDay, hotline: Queue) -> None:
    today, _caller = a_talk(day, factories.ada())
    press(today, pausing.pause)
    today.carrier.faults.add(Rule(When("rest", path="/Recordings/RE", event="POST", limit=3), faults.Refuse()))
    press(today, pausing.resume, wait=3)
    assert shown() is Shown.RESUME_FAILED
    later(today, 30)
    assert (there(today), shown()) == (["in-progress"], Shown.RUNNING)


@pytest.mark.parametrize("beliefs", [(), ("unready_recording_is_deleted", "recording_repeats_ok")])
def test_who_withdraws_has_nothing_kept(day: StartDay, hotline: Queue, beliefs: tuple[str, ...]) -> None:
    today, _caller = a_talk(day, factories.ada(), beliefs=Beliefs().flipped(*beliefs))
    later(today, 20)
    press(today, consents.withdraw)
    assert (calls()[0].consent, shown()) == (Consent.WITHDRAWN, Shown.REFUSED)
    fetch(today)
    (one,) = rows()
    assert (one.state, one.is_removed, today.carrier.recordings) == (RecordingState.DISCARDED, True, {})
    assert told(Name.RECORDING_DISCARDED) != []
    assert db.session.scalars(select(Attachment.id)).all() == []

    press(today, consents.agree)  # and changes their mind
    assert there(today) == ["in-progress"]
    end(today)
    fetch(today)
    assert [one.state for one in rows()] == [RecordingState.DISCARDED, RecordingState.KEPT]


def test_what_was_kept_already_is_deleted_as_well(day: StartDay, hotline: Queue) -> None:
    """Where the carrier ends a recording with every new document, a call has several."""
    ada, lee = factories.ada(), factories.lee()
    second = factories.queue("Second line", lee)
    today, _caller = a_talk(day, ada, lee, beliefs=Beliefs().flipped("recording_survives_redirect"))
    press(today, partial(transferring.cold, queue=second))
    fetch(today)
    today.run(lambda: calls()[0].state is CallState.TALKING)
    later(today, 3)
    assert [one.state for one in rows()] == [RecordingState.KEPT, RecordingState.RUNNING]
    (file,) = db.session.scalars(select(Attachment)).all()
    path = store.path_of(file.file)

    press(today, consents.withdraw)
    fetch(today)
    assert {one.state for one in rows()} == {RecordingState.DISCARDED}
    assert db.session.scalars(select(Attachment.id)).all() == []
    assert not path.exists()
    assert today.carrier.recordings == {}


def test_the_agent_notes_consent_in_words_only_where_calls_may_be_recorded(day: StartDay, hotline: Queue) -> None:
    today, _caller = a_talk(day, factories.ada(), keys="")
    assert shown() is Shown.REFUSED
    press(today, consents.agree)
    assert (there(today), shown()) == (["in-progress"], Shown.RUNNING)
    assert told(Name.RECORDING_CONSENT)[-1] == {"method": "agent", "value": "given"}


def test_nobody_can_have_calls_of_another_number_recorded(day: StartDay, hotline: Queue) -> None:
    today, _caller = a_talk(day, factories.ada(), policy=Policy.NEVER, keys="")
    with pytest.raises(IllegalMove):
        press(today, consents.agree)
    assert shown() is Shown.NEVER


@pytest.mark.parametrize(
    "rules",
    [
        [Rule(When("callback", path="/talk"), faults.Lose())],
        [Rule(When("callback", path="/talk"), faults.Duplicate()),
         Rule(When("callback", path="/talk", event="in-progress"), faults.Early()),
         Rule(When("rest", path=".mp3", limit=3), faults.Refuse(404, 20404, "not yet"))],
        [Rule(When("rest", path="/Recordings", event="POST", nth=1), faults.LoseAnswer())],
    ],
    ids=["nothing", "early, twice, not there yet", "no answer"],
)  # fmt: skip
def test_one_recording_is_kept_whatever_the_carrier_forgets_to_say(
    day: StartDay, hotline: Queue, rules: Iterable[Rule]
) -> None:
    line(choices=[], records=Policy.ANNOUNCE)
    today = day(factories.ada(), habits=Habits(talk=3000))
    for rule in rules:
        today.carrier.faults.add(rule)
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: any(call.state is CallState.TALKING for call in calls()))
    later(today, 40)
    assert there(today) == ["in-progress"]
    end(today)
    today.run(lambda: calls()[0].ended_at is not None)
    fetch(today, 12)
    (one,) = rows()
    assert (one.state, one.is_removed, today.carrier.recordings) == (RecordingState.KEPT, True, {})
    assert len(db.session.scalars(select(Attachment.id)).all()) == 1


def test_what_is_lost_is_said(day: StartDay, hotline: Queue) -> None:
    today, _caller = a_talk(day, factories.ada())
    today.carrier.faults.add(Rule(When("recording"), faults.Absent()))
    end(today)
    fetch(today)
    (one,) = rows()
    assert one.state is RecordingState.LOST
    assert len(told(Name.RECORDING_LOST)) == 1


def test_while_the_agent_is_lost_nothing_is_recorded_and_then_it_goes_on(day: StartDay, hotline: Queue) -> None:
    ada = factories.ada()
    today, _caller = a_talk(day, ada)
    today.carrier.lose(today.crew.legs[ada.id])
    today.run(lambda: calls()[0].state in (CallState.RECOVERING, CallState.QUEUED))
    today.crew.habits = Habits(talk=3000)
    later(today, 1)
    today.run(lambda: calls()[0].state is CallState.TALKING)
    later(today, 3)
    assert there(today) == ["in-progress"]
    assert gaps() == [(Because.WAIT, False)]
    assert invariants.broken() == []


def test_a_recording_that_runs_and_must_not_is_stopped_and_deleted(day: StartDay, hotline: Queue) -> None:
    today, caller = a_talk(day, factories.ada(), keys="")
    recordings.start(today.carrier.exchange, "StartCallRecordingAPI", leg=caller)
    later(today, 20)
    assert there(today) in (["processing"], ["completed"], [])
    fetch(today)
    assert today.carrier.recordings == {}
    assert [one.state for one in rows()] == [RecordingState.DISCARDED]


def test_what_somebody_else_has_changed_at_the_carrier_is_put_right(day: StartDay, hotline: Queue) -> None:
    today, _caller = a_talk(day, factories.ada())
    press(today, pausing.pause)
    (one,) = today.carrier.recordings.values()
    recordings.resume(today.carrier.exchange, one)
    later(today, 20)
    assert there(today) == ["paused"]


def test_what_was_paused_though_the_answer_was_lost_may_be_refused_a_second_time(day: StartDay, hotline: Queue) -> None:
    ada, lee = factories.ada(), factories.lee()
    second = factories.queue("Second line", lee)
    today, _caller = a_talk(day, ada, lee, beliefs=Beliefs().flipped("recording_repeats_ok"))
    today.carrier.faults.add(Rule(When("rest", path="/Recordings/RE", event="POST", limit=1), faults.LoseAnswer()))
    press(today, partial(transferring.cold, queue=second))
    today.run(lambda: calls()[0].state is CallState.TALKING)
    later(today, 15)
    assert there(today)[-1] == "in-progress"
    assert shown() is Shown.RUNNING
    assert invariants.broken() == []
