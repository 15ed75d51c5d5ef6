"""When overflow steps are due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center import clock
from contact_center.agents import open_desks, presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.routing import crowding, dispatcher, spilling
from contact_center.tickets.messages import Interaction
from tests import factories

NINE = datetime.fromisoformat("2026-03-02T09:00:00+00:00")


@pytest.fixture
def second(app: Flask) -> Queue:
    return factories.queue("Second line")


def first(second: Queue, *members: Agent, **fields: Any) -> Queue:
    """A queue whose one step leads into the second line."""
    step = fields.pop("step")
    return factories.queue("First line", *members, overflow=[{**step, "to": "queue", "queue_id": second.id}], **fields)


def filed(queue: Queue, count: int = 1) -> None:
    for number in range(count):
        factories.filed(queue, factories.mail(f"c{number}@customers.example", text=str(number)))


def where() -> list[int]:
    """The queues in which it waits, the oldest first."""
    return list(db.session.scalars(select(Interaction.queue_id).order_by(Interaction.id)))


def test_what_waits_too_long_goes_on_to_the_other_queue_with_its_waiting_time(second: Queue) -> None:
    queue = first(second, step={"when": "wait", "at": 120})
    with clock.standing_at(NINE):
        filed(queue)
        dispatcher.turn()
        assert where() == [queue.id]
    with clock.standing_at(NINE + timedelta(seconds=121)):
        dispatcher.turn()
        dispatcher.turn()
    row = db.session.scalars(select(Interaction)).one()
    assert (row.queue_id, row.queued_at) == (second.id, NINE)
    assert row.order_at is not None


def test_what_came_from_another_queue_takes_the_next_step_in_its_own_time(app: Flask) -> None:
    third = factories.queue("Third line")
    second = first(third, step={"when": "wait", "at": 120})
    second.name = "Second line"
    db.session.flush()
    queue = first(second, step={"when": "wait", "at": 120})
    with clock.standing_at(NINE):
        filed(queue)
        dispatcher.turn()
    with clock.standing_at(NINE + timedelta(seconds=121)):
        dispatcher.turn()
        dispatcher.turn()
        assert where() == [second.id]
    with clock.standing_at(NINE + timedelta(seconds=242)):
        dispatcher.turn()
        assert where() == [third.id]


def test_a_long_expected_wait_sends_on_only_those_at_the_end(second: Queue) -> None:
    agent = factories.ada()
    queue = first(second, agent, step={"when": "expected_wait", "at": 900})
    with clock.standing_at(NINE):
        open_desks.opened("desk", agent.id)
        presence.set_presence(agent, PresenceState.AVAILABLE)
        filed(queue, 4)  # five minutes each
        crowding.sweep()
        assert where() == [queue.id] * 4  # not placed yet
        dispatcher.turn()
    assert where() == [queue.id, queue.id, second.id, second.id]


def test_too_few_idle_agents_send_work_on(second: Queue) -> None:
    queue = first(second, step={"when": "idle_agents", "at": 1})
    filed(queue)
    dispatcher.turn()
    assert where() == [second.id]


def test_what_is_beyond_the_size_of_a_queue_does_not_wait_for_its_step(second: Queue) -> None:
    queue = first(second, step={"when": "wait", "at": 3600}, max_size=2)
    filed(queue, 3)
    dispatcher.turn()
    assert where() == [queue.id, queue.id, second.id]


def test_nobody_here_is_an_endless_wait() -> None:
    assert spilling.expected_wait(1, 0, None) == float("inf")
    assert spilling.expected_wait(4, 2, 60) == 120
