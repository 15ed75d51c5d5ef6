"""Customers by their number in another system: idempotent, many at once, each with its own outcome."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contact_center.customers import custom, records, search
from contact_center.customers.models import Customer, CustomerKind
from contact_center.errors import Invalid
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from tests import factories

GRETA: dict[str, Any] = {
    "external_id": "K-1", "name": "Greta Lindqvist", "status": "ACTIVE", "emails": ["greta@lindqvist.example"],
    "phone": "+46 70 555 01 84", "city": "Malmö", "country": "SE", "birthday": "1984-03-09", "region": "North",
}  # fmt: skip


def events(name: Name) -> list[dict[str, Any]]:
    return list(db.session.scalars(select(Event.data).where(Event.name == name).order_by(Event.id)))


def test_it_opens_changes_and_leaves_alone(app: Flask) -> None:
    created, changed, same = (
        records.put(**row) for row in (GRETA, GRETA | {"city": "Lund", "region": ""}, {"external_id": "K-1"})
    )
    assert [put.outcome for put in (created, changed, same)] == ["created", "changed", "same"]
    greta = same.row
    assert (greta.city, greta.region, greta.birthday, greta.version) == ("Lund", None, date(1984, 3, 9), 2)
    assert sorted(point.value for point in greta.points) == ["+46705550184", "greta@lindqvist.example"]
    assert events(Name.CUSTOMER_OPENED) == [{"kind": "PERSON", "source": "IMPORT"}]
    assert [event["changes"] for event in events(Name.CUSTOMER_CHANGED)] == [
        {"city": ["Malmö", "Lund"], "region": ["North", None]}
    ]
    assert search.find("lindqvist lund") == [greta]


def test_the_same_rows_again_change_nothing(app: Flask) -> None:
    rows = [GRETA, {"external_id": "K-2", "name": "Bo Andersen", "custom.size": ""}]
    records.put_many(rows[:1])
    before = db.session.scalar(select(func.count()).select_from(Event))
    assert [result.outcome for result in records.put_many([GRETA] * 1)] == ["same"]
    assert db.session.scalar(select(func.count()).select_from(Event)) == before


def test_a_bad_row_says_why_and_the_others_go_in(app: Flask) -> None:
    rows: list[dict[str, Any]] = [
        GRETA,
        {"external_id": "K-2", "name": ""},
        {"external_id": "K-3"},
        {"external_id": "", "name": "Nobody"},
        {"external_id": "K-1", "name": "Greta again"},
        {"external_id": "K-4", "name": "Bo", "email": "bo at home", "birthday": "31.02.1999", "country": "Atlantis"},
        {"external_id": "K-5", "name": "Bo", "company": "K-1", "owner": "nobody@norra.example", "shoe": "44"},
        {"external_id": "K-6", "name": "Nils"},
    ]
    results = records.put_many(rows)
    assert [sorted(result.wrong) for result in results] == [
        [], ["name"], ["name"], ["external_id"], ["external_id"], ["birthday", "country", "email"], ["shoe"], [],
    ]  # fmt: skip
    assert all(sentence.endswith(".") for result in results for sentence in result.wrong.values())
    assert db.session.scalar(select(func.count()).select_from(Customer)) == 2


def test_references_are_found_in_the_same_batch_or_refused(app: Flask) -> None:
    ada = factories.ada()
    rows = [
        {"external_id": "P-1", "name": "Greta", "company": "C-1", "owner": ada.email, "position": "Chef"},
        {"external_id": "C-1", "name": "Hotel Sonne", "kind": "COMPANY", "industry": "Hotels"},
        {"external_id": "P-2", "name": "Bo", "company": "P-3"},
        {"external_id": "P-3", "name": "Nils", "owner": "gone@norra.example"},
    ]
    greta, hotel, bo, nils = records.put_many(rows)
    person = db.session.get_one(Customer, greta.id)
    assert (person.company_id, person.owner_id, person.position) == (hotel.id, ada.id, "Chef")
    assert (list(bo.wrong), list(nils.wrong)) == (["company"], ["owner"])
    assert search.find("greta sonne") == [person]


def test_a_company_with_people_stays_one(app: Flask) -> None:
    records.put_many([{"external_id": "C-1", "name": "Hotel", "kind": "COMPANY"}])
    records.put_many([{"external_id": "P-1", "name": "Greta", "company": "C-1"}])
    hotel, greta = records.put_many(
        [{"external_id": "C-1", "kind": "PERSON"}, {"external_id": "P-1", "kind": "COMPANY"}]
    )
    assert (list(hotel.wrong), list(greta.wrong)) == (["kind"], ["company"])


def test_the_firms_own_fields_come_along(app: Flask) -> None:
    root = factories.root()
    custom.define(root, key="size", label="Size", kind="NUMBER", is_searched=True)
    custom.define(root, key="card", label="Card", kind="CHOICE", choices="Gold\nSilver")
    put = records.put("K-1", name="Hotel", kind=CustomerKind.COMPANY, **{"custom.size": "12.5", "custom.card": "gold"})
    assert put.row.custom == {"size": 12.5, "card": "Gold"}
    with pytest.raises(Invalid) as refused:
        records.put("K-1", **{"custom.size": "many", "custom.card": "Tin", "custom.other": "x"})
    assert sorted(refused.value.fields) == ["custom.card", "custom.other", "custom.size"]
    assert search.find("12.5") == [put.row]
