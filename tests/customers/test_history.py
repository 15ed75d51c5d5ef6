"""Who changed what, and who looked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask

from contact_center import clock
from contact_center.customers import history, notes, points, records
from contact_center.events.names import Name
from tests import factories

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_it_tells_who_changed_what_newest_first_and_page_by_page(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    records.change(greta, ada, 1, city="Hamburg")
    points.relabel(greta.points[0], ada, "home")
    notes.add(greta, ada, "Has a dog")
    newest, *rest = history.page(greta, limit=2)
    assert (newest.name, newest.who, newest.data["text"]) == (Name.CUSTOMER_NOTED, "Ada Brandt", "Has a dog")
    older = history.page(greta, before=rest[-1].id)
    assert [entry.name for entry in (*rest, *older)] == [Name.CONTACT_POINT_CHANGED, Name.CUSTOMER_CHANGED]
    assert older[0].data["changes"] == {"city": [None, "Hamburg"]}


def test_it_records_one_look_per_person_in_ten_minutes(app: Flask) -> None:
    ada, lee, greta = factories.ada(), factories.lee(), factories.greta()
    for minutes, who in ((0, ada), (3, ada), (4, lee), (9, ada), (11, ada), (12, lee)):
        with clock.standing_at(NOON + timedelta(minutes=minutes)):
            history.record_look(greta, who)
    looks = history.page(greta, looks=True)
    assert [(look.who, look.at.minute) for look in reversed(looks)] == [
        ("Ada Brandt", 0), ("Lee Wong", 4), ("Ada Brandt", 11),
    ]  # fmt: skip
    assert history.page(greta) == []
