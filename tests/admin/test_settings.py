"""Settings: teams, queues, canned replies, reasons to be away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents import away_reasons, presence, teams
from contact_center.agents.models import Agent, Team
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.queues import settings
from contact_center.queues.models import Queue
from contact_center.tickets import canned, lifecycle
from contact_center.tickets.models import CannedReply
from tests import factories

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}


def errors(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return list(answer.json["fields"])


@pytest.mark.parametrize("path", ["teams", "queues", "canned"])
def test_an_empty_list_says_what_to_do(browser: FlaskClient, path: str) -> None:
    page = browser.get(f"/admin/{path}").text
    assert 'class="empty"' in page
    assert "button-primary" in page


def test_a_team_is_founded_filled_and_dissolved(browser: FlaskClient) -> None:
    ada, nils = factories.ada(), factories.nils()
    answer = browser.post("/admin/teams", data={"name": "Service"})
    team = db.session.scalars(select(Team)).one()
    assert answer.location == f"/admin/teams/{team.id}"
    browser.post(f"/admin/teams/{team.id}", data={"name": "Service 服务", "member": [ada.id, nils.id]})
    browser.post(
        f"/admin/teams/{team.id}", data={"name": "Service 服务", "member": [ada.id], "member_before": [ada.id, nils.id]}
    )
    assert teams.members() == {team.id: [ada]}
    assert "Service 服务" in browser.get("/admin/teams").text
    assert "Ada Brandt" in browser.get(f"/admin/teams/{team.id}").text
    assert errors(browser.post("/admin/teams", data={"name": "Service 服务"}, headers=JSON)) == ["name"]
    browser.post(f"/admin/teams/{team.id}/remove")
    assert browser.get(f"/admin/teams/{team.id}").status_code == 404


def test_a_queue_is_opened_filled_and_moved(browser: FlaskClient) -> None:
    ada, team = factories.ada(), factories.team("Service")
    for name in ("Cooling", "Washing"):
        browser.post("/admin/queues", data={"name": name, "team_id": team.id})
    cooling, washing = settings.listed()
    assert (cooling.takes_web_requests, washing.takes_web_requests) == (True, False)
    named = {"name": "Washing machines", "team_id": "", "version": washing.version, "member": [ada.id]}
    sent = factories.served(**named)
    assert browser.post(f"/admin/queues/{washing.id}", data=sent).status_code == 303
    browser.post(f"/admin/queues/{washing.id}/move", data={"to": "up"})
    browser.post(f"/admin/queues/{washing.id}/web-requests")
    db.session.expire_all()
    assert [(q.name, q.team_id, q.takes_web_requests) for q in settings.listed()] == [
        ("Washing machines", None, True),
        ("Cooling", team.id, False),
    ]
    assert settings.members() == {washing.id: [ada]}
    page = browser.get("/admin/queues").text
    assert page.index("Washing machines") < page.index("Cooling")


@pytest.mark.parametrize(
    ("wrong", "field"), [({"name": ""}, "name"), ({"name": "Cooling"}, "name"), ({"team_id": "99"}, "team_id")]
)
def test_a_bad_queue_is_explained_beside_the_field(browser: FlaskClient, wrong: dict[str, str], field: str) -> None:
    factories.queue("Cooling")
    assert errors(browser.post("/admin/queues", data={"name": "New", "team_id": "", **wrong}, headers=JSON)) == [field]


def test_a_stale_save_of_a_queue_shows_the_difference(browser: FlaskClient, root: Agent) -> None:
    queue = factories.queue("Cooling")
    settings.change(queue, root, 1, name="Fridges", team_id=None)
    db.session.commit()
    answer = browser.post(
        f"/admin/queues/{queue.id}", data=factories.served(name="Freezers", team_id="", version=1), headers=JSON
    )
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["difference"]["name"] == ["Freezers", "Fridges"]


def test_a_queue_is_closed_only_when_its_work_has_somewhere_to_go(browser: FlaskClient, root: Agent) -> None:
    ada = factories.ada()
    cooling, other = factories.queue("Cooling", ada, takes_web_requests=True), factories.queue("Other")
    mailbox = factories.mailbox(cooling)
    waiting, taken = (factories.ticket(cooling, subject=f"Fridge {n}", text=f"{n}") for n in range(2))
    lifecycle.take(taken, ada)
    db.session.commit()
    page = browser.get(f"/admin/queues/{cooling.id}").text
    assert "2 unresolved tickets, 1 mailbox, the web requests" in page
    for nowhere in ({}, {"into": cooling.id}, {"into": "99"}):
        answer = browser.post(f"/admin/queues/{cooling.id}/deactivate", data=nowhere, headers=JSON)
        assert errors(answer) == ["into"]
    assert browser.post(f"/admin/queues/{cooling.id}/deactivate", data={"into": other.id}).status_code == 303
    for row in (cooling, other, mailbox, waiting, taken):
        db.session.refresh(row)
    assert not cooling.is_active
    assert other.takes_web_requests
    assert {mailbox.queue_id, waiting.queue_id, taken.queue_id} == {other.id}
    assert taken.assignee_id is None  # Ada does not serve the other queue
    event = db.session.scalars(select(Event).where(Event.name == "mailbox.changed")).one()
    assert event.data["changes"] == {"queue": ["Cooling", "Other"]}


def test_an_empty_queue_is_closed_and_opened_again(browser: FlaskClient) -> None:
    factories.queue("Cooling")
    other = factories.queue("Other")
    browser.post(f"/admin/queues/{other.id}/deactivate")
    db.session.refresh(other)
    assert not other.is_active
    assert "Deactivated" in browser.get("/admin/queues").text
    browser.post(f"/admin/queues/{other.id}/reactivate")
    db.session.refresh(other)
    assert other.is_active


def test_what_reached_a_closed_queue_can_be_moved(browser: FlaskClient) -> None:
    cooling, closed = factories.queue("Cooling"), factories.queue("Closed", is_active=False)
    late = factories.ticket(closed)
    assert "1 unresolved ticket is still here." in browser.get(f"/admin/queues/{closed.id}").text
    browser.post(f"/admin/queues/{closed.id}/empty", data={"into": cooling.id})
    db.session.refresh(late)
    assert late.queue_id == cooling.id


def test_the_last_queue_stays(browser: FlaskClient) -> None:
    queue = factories.queue("Cooling")
    assert browser.post(f"/admin/queues/{queue.id}/deactivate", headers=JSON).status_code == 409
    assert db.session.get_one(Queue, queue.id).is_active


def test_reasons_are_added_worded_ordered_and_removed(browser: FlaskClient) -> None:
    browser.post("/admin/reasons", data={"name": "Coaching"})
    coaching = away_reasons.listed()[-1]
    browser.post(f"/admin/reasons/{coaching.id}/move", data={"to": "up"})
    browser.post(f"/admin/reasons/{coaching.id}", data={"name": "培训新人"})
    assert presence.reasons() == ["Break", "Lunch", "Meeting", "培训新人", "Training"]
    assert errors(browser.post("/admin/reasons", data={"name": "Lunch"}, headers=JSON)) == ["name"]
    assert browser.post(f"/admin/reasons/{coaching.id}/move", data={"to": "sideways"}).status_code == 422
    browser.post(f"/admin/reasons/{coaching.id}/remove")
    assert "培训新人" not in browser.get("/admin/reasons").text


REPLY = {
    "name": "Opening hours",
    "language": "en",
    "body": "Dear {customer.name}, we open at nine. {agent.name}",
    "queue_id": "",
}


def test_a_canned_reply_is_written_found_changed_and_removed(browser: FlaskClient) -> None:
    queue = factories.queue("Cooling")
    browser.post("/admin/canned/new", data=REPLY)
    row = db.session.scalars(select(CannedReply)).one()
    assert "Opening hours" in browser.get("/admin/canned?q=OPEN nine").text
    assert "No canned reply matches" in browser.get("/admin/canned?q=closed").text
    browser.post(f"/admin/canned/{row.id}", data={**REPLY, "body": "New text", "queue_id": queue.id})
    db.session.refresh(row)
    assert (row.body, row.queue_id) == ("New text", queue.id)
    assert "New text" in browser.get(f"/admin/canned/{row.id}").text
    browser.post(f"/admin/canned/{row.id}/remove")
    assert browser.get(f"/admin/canned/{row.id}").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"body": " "}, "body"),
        ({"language": "tlh"}, "language"),
        ({"queue_id": "99"}, "queue_id"),
    ],
)
def test_a_bad_canned_reply_is_explained_beside_the_field(
    browser: FlaskClient, wrong: dict[str, str], field: str
) -> None:
    assert errors(browser.post("/admin/canned/new", data={**REPLY, **wrong}, headers=JSON)) == [field]


def test_the_preview_fills_in_and_warns(browser: FlaskClient) -> None:
    body = "Dear {customer.name}, {custmer.nmae} <script>alert(1)</script>"
    answer = browser.post("/admin/canned/preview", data={"language": "en", "body": body})
    assert "{customer.name}" not in answer.text
    assert "Unknown: {custmer.nmae}" in answer.text
    assert "<script>" not in answer.text


def test_supervisors_edit_the_canned_replies_of_their_queues_and_the_common_ones(enter: Enter, root: Agent) -> None:
    lee = factories.lee()
    hers, foreign = factories.queue("Cooling", lee), factories.queue("Foreign")
    fields = {"language": "en", "body": "Text"}
    common = canned.add(root, name="Common", **fields)
    own = canned.add(root, name="Own", queue=hers, **fields)
    other = canned.add(root, name="Other", queue=foreign, **fields)
    browser = enter(lee)
    page = browser.get("/admin/canned").text
    assert "Common" in page
    assert "Own" in page
    assert "Foreign" not in page
    assert [browser.get(f"/admin/canned/{row.id}").status_code for row in (common, own, other)] == [200, 200, 404]
    assert browser.post(f"/admin/canned/{other.id}/remove").status_code == 404
    answer = browser.post("/admin/canned/new", data={**REPLY, "queue_id": foreign.id}, headers=JSON)
    assert errors(answer) == ["queue_id"]


def test_settings_lead_to_the_first_page_one_may_open(enter: Enter, browser: FlaskClient) -> None:
    assert browser.get("/admin").location == "/admin/people"
    assert enter(factories.lee()).get("/admin").location == "/desk/presence/board"
