"""Whom a customer may be the same as: why, how likely, and what somebody said about it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import duplicates, likeness, records, search
from contact_center.customers.likeness import THRESHOLD, Record
from contact_center.customers.models import Customer
from contact_center.extensions import db
from tests import factories

MAIL, PHONE = ("EMAIL", "greta@lindqvist.example"), ("PHONE", "+46705550184")
GRETA: dict[str, Any] = {
    "id": 1, "kind": "PERSON", "name": "Greta Lindqvist", "street": "Storgatan 5", "postcode": "211 42",
    "city": "Malmö",
}  # fmt: skip


def score(**other: Any) -> int:
    """How alike Greta, who has a number and an address for mail, and somebody else are."""
    known = {MAIL: (2, False), PHONE: (2, False)}
    theirs = {"id": 2, "kind": "PERSON", "points": {}, **other}
    return likeness.compare(Record(**GRETA, points=known), Record(**theirs)).score


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Greta Lindquist", "points": {MAIL: (2, False)}},
        {"name": "Lindqvist, Greta", "points": {PHONE: (2, True)}},
        {"name": "G. Lindqvist", "points": {MAIL: (2, True)}},
        {"name": "Gréta LINDQVIST", "street": "storgatan 5", "postcode": "211 42"},
        {"name": "Greta Lindquist", "street": "Storgatan 5", "city": "Malmö"},
    ],
)
def test_these_may_be_greta(other: dict[str, Any]) -> None:
    assert score(**other) >= THRESHOLD


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Nils Lindqvist", "street": "Storgatan 5", "postcode": "211 42", "points": {PHONE: (2, False)}},
        {"name": "Greta Lindqvist"},
        {"name": "Greta Lindqvist", "city": "Malmö"},
        {"name": "Greta Lindqvist", "street": "Storgatan 15", "postcode": "211 42"},
        {"name": "Hotel Sonne GmbH", "kind": "COMPANY", "points": {MAIL: (2, False)}},
        {"name": "Bo Andersen", "points": {PHONE: (9, False)}},
    ],
)
def test_these_are_somebody_else(other: dict[str, Any]) -> None:
    assert score(**other) < THRESHOLD


def test_a_different_birthday_speaks_against_it() -> None:
    twins = [
        Record(id=i, kind="PERSON", name="Li Na", city="上海", birthday=date(1990, 1, i), points={PHONE: (2, False)})
        for i in (1, 2)
    ]
    assert likeness.compare(*twins).score < THRESHOLD


def test_legal_forms_do_not_make_two_firms_alike_or_different() -> None:
    assert likeness.folded_name("Hotel Sonne GmbH & Co. KG") == likeness.folded_name("Hotel Sonne") == "hotel sonne"
    assert likeness.folded_name("上海晨光贸易有限公司") == "上海晨光贸易"


@pytest.fixture
def lee(app: Flask) -> Agent:
    return factories.lee()


def twins(lee: Agent) -> tuple[Customer, Customer]:
    told = {"street": "Storgatan 5", "postcode": "211 42", "city": "Malmö"}
    return records.open_customer("Greta Lindqvist", lee, **told), records.open_customer("Greta Lindquist", lee, **told)


def pairs() -> list[tuple[int, int]]:
    return [(row.left_id, row.right_id) for row in duplicates.page().rows]


def test_the_sweep_finds_customers_who_changed_and_goes_over_them_once(lee: Agent) -> None:
    greta, twin = twins(lee)
    assert duplicates.sweep() == 0  # too fresh: something earlier may still be committed
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert (duplicates.sweep(), duplicates.sweep()) == (2, 0)
    assert pairs() == [(greta.id, twin.id)]


def test_what_somebody_said_is_remembered(lee: Agent) -> None:
    greta, twin = twins(lee)
    duplicates.dismiss(twin, greta, lee)
    duplicates.look([greta.id, twin.id])
    assert pairs() == []
    duplicates.revive(greta, twin, lee)
    assert pairs() == [(greta.id, twin.id)]


def test_a_pair_that_is_not_alike_any_more_goes(lee: Agent) -> None:
    greta, twin = twins(lee)
    duplicates.look([greta.id])
    records.change(twin, lee, twin.version, name="Nils Holm", street="Hamngatan 12")
    duplicates.look([twin.id])
    assert pairs() == []


def test_the_list_goes_on_after_a_page(lee: Agent) -> None:
    for i in range(5):
        factories.customer(f"Person {i}", phone="+4940555014"), factories.customer(f"Person {i}", phone=f"+49405550{i}")
    for _time in range(2):
        for name in ("Anna Berg", "Otto Meyer", "Lin Wei"):
            records.open_customer(name, lee, street="Hof 1", postcode="10115")
    duplicates.look(list(db.session.scalars(db.select(Customer.id))))
    first = duplicates.page(limit=2)
    second = duplicates.page(limit=2, after=first.next)
    assert (len(first.rows), len(second.rows), second.next) == (2, 1, None)
    assert not {row.id for row in first.rows} & {row.id for row in second.rows}


def test_looking_costs_the_same_statements_however_many_customers_there_are(lee: Agent) -> None:
    said: list[str] = []
    ids = [twins(lee)[0].id for _time in range(8)]
    search.index(ids)
    event.listen(db.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    duplicates.look(ids[:1])
    one = len(said)
    said.clear()
    duplicates.look(ids)
    assert len(said) == one
