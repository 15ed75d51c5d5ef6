"""Calendars as an administrator sets them up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from contact_center.agents.models import Agent
from contact_center.calendars import settings, typed
from contact_center.calendars.models import Calendar, CalendarDay
from contact_center.errors import IllegalMove, Invalid, Stale
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from tests import factories

Enter = Callable[[Agent], FlaskClient]
FORM = {"name": "Shanghai", "time_zone": "Asia/Shanghai", "country": "CN"} | {
    f"slots_{weekday}": "9:00–12:00, 13:30–18:00" for weekday in range(5)
}


@pytest.fixture
def root(app: object) -> Agent:
    return factories.root()


@pytest.fixture
def settings_page(enter: Enter, root: Agent) -> FlaskClient:
    return enter(root)


def shanghai(root: Agent, **form: str) -> Calendar:
    return settings.create(typed.read(FORM | form), root)


@pytest.mark.parametrize(
    ("typed_hours", "expected"),
    [
        ("9-17", [(540, 1020)]),
        ("9:00–12:00, 13:00–18:00", [(540, 720), (780, 1080)]),
        ("22:00-24:00 0:00-6:00", [(0, 360), (1320, 1440)]),
        ("9.30 – 12.15；13:00至18:00", [(570, 735), (780, 1080)]),
        ("", []),
    ],
)
def test_it_reads_hours_as_people_write_them(typed_hours: str, expected: list[tuple[int, int]]) -> None:
    assert typed.slots(typed_hours) == expected
    assert typed.slots(typed.shown(expected)) == expected


@pytest.mark.parametrize("wrong", ["nine", "9-25", "17-9", "9-12, 11-13", "9:75-10", "9", "9-10," * 7])
def test_it_says_what_is_wrong_with_hours(app: object, wrong: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        typed.slots(wrong)


def test_it_refuses_unknown_zones_countries_and_regions(app: object) -> None:
    with pytest.raises(Invalid) as refused:
        typed.read({"name": "", "time_zone": "Mars/Olympus", "country": "XX", "slots_0": "late"})
    assert set(refused.value.fields) == {"name", "time_zone", "country", "slots_0"}
    with pytest.raises(Invalid) as refused:
        typed.read(FORM | {"country": "DE", "subdivision": "Atlantis"})
    assert set(refused.value.fields) == {"subdivision"}


def test_saving_what_is_so_already_is_never_stale(root: Agent) -> None:
    calendar = shanghai(root)
    settings.set_day(calendar, root, date(2026, 2, 20), "Stocktaking", None)
    assert not settings.change(calendar, root, 1, typed.read(FORM))


def test_a_day_can_be_changed_when_no_more_may_be_added(root: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MOST_DAYS", 1)
    calendar = shanghai(root)
    settings.set_day(calendar, root, date(2026, 2, 20), "Stocktaking", None)
    settings.set_day(calendar, root, date(2026, 2, 20), "Works outing", None)
    assert [day.name for day in calendar.days] == ["Works outing"]
    with pytest.raises(Invalid):
        settings.set_day(calendar, root, date(2026, 2, 21), "", None)


def test_hours_are_those_of_now_though_the_calendar_was_looked_at_before_somebody_changed_it(root: Agent) -> None:
    calendar = shanghai(root)
    assert not settings.hours(calendar.id).never_closes
    db.session.execute(text("DELETE FROM calendar_slot WHERE calendar_id = :id"), {"id": calendar.id})
    db.session.execute(text("UPDATE calendar SET version = version + 1 WHERE id = :id"), {"id": calendar.id})
    assert settings.hours(calendar.id).never_closes


def test_it_changes_a_calendar_and_tells_stale_editors(root: Agent) -> None:
    calendar = shanghai(root)
    wanted = typed.read(FORM | {"slots_5": "10-14", "country": ""})
    assert settings.change(calendar, root, 1, wanted)
    assert not settings.change(calendar, root, 2, wanted)
    assert settings.hours_of(calendar).week[5] == ((600, 840),)
    with pytest.raises(Stale) as stale:
        settings.change(calendar, root, 1, typed.read(FORM))
    assert set(stale.value.difference) == {"slots", "country"}
    changed = db.session.scalars(select(Event.data).where(Event.name == Name.CALENDAR_CHANGED)).all()[-1]
    assert changed["changes"]["country"] == ["CN", None]


def test_it_keeps_free_and_make_up_days(root: Agent) -> None:
    calendar = shanghai(root)
    settings.set_day(calendar, root, date(2027, 5, 8), "Make-up", 0)
    settings.set_day(calendar, root, date(2027, 5, 8), "Make-up for Labour Day", 4)
    settings.set_day(calendar, root, date(2027, 6, 1), "Stocktaking", None)
    assert [(day.day.day, day.works_as, day.name) for day in calendar.days] == [
        (8, 4, "Make-up for Labour Day"),
        (1, None, "Stocktaking"),
    ]
    settings.drop_day(calendar, root, date(2027, 6, 1))
    assert len(calendar.days) == 1
    assert calendar.version == 5


def test_it_refuses_a_calendar_that_would_never_open(root: Agent) -> None:
    with pytest.raises(Invalid) as refused:
        settings.create(typed.read({"name": "Gap", "time_zone": "Africa/Casablanca", "slots_6": "2:00-2:00"}), root)
    assert "slots_6" in refused.value.fields
    calendar = settings.create(typed.read({"name": "Sundays", "time_zone": "UTC", "slots_6": "9-10"}), root)
    sundays = [date(2026, 11, 29) + timedelta(days=7 * week) for week in range(60)]
    db.session.add_all(CalendarDay(calendar_id=calendar.id, day=sunday) for sunday in sundays)
    db.session.flush()
    with pytest.raises(Invalid):
        settings.set_day(calendar, root, sundays[0], "Closed", None)


def test_it_removes_only_what_nothing_counts_by(root: Agent) -> None:
    used, free = shanghai(root), shanghai(root, name="Free")
    factories.queue("Shanghai", calendar_id=used.id)
    settings.remove(free, root)
    with pytest.raises(IllegalMove):
        settings.remove(used, root)
    with pytest.raises(IllegalMove):
        settings.remove(settings.default(), root)


def test_it_changes_the_default(root: Agent) -> None:
    old, new = settings.default(), shanghai(root)
    settings.make_default(new, root)
    assert settings.default() is new
    db.session.refresh(old)
    assert not old.is_default


def test_it_duplicates_hours_and_days(root: Agent) -> None:
    calendar = shanghai(root)
    settings.set_day(calendar, root, date(2027, 6, 1), "Stocktaking", None)
    copy, again = settings.duplicate(calendar, root), settings.duplicate(calendar, root)
    assert {copy.name, again.name} == {"Shanghai (copy 1)", "Shanghai (copy 2)"}
    assert (len(copy.slots), len(copy.days), copy.is_default) == (10, 1, False)


def test_the_screen_shows_what_it_is_now_and_the_holidays(settings_page: FlaskClient, root: Agent) -> None:
    calendar = shanghai(root)
    assert "Working hours" in settings_page.get("/admin/calendars").text
    page = settings_page.get(f"/admin/calendars/{calendar.id}").text
    assert "9:00–12:00, 13:30–18:00" in page
    assert "New Year&#39;s Day" in page
    assert "worked in exchange" in page
    assert "opens" in page or "closes" in page


def test_the_screen_tells_holidays_in_the_readers_language(enter: Enter, root: Agent) -> None:
    root.language = "zh_Hans_CN"
    assert "元旦" in enter(root).get(f"/admin/calendars/{shanghai(root).id}").text


def test_the_screen_saves_and_keeps_what_was_wrong(settings_page: FlaskClient, root: Agent) -> None:
    settings_page.post("/admin/calendars", data={"name": "Kyoto"})
    calendar = db.session.scalars(select(Calendar).where(Calendar.name == "Kyoto")).one()
    assert len(calendar.slots) == 5
    url = f"/admin/calendars/{calendar.id}"
    saved = settings_page.post(
        url, data={**FORM, "version": calendar.version, "name": "Osaka", "time_zone": "Asia/Tokyo"}
    )
    assert saved.status_code == 303
    db.session.refresh(calendar)
    assert (calendar.name, calendar.time_zone, len(calendar.slots)) == ("Osaka", "Asia/Tokyo", 10)
    assert settings_page.post(url, data={**FORM, "version": "2", "slots_0": "late"}).status_code == 422
    settings_page.post(f"{url}/days", data={"day": "2027-01-04", "works_as": "free", "day_name": "Bank holiday"})
    assert "Bank holiday" in settings_page.get(url).text
    settings_page.post(f"{url}/days/drop", data={"day": "2027-01-04"})
    assert "Bank holiday" not in settings_page.get(url).text
    settings_page.post(f"{url}/duplicate")
    settings_page.post(f"{url}/default")
    db.session.refresh(calendar)
    assert calendar.is_default
