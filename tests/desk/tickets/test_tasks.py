"""Tasks under a ticket, with dates as the reader's clock shows them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets import tasks
from contact_center.tickets.models import Task, Ticket
from tests import factories

JSON = {"Accept": "application/json"}


@pytest.fixture
def ticket(queue: Queue) -> Ticket:
    return factories.ticket(queue)


def _only() -> Task:
    db.session.expire_all()
    return db.session.scalars(select(Task)).one()


def test_a_date_is_read_and_shown_in_the_readers_zone(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    ada.time_zone = "Asia/Shanghai"
    db.session.commit()
    data = {"title": "Order the relay", "owner": str(ada.id), "due": "2027-01-08T09:30"}
    assert desk.post(f"/desk/tickets/{ticket.ref}/tasks", data=data, headers=JSON).json == {}
    task = _only()
    assert task.due_at == datetime(2027, 1, 8, 1, 30, tzinfo=UTC)
    assert 'value="2027-01-08T09:30"' in desk.get(f"/desk/tickets/{ticket.ref}/tasks/{task.id}").text


@pytest.mark.parametrize(("data", "field"), [({"title": " "}, "title"), ({"title": "x", "due": "tomorrow"}, "due")])
def test_what_is_wrong_is_said_beside_the_field(
    desk: FlaskClient, ticket: Ticket, data: dict[str, str], field: str
) -> None:
    answer = desk.post(f"/desk/tickets/{ticket.ref}/tasks", data=data, headers=JSON)
    assert answer.status_code == 422
    assert answer.json is not None
    assert list(answer.json["fields"]) == [field]


def test_nobody_gets_a_task_in_a_ticket_they_cannot_see(desk: FlaskClient, ticket: Ticket) -> None:
    data = {"title": "Look at it", "owner": str(factories.nils().id)}
    answer = desk.post(f"/desk/tickets/{ticket.ref}/tasks", data=data, headers=JSON)
    assert answer.json is not None
    assert answer.json["fields"] == {"owner": "Nils Nobody cannot see this ticket."}


def test_it_is_changed_done_opened_again_and_cancelled(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    task = tasks.add(ticket, ada, "Order the relay", owner=ada)
    db.session.commit()
    base = f"/desk/tickets/{ticket.ref}/tasks/{task.id}"
    desk.post(base, data={"title": "Order two relays", "owner": "", "due": ""})
    assert (_only().title, _only().owner_id) == ("Order two relays", None)
    for act, state in (("done", "DONE"), ("reopen", "OPEN"), ("cancel", "CANCELLED")):
        assert desk.post(f"{base}/{act}", headers=JSON).json == {}
        assert _only().state == state
    assert desk.post(f"{base}/done", headers=JSON).status_code == 409


def test_a_task_of_another_ticket_is_a_404(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    other = factories.ticket(ticket.queue, sender="bo@andersen.example")
    task = tasks.add(other, ada, "Not here")
    db.session.commit()
    for path in ("", "/done"):
        assert desk.post(f"/desk/tickets/{ticket.ref}/tasks/{task.id}{path}", data={"title": "x"}).status_code == 404
    assert desk.get(f"/desk/tickets/{ticket.ref}/tasks/{task.id}").status_code == 404
