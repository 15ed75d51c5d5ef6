"""Two things at once, or one of them lost: each race has one end, and nobody is lost in it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from carrier import faults, scripts
from carrier.legs import Leg
from contact_center.agents import accounts, open_phones
from contact_center.calls import answering, commands, ending, holding, invariants, locks, transferring
from contact_center.calls.models import CallCommand, CallState, CommandState, Outcome, Verb
from contact_center.demo.calling.crew import Habits
from contact_center.demo.calling.day import Day
from contact_center.errors import AlreadyTaken
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.routing.models import Offer, OfferState, Promise
from contact_center.tickets.models import Ticket
from tests import factories
from tests.channels.phone.conftest import NUMBER
from tests.channels.phone.test_callbacks import come, gives_up, serving
from tests.channels.phone.test_calls import GRETA, a_talk, are_over, calls, hear_each_other, own
from tests.channels.phone.test_selfhelp import line

StartDay = Callable[..., Day]
_WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


def strike(day: Day, point: str, do: faults.Fault, **when: Any) -> None:
    day.carrier.faults.add(faults.Rule(faults.When(point, **when), do))


def ringing(day: Day, **script: Any) -> Leg:
    """A caller in line whose call rings at a desk."""
    caller = day.carrier.place_call(GRETA, NUMBER, scripts.caller([], **script))
    day.run(lambda: db.session.scalar(select(func.count()).where(Offer.state == OfferState.PENDING)) == 1)
    return caller


def settle(day: Day, seconds: float = 20) -> None:
    """Let the dust settle, and look that nothing is broken."""
    end = day.carrier.now + timedelta(seconds=seconds)
    day.run(lambda: day.carrier.now >= end)
    with day.company.at_work():
        assert invariants.broken() == []
    assert not day.carrier.silences()


@pytest.mark.parametrize("trouble", [faults.Refuse(), faults.Refuse(503, 0, "Bad"), faults.LoseAnswer()])
def test_a_caller_is_fetched_though_the_first_request_comes_to_nothing(
    day: StartDay, hotline: Queue, trouble: faults.Fault
) -> None:
    ada = factories.ada()
    today = day(ada, habits=Habits(talk=60))
    strike(today, "rest", trouble, path="/Members/", limit=1)
    caller = today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: any(call.state is CallState.TALKING for call in calls()), limit=60)
    assert hear_each_other(today, caller, today.crew.legs[ada.id])
    today.run(are_over)
    settle(today)


@pytest.mark.parametrize("trouble", [faults.Refuse(), faults.Refuse(403, 20003, "No"), faults.LoseAnswer()])
def test_who_left_unnoticed_is_found_gone_though_the_carrier_will_not_say_how(
    day: StartDay, hotline: Queue, trouble: faults.Fault
) -> None:
    today = day(factories.ada(), habits=Habits(talk=60))
    caller = ringing(today)
    today.run(lambda: calls()[0].state is CallState.CONNECTING)
    strike(today, "callback", faults.Lose(), path="/events/leg", limit=1)
    strike(today, "callback", faults.Lose(), path="/left")
    strike(today, "rest", trouble, path="/Calls/CA", event="GET", limit=1)
    with today.company.at_work():
        caller.hang_up()
    today.run(are_over, limit=90)
    settle(today, 40)
    assert calls()[0].outcome is Outcome.ABANDONED


def test_the_last_caller_of_the_day_does_not_stay_on_the_line_because_nobody_told_they_hung_up(
    day: StartDay, hotline: Queue
) -> None:
    today = day(factories.ada())
    caller = ringing(today)
    today.run(lambda: calls()[0].state is CallState.CONNECTING)
    strike(today, "callback", faults.Lose(), path="/events/leg", limit=1)
    with today.company.at_work():
        caller.hang_up()
    today.run(are_over, limit=60)
    settle(today, 40)
    assert calls()[0].legs[0].ended_at is not None


def test_who_is_in_the_room_is_seen_though_nobody_tells_it(day: StartDay, hotline: Queue) -> None:
    today = day(factories.ada(), habits=Habits(talk=60))
    strike(today, "callback", faults.Lose(), path="/events/room")
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: any(call.state is CallState.TALKING for call in calls()), limit=25)
    today.run(are_over, limit=120)
    assert calls()[0].outcome is Outcome.HANDLED
    settle(today)


def test_who_asks_to_be_called_back_while_it_rings_rings_nowhere_any_more(day: StartDay, hotline: Queue) -> None:
    line(choices=[], calls_back=True)
    today = day(factories.ada(), habits=Habits(deaf=1.0))
    ringing(today, answers={"called back": "1", "That is right": "1", "press 1. For another": "1"})
    today.run(lambda: calls()[0].ended_at is not None, limit=60)
    assert calls()[0].outcome is Outcome.CALLBACK
    assert OfferState.PENDING not in list(db.session.scalars(select(Offer.state).where(Offer.id == 1)))
    settle(today, 5)


def test_who_hangs_up_while_they_are_sent_on_leaves_no_work_behind(day: StartDay, hotline: Queue) -> None:
    ada = factories.ada()
    second = factories.queue("Second line")
    today, caller = a_talk(day, ada)
    today.press(lambda: transferring.cold(calls()[0], own(calls()[0]), second))
    with today.company.at_work():
        caller.hang_up()
    today.run(are_over, limit=60)
    settle(today)
    assert today.carrier.legs[caller.sid].live is False


def test_both_hang_up_at_once_and_the_agent_twice(day: StartDay, hotline: Queue) -> None:
    today, caller = a_talk(day, factories.ada())
    for _time in range(2):
        today.press(lambda: ending.by_agent(calls()[0], own(calls()[0])))
    with today.company.at_work():
        caller.hang_up()
    today.run(are_over, limit=60)
    settle(today)
    assert calls()[0].outcome is Outcome.HANDLED
    assert not any(leg.live for leg in today.carrier.legs.values())


@pytest.mark.parametrize("trouble", [faults.LoseAnswer(), faults.Refuse()])
def test_who_is_called_back_rings_once_whatever_becomes_of_the_request(
    day: StartDay, hotline: Queue, trouble: faults.Fault
) -> None:
    ada = serving(hotline)
    line(choices=[])
    today = day(habits=Habits(talk=60))
    strike(today, "rest", trouble, path="/Participants", event="POST", limit=1)
    gives_up(today, 20)
    come(today, ada)
    today.run(lambda: calls()[-1].state is CallState.TALKING, limit=60)
    assert len([leg for leg in today.carrier.legs.values() if leg.to == GRETA]) == 1
    today.run(are_over)
    settle(today)
    assert calls()[-1].outcome is Outcome.HANDLED


def test_who_is_busy_is_promised_another_call_though_the_answer_to_the_request_was_lost(
    day: StartDay, hotline: Queue
) -> None:
    ada = serving(hotline)
    line(choices=[])
    today = day()
    strike(today, "rest", faults.LoseAnswer(), path="/Participants", event="POST", limit=1)
    today.carrier.phone(GRETA, "busy")
    gives_up(today, 20)
    come(today, ada)
    today.run(lambda: calls()[-1].outcome is Outcome.UNREACHED, limit=120)
    settle(today)
    assert db.session.scalars(select(Promise.call_number)).all() == [GRETA]


def test_it_is_known_that_they_answered_before_the_request_to_ring_them_is(day: StartDay, hotline: Queue) -> None:
    ada = serving(hotline)
    line(choices=[])
    today = day(habits=Habits(talk=60))
    strike(today, "callback", faults.Early())
    gives_up(today, 20)
    come(today, ada)
    today.run(lambda: calls()[-1].state is CallState.TALKING, limit=60)
    today.run(are_over)
    settle(today)


def test_what_was_wanted_before_the_application_died_is_done_when_it_is_back(day: StartDay, hotline: Queue) -> None:
    ada = factories.ada()
    today, caller = a_talk(day, ada)
    with today.company.at_work():
        today.ask(lambda: holding.hold(calls()[0], own(calls()[0])))
        today.ask(commands.claim)  # and there it is killed
    end = today.carrier.now + commands.LEASE + timedelta(seconds=10)
    today.run(lambda: today.carrier.now >= end)
    assert not hear_each_other(today, caller, today.crew.legs[ada.id])
    states = db.session.scalars(select(CallCommand.state).where(CallCommand.verb == Verb.HOLD))
    assert list(states) == [CommandState.DONE]


def test_a_question_asked_again_gets_the_same_answer_and_opens_no_second_ticket(day: StartDay, hotline: Queue) -> None:
    line(choices=[])
    today = day(factories.ada(), habits=Habits(talk=20))
    strike(today, "request", faults.LoseAnswer(), nth=1)
    strike(today, "request", faults.LoseAnswer(), nth=3)
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    today.run(lambda: bool(calls()) and are_over(), limit=300)
    assert len(calls()) == 1
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1
    settle(today)


def test_an_application_that_was_away_in_the_middle_of_a_talk_knows_what_has_become_of_it(
    day: StartDay, hotline: Queue
) -> None:
    today, caller = a_talk(day, factories.ada())
    strike(today, "callback", faults.Respond(503))
    with today.company.at_work():
        caller.hang_up()
    today.run(are_over, limit=60)
    settle(today)
    assert calls()[0].outcome is Outcome.HANDLED


@pytest.mark.committing
def test_who_accepts_while_the_caller_hangs_up_is_told_so_and_neither_waits_for_the_other(
    account: Flask, day: StartDay, hotline: Queue
) -> None:
    ada = factories.ada()
    ringing(day(ada, habits=Habits(deaf=1.0)))
    offer_id = db.session.scalars(select(Offer.id)).one()
    call = locks.by_key(calls()[0].key)
    assert call is not None

    def accept() -> object:
        with account.app_context():
            try:
                return answering.accept_offer(offer_id, accounts.by_id(ada.id))
            except AlreadyTaken as error:
                return error
            finally:
                db.session.rollback()

    with ThreadPoolExecutor(1) as pool:
        accepting = pool.submit(accept)
        wait_for_each_other(accepting.done)
        ending.caller_gone(call)
        db.session.commit()
        assert isinstance(accepting.result(30), AlreadyTaken)
    assert [one.outcome for one in calls()] == [Outcome.ABANDONED]


@pytest.mark.committing
def test_a_telephone_that_a_call_writes_just_now_is_not_waited_for_when_all_are_seen(account: Flask) -> None:
    ada, bo = factories.agent("Ada"), factories.agent("Bo")
    for agent in (ada, bo):
        open_phones.opened(f"phone-{agent.id}", agent.id)
    db.session.commit()
    open_phones.use(ada.id, is_busy=True)

    def see() -> bool:
        with account.app_context():
            open_phones.seen([f"phone-{ada.id}", f"phone-{bo.id}"])
            db.session.commit()
            return True

    with ThreadPoolExecutor(1) as pool:
        seeing = pool.submit(see)
        wait_for_each_other(seeing.done)
        was_seen = seeing.done()
        db.session.rollback()
    assert was_seen


def wait_for_each_other(is_done: Callable[[], bool]) -> None:
    """Until somebody on another connection is done, or waits for this one."""
    while not is_done():
        with db.engine.connect() as connection:
            if connection.scalar(_WAITS):
                return
