"""Finding customers by whatever was heard."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from contact_center import clock
from contact_center.customers import identity, records, search
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.text.addresses import Address, Scheme
from tests import factories


def opened(name: str, *values: str, **fields: str) -> Customer:
    points = [Address(Scheme.EMAIL if "@" in value else Scheme.PHONE, value) for value in values]
    return records.open_customer(name, points=points, **fields)


@pytest.mark.parametrize(
    "asked",
    [
        "greta", "LINDQVIST greta", "hamburg lindqvist", "lindq", "greta@lindqvist.example", "lindqvist.example",
        "+46 70 555 01 84", "0046705550184", "46705550184", "070-555 01 84", "705550184", "0705550",
        "070 555 01 84 greta", "Elbchaussee 20095", "20095 Hamburg", "K-4711", "Hamburg 070/5550184 lind",
    ],
)  # fmt: skip
def test_it_finds_a_person_by_anything_heard_in_any_order(app: Flask, asked: str) -> None:
    greta = opened(
        "Greta Lindqvist", "greta@lindqvist.example", "+46705550184",
        street="Elbchaussee 1", postcode="20095", city="Hamburg", external_id="K-4711",
    )  # fmt: skip
    opened("Bo Andersen", "bo@andersen.example", "+4917012345678", city="Bremen", postcode="28195")
    assert search.find(asked) == [greta]


@pytest.mark.parametrize(
    "asked", ["林晓梅", "晓梅", "林", "上海 晓梅", "晓梅 上海", "13800138000", "138 0013 8000", "浦东新区"]
)
def test_it_finds_a_chinese_customer(app: Flask, asked: str) -> None:
    lin = opened("林晓梅", "+8613800138000", city="上海", street="浦东新区世纪大道1号")
    opened("王小明", "+8613900139000", city="北京")
    assert search.find(asked) == [lin]


@pytest.mark.parametrize(
    "asked", ["", "  ", "!?", "nobody", "greta bremen", "+49 1", "''; DROP TABLE customer", "a & | ! :*", "nobo\x00dy"]
)
def test_it_finds_nobody_where_nothing_matches(app: Flask, asked: str) -> None:
    opened("Greta Lindqvist", city="Hamburg")
    assert search.find(asked) == []


def test_it_finds_an_address_in_its_own_script(app: Flask) -> None:
    owner = opened("Jörg Müller", "info@xn--mller-kva.example")
    assert search.find("info@müller.example") == [owner]
    assert search.find("jorg muller") == [owner]


def test_it_puts_an_exact_address_before_a_name_before_a_beginning(app: Flask) -> None:
    now = clock.now()
    order = [("Ann@x.example", ("ann@x.example",)), ("Ann", ()), ("Annika Ann", ()), ("Joan of Ann", ())]
    made = []
    for minutes, (name, values) in enumerate(order):
        with clock.standing_at(now + timedelta(minutes=minutes)):
            made.append(opened(name, *values))
    assert search.find("ann") == [made[1], made[2], made[0], made[3]]
    assert search.find("ann@x.example")[0] == made[0]


def test_it_finds_a_stranger_who_has_just_called_by_the_national_spelling(app: Flask) -> None:
    found = identity.identify(Address(Scheme.PHONE, "+49405550142"), "")
    assert [customer.id for customer in search.find("040 5550142")] == [found.customer_id]


def test_it_needs_two_statements_however_many_are_found(app: Flask) -> None:
    ada = factories.ada()
    hotel = records.open_customer("Hotel Sonne", kind="COMPANY")
    for number in range(12):
        opened(f"Greta {number}", f"greta{number}@x.example", company_id=hotel.id, owner_id=ada.id)
    db.session.commit()
    statements: list[str] = []
    event.listen(db.session.get_bind(), "before_cursor_execute", lambda *args: statements.append(args[2]))
    found = search.find("greta", limit=10)
    assert [(row.company.name, row.owner.name, len(row.points)) for row in found] == [
        ("Hotel Sonne", "Ada Brandt", 1)
    ] * 10
    assert len([sql for sql in statements if sql.startswith(("SELECT", "WITH"))]) == 2


def test_it_finds_a_company_however_many_of_its_people_bear_its_name(app: Flask) -> None:
    hotel = records.open_customer("Hotel Sonne GmbH", kind="COMPANY")
    for number in range(12):
        opened(f"Person {number}", company_id=hotel.id)
    assert hotel not in search.find("sonne", 8)
    assert search.find("sonne", 8, lambda customer: [customer.kind == "COMPANY"]) == [hotel]
