"""Moving a customer's visit from the ticket."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import IllegalMove
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.queues.models import Queue
from contact_center.selfservice import visits
from contact_center.selfservice.models import Visit, VisitDay, VisitWindow
from contact_center.tickets import tasks
from contact_center.tickets.models import TaskState, Ticket
from tests import factories

JSON = {"Accept": "application/json"}


@pytest.fixture
def ticket(queue: Queue) -> Ticket:
    """With a visit in the first of five daily windows of one place."""
    factories.greta()
    made = factories.ticket(queue)
    for weekday in range(5):
        db.session.add(VisitWindow(weekday=weekday, begins=time(9), ends=time(11), capacity=1, region="North"))
    db.session.add(VisitWindow(weekday=0, begins=time(14), ends=time(16), capacity=3, region="South"))
    db.session.flush()
    visits.book(made, "North", visits.slots("North")[1].key)
    db.session.commit()
    return made


def booked(ticket: Ticket) -> Visit:
    found = visits.of(ticket.id)
    assert found is not None
    return found


def letters() -> list[str]:
    return list(
        db.session.scalars(select(Outgoing.text).where(Outgoing.purpose == Purpose.VISIT).order_by(Outgoing.id))
    )


def test_it_is_moved_and_the_customer_is_told(desk: FlaskClient, ticket: Ticket) -> None:
    before, page = booked(ticket).begins_at, f"/desk/tickets/{ticket.ref}"
    assert f'hx-get="{page}/visit"' in desk.get(page).text
    wanted = visits.slots("North")[3]
    form = desk.get(f"{page}/visit").text
    assert f'value="{wanted.key}"' in form
    assert visits.booked_key(booked(ticket)) not in form
    answer = desk.post(f"{page}/visit", data={"region": "North", "slot": wanted.key}, headers=JSON)
    assert answer.json == {"toast": {"text": "The visit is moved"}}
    visit = booked(ticket)
    assert visit.begins_at == wanted.begins_at != before
    assert [task.due_at for task in tasks.of(ticket)] == [wanted.begins_at]
    taken = {(day.window_id, day.on): day.booked for day in db.session.scalars(select(VisitDay))}
    assert sorted(taken.values()) == [0, 1]
    assert taken[visit.window_id, visit.on] == 1
    first, second = letters()
    assert "is booked" in first
    assert "Your visit is moved: we come on" in second
    told = desk.get(page).text
    assert "<b>Ada Brandt</b> moved the visit" in told
    assert "changed the task" not in told  # one line says it
    assert "told <b>greta@lindqvist.example</b> by e-mail" in told


def test_an_agent_needs_no_notice(ticket: Ticket, ada: Agent) -> None:
    with clock.standing_at(booked(ticket).begins_at - timedelta(hours=1)):
        wanted = visits.slots("South", ada)[0]
        with pytest.raises(IllegalMove):
            visits.book(ticket, "South", wanted.key)
        visits.reschedule(ticket, ada, "South", wanted.key)
    assert booked(ticket).begins_at == wanted.begins_at


def test_its_task_may_be_reworded_and_given_to_somebody_but_keeps_the_visits_date(
    desk: FlaskClient, ticket: Ticket, ada: Agent
) -> None:
    [task] = tasks.of(ticket)
    here, before = f"/desk/tickets/{ticket.ref}/tasks/{task.id}", task.due_at
    dialogue = desk.get(here).text
    assert "readonly" in dialogue
    due = re.search(r'value="(\d{4}-\d\d-\d\dT\d\d:\d\d)"', dialogue)
    assert due
    data = {"title": "Bring the relay", "owner": str(ada.id), "due": due[1]}
    assert desk.post(here, data=data, headers=JSON).status_code == 200
    for typed in ("2027-01-08T09:30", ""):
        answer = desk.post(here, data=data | {"due": typed}, headers=JSON)
        assert (answer.status_code, list(answer.json["fields"])) == (422, ["due"])
        assert "Move the visit" in answer.json["error"]
    db.session.expire_all()
    [task] = tasks.of(ticket)
    assert (task.title, task.owner_id, task.due_at) == ("Bring the relay", ada.id, before)


@pytest.mark.parametrize("slot", ["", "\x00", "1", "1.2027-13-45", "9" * 40 + ".2027-01-01", "x" * 5000])
def test_what_is_no_time_is_said_at_the_times_and_changes_nothing(desk: FlaskClient, ticket: Ticket, slot: str) -> None:
    before = visits.booked_key(booked(ticket))
    answer = desk.post(f"/desk/tickets/{ticket.ref}/visit", data={"region": "\x00", "slot": slot}, headers=JSON)
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["slot"])
    assert (visits.booked_key(booked(ticket)), len(letters())) == (before, 1)


def test_a_region_shows_its_own_times(desk: FlaskClient, ticket: Ticket) -> None:
    assert "14:00–16:00" in desk.get(f"/desk/tickets/{ticket.ref}/visit?region=South").text
    assert "14:00–16:00" not in desk.get(f"/desk/tickets/{ticket.ref}/visit").text
    nowhere = desk.get(f"/desk/tickets/{ticket.ref}/visit?region=%00").text
    assert "No time with room" in nowhere


def test_nothing_is_moved_that_is_not_booked_or_not_theirs(
    desk: FlaskClient, enter: Callable[[Agent], FlaskClient], ticket: Ticket
) -> None:
    page, key = f"/desk/tickets/{ticket.ref}/visit", visits.slots("North")[0].key
    stranger = enter(factories.nils())
    assert (stranger.get(page).status_code, stranger.post(page, data={"slot": key}).status_code) == (404, 404)
    [task] = tasks.of(ticket)
    desk.post(f"/desk/tickets/{ticket.ref}/tasks/{task.id}/cancel")
    db.session.expire_all()
    visits.follow_task(ticket.id)
    db.session.commit()
    assert desk.get(page).status_code == 409
    assert desk.post(page, data={"region": "North", "slot": key}).status_code == 409
    assert [task.state for task in tasks.of(ticket)] == [TaskState.CANCELLED]
    assert "is cancelled" in letters()[-1]


def test_the_letter_speaks_the_customers_language(queue: Queue) -> None:
    factories.greta().language = "zh"
    made = factories.ticket(queue, language="zh")
    db.session.add(VisitWindow(weekday=2, begins=time(9), ends=time(11), capacity=1))
    db.session.flush()
    with clock.standing_at(datetime.fromisoformat("2027-03-22T10:00+01:00")):
        visits.book(made, None, visits.slots(None)[0].key)
    [text] = letters()
    assert "3月24日" in text
    assert "09:00–11:00" in text
    assert "booked" not in text
