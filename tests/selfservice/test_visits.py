"""Visits: what can be booked, that no window takes more than it holds, moving and cancelling, and the agent's task."""

from __future__ import annotations

import threading
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import AlreadyTaken, IllegalMove, Invalid
from contact_center.extensions import db
from contact_center.selfservice import visits, windows
from contact_center.selfservice.models import Visit, VisitDay, VisitState, VisitWindow
from contact_center.tickets import tasks
from contact_center.tickets.models import TaskState, Ticket
from tests import factories

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2027, 3, 22, 10, 0, tzinfo=BERLIN)


@pytest.fixture
def ticket(app: Flask) -> Ticket:
    factories.greta()
    return factories.ticket(factories.queue())


def window(region: str = "", weekday: int = 2, capacity: int = 1, begins: int = 9) -> VisitWindow:
    row = VisitWindow(
        region=region, weekday=weekday, begins=time(begins), ends=time(begins + 2), capacity=capacity, is_active=True
    )
    db.session.add(row)
    db.session.flush()
    return row


def test_slots_are_those_of_the_region_and_of_everywhere_after_the_notice(app: Flask) -> None:
    here, everywhere = window("North", weekday=1), window("", weekday=2)
    window("South", weekday=1)
    with clock.standing_at(MONDAY):
        found = visits.slots("North")
    assert [(slot.window_id, slot.on) for slot in found[:3]] == [
        (everywhere.id, date(2027, 3, 24)),  # Tuesday at nine is less than a day away
        (here.id, date(2027, 3, 30)),
        (everywhere.id, date(2027, 3, 31)),
    ]


def test_hours_are_local_on_both_sides_of_the_clock_change(app: Flask) -> None:
    window(weekday=5)
    with clock.standing_at(MONDAY):
        first, second = visits.slots(None)[:2]
    assert (first.on, second.on) == (date(2027, 3, 27), date(2027, 4, 3))
    assert [slot.begins_at.astimezone(BERLIN).hour for slot in (first, second)] == [9, 9]
    assert second.begins_at.astimezone(ZoneInfo("UTC")).hour == 7


def test_nobody_comes_on_a_closed_day(app: Flask) -> None:
    window()
    ada = factories.ada()
    with clock.standing_at(MONDAY):
        windows.close(ada, "2027-03-24", "Inventory")
        assert visits.slots(None)[0].on == date(2027, 3, 31)
        windows.open_again(ada, date(2027, 3, 24))
        assert visits.slots(None)[0].on == date(2027, 3, 24)


def test_a_booking_is_a_task_for_the_agents(ticket: Ticket) -> None:
    window()
    with clock.standing_at(MONDAY):
        slot = visits.slots(None)[0]
        visit = visits.book(ticket, None, slot.key)
        assert visits.book(ticket, None, slot.key) is visit  # sent twice
    [task] = tasks.of(ticket)
    assert task.title == "Visit on Wed 24 Mar, 09:00–11:00"
    assert task.due_at == slot.begins_at
    with clock.standing_at(MONDAY):
        assert slot.key not in {other.key for other in visits.slots(None)}


def test_moving_gives_the_old_place_back_and_moves_the_task(ticket: Ticket) -> None:
    window(weekday=2)
    window(weekday=3)
    with clock.standing_at(MONDAY):
        first, second = visits.slots(None)[:2]
        visits.book(ticket, None, first.key)
        visit = visits.book(ticket, None, second.key)
        assert visit.on == second.on
        assert first.key in {slot.key for slot in visits.slots(None)}
    [task] = tasks.of(ticket)
    assert task.due_at == second.begins_at


def test_cancelling_frees_the_place_and_the_task_until_it_is_too_late(ticket: Ticket) -> None:
    window()
    with clock.standing_at(MONDAY):
        slot = visits.slots(None)[0]
        visits.book(ticket, None, slot.key)
    with clock.standing_at(slot.begins_at - timedelta(hours=23)), pytest.raises(IllegalMove):
        visits.cancel(ticket)
    with clock.standing_at(MONDAY):
        assert visits.cancel(ticket)
        assert not visits.cancel(ticket)
        assert visits.slots(None)[0].key == slot.key
    assert [task.state for task in tasks.of(ticket)] == [TaskState.CANCELLED]


def test_an_agent_who_cancels_the_task_frees_the_place(ticket: Ticket) -> None:
    window()
    with clock.standing_at(MONDAY):
        slot = visits.slots(None)[0]
        visits.book(ticket, None, slot.key)
        assert not visits.follow_task(ticket.id)
        [task] = tasks.of(ticket)
        tasks.cancel(task, ticket, factories.ada())
        assert visits.without_task() == [ticket.id]
        assert visits.follow_task(ticket.id)
        assert not visits.follow_task(ticket.id)
        assert visits.slots(None)[0].key == slot.key
    assert visits.without_task() == []


@pytest.mark.parametrize("key", ["", "1", "x.y", "999999.2027-03-24", "1.2027-13-40", "\x00"])
def test_what_is_no_slot_cannot_be_booked(ticket: Ticket, key: str) -> None:
    window()
    with clock.standing_at(MONDAY), pytest.raises(AlreadyTaken):
        visits.book(ticket, None, key)


def test_a_window_of_another_region_cannot_be_booked(ticket: Ticket) -> None:
    south = window("South")
    with clock.standing_at(MONDAY), pytest.raises(AlreadyTaken):
        visits.book(ticket, "North", f"{south.id}.2027-03-24")


def test_less_capacity_takes_no_visit_away(ticket: Ticket) -> None:
    row, ada = window(capacity=2), factories.ada()
    with clock.standing_at(MONDAY):
        slot = visits.slots(None)[0]
        visits.book(ticket, None, slot.key)
        windows.change(row, ada, "1")
        assert slot.key not in {other.key for other in visits.slots(None)}
    booked = visits.of(ticket.id)
    assert booked is not None
    assert booked.on == slot.on


@pytest.mark.committing
def test_of_twenty_who_want_the_last_two_places_two_get_them(app: Flask) -> None:
    factories.greta()
    queue = factories.queue()
    tickets = [factories.ticket(queue, text=f"Number {number}").id for number in range(20)]
    window(capacity=2)
    db.session.commit()
    key = visits.slots(None)[0].key
    db.session.remove()
    outcomes: list[bool] = []

    def book(ticket_id: int) -> None:
        with app.app_context():
            try:
                visits.book(db.session.get_one(Ticket, ticket_id), None, key)
                db.session.commit()
                outcomes.append(True)
            except AlreadyTaken:
                db.session.rollback()
                outcomes.append(False)

    threads = [threading.Thread(target=book, args=(ticket_id,)) for ticket_id in tickets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 18 + [True] * 2
    assert db.session.scalars(select(VisitDay.booked)).one() == 2
    assert len(db.session.scalars(select(Visit).where(Visit.state == VisitState.BOOKED)).all()) == 2


@pytest.mark.committing
def test_of_agents_and_customers_who_want_the_last_place_one_gets_it(app: Flask) -> None:
    factories.greta()
    queue, ada = factories.queue(), factories.ada()
    moved = [factories.ticket(queue, text=f"Number {number}").id for number in range(4)]
    new = [factories.ticket(queue, text=f"New {number}").id for number in range(4)]
    window(weekday=1, capacity=4)
    wanted = window(weekday=3).id
    db.session.flush()
    first = next(slot for slot in visits.slots(None) if slot.window_id != wanted)
    for ticket_id in moved:
        visits.book(db.session.get_one(Ticket, ticket_id), None, first.key)
    key, agent_id = next(slot for slot in visits.slots(None) if slot.window_id == wanted).key, ada.id
    db.session.commit()
    db.session.remove()
    outcomes: list[int] = []

    def take(ticket_id: int) -> None:
        with app.app_context():
            ticket = db.session.get_one(Ticket, ticket_id)
            try:
                if ticket_id in moved:
                    visits.reschedule(ticket, db.session.get_one(Agent, agent_id), None, key)
                else:
                    visits.book(ticket, None, key)
                db.session.commit()
                outcomes.append(ticket_id)
            except AlreadyTaken:
                db.session.rollback()

    threads = [threading.Thread(target=take, args=(ticket_id,)) for ticket_id in (*moved, *new)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = outcomes
    taken = {row.window_id: row.booked for row in db.session.scalars(select(VisitDay))}
    assert taken == {wanted: 1, first.window_id: 3 if winner in moved else 4}
    rows = db.session.execute(select(Visit.window_id, Visit.on).where(Visit.state == VisitState.BOOKED)).all()
    assert sorted(row.window_id for row in rows) == sorted(window for window, n in taken.items() for _ in range(n))


@pytest.mark.committing
def test_two_who_change_places_do_not_wait_for_each_other_for_ever(app: Flask) -> None:
    factories.greta()
    queue, ada = factories.queue(), factories.ada()
    pair = [factories.ticket(queue, text=f"Number {number}").id for number in range(2)]
    for weekday in (1, 3):
        window(weekday=weekday, capacity=2)
    keys = list({slot.window_id: slot.key for slot in reversed(visits.slots(None))}.values())
    for ticket_id, key in zip(pair, keys, strict=True):
        visits.book(db.session.get_one(Ticket, ticket_id), None, key)
    agent_id = ada.id
    db.session.commit()
    db.session.remove()
    ready, failures = threading.Barrier(2), []

    def change(ticket_id: int, key: str) -> None:
        with app.app_context():
            ticket, agent = db.session.get_one(Ticket, ticket_id), db.session.get_one(Agent, agent_id)
            ready.wait()
            try:
                visits.reschedule(ticket, agent, None, key)
                db.session.commit()
            except Exception as error:  # noqa: BLE001 (told by the test)
                failures.append(error)

    threads = [threading.Thread(target=change, args=each) for each in zip(pair, keys[::-1], strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [row.booked for row in db.session.scalars(select(VisitDay))] == [1, 1]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"begins": "25:00"}, "begins"),
        ({"ends": "08:00"}, "ends"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "9" * 30}, "capacity"),
        ({"region": "x" * 200}, "region"),
        ({"weekdays": ()}, "weekday"),
        ({"weekdays": (9,)}, "weekday"),
    ],
)
def test_a_window_that_cannot_be_is_refused(app: Flask, typed: dict[str, object], field: str) -> None:
    good = {"region": "", "weekdays": (0,), "begins": "09:00", "ends": "11:00", "capacity": "2"}
    with pytest.raises(Invalid) as refused:
        windows.add(factories.ada(), **(good | typed))  # type: ignore[arg-type]
    assert field in refused.value.fields
