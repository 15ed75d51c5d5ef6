"""Deadlines at risk and missed: who is told, once, inside the hours, and what the policy does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.jobs.deadlines import retarget_deadlines, sweep_deadlines
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.queues.models import Queue
from contact_center.routing import enqueue
from contact_center.sla.models import Deadline, SlaPolicy, Target
from contact_center.sla.policies import Step
from contact_center.tickets import alarms, lifecycle, replies
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Priority, Ticket
from contact_center.tickets.notices import DeadlineNotice
from tests import factories

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 10:00 in Berlin
EVERYTHING = [str(step) for step in Step]


@pytest.fixture
def ada(app: Flask) -> Agent:
    return factories.ada()


@pytest.fixture
def lee(app: Flask) -> Agent:
    return factories.lee()


@pytest.fixture
def queue(ada: Agent, lee: Agent) -> Queue:
    team = factories.team("Service", ada, lee)
    factories.agent("Mo Other", factories.RoleName.SUPERVISOR)
    row = factories.queue("Service e-mail", ada, team_id=team.id)
    factories.mailbox(row)
    return row


def minute(number: float) -> Any:
    return clock.standing_at(MONDAY + timedelta(minutes=number))


def opened(queue: Queue, agent: Agent | None = None, **policy: Any) -> Ticket:
    """A ticket with an answer due in 100 minutes."""
    steps = policy.pop("on_breach", [Step.NOTIFY_ASSIGNEE, Step.NOTIFY_SUPERVISORS])
    db.session.add(SlaPolicy(name="All", first_response_minutes=100, on_breach=steps, **policy))
    db.session.flush()
    with minute(0):
        ticket = factories.ticket(queue, factories.mail(received_at=MONDAY))
        if agent:
            lifecycle.take(ticket, agent)
    return ticket


def told() -> list[tuple[str, int]]:
    rows = db.session.execute(
        select(Agent.name, DeadlineNotice.stage)
        .join(Agent, Agent.id == DeadlineNotice.agent_id)
        .where(DeadlineNotice.seen_at.is_(None))
    )
    return sorted((name, stage) for name, stage in rows)


def events(name: Name) -> list[dict[str, Any]]:
    return list(db.session.scalars(select(Event.data).where(Event.name == name).order_by(Event.id)))


def test_it_tells_the_agent_at_75_and_90_percent_and_when_it_is_missed(queue: Queue, ada: Agent) -> None:
    opened(queue, ada, on_breach=[Step.NOTIFY_ASSIGNEE])
    stages = {74: 0, 76: 75, 89: 75, 91: 90, 101: 100, 300: 100}
    for number, stage in stages.items():
        with minute(number):
            alarms.sweep()
        assert told() == ([("Ada Brandt", stage)] if stage else [])
    assert [each["stage"] for each in events(Name.DEADLINE_WARNED)] == [75, 90]
    assert len(events(Name.DEADLINE_MISSED)) == 1


def test_it_tells_the_supervisors_of_the_team_when_nobody_has_it(queue: Queue) -> None:
    opened(queue)
    with minute(76):
        alarms.sweep()
    assert told() == []
    with minute(91):
        alarms.sweep()
    assert told() == [("Lee Wong", 90)]


def test_it_does_what_the_policy_says_once(queue: Queue, ada: Agent, lee: Agent) -> None:
    ticket = opened(queue, ada, on_breach=EVERYTHING)
    for number in (101, 102, 103):
        with minute(number):
            alarms.sweep()
    db.session.refresh(ticket)
    assert (ticket.priority, ticket.assignee_id) == (Priority.HIGH, None)
    assert told() == [("Ada Brandt", 100), ("Lee Wong", 100)]
    letters = db.session.scalars(select(Outgoing).where(Outgoing.purpose == Purpose.ALARM)).all()
    assert [(letter.recipient, letter.ticket_id) for letter in letters] == [(lee.email, ticket.id)]
    (missed,) = events(Name.DEADLINE_MISSED)
    assert missed["done"] == [Step.RAISE_PRIORITY, Step.REASSIGN]
    assert missed["written"] == ["Lee Wong"]


def test_it_writes_letters_in_the_language_of_their_reader(queue: Queue, ada: Agent, lee: Agent) -> None:
    lee.language = "zh_Hans_CN"
    opened(queue, ada, on_breach=[Step.PAGE_SUPERVISOR])
    with minute(101):
        alarms.sweep()
    letter = db.session.scalars(select(Outgoing).where(Outgoing.purpose == Purpose.ALARM)).one()
    assert "首次答复" in letter.subject


def test_it_tells_agent_and_supervisors_without_a_policy(queue: Queue, ada: Agent) -> None:
    with minute(0):
        lifecycle.take(factories.ticket(queue, factories.mail(received_at=MONDAY)), ada)
    with clock.standing_at(MONDAY + timedelta(days=21)):
        alarms.sweep()
    assert told() == [("Ada Brandt", 100), ("Lee Wong", 100)]


def test_it_waits_for_the_morning(queue: Queue, ada: Agent) -> None:
    opened(queue, ada)
    night = MONDAY + timedelta(hours=14)
    with clock.standing_at(night):
        assert alarms.sweep() == []
        assert alarms.sweep() is None
    assert told() == []
    with clock.standing_at(MONDAY + timedelta(hours=23)):
        alarms.sweep()
    assert told() == [("Ada Brandt", 100), ("Lee Wong", 100)]


def test_it_takes_the_notice_off_the_desk_when_it_is_seen_or_owed_no_more(queue: Queue, ada: Agent, lee: Agent) -> None:
    ticket = opened(queue, ada)
    with minute(101):
        alarms.sweep()
    assert [notice.ticket_id for notice in alarms.unseen(ada)] == [ticket.id]
    alarms.see(ticket, ada)
    assert not alarms.unseen(ada)
    assert alarms.unseen(lee)
    with minute(102):
        replies.reply(ticket, ada, "On its way.")
    assert not alarms.unseen(lee)


def test_it_tells_nobody_of_history_that_was_brought_in(queue: Queue, ada: Agent) -> None:
    opened(queue, ada)
    with minute(500):
        alarms.sweep(quietly=True)
        assert alarms.sweep() is None
    assert told() == []
    assert not events(Name.DEADLINE_MISSED)


def test_the_job_moves_what_is_at_risk_forward_in_its_queue(queue: Queue) -> None:
    ticket = opened(queue)
    interaction = db.session.scalars(select(Interaction).where(Interaction.ticket_id == ticket.id)).one()
    with minute(1):
        enqueue.place([interaction.id])
    with minute(76):
        sweep_deadlines()
    db.session.expire_all()
    assert interaction.bonus["risk"] == 15
    with minute(91):
        sweep_deadlines()
    db.session.expire_all()
    assert interaction.bonus["risk"] == 30


def test_the_job_follows_a_policy_that_was_changed(queue: Queue) -> None:
    ticket = opened(queue)
    with minute(10):
        retarget_deadlines()
        db.session.scalars(select(SlaPolicy)).one().first_response_minutes = 20
        db.session.scalars(select(SlaPolicy)).one().version += 1
        db.session.flush()
        retarget_deadlines()
    due = select(Deadline.due_at).where(Deadline.ticket_id == ticket.id, Deadline.target == Target.FIRST_RESPONSE)
    assert db.session.scalars(due).one() == MONDAY + timedelta(minutes=20)
