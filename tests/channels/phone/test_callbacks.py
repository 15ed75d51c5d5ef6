"""Called back: who asks for it keeps their place, who gave up is called, and nobody is called twice for one matter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from carrier import scripts
from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calls import invariants
from contact_center.calls.models import Call, CallState, Outcome
from contact_center.demo.calling.crew import Habits
from contact_center.demo.calling.day import Day
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.routing import promised_work
from contact_center.routing.models import Promise, PromiseState
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Direction, Interaction, InteractionState
from contact_center.tickets.models import Ticket, TicketState
from tests import factories
from tests.channels.phone.conftest import NUMBER
from tests.channels.phone.test_selfhelp import GRETA, line

StartDay = Callable[..., Day]
OTHER = "+4915187654321"


def rows() -> list[Call]:
    db.session.expire_all()
    return list(db.session.scalars(select(Call).order_by(Call.id)))


def work() -> list[Interaction]:
    db.session.expire_all()
    return list(db.session.scalars(select(Interaction).order_by(Interaction.id)))


def wait(day: Day, seconds: float) -> None:
    end = day.carrier.now + timedelta(seconds=seconds)
    day.run(lambda: day.carrier.now >= end)


def gives_up(day: Day, after: float, number: str = GRETA) -> None:
    """A caller who hangs up so long after the music has begun."""
    before = len(rows())
    day.carrier.place_call(number, NUMBER, scripts.caller([], hangs_up_at=("enqueued", 1, after)))
    day.run(lambda: len(rows()) > before and rows()[-1].ended_at is not None, limit=200)


def come(day: Day, agent: Agent) -> None:
    day.crew.agents.append(agent.id)
    day.press(lambda: day.crew.sit_down(agent.id))


def serving(hotline: Queue) -> Agent:
    """An agent of the queue who is not here yet."""
    from contact_center.queues.models import QueueMember

    ada = factories.ada()
    db.session.add(QueueMember(queue_id=hotline.id, agent_id=ada.id))
    db.session.commit()
    return ada


def test_who_asks_to_be_called_keeps_the_place_and_is_connected_with_whoever_accepts(
    day: StartDay, hotline: Queue
) -> None:
    ada = serving(hotline)
    line(choices=[], calls_back=True)
    today = day(habits=Habits(talk=30))
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([], answers={"called back": "1", "That is right": "1",
                                                                         "press 1. For another": "1"}))  # fmt: skip
    today.run(lambda: bool(rows()) and rows()[0].ended_at is not None, limit=120)
    (item,) = work()
    asked_at = item.queued_at
    assert (rows()[0].outcome, item.kind, item.state) == (
        Outcome.CALLBACK, Kind.CALLBACK, InteractionState.WAITING
    )  # fmt: skip

    wait(today, 120)
    come(today, ada)
    today.run(lambda: rows()[-1].state is CallState.TALKING, limit=120)
    back = rows()[-1]
    assert (back.direction, back.caller, back.agent_id) == (Direction.OUT, GRETA, ada.id)
    today.run(lambda: rows()[-1].ended_at is not None, limit=120)
    assert rows()[-1].outcome is Outcome.HANDLED
    assert work()[0].queued_at == asked_at
    wait(today, 15)
    with today.company.at_work():
        assert invariants.broken() == []


def test_who_does_not_answer_is_promised_another_call_and_it_is_made(day: StartDay, hotline: Queue) -> None:
    ada = serving(hotline)
    line(choices=[])
    today = day(habits=Habits(talk=30))
    today.carrier.phone(GRETA, "busy")
    gives_up(today, 20)
    come(today, ada)
    today.run(lambda: rows()[-1].outcome is Outcome.UNREACHED, limit=120)

    promise = db.session.scalars(select(Promise)).one()
    assert (promise.state, promise.call_number) == (PromiseState.OPEN, GRETA)
    today.carrier.phone(GRETA, "answer")
    with today.company.at_work():
        left = (promise.due_at - clock.now()).total_seconds()
    wait(today, left - 60)

    def due() -> None:
        promised_work.raise_due()

    today.press(due)
    today.run(lambda: rows()[-1].outcome is Outcome.HANDLED, limit=300)
    db.session.expire_all()
    assert [promise.state for promise in db.session.scalars(select(Promise))] == [PromiseState.KEPT]


def test_a_time_that_suits_is_a_promise_with_that_time(day: StartDay, hotline: Queue) -> None:
    line(choices=[], calls_back=True)
    today = day()
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([], answers={"called back": "1", "another number": "3"}))
    today.run(lambda: bool(rows()) and rows()[0].ended_at is not None, limit=120)

    promise = db.session.scalars(select(Promise)).one()
    assert promise.call_number == GRETA
    assert promise.due_at > rows()[0].started_at + timedelta(minutes=59)
    assert work()[0].state is InteractionState.DONE


def test_who_gives_up_is_to_be_called_back_once_however_often_they_tried(day: StartDay, hotline: Queue) -> None:
    today = day()
    gives_up(today, 20)
    first = work()[-1]
    assert (first.kind, first.state) == (Kind.CALLBACK, InteractionState.WAITING)
    gives_up(today, 30)

    (ticket,) = db.session.scalars(select(Ticket)).all()
    assert ticket.subject == f"Missed call from {GRETA}"
    assert [one.state for one in work() if one.kind is Kind.CALLBACK] == [InteractionState.WAITING]
    assert work()[-1].queued_at == first.queued_at


def test_who_hangs_up_at_once_leaves_a_ticket_that_is_done_unless_they_are_of_the_first_tier(
    day: StartDay, hotline: Queue
) -> None:
    today = day()
    gives_up(today, 1)
    (ticket,) = db.session.scalars(select(Ticket)).all()
    assert ticket.state is TicketState.RESOLVED
    factories.customer("Bo Best", phone=OTHER, tier="A")
    db.session.commit()
    gives_up(today, 1, OTHER)
    assert [one.kind for one in work() if one.state is InteractionState.WAITING] == [Kind.CALLBACK]


def test_a_missed_call_is_settled_when_the_same_number_is_answered(day: StartDay, hotline: Queue) -> None:
    ada = serving(hotline)
    today = day(habits=Habits(talk=30))
    gives_up(today, 20)
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    come(today, ada)
    today.run(lambda: rows()[-1].outcome is Outcome.HANDLED, limit=300)

    assert not [one for one in work() if one.kind is Kind.CALLBACK and one.state is InteractionState.WAITING]
    assert [call.direction for call in rows()] == [Direction.IN, Direction.IN]


def test_an_overflow_step_offers_the_choice_to_who_waits_and_takes_nothing_from_them(
    day: StartDay, hotline: Queue
) -> None:
    hotline.overflow = [{"when": "wait", "at": 20, "to": "callback"}]
    db.session.commit()
    today = day()
    leg = today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))
    wait(today, 90)

    assert leg.heard_text().index("next in line") < leg.heard_text().index("To be called back")
    assert (rows()[0].state, work()[0].kind) == (CallState.QUEUED, Kind.CALL)
    assert db.session.scalars(select(Promise.id)).all() == []
