"""Opening and changing customers."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center.customers import records, search
from contact_center.customers.models import Customer, CustomerKind, CustomerStatus, PointSource
from contact_center.errors import Invalid, Stale
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text.addresses import Address, Scheme
from tests import factories


def events(customer: Customer, name: Name = Name.CUSTOMER_CHANGED) -> list[dict]:
    asked = select(Event.data).where(Event.customer_id == customer.id, Event.name == name)
    return list(db.session.scalars(asked.order_by(Event.id)))


def test_it_opens_a_person_with_claimed_addresses(app: Flask) -> None:
    ada = factories.ada()
    number = Address(Scheme.PHONE, "+4940555014")
    lin = records.open_customer(
        "  林\t晓梅 ", ada, points=[number, number], city="上海", country="中国", language="zh-CN"
    )
    assert (lin.name, lin.kind, lin.status) == ("林 晓梅", CustomerKind.PERSON, CustomerStatus.PROSPECT)
    assert (lin.country, lin.language) == ("CN", "zh_CN")
    assert [(p.value, p.verified_at, p.source) for p in lin.points] == [("+4940555014", None, PointSource.AGENT)]
    assert events(lin, Name.CUSTOMER_OPENED) == [{"kind": "PERSON", "source": "AGENT"}]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " \u200b "),
        ("name", "x" * 201),
        ("country", "Atlantis"),
        ("language", "klingon?"),
        ("time_zone", "Mars/Olympus"),
        ("kind", "ROBOT"),
        ("status", "GONE"),
        ("company_id", "abc"),
        ("company_id", 999_999_999),
        ("owner_id", 999_999_999),
    ],
)
def test_it_refuses_a_bad_field_with_a_sentence_and_writes_nothing(app: Flask, field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        records.open_customer(**{"name": "Greta", field: value})
    assert list(refused.value.fields) == [field]
    assert refused.value.sentence == refused.value.fields[field]
    assert db.session.scalar(select(Customer.id)) is None


def test_it_records_old_and_new_of_every_change(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    assert records.change(greta, ada, greta.version, city="Hamburg", owner_id=ada.id)
    assert records.change(greta, ada, greta.version, city="Bremen", status="FORMER")
    assert (greta.city, greta.status, greta.version) == ("Bremen", CustomerStatus.FORMER, 3)
    first, second = events(greta)
    assert first["changes"] == {"city": [None, "Hamburg"], "owner_id": [None, ada.id]}
    assert first["words"] == {"owner_id": [None, "Ada Brandt"]}
    assert second["changes"] == {"city": ["Hamburg", "Bremen"], "status": ["ACTIVE", "FORMER"]}


def test_it_writes_nothing_where_nothing_differs(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    assert not records.change(greta, ada, greta.version, name="Greta  Lindqvist ", city="")
    assert (greta.version, events(greta)) == (1, [])


def test_it_refuses_a_stale_save_and_tells_theirs_and_now(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    seen = greta.version
    records.change(greta, ada, seen, city="Hamburg")
    with pytest.raises(Stale) as stale:
        records.change(greta, ada, seen, seen={"city": ""}, city="Bremen")
    assert stale.value.difference == {"city": ("Bremen", "Hamburg")}
    assert greta.city == "Hamburg"


def test_it_refuses_a_stale_save_that_does_not_tell_what_was_seen(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    records.change(greta, ada, 1, city="Hamburg")
    with pytest.raises(Stale):
        records.change(greta, ada, 1, street="Elbchaussee 1")


def test_it_lets_two_people_change_two_fields_at_once(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    records.change(greta, ada, 1, city="Hamburg")
    assert records.change(greta, ada, 1, seen={"street": ""}, street="Elbchaussee 1")
    assert (greta.city, greta.street, greta.version) == ("Hamburg", "Elbchaussee 1", 3)


def test_it_makes_a_person_a_contact_person_and_tells_both_histories(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    hotel = records.open_customer("Hotel Sonne GmbH", ada, kind="COMPANY")
    records.set_company(greta, hotel, ada, position="Head of kitchen", role="Decides")
    assert (greta.company, greta.position, greta.role) == (hotel, "Head of kitchen", "Decides")
    assert records.people_of(hotel) == [greta]
    assert events(hotel)[-1]["changes"] == {"contact_person": [None, "Greta Lindqvist"]}
    records.set_company(greta, None, ada)
    assert (greta.company, greta.position, greta.role) == (None, None, None)
    assert events(hotel)[-1]["changes"] == {"contact_person": ["Greta Lindqvist", None]}


def test_it_keeps_companies_out_of_companies(app: Flask) -> None:
    ada = factories.ada()
    hotel, chain = (records.open_customer(name, ada, kind="COMPANY") for name in ("Hotel Sonne", "Sonne AG"))
    for company in (hotel, chain):
        with pytest.raises(Invalid):
            records.set_company(hotel, company, ada)


def test_it_does_not_turn_a_company_with_contact_persons_into_a_person(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    hotel = records.open_customer("Hotel Sonne GmbH", ada, kind="COMPANY")
    records.set_company(greta, hotel, ada)
    for customer, kind in ((hotel, "PERSON"), (greta, "COMPANY")):
        with pytest.raises(Invalid) as refused:
            records.change(customer, ada, customer.version, kind=kind)
        assert "kind" in refused.value.fields


def test_it_refuses_a_person_as_a_company(app: Flask) -> None:
    with pytest.raises(Invalid) as refused:
        records.set_company(factories.greta(), factories.bo(), factories.ada())
    assert "company_id" in refused.value.fields


def test_it_gives_a_customer_number_only_once(app: Flask) -> None:
    ada, greta, bo = factories.ada(), factories.greta(), factories.bo()
    records.change(greta, ada, 1, external_id="K-1")
    with pytest.raises(Invalid) as refused:
        records.change(bo, ada, 1, external_id="K-1")
    assert "Greta Lindqvist" in refused.value.fields["external_id"]


def test_it_finds_contact_persons_by_the_new_name_of_their_company(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    hotel = records.open_customer("Hotel Sonne GmbH", ada, kind="COMPANY")
    records.set_company(greta, hotel, ada)
    records.change(hotel, ada, hotel.version, name="Hotel Mond AG")
    assert greta in search.find("greta mond")
    assert greta not in search.find("greta sonne")


def test_it_changes_a_customer_that_was_loaded_with_its_company(app: Flask) -> None:
    ada = factories.ada()
    hotel = records.open_customer("Hotel Sonne GmbH", ada, kind="COMPANY")
    records.open_customer("Greta Lindqvist", ada, company_id=hotel.id, owner_id=ada.id)
    db.session.expunge_all()
    (greta,) = search.find("greta")
    assert records.change(greta, db.session.get_one(type(ada), ada.id), greta.version, city="Hamburg")
    assert greta.company is not None
    assert greta.company.name == "Hotel Sonne GmbH"
