"""Supervisors play a day again, made or recorded, and see what something else would have made of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from contact_center import clock
from contact_center.agents.models import Agent, Presence, PresenceState
from contact_center.extensions import db
from contact_center.floor import day_lines, simulator_form
from contact_center.queues.models import QueueMember, Skill
from contact_center.simulator.figures import Slot
from contact_center.simulator.recorded import Came
from contact_center.tickets.messages import Interaction, InteractionState
from tests import factories

Enter = Callable[[Agent], FlaskClient]


@pytest.fixture
def lee(enter: Enter) -> FlaskClient:
    lee = factories.lee()
    ada = factories.ada()
    team = factories.team("Service", lee, ada)
    factories.queue("Service", ada, team_id=team.id)
    return enter(lee)


def recorded_yesterday() -> str:
    """Three mails before noon, Ada there from ten to eleven."""
    ada = db.session.scalars(db.select(Agent).where(Agent.name == "Ada Brandt")).one()
    queue = db.session.get_one(factories.Queue, db.session.scalars(db.select(QueueMember.queue_id)).one())
    midnight = (clock.now() - timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    for hour in (9, 10.5, 11.5):
        ticket = factories.ticket(queue, factories.mail(f"At {hour}"))
        at = midnight + timedelta(hours=hour)
        db.session.execute(
            update(Interaction).where(Interaction.ticket_id == ticket.id)
            .values(queued_at=at, state=InteractionState.DONE, accepted_at=at, ended_at=at + timedelta(minutes=6))
        )  # fmt: skip
    came = midnight + timedelta(hours=10)
    db.session.add(
        Presence(agent_id=ada.id, state=PresenceState.AVAILABLE, started_at=came, ended_at=came + timedelta(hours=1))
    )
    db.session.commit()
    return f"{midnight:%Y-%m-%d}"


def figures(page: str) -> list[str]:
    """The figures in the row of totals, without what they were."""
    return re.findall(r'class="kpi-figure">([^<]*)<', page)


def test_with_no_day_recorded_it_teaches_and_plays_a_made_one(lee: FlaskClient) -> None:
    page = lee.get("/floor/simulator").text
    assert "No day is recorded yet" in page
    assert len(figures(page)) == 6
    assert "Erlang C asks for" in page


def test_a_made_day_is_the_same_each_time_and_more_agents_shorten_it(lee: FlaskClient) -> None:
    asked = "/floor/simulator?day=made&calls=90&agents=7&mails=0"
    page = lee.get(asked).text
    assert "No day is recorded yet" not in page
    assert figures(lee.get(asked).text) == figures(page)
    more = lee.get(f"{asked}&more=3").text
    assert "are answered sooner" in more
    assert "as it was" in more
    assert figures(more)[0] != figures(page)[0]
    assert figures(page)[0] in re.findall(r'class="was">([^<]*)<', more)


def test_a_recorded_day_is_played_with_who_was_there(lee: FlaskClient) -> None:
    day = recorded_yesterday()
    page = lee.get("/floor/simulator").text  # the newest day by itself
    assert f'value="{day}" selected' in page
    assert figures(page)[0] == "66.7%"  # the first waits for an hour, the last one in vain
    assert figures(page)[5] == "1"  # for half a day and longer
    assert "Service" in page
    more = lee.get(f"/floor/simulator?day={day}&more=1").text
    assert figures(more)[0] == "100.0%"


def test_more_people_may_have_a_skill_and_hours(lee: FlaskClient) -> None:
    skill = Skill(name="Cantonese")
    db.session.add(skill)
    day = recorded_yesterday()
    asked = f"/floor/simulator?day={day}&more=2&more_skill={skill.id}&more_from=12&more_until=13"
    page = lee.get(asked).text
    assert f'value="{skill.id}" selected' in page
    assert figures(page)[0] == "100.0%"


def test_other_minutes_for_a_tier_are_another_setting(lee: FlaskClient) -> None:
    asked = "/floor/simulator?day=made&calls=120&agents=8&mails=0"
    assert "answered sooner" not in lee.get(f"{asked}&bonus_A=60").text  # as it is
    assert "answered sooner" in lee.get(f"{asked}&bonus_A=0").text
    assert "answered sooner" in lee.get(f"{asked}&response_A=1").text


def test_what_cannot_be_is_said_at_its_field(lee: FlaskClient) -> None:
    for query, said in (
        ("calls=many", "Write a whole number from 0 to 2000."),
        ("begin=18&until=9", "The day ends before it begins."),
        ("day=yesterday", "Choose one of the days."),
        ("day=0001-01-01", "Choose one of the days."),
        ("day=9999-12-31", "Choose one of the days."),
        ("bonus_A=-5", "Write a whole number from 0 to 10080."),
        ("more=9000", "Write a whole number from 0 to 500."),
    ):
        page = lee.get(f"/floor/simulator?{query}")
        assert page.status_code == 200
        assert said in page.text
        assert "cannot be played" in page.text


def test_a_day_that_is_too_much_for_a_page_is_left_to_the_command(
    lee: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = lee.get("/floor/simulator?day=made&calls=2000&mails=100&agents=200").text
    assert "more than this page plays" in page
    assert not figures(page)


def test_nothing_in_is_nothing_to_play(lee: FlaskClient) -> None:
    assert "Nothing came in" in lee.get("/floor/simulator?day=made&calls=0&mails=0").text
    assert "Nothing came in" in lee.get("/floor/simulator?day=2020-02-02").text


def test_a_queue_of_another_team_is_not_named(lee: FlaskClient, enter: Enter) -> None:
    day = recorded_yesterday()
    mo = factories.agent("Mo Other", factories.RoleName.SUPERVISOR)
    factories.team("Elsewhere", mo)
    db.session.commit()
    assert '<th scope="row">Service</th>' in lee.get(f"/floor/simulator?day={day}").text
    assert '<th scope="row">Service</th>' not in enter(mo).get(f"/floor/simulator?day={day}").text


def test_a_form_keeps_what_was_typed() -> None:
    asked = simulator_form.read({"calls": "12", "bonus_A": "5", "day": "made"}, {})
    kept = [asked.value(name) for name in ("calls", "bonus_A", "agents", "bonus_B")]
    assert kept == ["12", "5", "8", ""]
    days = {date(2026, 3, 6): Came(9, 0), date(2026, 3, 5): Came(4, 1)}
    assert simulator_form.read({}, days).day == "2026-03-05"


def test_lines_keep_inside_their_picture() -> None:
    slots = [Slot(1800.0 * n, 3, 40.0 * n if n != 2 else None, 2, n / 8) for n in range(8)]
    for lines in (day_lines.waits(slots), day_lines.busy(slots, slots), day_lines.waits(slots, slots[:4])):
        assert lines is not None
        assert all(0 <= mark.x <= lines.right and 0 <= mark.y <= lines.foot for mark in lines.marks)
        assert lines.grid[-1][1] >= max(mark.value for mark in lines.marks)
    assert day_lines.waits(slots[:1]) is None
