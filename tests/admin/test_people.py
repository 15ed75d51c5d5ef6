"""Settings, People."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.agents import accounts, people, presence, teams
from contact_center.agents.models import Agent, PresenceState, RoleName
from contact_center.agents.people import Standing
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing
from contact_center.queues import settings
from contact_center.tickets import lifecycle, tasks
from tests import factories

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}


def form(agent: Agent, **changes: Any) -> dict[str, Any]:
    """The person page's form as it would be sent untouched, with *changes*."""
    before = {"team_before": sorted(teams.ids_of(agent)), "queue_before": sorted(settings.ids_of(agent))}
    ticked = {"team": before["team_before"], "queue": before["queue_before"]}
    fields = {"name": agent.name, "email": agent.email, "role": agent.role, "version": agent.version}
    return {**fields, **before, **ticked, **changes}


def test_the_list_shows_who_does_what_and_is_here(browser: FlaskClient) -> None:
    ada = factories.ada()
    factories.team("Service", ada)
    factories.queue("Cooling", ada)
    presence.set_presence(ada, PresenceState.AWAY, "Lunch")
    page = browser.get("/admin/people").text
    for words in ("Ada Brandt", "ada@norra.example", "Service", "Cooling", "Lunch"):
        assert words in page


def test_the_list_is_found_by_name_or_address_and_sorted_by_standing(browser: FlaskClient, root: Agent) -> None:
    factories.ada()
    factories.agent("Gone_ 100%", email="gone@norra.example", active=False)
    accounts.invite("jin@norra.example", "Jin Kato", RoleName.AGENT, root)
    assert people.counts() == {Standing.ACTIVE: 2, Standing.INVITED: 1, Standing.DEACTIVATED: 1}
    assert "Jin Kato" in browser.get("/admin/people?show=INVITED").text
    assert "Ada Brandt" in browser.get("/admin/people?q=BRANDT").text
    assert "Ada Brandt" in browser.get("/admin/people?q=ada@norra").text
    nobody = browser.get("/admin/people?q=%25").text
    assert "Ada Brandt" not in nobody
    assert "Nobody matches" in nobody
    assert "Gone_ 100%" in browser.get("/admin/people?show=DEACTIVATED&q=0%25").text
    assert "Ada Brandt" in browser.get("/admin/people?show=nonsense&after=x").text
    assert "Ada Brandt" in browser.get(f"/admin/people?after={10**30}").text


def test_the_list_is_paged_by_key_without_losing_anybody(app: Flask) -> None:
    for number in range(7):
        factories.agent(f"Person {number % 3}", email=f"p{number}@norra.example")
    seen: list[str] = []
    page = people.page(Standing.ACTIVE, most=3)
    assert page.previous is None
    while True:
        seen += [agent.email for agent in page.rows]
        if page.next is None:
            break
        page = people.page(Standing.ACTIVE, after=page.next, most=3)
    assert len(seen) == len(set(seen)) == 7
    back = people.page(Standing.ACTIVE, before=page.previous, most=3)
    assert [agent.email for agent in back.rows] == seen[3:6]
    first = people.page(Standing.ACTIVE, before=back.previous, most=3)
    assert ([agent.email for agent in first.rows], first.previous) == (seen[:3], None)


def test_inviting_opens_the_account_and_queues_the_letter(browser: FlaskClient) -> None:
    team, queue = factories.team("Service"), factories.queue("Cooling")
    data = {"email": "Jin@Norra.example", "name": "Jin Kato", "role": "supervisor", "language": "zh_Hans_CN"}
    answer = browser.post("/admin/people", data={**data, "team": team.id, "queue": queue.id})
    jin = accounts.find("jin@norra.example")
    assert jin is not None
    assert answer.location == f"/admin/people/{jin.id}"
    assert (jin.role, jin.language, jin.is_invited) == ("supervisor", "zh_Hans_CN", True)
    assert (teams.ids_of(jin), settings.ids_of(jin)) == ({team.id}, {queue.id})
    letter = db.session.scalars(select(Outgoing)).one()
    assert (letter.recipient, letter.payload["language"]) == ("jin@norra.example", "zh_Hans_CN")
    page = browser.get(answer.location).text
    assert "/welcome/" in page
    assert "Revoke" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "nonsense"}, "email"),
        ({"email": "root@norra.example"}, "email"),
        ({"name": ""}, "name"),
        ({"role": "emperor"}, "role"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_a_bad_invitation_is_explained_beside_the_field(
    browser: FlaskClient, wrong: dict[str, str], field: str
) -> None:
    good = {"email": "jin@norra.example", "name": "Jin", "role": "agent", "language": "en"}
    answer = browser.post("/admin/people", data={**good, **wrong}, headers=JSON)
    assert answer.status_code == 422
    assert answer.json is not None
    assert list(answer.json["fields"]) == [field]
    assert db.session.scalars(select(Outgoing)).all() == []


def test_an_invitation_is_sent_again_or_taken_back(browser: FlaskClient, root: Agent) -> None:
    jin = accounts.invite("jin@norra.example", "Jin", RoleName.AGENT, root)
    db.session.commit()
    assert browser.post(f"/admin/people/{jin.id}/invite").status_code == 303
    assert len(db.session.scalars(select(Outgoing)).all()) == 1
    assert browser.post(f"/admin/people/{jin.id}/revoke").location == "/admin/people?show=INVITED"
    assert browser.get(f"/admin/people/{jin.id}").status_code == 404


def test_one_save_changes_everything(browser: FlaskClient) -> None:
    ada = factories.ada()
    old, new = factories.team("Old"), factories.team("New")
    queue = factories.queue("Cooling", ada)
    teams.join(old.id, [ada.id], ada)
    sent = form(ada, name="Ada Lee", role="supervisor", team=[new.id], queue=[])
    assert browser.post(f"/admin/people/{ada.id}", data=sent).status_code == 303
    db.session.refresh(ada)
    assert (ada.name, ada.role) == ("Ada Lee", "supervisor")
    assert (teams.ids_of(ada), settings.ids_of(ada)) == ({new.id}, set())
    assert queue.id not in settings.ids_of(ada)


def test_what_others_changed_meanwhile_stays(browser: FlaskClient, root: Agent) -> None:
    ada = factories.ada()
    mine, theirs = factories.team("Mine"), factories.team("Theirs")
    sent = form(ada, team=[mine.id])
    teams.join(theirs.id, [ada.id], root)
    db.session.commit()
    browser.post(f"/admin/people/{ada.id}", data=sent)
    assert teams.ids_of(ada) == {mine.id, theirs.id}


def test_a_stale_save_shows_the_difference_and_changes_nothing(browser: FlaskClient, root: Agent) -> None:
    ada = factories.ada()
    team = factories.team("Service")
    sent = form(ada, name="Ada Brand", role="supervisor", team=[team.id])
    accounts.change(ada, root, ada.version, name="Ada Lee", email=ada.email)
    db.session.commit()
    answer = browser.post(f"/admin/people/{ada.id}", data=sent, headers=JSON)
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["difference"]["name"] == ["Ada Brand", "Ada Lee"]
    assert answer.json["difference"]["role"] == ["Supervisor", "Agent"]
    assert answer.json["labels"] == {"name": "Name", "role": "Role"}
    assert answer.json["version"] == 2
    db.session.refresh(ada)
    assert (ada.name, ada.role, teams.ids_of(ada)) == ("Ada Lee", "agent", set())
    assert browser.post(f"/admin/people/{ada.id}", data={**sent, "version": 2}).status_code == 303
    db.session.refresh(ada)
    assert (ada.name, ada.role, teams.ids_of(ada)) == ("Ada Brand", "supervisor", {team.id})


def test_who_leaves_gives_the_work_back(browser: FlaskClient, enter: Enter, root: Agent) -> None:
    ada = factories.ada()
    queue = factories.queue("Cooling", ada)
    open_one, waiting, done = (factories.ticket(queue, subject=f"Fridge {n}", text=f"{n}") for n in range(3))
    for ticket in (open_one, waiting, done):
        lifecycle.take(ticket, ada)
    lifecycle.wait(waiting, ada)
    lifecycle.resolve(done, ada)
    task = tasks.add(open_one, ada, "Order a relay", owner=ada)
    hers = enter(ada)
    page = browser.get(f"/admin/people/{ada.id}").text
    assert "2 unresolved tickets return to their queues. 1 task will have no owner." in page
    browser.post(f"/admin/people/{ada.id}/deactivate")
    for row in (ada, open_one, waiting, done, task):
        db.session.refresh(row)
    assert not ada.active
    assert (open_one.assignee_id, open_one.state) == (None, "NEW")
    assert (waiting.assignee_id, waiting.state) == (None, "WAITING")
    assert done.assignee_id == ada.id
    assert task.owner_id is None
    assert hers.get("/desk/profile").status_code == 302
    released = db.session.scalars(select(Event).where(Event.name == "ticket.released")).all()
    assert {event.agent_id for event in released} == {root.id}
    assert browser.post(f"/admin/people/{ada.id}/reactivate").status_code == 303
    assert enter(db.session.get_one(Agent, ada.id)).get("/desk/profile").status_code == 200


def test_the_last_administrator_is_told_why_not(browser: FlaskClient, root: Agent) -> None:
    refused = browser.post(f"/admin/people/{root.id}/deactivate", headers=JSON)
    demoted = browser.post(f"/admin/people/{root.id}", data=form(root, role="agent"), headers=JSON)
    assert (refused.status_code, demoted.status_code) == (403, 403)
    assert refused.json is not None
    assert "last administrator" in refused.json["error"]
    assert browser.get("/admin/people").status_code == 200


def test_a_reset_link_goes_to_the_person_not_to_the_administrator(browser: FlaskClient) -> None:
    ada = factories.ada()
    browser.post(f"/admin/people/{ada.id}/reset")
    letter = db.session.scalars(select(Outgoing)).one()
    assert (letter.recipient, letter.subject) == (ada.email, "Choose a new password")
    assert "/reset/" not in browser.get(f"/admin/people/{ada.id}").text


def test_a_reset_link_is_for_open_accounts_only(browser: FlaskClient) -> None:
    gone = factories.agent("Gone Person", active=False)
    assert browser.post(f"/admin/people/{gone.id}/reset", headers=JSON).status_code == 409


def test_signing_somebody_out_ends_their_sessions(browser: FlaskClient, enter: Enter) -> None:
    ada = factories.ada()
    hers = enter(ada)
    browser.post(f"/admin/people/{ada.id}/sign-out")
    assert hers.get("/desk/profile").status_code == 302


def test_an_old_invitation_says_so(browser: FlaskClient, root: Agent) -> None:
    with clock.standing_at(clock.now() - timedelta(days=9)):
        jin = accounts.invite("jin@norra.example", "Jin", RoleName.AGENT, root)
    page = browser.get(f"/admin/people/{jin.id}").text
    assert "The link ended on" in page
    assert "/welcome/" not in page


@pytest.mark.parametrize("path", ["", "/invite", "/deactivate", "/reactivate", "/reset", "/sign-out", "/revoke"])
def test_nobody_is_nobody(browser: FlaskClient, path: str) -> None:
    assert browser.post(f"/admin/people/999999{path}").status_code == 404
