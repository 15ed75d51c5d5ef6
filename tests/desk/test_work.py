"""The desk itself: what it opens with, and taking the next ticket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets import lifecycle, tasks, viewing
from contact_center.tickets.models import Ticket
from tests import factories

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}


def _ticket(queue: Queue, subject: str, hours: int = 0, sender: str = "bo@andersen.example") -> Ticket:
    """A mail that came in some hours ago, to be answered within a day whatever the weekday."""
    with clock.standing_at(clock.now() - timedelta(hours=hours)):
        ticket = factories.ticket(queue, sender=sender, subject=subject)
        ticket.due_at = clock.now() + timedelta(days=1)
        return ticket


def test_it_opens_what_is_due_first(desk: FlaskClient, ada: Agent, queue: Queue) -> None:
    younger, older = _ticket(queue, "Younger", 1), _ticket(queue, "Older", 5, "sam@stranger.example")
    for ticket in (younger, older):
        lifecycle.take(ticket, ada)
    assert desk.get("/desk").location == f"/desk/tickets/{older.ref}"


def test_it_goes_on_with_what_one_was_at_a_moment_ago(desk: FlaskClient, ada: Agent, queue: Queue) -> None:
    younger, older = _ticket(queue, "Younger", 1), _ticket(queue, "Older", 5, "sam@stranger.example")
    for ticket in (younger, older):
        lifecycle.take(ticket, ada)
    viewing.mark_seen(younger, ada)
    assert desk.get("/desk").location == f"/desk/tickets/{younger.ref}"
    assert desk.get("/desk?first=1").location == f"/desk/tickets/{older.ref}"


def test_without_work_it_says_what_waits_in_which_queue(desk: FlaskClient, queue: Queue) -> None:
    _ticket(queue, "Waiting", 3)
    page = desk.get("/desk").text
    assert "Take the next one" in page
    assert "Service e-mail" in page
    assert "All done" not in page


def test_without_work_anywhere_it_says_so(desk: FlaskClient) -> None:
    page = desk.get("/desk").text
    assert "All done" in page
    assert "Take the next one" not in page


def test_whoever_serves_no_queue_is_told_why_nothing_comes(enter: Enter, queue: Queue) -> None:
    _ticket(queue, "Not for Nils")
    page = enter(factories.nils()).get("/desk").text
    assert "You serve no queue yet" in page
    assert "Take the next one" not in page


def test_the_next_one_is_what_has_waited_longest_of_ones_own_queues(
    desk: FlaskClient, ada: Agent, queue: Queue
) -> None:
    elsewhere = factories.queue("Elsewhere")
    _ticket(elsewhere, "Not hers", 9, "greta@lindqvist.example")
    younger, older = _ticket(queue, "Younger", 1), _ticket(queue, "Older", 5, "sam@stranger.example")
    answer = desk.post("/desk/next", headers=JSON)
    assert answer.json == {"url": f"/desk/tickets/{older.ref}"}
    db.session.refresh(older)
    assert older.assignee_id == ada.id
    desk.post("/desk/next")
    db.session.refresh(younger)
    assert younger.assignee_id == ada.id
    assert desk.post("/desk/next", headers=JSON).json == {"toast": {"text": "Nothing is waiting at present."}}


def test_the_left_column_marks_what_is_unread_and_what_is_open(desk: FlaskClient, ada: Agent, queue: Queue) -> None:
    one, two = _ticket(queue, "First", 2), _ticket(queue, "Second", 1, "sam@stranger.example")
    for ticket in (one, two):
        lifecycle.take(ticket, ada)
    column = desk.get(f"/desk/left?on={one.id}").text
    assert column.count(" unread") == 1
    assert column.index(f"work-{one.id}") < column.index(f"work-{two.id}")
    assert 'aria-current="page"' in column
    desk.post(f"/desk/tickets/{two.ref}/seen")
    assert " unread" not in desk.get(f"/desk/left?on={one.id}").text


def test_the_left_column_shows_ones_tasks_with_their_dates(desk: FlaskClient, ada: Agent, queue: Queue) -> None:
    ticket, due = _ticket(queue, "Relay"), clock.now() + timedelta(hours=2)
    tasks.add(ticket, ada, "Order the relay", owner=ada, due_at=due)
    tasks.add(ticket, ada, "Somebody else’s", owner=None)
    column = desk.get("/desk/left").text
    assert "Order the relay" in column
    assert due.isoformat() in column
    assert "Somebody else’s" not in column


def test_nobody_sees_the_desk_without_signing_in(client: FlaskClient) -> None:
    assert client.get("/desk").location == "/sign-in?next=/desk"
    assert client.get("/desk/left", headers={"HX-Request": "true"}).status_code == 401
