"""The presence pill and the supervisors' board."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from contact_center import clock
from contact_center.agents import presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.extensions import db
from tests import factories

Enter = Callable[[Agent], FlaskClient]
HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}


def test_the_pill_shows_the_reasons_and_the_present_state(enter: Enter) -> None:
    pill = enter(factories.ada()).get("/desk/presence", headers=HTMX)
    assert pill.status_code == 200
    assert "Offline" in pill.text
    assert all(reason in pill.text for reason in ("Break", "Lunch", "Meeting", "Training"))


@pytest.mark.parametrize(
    ("chosen", "state", "reason"),
    [("AVAILABLE", "AVAILABLE", None), ("AWAY:Lunch", "AWAY", "Lunch"), ("OFFLINE", None, None)],
)
def test_choosing_is_shown_on_the_pill(enter: Enter, chosen: str, state: str | None, reason: str | None) -> None:
    ada = factories.ada()
    browser = enter(ada)
    assert browser.post("/desk/presence", data={"presence": chosen}, headers=JSON).json == {}
    standing = presence.current(ada)
    assert (standing and standing.state, standing and standing.reason) == (state, reason)
    pill = browser.get("/desk/presence", headers=HTMX).text.partition("popover ")[0]
    assert (reason or (state or "offline").capitalize()) in pill


def test_without_scripts_it_leads_back_to_the_desk(enter: Enter) -> None:
    answer = enter(factories.ada()).post("/desk/presence", data={"presence": "AVAILABLE"})
    assert (answer.status_code, answer.location) == (303, "/desk")


@pytest.mark.parametrize("chosen", ["", "AWAY", "AWAY:Siesta", "GONE", "available"])
def test_a_made_up_state_is_refused_with_a_sentence(enter: Enter, chosen: str) -> None:
    ada = factories.ada()
    answer = enter(ada).post("/desk/presence", data={"presence": chosen}, headers=HTMX)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"]
    assert presence.current(ada) is None


def test_supervisors_see_their_teams_and_nobody_else(enter: Enter) -> None:
    ada, nils, lee = factories.ada(), factories.nils(), factories.lee()
    factories.team("Service", ada, lee)
    presence.set_presence(ada, PresenceState.AWAY, "Lunch")
    browser = enter(lee)
    page = browser.get("/desk/presence/board").text
    assert "Ada Brandt" in page
    assert "Lunch" in page
    assert "Nils Nobody" not in page
    assert "Ada Brandt" in browser.get("/desk/presence/board/lines").text
    assert browser.get(f"/desk/presence/{ada.id}").status_code == 200
    assert browser.get(f"/desk/presence/{nils.id}").status_code == 404
    assert browser.post(f"/desk/presence/{nils.id}/offline").status_code == 404


def test_the_ledger_shows_how_long_each_stretch_lasted(enter: Enter) -> None:
    ada, root = factories.ada(), factories.root()
    start = clock.now() - timedelta(hours=3)
    for minutes, state in ((0, PresenceState.AVAILABLE), (95, PresenceState.OFFLINE)):
        with clock.standing_at(start + timedelta(minutes=minutes)):
            presence.set_presence(ada, state)
    page = enter(root).get(f"/desk/presence/{ada.id}").text
    assert "1 h 35" in page
    assert "1 h 25" in page


def test_a_supervisor_sets_offline_who_forgot_to(enter: Enter) -> None:
    ada, lee = factories.ada(), factories.lee()
    factories.team("Service", ada, lee)
    presence.set_presence(ada, PresenceState.AVAILABLE)
    answer = enter(lee).post(f"/desk/presence/{ada.id}/offline")
    assert (answer.status_code, answer.location) == (303, "/desk/presence/board")
    standing = presence.current(ada)
    assert standing is not None
    assert standing.state is PresenceState.OFFLINE


def test_a_supervisor_without_a_team_is_told_why_nobody_is_listed(enter: Enter) -> None:
    assert "Nobody to look after" in enter(factories.lee()).get("/desk/presence/board").text


def test_a_name_is_shown_as_text(enter: Enter) -> None:
    ada, root = factories.agent("<img src=x onerror=alert(1)>", email="x@norra.example"), factories.root()
    page = enter(root).get("/desk/presence/board").text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    db.session.refresh(ada)
