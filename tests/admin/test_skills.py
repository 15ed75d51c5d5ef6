"""Skills × people over HTTP: cells, files, capacity, and the settings of channels and routing."""

from __future__ import annotations

import io
import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.queues import channels, skills
from contact_center.queues.models import Skill
from contact_center.routing import settings as routing
from contact_center.routing.models import PlacementRule
from tests import factories

JSON = {"Accept": "application/json"}
CHANNELS = {
    f"{name}_{row}": value
    for row in ("phone", "sms", "email", "web", "promise")
    for name, value in (("weight", "2"), ("ring_seconds", "60"), ("version", "1"))
}
ROUTING = {
    "complaint_minutes": "45", "reopened_minutes": "20", "recovered_minutes": "30", "urgent_minutes": "60",
    "high_minutes": "20", "low_minutes": "-20", "risk_75_minutes": "15", "risk_90_minutes": "30",
    "promise_minutes": "15", "version": "1",
}  # fmt: skip


@pytest.fixture
def ada(root: Agent) -> Agent:
    ada = factories.ada()
    skills.add("French", root)
    db.session.commit()
    return ada


def french() -> Skill:
    return db.session.scalars(select(Skill)).one()


def test_the_empty_page_teaches_and_the_first_skill_makes_the_grid(browser: FlaskClient) -> None:
    assert "Begin with the languages" in browser.get("/admin/skills").text
    browser.post("/admin/skills", data={"name": "French"})
    page = browser.get("/admin/skills").text
    assert "Root Admin: French" in page
    assert browser.post("/admin/skills", data={"name": "french"}, headers=JSON).status_code == 422


def test_a_cell_is_saved_by_itself(browser: FlaskClient, ada: Agent) -> None:
    url = f"/admin/skills/{french().id}/people/{ada.id}"
    answer = browser.post(url, data={"level": "4", "was": "0"})
    assert answer.status_code == 200
    assert 'data-level="4"' in answer.text
    assert skills.of(ada) == [("French", 4)]
    assert browser.post(url, data={"level": "", "was": "4"}).status_code == 200
    assert skills.of(ada) == []


@pytest.mark.parametrize(("level", "was"), [("6", "3"), ("x", "3"), ("44", "3"), ("4", "1"), ("<b>", "3")])
def test_a_cell_that_cannot_be_saved_shows_what_is_so_and_why(
    browser: FlaskClient, ada: Agent, root: Agent, level: str, was: str
) -> None:
    skills.set_levels({(ada.id, french().id): 3}, {}, root)
    db.session.commit()
    answer = browser.post(f"/admin/skills/{french().id}/people/{ada.id}", data={"level": level, "was": was})
    assert answer.status_code == 422
    assert 'data-level="3"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert json.loads(answer.headers["HX-Trigger"])["cc:toast"]["text"]
    assert skills.of(ada) == [("French", 3)]


def test_the_grid_is_found_in_by_name_and_team(browser: FlaskClient, ada: Agent) -> None:
    team = factories.team("Service", ada)
    db.session.commit()
    page = browser.get(f"/admin/skills?team={team.id}").text
    assert "Ada Brandt: French" in page
    assert "Root Admin: French" not in page
    assert "Nobody found" in browser.get("/admin/skills?q=zzz").text
    assert browser.get("/admin/skills?after=999&team=x&q=%00").status_code == 200


def test_a_skill_is_renamed_and_removed_unless_a_rule_asks_for_it(browser: FlaskClient, ada: Agent) -> None:
    skill_id = french().id
    browser.post(f"/admin/skills/{skill_id}", data={"name": "Français", "version": "1"})
    assert french().name == "Français"
    stale = browser.post(f"/admin/skills/{skill_id}", data={"name": "Fransk", "version": "1"}, headers=JSON)
    assert (stale.status_code, french().name) == (409, "Français")
    assert stale.json is not None
    assert (stale.json["difference"], stale.json["version"]) == ({"name": ["Fransk", "Français"]}, 2)
    rule = PlacementRule(name="To Paris", asks={str(skill_id): 3})
    db.session.add(rule)
    db.session.commit()
    answer = browser.post(f"/admin/skills/{skill_id}/remove", headers=JSON)
    assert answer.status_code == 409
    assert answer.json is not None
    assert "To Paris" in answer.json["error"]
    db.session.delete(rule)
    db.session.commit()
    assert browser.post(f"/admin/skills/{skill_id}/remove").status_code == 303
    assert skills.listed() == []


def test_a_file_is_checked_shown_and_then_brought_in(browser: FlaskClient, ada: Agent) -> None:
    text = "E-mail;French;German\nada@norra.example;4;2\n"
    sent = {"file": (io.BytesIO(text.encode("utf-8-sig")), "skills.csv"), "adds": "1"}
    page = browser.post("/admin/skills/import", data=sent)
    assert page.status_code == 200
    assert "2 levels change" in page.text
    assert "New skills: German." in page.text
    assert skills.of(ada) == [], "nothing is changed yet"
    assert [skill.name for skill in skills.listed()] == ["French"]
    changes = json.dumps([[ada.id, "French", 0, 4], [ada.id, "German", 0, 2]])
    assert browser.post("/admin/skills/apply", data={"changes": changes}).status_code == 303
    assert skills.of(ada) == [("French", 4), ("German", 2)]


def test_what_changed_since_the_check_stops_all_of_it(browser: FlaskClient, ada: Agent, root: Agent) -> None:
    skills.set_levels({(ada.id, french().id): 3}, {}, root)
    db.session.commit()
    changes = json.dumps([[root.id, "French", 0, 5], [ada.id, "German", 0, 2], [ada.id, "French", 0, 4]])
    answer = browser.post("/admin/skills/apply", data={"changes": changes}, headers=JSON)
    assert answer.status_code == 422
    assert skills.of(ada) == [("French", 3)]
    assert skills.of(root) == []
    assert [skill.name for skill in skills.listed()] == ["French"]


@pytest.mark.parametrize(
    "changes",
    ["", "[]", "{}", "null", "[[1]]", '[["a","b","c","d"]]', '[[1,"French",0,9]]', '[[999999,"French",0,3]]',
     '[[1e400,"French",0,3]]', '[[99999999999999999999,"French",0,3]]', "[" * 5000],
)  # fmt: skip
def test_made_up_changes_are_refused(browser: FlaskClient, ada: Agent, changes: str) -> None:
    assert browser.post("/admin/skills/apply", data={"changes": changes}, headers=JSON).status_code == 422
    assert skills.holders() == {}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("email,French\nada@norra.example,4\n".encode("utf-16"), "1 level changes"),
        ("姓名,French\nAda Brandt,4\n".encode("gb18030"), "1 level changes"),
        (b"name\tFrench\nAda Brandt\t4\n", "1 level changes"),
        (b"name,French\nAda Brandt,4\nBob,2\n", "1 problem"),
        (b"name,French\n" + b"Bob,2\n" * 500, "200 problems"),
        (b'name,French\n"Ada Brandt,4\n', "problem"),
        (b"name,French\nAda Brandt,\n", "nothing to change"),
    ],
)
def test_files_of_all_kinds_are_checked(browser: FlaskClient, ada: Agent, content: bytes, told: str) -> None:
    page = browser.post("/admin/skills/import", data={"file": (io.BytesIO(content), "skills.csv")})
    assert page.status_code == 200
    assert told in page.text
    assert ("Change them" in page.text) is (told == "1 level changes"), "with a problem nothing can be brought in"


@pytest.mark.parametrize("content", [b"", b"\x00" * 50, b"PK\x03\x04broken", b"%PDF-1.4"])
def test_what_is_no_table_is_said_to_be_none(browser: FlaskClient, ada: Agent, content: bytes) -> None:
    sent = {"file": (io.BytesIO(content), "skills.csv")}
    answer = browser.post("/admin/skills/import", data=sent, headers=JSON)
    assert answer.status_code == 422
    assert answer.json is not None
    assert list(answer.json["fields"]) == ["file"]


def test_a_file_that_is_too_large_is_not_read(
    browser: FlaskClient, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contact_center.admin.skills.MOST_BYTES", 20)
    sent = {"file": (io.BytesIO(b"name,French\nAda Brandt,4\n"), "skills.csv")}
    answer = browser.post("/admin/skills/import", data=sent, headers=JSON)
    assert answer.json is not None
    assert answer.json["fields"] == {"file": "That is too large."}


def test_the_export_can_be_imported_again(browser: FlaskClient, ada: Agent, root: Agent) -> None:
    skills.set_levels({(ada.id, french().id): 3}, {}, root)
    db.session.commit()
    answer = browser.get("/admin/skills/export")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    page = browser.post("/admin/skills/import", data={"file": (io.BytesIO(answer.data), "skills.csv")})
    assert "nothing to change" in page.text


def test_a_persons_capacity_is_theirs(browser: FlaskClient, ada: Agent) -> None:
    sent = {"name": "Ada Brandt", "email": ada.email, "role": "agent", "version": "1", "capacity": "10"}
    assert browser.post(f"/admin/people/{ada.id}", data=sent).status_code == 303
    db.session.refresh(ada)
    assert ada.capacity == 10
    for wrong in ("0", "101", "much"):
        answer = browser.post(f"/admin/people/{ada.id}", data={**sent, "version": "2", "capacity": wrong}, headers=JSON)
        assert answer.json is not None
        assert list(answer.json["fields"]) == ["capacity"]
    assert 'value="10"' in browser.get(f"/admin/people/{ada.id}").text


def test_channels_are_saved_together(browser: FlaskClient) -> None:
    page = browser.get("/admin/channels").text
    assert "One at a time, and nothing else beside it." in page
    assert (
        browser.post("/admin/channels", data={**CHANNELS, "fills_phone": "1", "weight_email": "3"}).status_code == 303
    )
    found = {row.channel: row for row in channels.listed()}
    assert (found["phone"].weight, found["email"].weight, found["email"].is_interruptible) == (None, 3, False)
    wrong = {**CHANNELS, "weight_sms": "", "ring_seconds_web": "1"}
    answer = browser.post("/admin/channels", data=wrong, headers=JSON)
    assert answer.json is not None
    assert sorted(answer.json["fields"]) == ["ring_seconds_web", "weight_sms"]
    event = db.session.scalars(select(Event).where(Event.name == "channel_setting.changed")).one()
    assert event.data["changes"]["email.weight"] == [2, 3]


def test_routing_is_set_on_one_page(browser: FlaskClient) -> None:
    assert "So nobody waits for ever" in browser.get("/admin/routing").text
    assert browser.post("/admin/routing", data={**ROUTING, "agents_may_pull": "1"}).status_code == 303
    row = routing.current()
    db.session.refresh(row)
    assert (row.complaint_minutes, row.agents_may_pick, row.agents_may_pull) == (45, False, True)
    stale = browser.post("/admin/routing", data={**ROUTING, "complaint_minutes": "5"}, headers=JSON)
    assert stale.status_code == 409
    assert stale.json is not None
    assert stale.json["difference"]["complaint_minutes"] == ["5", "45"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"complaint_minutes": "-5"}, "complaint_minutes"),
        ({"low_minutes": "20"}, "low_minutes"),
        ({"urgent_minutes": "10"}, "urgent_minutes"),
        ({"risk_90_minutes": "10"}, "risk_90_minutes"),
        ({"high_minutes": "∞"}, "high_minutes"),
    ],
)
def test_contradictory_routing_is_refused(browser: FlaskClient, changes: dict[str, str], field: str) -> None:
    answer = browser.post("/admin/routing", data={**ROUTING, **changes}, headers=JSON)
    assert answer.status_code == 422
    assert answer.json is not None
    assert list(answer.json["fields"]) == [field]
