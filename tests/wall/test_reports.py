"""The wall's numbers of today are those of the reports: for everything, and for each queue, tier and channel."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calls.models import Call, CallStage, CallState, Outcome
from contact_center.customers.models import TIERS
from contact_center.extensions import db
from contact_center.reports import asking
from contact_center.reports.asking import Question
from contact_center.satisfaction.models import AskedBy, Survey, SurveyState
from contact_center.tickets.inbound import CHANNELS, Kind
from contact_center.tickets.messages import Direction, Handling, Interaction, InteractionState
from contact_center.wall import facts, figures, limits
from contact_center.wall.views import Part
from tests import factories

NOW = datetime.fromisoformat("2026-11-20T18:00:00+01:00")
SHOWN = {"service_level": "level", "abandonment": "abandoned", "asa": "asa", "aht": "aht", "csat": "csat"}
STATES = (InteractionState.DONE, InteractionState.ABANDONED, InteractionState.WAITING, InteractionState.HANDLING)
KINDS = {"phone": (Kind.CALL, Kind.CALLBACK), "email": (Kind.MAIL,), "web": (Kind.FORM,), "sms": (Kind.TEXT,)}


@pytest.fixture
def day(app: Flask) -> list[int]:
    """Two hundred contacts of two days, made up by chance: the ids of their queues."""
    chances, agent = Random(7), factories.ada()
    queues = [factories.queue(name, target_seconds=seconds) for name, seconds in (("Line", 20), ("Mail", 3600))]
    customers = [factories.customer(f"Customer {tier}", tier=tier) for tier in (*TIERS, None)]
    for place in range(200):
        queue = chances.choice(queues)
        with clock.standing_at(NOW - timedelta(minutes=chances.uniform(1, 30 * 60))):
            ticket = factories.ticket(queue, sender=None, subject=f"Contact {place}")
        item = db.session.scalars(select(Interaction).where(Interaction.ticket_id == ticket.id)).one()
        _live_through(item, chances, agent, chances.choice([*customers, None]))
    db.session.flush()
    return [queue.id for queue in queues]


def _live_through(item: Interaction, chances: Random, agent: Agent, customer: Any) -> None:
    item.customer_id = customer.id if customer else None
    item.channel = chances.choice(CHANNELS)
    item.kind, item.state = chances.choice(KINDS[item.channel]), chances.choice(STATES)
    item.direction = Direction.OUT if chances.random() < 0.1 else Direction.IN
    wait = timedelta(seconds=round(chances.choice([2, 4.5, 15, 20, 30, 900]), 1))
    taken = item.queued_at + wait
    if item.state is InteractionState.ABANDONED:
        item.ended_at = taken
    elif item.state is not InteractionState.WAITING:
        item.agent_id, item.accepted_at = agent.id, taken
        item.answered_at = taken if chances.random() < 0.9 else None
    if item.state is InteractionState.DONE:
        item.ended_at = taken + timedelta(seconds=chances.randrange(30, 900))
        item.wrapped_at = item.ended_at + timedelta(seconds=45) if chances.random() < 0.5 else None
        _ledger(item, agent)
        _asked(item, chances, customer)


def _ledger(item: Interaction, agent: Agent) -> None:
    assert item.accepted_at is not None
    assert item.ended_at is not None
    over = item.wrapped_at or item.ended_at
    db.session.add(Handling(interaction_id=item.id, agent_id=agent.id, started_at=item.accepted_at, ended_at=over))
    if item.channel != "phone":
        return
    call = Call(
        key=f"k{item.id}", provider="test", direction=item.direction, state=CallState.ENDED, outcome=Outcome.HANDLED,
        since=item.ended_at, started_at=item.queued_at, ended_at=item.ended_at, interaction_id=item.id,
        ticket_id=item.ticket_id, agent_id=agent.id,
    )  # fmt: skip
    db.session.add(call)
    db.session.flush()
    middle = item.accepted_at + (item.ended_at - item.accepted_at) / 3
    stages = (
        (CallState.QUEUED, item.queued_at, item.accepted_at), (CallState.TALKING, item.accepted_at, middle),
        (CallState.HELD, middle, item.ended_at),
    )  # fmt: skip
    made = [{"call_id": call.id, "state": state, "started_at": begun, "ended_at": end} for state, begun, end in stages]
    db.session.execute(insert(CallStage), made)


def _asked(item: Interaction, chances: Random, customer: Any) -> None:
    assert item.ended_at is not None
    score = chances.choice([None, 1, 3, 4, 5, 5])
    survey = Survey(
        token_hash=str(item.id).encode(), ticket_id=item.ticket_id, resolved_at=item.ended_at, queue_id=item.queue_id,
        interaction_id=item.id, channel=item.channel, tier=customer.tier if customer else None, language="en",
        customer_id=item.customer_id, asked_by=AskedBy.EMAIL, asked_at=item.ended_at, score=score,
        expires_at=item.ended_at + timedelta(days=7), answered_at=item.ended_at if score else None,
        state=SurveyState.ANSWERED if score else SurveyState.ASKED,
    )  # fmt: skip
    db.session.add(survey)


def test_every_number_equals_the_reports_metric(day: list[int]) -> None:
    parts = [Part(tuple(day)), *(Part((queue,)) for queue in day)]
    parts += [Part(tuple(day), tier=tier) for tier in TIERS] + [Part(tuple(day), channel=one) for one in CHANNELS]
    with clock.standing_at(NOW):
        read, known = facts.read(), limits.read()
        for part in parts:
            made, _tones = figures.picture(read, part, known, {})
            told = _told(part, made)
            for key, name in SHOWN.items():
                of = "of" if "of" in made[name] else "n"
                assert made[name][of] == told[key].n, (part, key)
                assert (made[name]["value"] or 0) == pytest.approx((told[key].value or 0) * _unit(key)), (part, key)


def test_the_day_is_worth_comparing(day: list[int]) -> None:
    with clock.standing_at(NOW):
        made, _tones = figures.picture(facts.read(), Part(tuple(day)), limits.read(), {})
    assert all(made[name]["value"] for name in SHOWN.values())
    assert made["level"]["short"] > 0


def _told(part: Part, made: dict[str, Any]) -> dict[str, Any]:
    """What the reports say; of means of all channels, where the wall shows that of calls, that of calls."""
    only = [("queue", str(queue)) for queue in part.queues]
    only += [("tier", part.tier)] * bool(part.tier) + [("channel", part.channel)] * bool(part.channel)
    found = {}
    for key in SHOWN:
        channel = made[SHOWN[key]].get("channel", part.channel)
        narrowed = [*only, *([("channel", channel)] if channel and not part.channel else [])]
        asked = Question((key,), None, facts.day_begun(), NOW + timedelta(days=1), "Europe/Berlin", tuple(narrowed))
        found[key] = asking.answer(None, asked).total.figures[key]
    return found


def _unit(key: str) -> int:
    return 1 if key in ("asa", "aht") else 100
