"""Callers who lost their agent, while the carrier tells us nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from carrier import faults, scripts
from contact_center import clock
from contact_center.calls.models import Call, CallLeg, CallState, LegState
from contact_center.channels.phone import switchboard
from contact_center.demo.calling.crew import Habits
from contact_center.demo.calling.day import Day
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues.models import Queue
from tests import factories
from tests.channels.phone.conftest import NUMBER


@pytest.mark.parametrize("event", ["participant-leave", "participant-join"])
def test_they_talk_again_though_nobody_told_who_left_or_came(
    day: Callable[..., Day], hotline: Queue, event: str
) -> None:
    ada = factories.ada()
    today = day(ada, habits=Habits(talk=600))
    today.carrier.place_call("+4915112345678", NUMBER, scripts.caller([]))
    today.run(lambda: _state() is CallState.TALKING)
    today.carrier.faults.add(faults.Rule(faults.When("callback", event=event), faults.Lose()))
    first = today.crew.legs[ada.id]
    with today.company.at_work():
        today.carrier.lose(first)
    today.run(lambda: _state() is CallState.RECOVERING, limit=60)
    today.run(lambda: _state() is CallState.TALKING, limit=60)
    assert today.crew.legs[ada.id] is not first
    assert not today.carrier.silences()


def _state() -> CallState | None:
    return db.session.scalar(select(Call.state))


def test_a_broken_rule_is_told_once_to_who_runs_the_site_and_in_the_course_of_the_call(
    day: Callable[..., Day], hotline: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    today = day(factories.ada(), habits=Habits(talk=600))
    today.carrier.place_call("+4915112345678", NUMBER, scripts.caller([]))
    today.run(lambda: _state() is CallState.TALKING)
    db.session.execute(update(CallLeg).values(state=LegState.LIVE))  # nobody is in the room, by our rows
    watch = switchboard.Watch()
    with today.company.at_work():
        db.session.execute(update(Call).values(since=clock.now() - timedelta(seconds=30)))
        watch.mind_rules()
        watch.mind_rules()
    told = db.session.scalars(select(Event.data).where(Event.name == Name.CALL_RULE_BROKEN)).all()
    assert [one["rule"] for one in told] == ["I5"]
    assert caplog.text.count("breaks rule I5") == 1
