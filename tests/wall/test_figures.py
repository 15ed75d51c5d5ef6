"""What the wall shows: numbers by hand-made floors, by queue, tier and channel; and how they are judged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from contact_center import clock
from contact_center.agents import open_desks, presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.sla.models import Deadline
from contact_center.tickets import interactions
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Interaction, InteractionState
from contact_center.wall import facts, figures, limits
from contact_center.wall.day import Today
from contact_center.wall.models import Figure, WallLimit
from contact_center.wall.views import Part
from tests import factories

NOON = datetime.fromisoformat("2026-11-20T12:00:00+01:00")


@pytest.fixture
def hotline(app: Flask) -> Queue:
    return factories.queue("Repair line", factories.ada(), target_percent=80, target_seconds=20)


def contact(queue: Queue, came: datetime, **fields: Any) -> Interaction:
    """A call that came in at *came* and was answered, or given up, after so many seconds."""
    answered, gave_up = fields.pop("answered", None), fields.pop("gave_up", None)
    customer = fields.pop("customer", None) or factories.customer("Caller", tier=fields.pop("tier", "C"))
    with clock.standing_at(came):
        ticket = factories.ticket(queue, sender=None, subject="Call")
    item = db.session.scalars(select(Interaction).where(Interaction.ticket_id == ticket.id)).one()
    item.channel, item.kind, item.customer_id = fields.pop("channel", "phone"), Kind.CALL, customer.id
    if answered is not None:
        item.answered_at = item.accepted_at = came + timedelta(seconds=answered)
        item.state, item.ended_at = InteractionState.DONE, came + timedelta(seconds=answered + fields.pop("talked", 60))
        item.agent_id = db.session.scalars(select(Agent.id)).first()
    elif gave_up is not None:
        item.state, item.ended_at = InteractionState.ABANDONED, came + timedelta(seconds=gave_up)
    db.session.flush()
    return item


def shown(*queues: Queue, at: datetime = NOON, before: Mapping[str, int] | None = None, **part: Any) -> dict[str, Any]:
    with clock.standing_at(at):
        made, _tones = figures.picture(
            facts.read(), Part(tuple(queue.id for queue in queues), **part), limits.read(), before or {}
        )
    return made


def test_the_service_level_is_that_of_the_book(hotline: Queue) -> None:
    """F3 without short abandons: 8 of 12 in time, one given up within five seconds left out."""
    for place in range(12):
        contact(hotline, NOON - timedelta(minutes=place + 1), answered=10 if place < 8 else 40)
    contact(hotline, NOON - timedelta(minutes=2), gave_up=3)
    contact(hotline, NOON - timedelta(minutes=3), gave_up=30)
    level = shown(hotline)["level"]
    assert (level["in_time"], level["of"], level["short"]) == (8, 13, 1)
    assert level["value"] == pytest.approx(100 * 8 / 13)
    assert shown(hotline)["abandoned"]["value"] == pytest.approx(100 * 1 / 13)


def test_an_empty_floor_shows_no_made_up_numbers(hotline: Queue) -> None:
    made = shown(hotline)
    assert made["level"]["value"] is made["asa"]["value"] is made["aht"]["value"] is made["csat"]["value"] is None
    assert (made["waiting"]["n"], made["due"]["n"], made["agents"]) == (0, 0, [])


def test_yesterday_is_another_day(hotline: Queue) -> None:
    contact(hotline, NOON - timedelta(hours=13), answered=10)
    assert shown(hotline)["level"]["of"] == 0


def test_it_is_narrowed_by_queue_tier_and_channel(hotline: Queue) -> None:
    mails = factories.queue("E-mail")
    contact(hotline, NOON - timedelta(minutes=5), tier="A")
    contact(hotline, NOON - timedelta(minutes=9), tier="D")
    contact(mails, NOON - timedelta(minutes=50), tier="A", channel="email")
    assert shown(hotline, mails)["waiting"] | {"n": 3, "tiers": {"A": 2, "D": 1}} == shown(hotline, mails)["waiting"]
    assert shown(hotline)["waiting"]["n"] == 2
    assert shown(hotline, mails, tier="A")["waiting"]["n"] == 2
    assert shown(hotline, mails, tier="A", channel="phone")["waiting"]["n"] == 1
    assert [row["name"] for row in shown(mails)["queues"]] == ["E-mail"]


def test_the_longest_wait_is_the_one_furthest_beyond_its_target(hotline: Queue) -> None:
    mails = factories.queue("E-mail", target_seconds=4 * 3600)
    contact(mails, NOON - timedelta(hours=2), channel="email")
    contact(hotline, NOON - timedelta(seconds=90))
    longest = shown(hotline, mails)["longest"]
    assert (longest["queue"], longest["tone"]) == ("Repair line", limits.Tone.ALARM)


def test_what_rings_still_waits(hotline: Queue) -> None:
    item = contact(hotline, NOON - timedelta(seconds=30))
    with clock.standing_at(NOON):
        factories.ringing(item, db.session.scalars(select(Agent)).one())
    db.session.flush()
    assert shown(hotline)["waiting"]["n"] == 1


def test_speed_of_answer_is_of_calls_where_all_is_shown(hotline: Queue) -> None:
    contact(hotline, NOON - timedelta(minutes=5), answered=10)
    contact(hotline, NOON - timedelta(minutes=6), answered=20)
    contact(hotline, NOON - timedelta(hours=3), answered=7200, channel="email")
    assert shown(hotline)["asa"] | {"value": 15, "n": 2, "channel": "phone"} == shown(hotline)["asa"]
    assert shown(hotline, channel="email")["asa"]["value"] == 7200


def test_handle_time_counts_what_was_ended_today(hotline: Queue) -> None:
    contact(hotline, NOON - timedelta(hours=12, minutes=5), answered=10, talked=600)
    contact(hotline, NOON - timedelta(minutes=20), answered=10, talked=100)
    with clock.standing_at(NOON):
        assert shown(hotline)["aht"]["n"] == 2
    assert shown(hotline)["aht"]["value"] == 350


def test_agents_stand_by_what_they_do_with_the_time_since(hotline: Queue) -> None:
    ada = db.session.scalars(select(Agent)).one()
    with clock.standing_at(NOON - timedelta(minutes=30)):
        presence.set_presence(ada, PresenceState.AVAILABLE)
    assert [group["doing"] for group in shown(hotline)["agents"]] == ["NO_DESK"]
    with clock.standing_at(NOON):
        open_desks.opened("tab", ada.id)
    assert [group["doing"] for group in shown(hotline)["agents"]] == ["READY"]
    item = contact(hotline, NOON - timedelta(minutes=4))
    with clock.standing_at(NOON - timedelta(minutes=3)):
        interactions.give_one(item.id, ada.id)
    group = shown(hotline)["agents"][0]
    assert (group["doing"], group["n"], group["people"][0]["name"]) == ("TALKING", 1, "Ada Brandt")
    assert datetime.fromisoformat(group["people"][0]["since"]) == NOON - timedelta(minutes=3)
    assert shown(hotline, names_agents=False)["agents"][0]["people"][0]["name"] is None
    assert shown(factories.queue("Elsewhere"))["agents"] == []


def test_who_is_away_is_away_whatever_lies_on_their_desk(hotline: Queue) -> None:
    ada = db.session.scalars(select(Agent)).one()
    item = contact(hotline, NOON - timedelta(minutes=50), channel="email")
    with clock.standing_at(NOON - timedelta(minutes=40)):
        interactions.give_one(item.id, ada.id)
    with clock.standing_at(NOON - timedelta(minutes=5)):
        presence.set_presence(ada, PresenceState.AWAY, presence.reasons()[0])
    group = shown(hotline)["agents"][0]
    assert group["doing"] == "AWAY"
    assert datetime.fromisoformat(group["people"][0]["since"]) == NOON - timedelta(minutes=5)


def test_what_is_due_soon_is_listed_without_a_customers_name(hotline: Queue) -> None:
    item = contact(hotline, NOON - timedelta(minutes=5), customer=factories.greta())
    db.session.execute(delete(Deadline).where(Deadline.ticket_id == item.ticket_id))
    db.session.add_all(
        Deadline(ticket_id=item.ticket_id, target=target, state="RUNNING", minutes=60, started_at=NOON, due_at=due)
        for target, due in (
            ("FIRST_RESPONSE", NOON + timedelta(minutes=9)),
            ("RESOLUTION", NOON - timedelta(minutes=9)),
        )
    )
    db.session.flush()
    made = shown(hotline)
    assert (made["due"]["n"], made["due"]["past"]) == (1, 1)
    assert made["due"]["shown"][0]["target"] == "FIRST_RESPONSE"
    assert "Greta" not in str(made)
    assert "Lindqvist" not in str(made)


def test_a_tone_does_not_flap(app: Flask) -> None:
    limit = WallLimit(figure=Figure.WAITING, warn=5, alarm=10, slack=2)
    tones, tone = [], limits.Tone.CALM
    for value in (5, 6, 5, 4, 3, 11, 10, 9, 8, 3):
        tone = limits.judge(limit, Figure.WAITING, value, tone)
        tones.append(tone.name)
    assert tones == ["CALM", "WARN", "WARN", "WARN", "CALM", "ALARM", "ALARM", "ALARM", "WARN", "CALM"]


def test_what_falls_is_judged_the_other_way_round() -> None:
    limit = WallLimit(figure=Figure.CSAT, warn=80, alarm=70, slack=1)
    assert limits.judge(limit, Figure.CSAT, 79) is limits.Tone.WARN
    assert limits.judge(limit, Figure.CSAT, 80.5, limits.Tone.WARN) is limits.Tone.WARN
    assert limits.judge(limit, Figure.CSAT, 81, limits.Tone.WARN) is limits.Tone.CALM


def test_a_share_of_few_is_shown_and_not_judged(hotline: Queue) -> None:
    contact(hotline, NOON - timedelta(minutes=5), gave_up=60)
    made = shown(hotline)["abandoned"]
    assert (made["value"], made["tone"], made["is_few"]) == (100, limits.Tone.CALM, True)


def test_a_queues_own_limit_goes_before_the_general_one(hotline: Queue) -> None:
    for place in range(3):
        contact(hotline, NOON - timedelta(seconds=place))
    assert shown(hotline)["waiting"]["tone"] == limits.Tone.CALM
    db.session.add(WallLimit(figure=Figure.WAITING, queue_id=hotline.id, warn=1, alarm=2))
    db.session.flush()
    assert shown(hotline)["waiting"]["tone"] == limits.Tone.ALARM


def test_what_is_kept_of_the_day_is_what_reading_all_of_it_gives(hotline: Queue) -> None:
    """Whatever happens between two looks: somebody comes, is answered, gives up, or is done with."""
    today = Today()

    def level_of(cache: Today | None, at: datetime) -> dict[str, Any]:
        with clock.standing_at(at):
            made, _tones = figures.picture(facts.read(cache), Part((hotline.id,)), limits.read(), {})
        return {name: made[name] for name in ("level", "abandoned", "asa", "aht")}

    contact(hotline, NOON - timedelta(hours=1), answered=10)
    waiting = [contact(hotline, NOON - timedelta(minutes=minutes)) for minutes in (5, 10)]
    assert level_of(today, NOON) == level_of(None, NOON)
    contact(hotline, NOON + timedelta(seconds=1), answered=2, talked=3)
    waiting[0].state, waiting[0].ended_at = InteractionState.ABANDONED, NOON + timedelta(seconds=2)
    waiting[1].state, waiting[1].answered_at = InteractionState.HANDLING, NOON + timedelta(seconds=2)
    contact(hotline, NOON + timedelta(seconds=4))
    contact(hotline, NOON - timedelta(minutes=8), answered=15)  # came long ago, and was written down only now
    db.session.flush()
    later = NOON + timedelta(seconds=20)
    assert level_of(today, later)["level"]["of"] == 5
    assert level_of(today, later) == level_of(None, later)
    midnight = NOON + timedelta(hours=12, seconds=5)
    assert level_of(today, midnight) == level_of(None, midnight)
