"""The supervisors' page of low answers: what is due, taking one, closing it, and the second answer beside the first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.satisfaction import surveys
from contact_center.satisfaction.models import Recovery, RecoveryState, Survey
from contact_center.tickets import replies
from contact_center.tickets.models import Task, TaskState
from tests import factories

SCRIPT = {"Accept": "application/json", "HX-Request": "true"}
Enter = Callable[[Agent], FlaskClient]


@pytest.fixture
def queue() -> Queue:
    lee, ada = factories.lee(), factories.ada()
    made = factories.queue("Support", lee, ada, team_id=factories.team("North", lee, ada).id)
    factories.mailbox(made)
    return made


@pytest.fixture
def lee(enter: Enter, queue: Queue) -> FlaskClient:
    rated(queue, "Greta", 1, "A", "Nobody called back.")
    rated(queue, "Bo", 2, "C", "")
    rated(queue, "Cai", 5, "A", "Fine.")
    db.session.commit()
    return enter(db.session.scalars(select(Agent).where(Agent.name.startswith("Lee"))).one())


def rated(queue: Queue, name: str, score: int, tier: str, comment: str) -> Survey:
    customer = factories.customer(name, f"{name.lower()}@home.example", tier=tier)
    ticket = factories.ticket(queue, sender=customer.points[0].value, subject=f"Case of {name}")
    replies.reply(ticket, db.session.scalars(select(Agent)).first(), "It is on its way.", then="RESOLVED")  # type: ignore[arg-type]
    db.session.refresh(ticket)
    return surveys.rate(ticket, customer, score, comment).survey


def of(name: str) -> Recovery:
    db.session.expire_all()
    found = select(Recovery).join(Survey, Survey.id == Recovery.survey_id)
    return next(one for one in db.session.scalars(found) if one.survey.customer.name == name)  # type: ignore[union-attr]


def test_the_list_leads_with_what_is_due_first_and_marks_what_is_late(lee: FlaskClient) -> None:
    page = lee.get("/floor/recoveries").text
    assert page.index("Nobody called back.") < page.index("Case of Bo")
    assert "Case of Cai" not in page
    assert "Overdue" not in page
    of("Bo").due_at = clock.now() - timedelta(minutes=1)
    db.session.commit()
    late = lee.get("/floor/recoveries?which=late").text
    assert "Overdue" in late
    assert "Case of Bo" in late
    assert "Nobody called back." not in late
    assert "Case of Bo" not in lee.get("/floor/recoveries?tier=A").text


def test_it_is_taken_closed_and_shown_with_the_second_answer(lee: FlaskClient) -> None:
    recovery = of("Greta")
    at = f"/floor/recoveries/{recovery.id}"
    page = lee.get(at).text
    assert f"/desk/tickets/{recovery.survey.ticket.ref}" in page
    assert f"/desk/customers/{recovery.survey.customer_id}" in page
    assert "hours since the answer" in page or "hour round the clock since" in page or "working hour since" in page
    lee.post(f"{at}/take", data={"owner": recovery.owner_id})
    assert of("Greta").taken_at is not None
    assert lee.post(f"{at}/close", data={"note": "Called."}).status_code == 422
    assert "Called." in lee.post(f"{at}/close", data={"note": "Called."}).text
    done = lee.post(
        f"{at}/close", data={"outcome": "SOLVED", "blame": "PROCESS", "note": "Called."}, follow_redirects=True
    )
    assert "The customer is asked once more." in done.text
    assert db.session.get_one(Task, of("Greta").task_id).state is TaskState.DONE
    second = of("Greta").second
    assert second is not None
    surveys.answer(second, 5, "Thank you for calling.")
    db.session.commit()
    assert "Thank you for calling." in lee.get(at).text
    row = lee.get("/floor/recoveries?which=done").text
    assert re.search(r"<b>1</b>.*→.*<b>5</b>", row, re.DOTALL)
    assert lee.post(f"{at}/close", data={"outcome": "SOLVED", "blame": "NONE"}).status_code == 409
    ticket = lee.get(f"/desk/tickets/{second.ticket.ref}").text
    assert "closed the recovery" in ticket


@pytest.mark.parametrize("act", ["done", "cancel"])
def test_ticking_its_task_off_on_the_ticket_leads_to_saying_how_it_ended(lee: FlaskClient, act: str) -> None:
    recovery = of("Greta")
    tick = f"/desk/tickets/{recovery.survey.ticket.ref}/tasks/{recovery.task_id}"
    answer = lee.post(f"{tick}/{act}", headers=SCRIPT).json
    assert answer["url"] == f"/floor/recoveries/{recovery.id}"
    assert "Say here how it ended" in answer["toast"]["text"]
    assert lee.post(f"{tick}/{act}").location == answer["url"]
    assert of("Greta").state is RecoveryState.OPEN
    assert db.session.get_one(Task, recovery.task_id).state is TaskState.OPEN
    page = lee.post(
        f"{answer['url']}/close", data={"outcome": "SOLVED", "blame": "PROCESS"}, follow_redirects=True
    )  # fmt: skip
    assert "The customer is asked once more." in page.text
    assert db.session.get_one(Task, of("Greta").task_id).state is TaskState.DONE
    assert "is closed: add a new task" in lee.post(f"{tick}/reopen", headers=SCRIPT).json["toast"]["text"]
    assert db.session.get_one(Task, of("Greta").task_id).state is TaskState.DONE


def test_an_agent_who_ticks_it_off_is_told_who_closes_it(lee: FlaskClient, enter: Enter) -> None:
    recovery = of("Greta")
    ada = enter(db.session.scalars(select(Agent).where(Agent.name.startswith("Ada"))).one())
    tick = f"/desk/tickets/{recovery.survey.ticket.ref}/tasks/{recovery.task_id}"
    refused = ada.post(f"{tick}/done", headers=SCRIPT)
    assert refused.status_code == 409
    assert "A supervisor closes it" in refused.json["error"]
    assert db.session.get_one(Task, recovery.task_id).state is TaskState.OPEN


def test_only_who_sees_the_ticket_sees_its_recovery(lee: FlaskClient, enter: Enter) -> None:
    recovery_id = of("Greta").id
    stranger = enter(factories.agent("Mia Elsewhere", factories.RoleName.SUPERVISOR))
    assert stranger.get(f"/floor/recoveries/{recovery_id}").status_code == 404
    assert stranger.post(f"/floor/recoveries/{recovery_id}/close", data={"outcome": "SOLVED"}).status_code == 404
    assert stranger.post(f"/desk/complaints/recoveries/{recovery_id}/seen").status_code == 404
    assert "Nothing to make good" in stranger.get("/floor/recoveries").text
    assert of("Greta").state is RecoveryState.OPEN


def test_the_notice_of_an_a_customer_stands_on_the_desk_until_it_is_opened(lee: FlaskClient) -> None:
    strip = lee.get("/desk/complaints").text
    assert "Low answer of Greta: 1 of 5 stars" in strip
    assert "Bo" not in strip
    lee.get(f"/floor/recoveries/{of('Greta').id}")
    assert "Greta" not in lee.get("/desk/complaints").text


@pytest.mark.parametrize("query", ["which=x", "tier=E"])
def test_a_list_of_nothing_we_know_is_no_page(lee: FlaskClient, query: str) -> None:
    assert lee.get(f"/floor/recoveries?{query}").status_code == 404
    assert lee.get("/floor/recoveries?after=x~y").status_code == 200
