"""Tasks under a ticket: who does what until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.errors import IllegalMove, Invalid
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.tickets import scope, tasks
from contact_center.tickets.models import TaskState, Ticket
from tests import factories

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def ada(app: object) -> Agent:
    return factories.ada()


@pytest.fixture
def ticket(ada: Agent) -> Ticket:
    return factories.ticket(factories.queue("Service", ada))


def names(ticket: Ticket) -> list[str]:
    asked = select(Event.name).where(Event.ticket_id == ticket.id, Event.name.like("task.%")).order_by(Event.id)
    return list(db.session.scalars(asked))


def test_it_puts_a_task_under_a_ticket(ada: Agent, ticket: Ticket) -> None:
    task = tasks.add(ticket, ada, " Order the\nrelay ", owner=ada, due_at=MONDAY)
    assert (task.title, task.owner_id, task.due_at, task.state) == ("Order the relay", ada.id, MONDAY, TaskState.OPEN)
    assert names(ticket) == [Name.TASK_ADDED]


@pytest.mark.parametrize("title", ["", " \n", "x" * 201])
def test_it_wants_to_know_what_is_to_be_done(ada: Agent, ticket: Ticket, title: str) -> None:
    with pytest.raises(Invalid) as error:
        tasks.add(ticket, ada, title)
    assert "title" in error.value.fields


def test_it_gives_no_task_to_somebody_who_cannot_see_the_ticket(ada: Agent, ticket: Ticket) -> None:
    with pytest.raises(Invalid, match="Nils"):
        tasks.add(ticket, ada, "Call", owner=factories.nils())


def test_it_ticks_off_cancels_and_reopens(ada: Agent, ticket: Ticket) -> None:
    task = tasks.add(ticket, ada, "Call")
    tasks.done(task, ticket, ada)
    assert (task.state, task.done_at is not None) == (TaskState.DONE, True)
    tasks.reopen(task, ticket, ada)
    assert (task.state, task.done_at) == (TaskState.OPEN, None)
    tasks.cancel(task, ticket, ada)
    assert task.state is TaskState.CANCELLED
    assert names(ticket) == [Name.TASK_ADDED, Name.TASK_DONE, Name.TASK_REOPENED, Name.TASK_CANCELLED]


def test_it_is_done_only_once(ada: Agent, ticket: Ticket) -> None:
    task = tasks.add(ticket, ada, "Call")
    tasks.done(task, ticket, ada)
    for verb in (tasks.done, tasks.cancel):
        with pytest.raises(IllegalMove):
            verb(task, ticket, ada)
    with pytest.raises(IllegalMove):
        tasks.change(task, ticket, ada, title="Call again", owner=None, due_at=None)


def test_it_says_what_was_changed(ada: Agent, ticket: Ticket) -> None:
    task = tasks.add(ticket, ada, "Call")
    tasks.change(task, ticket, ada, title="Call", owner=ada, due_at=MONDAY)
    event = db.session.scalars(select(Event).where(Event.name == Name.TASK_CHANGED)).one()
    assert event.data["changes"] == {"owner": [None, "Ada Brandt"], "due_at": [None, MONDAY.isoformat()]}
    tasks.change(task, ticket, ada, title="Call", owner=ada, due_at=MONDAY)
    assert names(ticket) == [Name.TASK_ADDED, Name.TASK_CHANGED], "nothing new, nothing to tell"


def test_it_lists_my_open_tasks_by_their_date(ada: Agent, ticket: Ticket) -> None:
    lee = factories.root()
    whenever = tasks.add(ticket, ada, "Whenever", owner=ada)
    later = tasks.add(ticket, ada, "Later", owner=ada, due_at=MONDAY + timedelta(days=1))
    soon = tasks.add(ticket, ada, "Soon", owner=ada, due_at=MONDAY)
    tasks.add(ticket, ada, "Not mine", owner=lee)
    tasks.done(tasks.add(ticket, ada, "Done", owner=ada), ticket, ada)
    assert [(task.title, found.id) for task, found in tasks.mine(ada)] == [
        ("Soon", ticket.id), ("Later", ticket.id), ("Whenever", ticket.id),
    ]  # fmt: skip
    assert [task.title for task in tasks.of(ticket)][:4] == ["Soon", "Later", "Whenever", "Not mine"]
    assert {whenever.id, later.id, soon.id} <= {task.id for task in tasks.of(ticket)}


def test_it_shows_no_task_of_a_ticket_that_one_may_not_see(ada: Agent, ticket: Ticket) -> None:
    task = tasks.add(ticket, ada, "Call")
    assert tasks.get(ada, task.id) == (task, ticket)
    with pytest.raises(scope.NotVisible):
        tasks.get(factories.nils(), task.id)
