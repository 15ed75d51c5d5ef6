"""A call from the first ring to the last word, over the carrier's webhooks and our own REST requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from carrier import Beliefs, scripts
from carrier.legs import Leg
from carrier.rooms import edges
from contact_center.agents.models import Agent
from contact_center.calls import ending, holding, invariants, transferring
from contact_center.calls.models import Call, CallLeg, CallStage, CallState, Outcome
from contact_center.customers import blocked
from contact_center.demo.calling import traffic
from contact_center.demo.calling.crew import Habits
from contact_center.demo.calling.day import Day
from contact_center.extensions import db
from contact_center.queues.models import Queue, QueueMember
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import InteractionState
from contact_center.tickets.models import Ticket
from tests import factories
from tests.channels.phone.conftest import MONDAY, NUMBER
from tests.database import WorkerDatabase

StartDay = Callable[..., Day]
GRETA = "+4915112345678"


def calls() -> list[Call]:
    db.session.expire_all()
    return list(db.session.scalars(select(Call).order_by(Call.id)))


def are_over() -> bool:
    return all(call.ended_at is not None for call in calls())


def hear_each_other(day: Day, *legs: Leg) -> bool:
    """Whether each of them hears all the others now, in one room."""
    wanted = {(one.sid, other.sid) for one in legs for other in legs if one is not other}
    return any(wanted <= edges(room.members.values()) for room in day.carrier.rooms.values())


def a_talk(day: StartDay, *agents: Agent) -> tuple[Day, Leg]:
    """A call in which one of the agents has just begun to talk, and would for ten minutes."""
    today = day(*agents, habits=Habits(talk=600))
    caller = today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: any(call.state is CallState.TALKING for call in calls()))
    return today, caller


def own(call: Call) -> Agent:
    assert call.agent is not None
    return call.agent


def do(day: Day, verb: Callable[..., object], *given: Any) -> None:
    """Let the agent of the call press a button, and let the carrier do what it is told."""

    def press() -> None:
        (call,) = calls()
        verb(call, own(call), *given)

    day.press(press)
    end = day.carrier.now + timedelta(seconds=6)
    day.run(lambda: day.carrier.now >= end)


def test_a_caller_is_answered_by_an_agent_and_both_hang_up_in_peace(day: StartDay, hotline: Queue) -> None:
    ada = factories.ada()
    greta = factories.customer("Greta Gold", phone=GRETA)
    today = day(ada, habits=Habits(talk=60))
    caller = today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))

    today.run(lambda: bool(calls()) and are_over())

    (call,) = calls()
    assert (call.state, call.outcome, call.customer_id, call.agent_id) == (
        CallState.ENDED, Outcome.HANDLED, greta.id, ada.id
    )  # fmt: skip
    assert call.ticket is not None
    assert (call.ticket.customer_id, call.ticket.waiting_since) == (greta.id, None)
    assert call.interaction is not None
    assert call.interaction.state is InteractionState.DONE
    assert call.interaction.answered_at == call.answered_at
    stages = list(db.session.scalars(select(CallStage.state).order_by(CallStage.id)))
    assert stages == [
        CallState.MENU, CallState.QUEUED, CallState.CONNECTING, CallState.TALKING, CallState.SURVEY
    ]  # fmt: skip
    assert not caller.live
    assert not today.carrier.silences()
    assert invariants.broken() == []


def test_on_hold_neither_hears_the_other_until_the_caller_is_taken_back(day: StartDay, hotline: Queue) -> None:
    ada = factories.ada()
    today, caller = a_talk(day, ada)
    browser = today.crew.legs[ada.id]
    assert hear_each_other(today, caller, browser)

    do(today, holding.hold)
    assert not hear_each_other(today, caller, browser)
    assert calls()[0].state is CallState.HELD
    assert any("hold.wav" in sound.what for sound in caller.heard[-2:])

    do(today, holding.take_back)
    assert hear_each_other(today, caller, browser)
    assert not today.carrier.silences()
    assert invariants.broken() == []


def test_a_supervisor_sends_somebodys_caller_to_a_colleague(day: StartDay, hotline: Queue) -> None:
    ada, bea, lee = factories.ada(), factories.agent("Bea Berg"), factories.lee()
    db.session.add(QueueMember(queue_id=hotline.id, agent_id=bea.id))
    today, _caller = a_talk(day, ada)
    lee_id, bea_id = lee.id, bea.id
    today.crew.agents.append(bea_id)
    today.press(lambda: today.crew.sit_down(bea_id))

    today.press(
        lambda: transferring.send(calls()[0], db.session.get_one(Agent, lee_id), to=db.session.get_one(Agent, bea_id))
    )
    today.run(lambda: calls()[0].state is CallState.TALKING)

    assert calls()[0].agent_id == bea_id
    assert not today.carrier.silences()
    assert invariants.broken() == []


def test_a_supervisor_ends_somebodys_talk(day: StartDay, hotline: Queue) -> None:
    ada, lee = factories.ada(), factories.lee()
    lee_id = lee.id
    today, _caller = a_talk(day, ada)

    today.press(lambda: ending.by_supervisor(calls()[0], db.session.get_one(Agent, lee_id)))
    today.run(are_over)

    assert calls()[0].outcome is Outcome.HANDLED
    assert invariants.broken() == []


def test_a_caller_is_sent_to_another_queue_and_answered_there(day: StartDay, hotline: Queue) -> None:
    ada, lee = factories.ada(), factories.lee()
    second = factories.queue("Second line", lee)
    today, _caller = a_talk(day, ada)
    today.crew.agents.append(lee.id)
    today.press(lambda: today.crew.sit_down(lee.id))

    do(today, transferring.cold, second)
    today.run(lambda: calls()[0].state is CallState.TALKING)

    (call,) = calls()
    assert (call.agent_id, call.ticket.queue_id) == (lee.id, second.id)  # type: ignore[union-attr]
    assert not today.carrier.silences()
    assert invariants.broken() == []


def test_a_colleague_is_asked_while_the_caller_hears_music_and_then_has_the_call(day: StartDay, hotline: Queue) -> None:
    ada, lee = factories.ada(), factories.lee()
    today, caller = a_talk(day, ada)
    today.crew.agents.append(lee.id)
    today.press(lambda: today.crew.sit_down(lee.id))

    do(today, transferring.consult, lee)
    first = today.crew.legs[ada.id]
    today.run(lambda: lee.id in today.crew.legs and hear_each_other(today, first, today.crew.legs[lee.id]), limit=60)
    second = today.crew.legs[lee.id]
    assert not hear_each_other(today, caller, second)

    do(today, transferring.merge)
    assert hear_each_other(today, caller, first, second)

    do(today, transferring.complete)
    assert hear_each_other(today, caller, second)
    today.run(lambda: not first.live, limit=10)
    (call,) = calls()
    assert (call.agent_id, call.ticket.assignee_id) == (lee.id, lee.id)  # type: ignore[union-attr]
    assert not today.carrier.silences()
    assert invariants.broken() == []


def test_a_browser_that_dies_in_a_talk_costs_the_caller_a_sentence_and_not_the_call(
    day: StartDay, hotline: Queue
) -> None:
    ada = factories.ada()
    today, caller = a_talk(day, ada)
    with today.company.at_work():
        today.carrier.lose(today.crew.legs[ada.id])
    today.run(lambda: calls()[0].state is CallState.RECOVERING)
    today.run(lambda: calls()[0].state is CallState.TALKING)

    assert hear_each_other(today, caller, today.crew.legs[ada.id])
    assert "connecting you" in caller.heard_text()
    assert not today.carrier.silences()
    assert invariants.broken() == []


@pytest.mark.parametrize("seed", [1, 2])
def test_in_a_storm_with_faults_nobody_is_stuck_nor_offered_twice_nor_left_in_silence(
    account: Flask, hotline: Queue, database: WorkerDatabase, seed: int
) -> None:
    crew = [factories.agent(f"Agent{place} Nr{place}") for place in range(4)]
    db.session.add_all(QueueMember(queue_id=hotline.id, agent_id=one.id) for one in crew)
    db.session.commit()

    ids, is_watched = [one.id for one in crew], seed == 1
    counted = traffic.storm(account, MONDAY, ids, 12, seed=seed, is_faulty=True, is_watched=is_watched)

    assert counted.calls == 12
    assert (counted.stuck, counted.double_offered, counted.silent, counted.broken) == (0, 0, 0, 0)
    assert counted.answered >= 8


def test_who_hangs_up_while_an_agent_is_on_the_way_leaves_the_agent_free_and_nothing_open(
    day: StartDay, hotline: Queue
) -> None:
    ada = factories.ada()
    today = day(ada)
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([], hangs_up_at=("dequeued", 1, 0.0)))
    today.run(lambda: bool(calls()) and are_over())
    end = today.carrier.now + timedelta(seconds=20)
    today.run(lambda: today.carrier.now >= end)

    (call,) = calls()
    assert call.outcome is Outcome.ABANDONED
    assert call.interaction is not None
    assert call.interaction.state is InteractionState.ABANDONED
    with today.company.at_work():
        assert invariants.broken() == []
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: any(call.state is CallState.TALKING for call in calls()))


def test_whoever_hangs_up_at_any_point_leaves_nothing_behind(hotline: Queue, day: StartDay) -> None:
    crew = [factories.agent(f"Agent{place} Nr{place}") for place in range(6)]
    today = day(*crew, habits=Habits(talk=20))
    for point in range(1, 17):
        script = scripts.caller([], hangs_up_at=("*", point, 0.05 * (point % 3)))
        today.carrier.at(4.0 * point, partial(today.carrier.place_call, f"+4915112340{point:03}", NUMBER, script))
    end = today.carrier.now + timedelta(seconds=150)
    today.run(lambda: today.carrier.now >= end)
    with today.company.at_work():
        assert invariants.broken() == []
    assert are_over()
    assert not any(leg.live for leg in today.carrier.legs.values())
    assert len({call.outcome for call in calls()}) >= 3


@pytest.mark.parametrize("dies_after", [0.1, 0.6, 2.0, 15.0])
def test_an_agents_browser_that_dies_at_any_point_costs_no_caller_their_call(
    day: StartDay, hotline: Queue, dies_after: float
) -> None:
    ada, lee = factories.ada(), factories.lee()
    today = day(ada, lee, habits=Habits(talk=30))
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: bool(today.crew.legs))
    (first,) = today.crew.legs.values()
    today.carrier.at(dies_after, lambda: today.carrier.lose(first))
    today.run(are_over)

    (call,) = calls()
    assert call.outcome is Outcome.HANDLED
    assert not today.carrier.silences()


@pytest.mark.parametrize("belief", [
    "queue_action_before_redirect", "queue_action_answer_ignored", "missing_member_is_404", "kick_hangs_up",
    "hold_document_loops", "lone_moderator_starts_room", "leave_before_end", "empty_gather_sends_fields",
])  # fmt: skip
def test_a_call_goes_well_whatever_is_true_of_the_carrier(account: Flask, hotline: Queue, belief: str) -> None:
    ada = factories.ada()
    db.session.add(QueueMember(queue_id=hotline.id, agent_id=ada.id))
    db.session.commit()
    today = Day(account, MONDAY, [ada.id], Habits(talk=600), beliefs=Beliefs().flipped(belief))
    caller = today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: any(call.state is CallState.TALKING for call in calls()))
    do(today, holding.hold)
    do(today, holding.take_back)
    assert hear_each_other(today, caller, today.crew.legs[ada.id])
    do(today, ending.by_agent)
    today.run(are_over)
    assert calls()[0].outcome is Outcome.HANDLED
    assert not today.carrier.silences()


def test_a_second_tab_is_sent_away_and_the_first_goes_on_talking(day: StartDay, hotline: Queue) -> None:
    ada = factories.ada()
    today, caller = a_talk(day, ada)
    nonce = db.session.scalars(select(CallLeg.nonce).where(CallLeg.nonce.is_not(None))).one()
    with today.company.at_work():
        second = today.carrier.connect_client(f"agent_{ada.id}", today.company.app_sid, {"nonce": nonce or ""})
    today.run(lambda: not second.live)
    assert hear_each_other(today, caller, today.crew.legs[ada.id])


def test_a_telephone_that_comes_too_late_meets_nobody(day: StartDay, hotline: Queue) -> None:
    ada, lee = factories.ada(), factories.lee()
    today = day(ada, lee, habits=Habits(mute=1.0))
    caller = today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: any(call.state is CallState.CONNECTING for call in calls()))
    leg = db.session.scalars(select(CallLeg).where(CallLeg.nonce.is_not(None))).one()
    identity, nonce = f"agent_{leg.agent_id}", leg.nonce or ""
    today.crew.habits = Habits(talk=600)
    today.run(lambda: any(call.state is CallState.TALKING for call in calls()))
    with today.company.at_work():
        late = today.carrier.connect_client(identity, today.company.app_sid, {"nonce": nonce})
    today.run(lambda: not late.live)

    (call,) = calls()
    assert call.agent_id != leg.agent_id
    assert hear_each_other(today, caller, today.crew.legs[own(call).id])


def test_the_first_of_two_callers_is_answered_first_and_the_next_hears_their_place(
    day: StartDay, hotline: Queue
) -> None:
    today = day(factories.ada(), habits=Habits(talk=45))
    callers = [today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))]
    for place in range(2):
        today.carrier.at(2.0 + place, lambda: callers.append(today.carrier.place_call("+491511999", NUMBER)))
    today.run(lambda: len(calls()) == 3 and are_over())

    assert [call.answered_at for call in calls()] == sorted(call.answered_at for call in calls() if call.answered_at)
    assert "You are number 2 in line." in callers[2].heard_text()
    assert not today.carrier.silences()


def test_who_takes_the_ticket_of_a_caller_in_line_does_not_take_the_caller_out_of_it(
    day: StartDay, hotline: Queue
) -> None:
    ada, lee = factories.ada(), factories.lee()
    today = day(ada, habits=Habits(talk=30, deaf=1.0))
    caller = today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: [call.state for call in calls()] == [CallState.QUEUED])
    today.press(lambda: lifecycle.take(_ticket(), db.session.get_one(Agent, lee.id)))
    assert caller.live
    today.crew.habits = replace(today.crew.habits, deaf=0.0, back_after=1.0)
    today.run(lambda: calls()[0].state is CallState.TALKING)

    assert calls()[0].agent_id == ada.id
    assert _ticket().assignee_id == lee.id
    today.run(are_over)
    assert calls()[0].outcome is Outcome.HANDLED
    assert not today.carrier.silences()
    assert invariants.broken() == []


def _ticket() -> Ticket:
    return db.session.scalars(select(Ticket)).one()


def test_a_blocked_number_is_refused_unanswered_and_opens_nothing(day: StartDay, hotline: Queue) -> None:
    lee = factories.lee()
    blocked.block(GRETA, "Threatens people", 0, "DE", lee)
    today = day(factories.ada())
    caller = today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: not caller.live, limit=30)

    (call,) = calls()
    assert (call.state, call.outcome, call.ticket_id) == (CallState.REJECTED, Outcome.REJECTED, None)
    assert caller.heard == []
    assert blocked.listed()[0].met == 1
    assert db.session.scalars(select(Ticket)).all() == []
    other = today.carrier.place_call("+4915187654321", NUMBER, scripts.caller([]))
    today.run(lambda: calls()[-1].state is CallState.TALKING, limit=60)
    assert other.live
