"""One's own profile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.desk import profile
from contact_center.events.models import Event
from contact_center.extensions import db
from tests import factories

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}
GOOD = {
    "language": "zh_Hans_CN",
    "time_zone": "Asia/Shanghai",
    "theme": "dark",
    "signature": "Ada Brandt\r\nNorra Care",
}


def test_it_saves_what_concerns_nobody_else(enter: Enter) -> None:
    ada = factories.ada()
    browser = enter(ada)
    assert browser.post("/desk/profile", data=GOOD).location == "/desk/profile"
    db.session.refresh(ada)
    assert (ada.language, ada.time_zone, ada.theme) == ("zh_Hans_CN", "Asia/Shanghai", "dark")
    assert ada.signature == "Ada Brandt\nNorra Care"
    page = browser.get("/desk/profile").text
    assert 'lang="zh-CN"' in page
    assert 'data-theme="dark"' in page
    assert "Norra Care</textarea>" in page
    event = db.session.scalars(select(Event).where(Event.name == "agent.changed")).one()
    assert event.data["changes"]["time_zone"] == [None, "Asia/Shanghai"]


def test_it_goes_back_to_the_houses_time_zone(enter: Enter) -> None:
    ada = factories.agent("Ada Brandt", time_zone="Asia/Shanghai")
    enter(ada).post("/desk/profile", data={**GOOD, "time_zone": ""})
    db.session.refresh(ada)
    assert ada.time_zone is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("language", "tlh"), ("time_zone", "Mars/Olympus"), ("theme", "pink"), ("signature", "x" * 2001)],
)
def test_what_is_wrong_is_said_beside_the_field(enter: Enter, field: str, value: str) -> None:
    ada = factories.ada()
    answer = enter(ada).post("/desk/profile", data={**GOOD, field: value}, headers=JSON)
    assert answer.status_code == 422
    assert answer.json is not None
    assert list(answer.json["fields"]) == [field]
    db.session.refresh(ada)
    assert ada.language == "en"


def test_it_signs_out_elsewhere(enter: Enter) -> None:
    ada = factories.ada()
    here, there = enter(ada), enter(ada)
    assert "this browser" in here.get("/desk/profile").text
    here.post("/desk/profile/sign-ins/end")
    assert here.get("/desk/profile").status_code == 200
    assert there.get("/desk/profile").status_code == 302


def test_every_zone_offered_is_one() -> None:
    assert {"Europe/Berlin", "Asia/Shanghai", "America/New_York"} <= set(profile.zones())
    assert not any(zone.startswith(("Etc/", "posix/")) for zone in profile.zones())
