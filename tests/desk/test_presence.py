"""The presence pill and the supervisors' board."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from contact_center import clock
from contact_center.agents import channel_pauses, presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.extensions import db
from contact_center.routing.models import Offer, OfferState
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import Handling, Interaction
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
    [
        ("AVAILABLE", "AVAILABLE", None),
        ("FINISHING", "FINISHING", None),
        ("AWAY:Lunch", "AWAY", "Lunch"),
        ("OFFLINE", None, None),
    ],
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


@pytest.mark.parametrize("chosen", ["", "AWAY", "AWAY:Siesta", "GONE", "available", "NOT_RESPONDING"])
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
    assert browser.get(f"/desk/presence/{nils.id}/change").status_code == 404
    assert browser.post(f"/desk/presence/{nils.id}/change", data={"state": "OFFLINE"}).status_code == 404


def test_the_days_sheet_shows_how_long_each_stretch_lasted(enter: Enter) -> None:
    ada, root = factories.ada(), factories.root()
    for hour, minute, state in ((9, 0, PresenceState.AVAILABLE), (10, 35, PresenceState.OFFLINE)):
        with clock.standing_at(datetime(2026, 3, 10, hour, minute, tzinfo=UTC)):
            presence.set_presence(ada, state)
    page = enter(root).get(f"/desk/presence/{ada.id}?day=2026-03-10").text
    assert "1 h 35" in page
    assert "09:00" in page
    assert "<svg" in page
    assert "Nothing on this day" in enter(root).get(f"/desk/presence/{ada.id}?day=2026-03-09").text


@pytest.mark.parametrize("day", ["", "yesterday", "2026-13-40", "9999-12-31", "0001-01-01", "2026-03-29", "2026-10-25"])
def test_the_days_sheet_takes_any_day(enter: Enter, day: str) -> None:
    ada = factories.ada()
    ada.time_zone = "Europe/Berlin"
    assert enter(ada).get("/desk/presence/mine", query_string={"day": day}).status_code == 200


def test_the_days_sheet_is_one_timeline_of_presence_offers_and_work(enter: Enter) -> None:
    ada, lee = factories.ada(), factories.lee()
    team = factories.team("Service", ada, lee)
    ticket = factories.ticket(factories.queue("Service e-mail", ada, team_id=team.id), subject="Fridge not cooling")
    one = db.session.scalars(db.select(Interaction)).one()
    nine = datetime(2026, 3, 10, 9, tzinfo=UTC)
    with clock.standing_at(nine):
        presence.set_presence(ada, PresenceState.AVAILABLE)
        channel_pauses.pause(ada, "phone")
    for minute, state in ((5, OfferState.TIMED_OUT), (10, OfferState.ACCEPTED)):
        offered = nine + timedelta(minutes=minute)
        ended = offered + timedelta(seconds=20)
        offer = Offer(interaction_id=one.id, agent_id=ada.id, state=state, offered_at=offered, expires_at=ended)
        offer.ended_at = ended
        db.session.add(offer)
    for begins, ends in ((10, 40), (20, 30)):
        began, ended = nine + timedelta(minutes=begins), nine + timedelta(minutes=ends)
        db.session.add(Handling(interaction_id=one.id, agent_id=ada.id, started_at=began, ended_at=ended))
    with clock.standing_at(nine + timedelta(hours=1)):
        presence.set_presence(ada, PresenceState.OFFLINE)
    page = enter(lee).get(f"/desk/presence/{ada.id}?day=2026-03-10").text
    assert f"/desk/tickets/{ticket.ref}" in page
    assert "rang out" in page
    assert "Call paused" in page
    assert "50 %" in page, "half of the hour, although two overlap"
    assert page.count("bar-work") == 2
    assert "Fridge not cooling" not in enter(mo()).get(f"/desk/presence/{ada.id}?day=2026-03-10").text


def mo() -> Agent:
    """A supervisor of Ada's other team, who sees nothing of the queue."""
    mo = factories.agent("Mo Other", factories.RoleName.SUPERVISOR)
    factories.team("Night shift", mo, db.session.scalars(db.select(Agent).where(Agent.name == "Ada Brandt")).one())
    return mo


def test_an_agent_sees_their_own_day_and_no_other(enter: Enter) -> None:
    ada, nils = factories.ada(), factories.nils()
    presence.set_presence(ada, PresenceState.AVAILABLE)
    assert "Available" in enter(ada).get("/desk/presence/mine").text
    assert enter(ada).get(f"/desk/presence/{nils.id}").status_code == 403


def test_a_supervisor_changes_a_state_with_a_reason_that_the_agent_reads(enter: Enter) -> None:
    ada, lee = factories.ada(), factories.lee()
    factories.team("Service", ada, lee)
    presence.set_presence(ada, PresenceState.AVAILABLE)
    browser = enter(lee)
    asked = browser.get(f"/desk/presence/{ada.id}/change", headers=HTMX).text
    assert "Away: Training" in asked
    refused = browser.post(f"/desk/presence/{ada.id}/change", data={"state": "AWAY:Training"}, headers=JSON)
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["because"])  # type: ignore[index]
    said = {"state": "AWAY:Training", "because": "Fire drill"}
    answer = browser.post(f"/desk/presence/{ada.id}/change", data=said)
    assert (answer.status_code, answer.location) == (303, "/desk/presence/board")
    bar = enter(ada).get("/desk/presence/bar").text
    assert "Training" in bar
    assert "Fire drill" in bar
    assert "Lee Wong" in enter(ada).get("/desk/presence").text


def test_who_let_an_offer_ring_out_has_a_bar_and_comes_back_by_one_button(enter: Enter) -> None:
    ada = factories.ada()
    browser = enter(ada)
    assert "I am back" not in browser.get("/desk/presence/bar").text
    presence.set_presence(ada, PresenceState.AVAILABLE)
    presence.set_presence(ada, PresenceState.NOT_RESPONDING, because="rang out")
    assert "I am back" in browser.get("/desk/presence/bar").text
    browser.post("/desk/presence", data={"presence": "AVAILABLE"}, headers=JSON)
    assert "I am back" not in browser.get("/desk/presence/bar").text


def test_channels_are_paused_and_resumed_on_the_pill(enter: Enter) -> None:
    ada = factories.ada()
    browser = enter(ada)
    presence.set_presence(ada, PresenceState.AVAILABLE)
    assert browser.post("/desk/presence/channels", data={"pause": "email"}, headers=JSON).json == {}
    assert 'name="resume" value="email"' in browser.get("/desk/presence").text
    assert channel_pauses.of(ada) == ["email"]
    browser.post("/desk/presence/channels", data={"resume": "email"})
    assert channel_pauses.of(ada) == []
    assert browser.post("/desk/presence/channels", data={"pause": "fax"}, headers=JSON).status_code == 422
    assert browser.post("/desk/presence/channels", headers=JSON).status_code == 422


def test_the_board_shows_what_each_has_in_hand_has_paused_and_how_full_the_day_was(enter: Enter) -> None:
    ada, lee = factories.ada(), factories.lee()
    team = factories.team("Service", ada, lee)
    ticket = factories.ticket(factories.queue("Service e-mail", ada, team_id=team.id))
    presence.set_presence(ada, PresenceState.AVAILABLE)
    channel_pauses.pause(ada, "phone")
    lifecycle.take(ticket, ada)
    line = enter(lee).get("/desk/presence/board/lines").text.partition(f'id="line-{ada.id}"')[2].partition("</tr>")[0]
    assert '<td class="num">1</td>' in line
    assert 'aria-label="Call"' in line


def test_a_supervisor_without_a_team_is_told_why_nobody_is_listed(enter: Enter) -> None:
    assert "Nobody to look after" in enter(factories.lee()).get("/desk/presence/board").text


def test_a_name_is_shown_as_text(enter: Enter) -> None:
    ada, root = factories.agent("<img src=x onerror=alert(1)>", email="x@norra.example"), factories.root()
    page = enter(root).get("/desk/presence/board").text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    db.session.refresh(ada)
