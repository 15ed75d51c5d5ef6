"""A day that was, read from its rows: what came, how long it took, who was there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import inf
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import update

from contact_center.agents.models import Agent, Presence, PresenceState
from contact_center.extensions import db
from contact_center.queues.models import AgentSkill, Queue, Skill
from contact_center.routing.models import Offer, OfferState
from contact_center.simulator import recorded, trace, whatif
from contact_center.tickets.messages import Handling, Interaction, InteractionState
from contact_center.tickets.models import Ticket
from tests import factories

DAY = date(2026, 3, 5)
ZONE = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2026, 3, 5, tzinfo=ZONE)


def at(hours: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hours)


@pytest.fixture
def ada(app: Flask) -> Agent:
    return factories.ada()


@pytest.fixture
def queue(ada: Agent) -> Queue:
    return factories.queue("Service", ada, head_start_minutes=5)


def came(queue: Queue, hours: float, **fields: object) -> Interaction:
    """An interaction that began to wait at that hour of the day."""
    ticket = factories.ticket(queue, factories.mail(f"At {hours} o'clock"))
    one = db.session.scalars(db.select(Interaction).where(Interaction.ticket_id == ticket.id)).one()
    values = {"queued_at": at(hours), "state": InteractionState.DONE} | fields
    db.session.execute(update(Interaction).where(Interaction.id == one.id).values(values))
    db.session.expire_all()
    return one


def test_a_day_has_what_came_in_it_and_what_still_waited(queue: Queue, ada: Agent) -> None:
    handled = came(queue, 9, accepted_at=at(10), agent_id=ada.id, bonus={"tier": 60, "complaint": 30},
                   placed_by={"asked": "3:4"})  # fmt: skip
    db.session.add_all(
        [
            Handling(interaction_id=handled.id, agent_id=ada.id, started_at=at(10), ended_at=at(10.1)),
            Handling(interaction_id=handled.id, agent_id=ada.id, started_at=at(11), ended_at=at(11.05)),
        ]
    )
    left = came(queue, 12, state=InteractionState.ABANDONED, ended_at=at(12.5))
    over = came(queue, -2, accepted_at=at(8), agent_id=ada.id, ended_at=at(8.25))
    came(queue, -3, accepted_at=at(-1), agent_id=ada.id, ended_at=at(-0.5))
    came(queue, 25)
    found = recorded.day(DAY, ZONE)
    assert [arrival.key for arrival in found.arrivals] == [over.id, handled.id, left.id]
    before, first, second = found.arrivals
    assert (before.at, before.service) == (-7200, 900)
    assert (first.at, first.minutes, first.asks) == (9 * 3600, 30, ((3, 4),))
    assert first.service == pytest.approx(540)
    assert (second.patience, second.service, first.patience) == (1800, pytest.approx(720), inf)
    assert [one.id for one in found.served] == [over.id, handled.id]
    lines = list(trace.lines(found.arrivals))
    assert [arrival.key for arrival in trace.read(lines)] == [over.id, handled.id, left.id]


def test_it_came_in_where_it_was_before_it_flowed_over(queue: Queue, ada: Agent) -> None:
    second = factories.queue("Second line", ada)
    queue.overflow = [{"when": "wait", "at": 60, "to": "queue", "queue_id": second.id}]
    queue.max_size = 9
    came(second, 9, placed_by={"been": [queue.id]})
    came(second, 10, placed_by={"been": [second.id + 1000]})  # which is gone
    found = recorded.day(DAY, ZONE)
    assert [arrival.queue for arrival in found.arrivals] == [queue.id, second.id]
    assert (found.setting.queues[queue.id].overflow, found.setting.queues[queue.id].max_size) == (queue.overflow, 9)


def test_it_prefers_the_owner_and_whoever_had_something_of_the_customer_by_then(queue: Queue, ada: Agent) -> None:
    nils, otto = factories.nils(), factories.agent("Otto Owner")
    customer = factories.customer("Greta Lindqvist", "greta@lindqvist.example", tier="A", owner_id=otto.id)
    came(queue, -9, agent_id=nils.id, accepted_at=at(-8), customer_id=customer.id)
    first, later = came(queue, 9), came(queue, 10)
    for one in (first, later):
        db.session.get_one(Ticket, one.ticket_id).customer_id = one.customer_id = customer.id
    later.agent_id, later.accepted_at = ada.id, at(11)
    db.session.flush()
    arrivals = {arrival.key: arrival for arrival in recorded.day(DAY, ZONE).arrivals}
    assert (arrivals[first.id].prefers, arrivals[later.id].prefers) == ((otto.id, nils.id), (otto.id, nils.id))
    customer.tier = "D"  # whose customers are nobody's in particular
    db.session.flush()
    assert recorded.day(DAY, ZONE).arrivals[-1].prefers == ()


def test_agents_are_there_while_they_were_available(queue: Queue, ada: Agent) -> None:
    skill = Skill(name="Cantonese")
    db.session.add(skill)
    db.session.flush()
    db.session.add_all(
        [
            AgentSkill(agent_id=ada.id, skill_id=skill.id, level=4),
            Presence(agent_id=ada.id, state=PresenceState.AVAILABLE, started_at=at(-1), ended_at=at(12)),
            Presence(agent_id=ada.id, state=PresenceState.AWAY, started_at=at(12), ended_at=at(13)),
            Presence(agent_id=ada.id, state=PresenceState.AVAILABLE, started_at=at(13), ended_at=at(17)),
        ]
    )
    nils = factories.nils()
    came(queue, 9, accepted_at=at(9.5), ended_at=at(10), agent_id=nils.id)
    setting = recorded.day(DAY, ZONE).setting
    agents = {agent.name: agent for agent in setting.agents}
    assert agents["Ada Brandt"].shifts == [(0, 12 * 3600), (13 * 3600, 17 * 3600)]
    assert agents["Ada Brandt"].levels == {queue.id: 3}
    assert agents["Ada Brandt"].skills == {skill.id: 4}
    assert agents["Nils Nobody"].shifts == [(9.5 * 3600, 10 * 3600)]  # never said anything, but did something
    assert setting.skill_names == {skill.id: "Cantonese"}
    assert setting.queues[queue.id].head_start_minutes == 5


def test_tiers_channels_and_ringing_are_those_of_the_house(queue: Queue, ada: Agent) -> None:
    one = came(queue, 9)
    for state, seconds in ((OfferState.ACCEPTED, 4), (OfferState.ACCEPTED, 8), (OfferState.TIMED_OUT, 60)):
        db.session.add(
            Offer(interaction_id=one.id, agent_id=ada.id, state=state, offered_at=at(9), expires_at=at(9.1),
                  ended_at=at(9) + timedelta(seconds=seconds))
        )  # fmt: skip
    setting = recorded.day(DAY, ZONE).setting
    email = setting.channels["email"]
    assert (email.weight.units, email.weight.is_interruptible, email.accept_seconds) == (2, True, 6)
    assert email.missed == pytest.approx(1 / 3)
    assert not setting.channels["web"].rings
    assert setting.bonus == {"A": 60, "B": 30, "C": 10, "D": 0}
    assert setting.response["A"] == 30
    assert list(setting.risk) == [(0.75, 15), (0.9, 30)]


def test_a_recorded_day_is_played(queue: Queue, ada: Agent) -> None:
    db.session.add(Presence(agent_id=ada.id, state=PresenceState.AVAILABLE, started_at=at(8), ended_at=at(18)))
    for n in range(5):
        came(queue, 9 + n / 100, accepted_at=at(10), ended_at=at(10.2), agent_id=ada.id)
    found = recorded.day(DAY, ZONE)
    report = whatif.play(found.arrivals, found.setting).report
    assert (report.total.offered, report.total.answered) == (5, 5)
    assert report.queues[0].name == "Service"


def test_the_days_with_work_are_listed_newest_first(queue: Queue) -> None:
    for hours in (-4, 9, 10, 30):
        came(queue, hours)
    found = recorded.days(ZONE, MIDNIGHT.astimezone(UTC) - timedelta(days=9))
    assert list(found.items()) == [(date(2026, 3, 6), (1, 0)), (DAY, (2, 0)), (date(2026, 3, 4), (1, 0))]
    assert list(recorded.day(date(2020, 1, 1), ZONE).arrivals) == []


def test_a_day_is_as_long_as_the_clocks_make_it(app: Flask) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    hours = [recorded.day(date(2025, month, day), berlin).setting.until / 3600 for month, day in ((3, 30), (10, 26))]
    assert hours == [23, 25]


def test_a_day_that_cannot_be_reckoned_with_cannot_be() -> None:
    assert [recorded.can_be(day) for day in (date.min, DAY, date.max)] == [False, True, False]
