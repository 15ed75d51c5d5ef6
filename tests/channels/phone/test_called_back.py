"""Calls that we make: lost and found again like any other, and made to whoever is calling us in the same moment."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from carrier import scripts
from contact_center.agents.models import Agent
from contact_center.calls import invariants, transferring
from contact_center.calls.models import CallState, Outcome
from contact_center.demo.calling.crew import Habits
from contact_center.demo.calling.day import Day
from contact_center.extensions import db
from contact_center.queues.models import Queue, QueueMember
from contact_center.routing.models import Promise
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Direction, InteractionState
from tests import factories
from tests.channels.phone.conftest import NUMBER
from tests.channels.phone.test_callbacks import come, gives_up, rows, serving, wait, work
from tests.channels.phone.test_selfhelp import GRETA, line

StartDay = Callable[..., Day]


def test_who_was_called_back_is_found_again_when_their_agents_browser_dies(day: StartDay, hotline: Queue) -> None:
    ada = serving(hotline)
    line(choices=[])
    today = day(habits=Habits(talk=600))
    gives_up(today, 20)
    come(today, ada)
    today.run(lambda: rows()[-1].state is CallState.TALKING, limit=120)
    first, customer = today.crew.legs[ada.id], next(leg for leg in today.carrier.legs.values() if leg.to == GRETA)
    with today.company.at_work():
        today.carrier.lose(first)
    today.run(lambda: rows()[-1].state is CallState.RECOVERING, limit=60)
    today.run(lambda: rows()[-1].state is CallState.TALKING, limit=60)
    assert today.crew.legs[ada.id] is not first
    assert customer.live
    assert not today.carrier.silences()
    today.run(lambda: rows()[-1].ended_at is not None, limit=900)
    assert rows()[-1].outcome is Outcome.HANDLED
    wait(today, 15)
    with today.company.at_work():
        assert invariants.broken() == []


def test_who_calls_us_while_we_call_them_talks_to_that_agent_and_to_no_second_one(
    day: StartDay, hotline: Queue
) -> None:
    ada, lee = serving(hotline), factories.lee()
    db.session.add(QueueMember(queue_id=hotline.id, agent_id=lee.id))
    db.session.commit()
    line(choices=[])
    today = day(habits=Habits(talk=60))
    today.carrier.phone(GRETA, "no-answer")
    gives_up(today, 20)
    come(today, ada)
    today.run(lambda: any(leg.to == GRETA for leg in today.carrier.legs.values()), limit=60)
    come(today, lee)
    caller = today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: any(call.state is CallState.TALKING for call in rows()), limit=60)

    talking = next(call for call in rows() if call.state is CallState.TALKING)
    assert (talking.direction, talking.agent_id) == (Direction.IN, ada.id)
    assert not any(leg.live for leg in today.carrier.legs.values() if leg.to == GRETA)
    assert lee.id not in today.crew.legs
    today.run(lambda: all(call.ended_at is not None for call in rows()), limit=300)
    assert not caller.live
    assert [one.kind for one in work() if one.state is InteractionState.WAITING] == []
    assert db.session.scalars(select(Promise.id)).all() == []
    assert [one.kind for one in work() if one.answered_at is not None] == [Kind.CALL]
    wait(today, 15)
    with today.company.at_work():
        assert invariants.broken() == []


def test_who_was_called_back_is_sent_to_another_queue_and_answered_there(day: StartDay, hotline: Queue) -> None:
    ada, lee = serving(hotline), factories.lee()
    second = factories.queue("Second line", lee)
    db.session.commit()
    line(choices=[])
    today = day(habits=Habits(talk=600))
    gives_up(today, 20)
    come(today, ada)
    today.run(lambda: rows()[-1].state is CallState.TALKING, limit=120)
    come(today, lee)
    today.press(lambda: transferring.cold(rows()[-1], db.session.get_one(Agent, ada.id), second))
    today.run(lambda: (rows()[-1].state, rows()[-1].agent_id) == (CallState.TALKING, lee.id), limit=60)
    assert not today.carrier.silences()
