"""Two customers made one, field by field, and taken apart again."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import absorbing, consents, duplicates, identity, merging, notes, points, records, search
from contact_center.customers.models import Customer
from contact_center.customers.points import Proof
from contact_center.errors import AlreadyTaken, IllegalMove, Invalid
from contact_center.extensions import Base, db
from contact_center.files.models import File
from contact_center.kb.models import Article, Space
from contact_center.text.addresses import Address, Scheme
from tests import factories

TABLE = Customer.__table__


def references() -> list[tuple[str, str]]:
    return sorted((column.table.name, column.name) for column in absorbing.references(TABLE))


def everything() -> dict[str, list[Any]]:
    """All rows of all tables that have to do with customers, but for what may only grow."""
    db.session.flush()
    search.index(list(db.session.scalars(select(Customer.id))))
    tables = {"customer", *(table for table, _column in references())} - {"customer_merge", "customer_duplicate"}
    held = {}
    for table in sorted(tables):
        rows = db.session.execute(text(f"SELECT to_jsonb(t) - 'version' FROM \"{table}\" t")).scalars()
        held[table] = sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
    return held


def test_it_knows_every_reference_that_the_database_has(app: Flask) -> None:
    there = db.session.execute(
        text("""
        SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.confrelid = 'customer'::regclass AND c.conparentid = 0
        """)
    ).all()
    assert sorted((table.strip('"'), column) for table, column in there) == references()


def test_no_reference_to_a_customer_is_without_an_index(app: Flask) -> None:
    """Merging, and deleting, look for a customer's rows in every one of these tables."""
    found = db.session.execute(
        text("""
        SELECT i.indrelid::regclass::text, a.attname FROM pg_index i
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = '(' || a.attname || ' IS NOT NULL)'
        """)
    ).all()
    indexed = {(table.strip('"'), column) for table, column in found}
    assert [reference for reference in references() if reference not in indexed] == []


@pytest.fixture
def lee(app: Flask) -> Agent:
    return factories.lee()


@pytest.fixture
def greta(app: Flask) -> Customer:
    return factories.greta()


@pytest.fixture
def twin(app: Flask) -> Customer:
    """Greta again, as the shop knows her."""
    return factories.customer(
        "Greta Lindquist",
        "greta@lindqvist.example",
        "greta@work.example",
        city="Malmö",
        external_id="K-2",
        about="Likes tea",
    )


def test_it_takes_over_everything_and_leaves_nothing_behind(
    app: Flask, lee: Agent, greta: Customer, twin: Customer
) -> None:
    queue = factories.queue("Service", lee)
    ticket = factories.ticket(queue, sender="greta@work.example")
    assert ticket.customer_id == twin.id
    note = notes.add(twin, lee, "Calls in the morning")
    gone = twin.id
    merging.merge(greta.id, gone, lee)
    db.session.expire_all()
    assert (ticket.customer_id, note.customer_id) == (greta.id, greta.id)
    assert sorted(point.value for point in greta.points) == [
        "+46705550184", "greta@lindqvist.example", "greta@work.example",
    ]  # fmt: skip
    assert (greta.name, greta.city, greta.external_id, greta.about) == ("Greta Lindqvist", "Malmö", "K-2", "Likes tea")
    assert db.session.get(Customer, gone) is None
    assert merging.survivors([gone]) == {gone: greta.id}
    assert search.find("greta@work.example") == [greta]


def test_somebody_chooses_whose_value_stays(app: Flask, lee: Agent, greta: Customer, twin: Customer) -> None:
    greta.about = "Wants calls"
    merging.merge(greta.id, twin.id, lee, {"name": "right", "city": "left", "about": "both"})
    assert (greta.name, greta.city, greta.about) == ("Greta Lindquist", None, "Wants calls\n\nLikes tea")


def test_it_refuses_a_choice_that_there_is_not(app: Flask, lee: Agent, greta: Customer, twin: Customer) -> None:
    for wrong in ({"name": "middle"}, {"name": "both"}):
        with pytest.raises(Invalid):
            merging.merge(greta.id, twin.id, lee, wrong)


def test_an_address_of_both_keeps_what_either_knew(app: Flask, lee: Agent) -> None:
    one, other = factories.customer("Bo", phone="+4940555014"), factories.customer("Bo B.", phone="+4940555014")
    points.verify(other.points[0], lee, Proof.CALLED)
    points.prefer(other.points[0], lee)
    merging.merge(one.id, other.id, lee)
    [point] = one.points
    assert (point.verified_by, point.is_preferred) == ("called", False)


def test_a_refusal_of_either_outlives_the_other_yes(app: Flask, lee: Agent, greta: Customer, twin: Customer) -> None:
    consents.record(greta, "email", "marketing", lee, is_granted=False, evidence="Letter of 3 May")
    consents.record(twin, "email", "marketing", lee, is_granted=True, evidence="Box ticked in the shop")
    done = merging.merge(greta.id, twin.id, lee)
    assert not consents.allows(greta.id, "email", "marketing")
    merging.undo(done.id, lee)
    assert consents.allows(done.merged_id, "email", "marketing")
    assert len(consents.every(greta.id)) == 1


def test_an_old_customer_number_goes_on_meaning_the_survivor(
    app: Flask, lee: Agent, greta: Customer, twin: Customer
) -> None:
    records.change(greta, lee, greta.version, external_id="K-1")
    merging.merge(greta.id, twin.id, lee)
    assert records.ids_of(["K-1", "K-2", "K-3"]) == {"K-1": greta.id, "K-2": greta.id}
    put = records.put("K-2", name="Greta L.", street="Storgatan 5")
    assert (put.row.id, put.row.name, put.row.street) == (greta.id, "Greta Lindqvist", "Storgatan 5")
    with pytest.raises(Invalid):
        records.open_customer("Somebody", external_id="K-2")


def test_a_chain_of_merges_leads_to_the_last_and_is_undone_backwards(
    app: Flask, lee: Agent, greta: Customer, twin: Customer
) -> None:
    before, bo = everything(), factories.bo()
    with_bo = everything()
    first = merging.merge(greta.id, twin.id, lee)
    second = merging.merge(bo.id, greta.id, lee, is_sure=True)
    assert merging.survivors([first.merged_id, second.merged_id]) == {first.merged_id: bo.id, second.merged_id: bo.id}
    with pytest.raises(IllegalMove):
        merging.undo(first.id, lee)
    merging.undo(second.id, lee)
    merging.undo(first.id, lee)
    assert everything() == with_bo != before


def test_what_came_since_stays_with_the_survivor(app: Flask, lee: Agent, greta: Customer, twin: Customer) -> None:
    done = merging.merge(greta.id, twin.id, lee)
    since = notes.add(greta, lee, "Written after the merge")
    records.change(greta, lee, greta.version, city="Lund")
    merging.undo(done.id, lee)
    assert since.customer_id == greta.id
    assert (greta.city, db.session.get_one(Customer, done.merged_id).city) == ("Lund", "Malmö")


def test_it_is_undone_once_and_within_a_month(app: Flask, lee: Agent, greta: Customer, twin: Customer) -> None:
    late = merging.merge(greta.id, twin.id, lee)
    with time_machine.travel(clock.now() + timedelta(days=31)), pytest.raises(IllegalMove):
        merging.undo(late.id, lee)
    merging.undo(late.id, lee)
    with pytest.raises(IllegalMove):
        merging.undo(late.id, lee)


def test_after_a_month_what_undoing_needs_is_let_go_and_the_way_stays(
    app: Flask, lee: Agent, greta: Customer, twin: Customer
) -> None:
    done = merging.merge(greta.id, twin.id, lee)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        merging.forget()
    db.session.refresh(done, ["undo"])
    assert done.undo is None
    assert merging.survivors([done.merged_id]) == {done.merged_id: greta.id}


def test_two_verified_strangers_are_merged_only_by_somebody_who_is_sure(
    app: Flask, lee: Agent, greta: Customer
) -> None:
    bo = factories.bo()
    with pytest.raises(IllegalMove):
        merging.merge(greta.id, bo.id, lee)
    assert merging.merge(greta.id, bo.id, lee, is_sure=True).survivor_id == greta.id


def test_an_undone_merge_is_not_proposed_again(app: Flask, lee: Agent, greta: Customer, twin: Customer) -> None:
    duplicates.look([greta.id])
    assert duplicates.page().rows != []
    merging.undo(merging.merge(greta.id, twin.id, lee).id, lee)
    duplicates.look([greta.id])
    assert duplicates.page().rows == []


def test_a_contact_person_is_not_merged_into_their_company(app: Flask, lee: Agent, greta: Customer) -> None:
    hotel = records.open_customer("Hotel Sonne", lee, kind="COMPANY")
    records.set_company(greta, hotel, lee)
    for pair in ((greta.id, hotel.id), (hotel.id, greta.id)):
        with pytest.raises(IllegalMove):
            merging.merge(*pair, lee)


def test_a_prospect_that_a_firm_wrote_from_goes_into_the_firm(app: Flask, lee: Agent, greta: Customer) -> None:
    hotel, chain = (records.open_customer(name, lee, kind="COMPANY") for name in ("Hotel Sonne", "Sonne AG"))
    records.set_company(greta, chain, lee, position="Chef")
    merging.merge(hotel.id, greta.id, lee)
    assert (hotel.kind, hotel.company_id, hotel.position) == ("COMPANY", None, None)


def test_the_second_of_two_who_merge_at_once_is_told(app: Flask, lee: Agent, greta: Customer, twin: Customer) -> None:
    gone = twin.id
    merging.merge(greta.id, gone, lee)
    with pytest.raises(AlreadyTaken):
        merging.merge(greta.id, gone, lee)
    with pytest.raises(AlreadyTaken):
        merging.merge(gone, greta.id, lee)


def test_a_message_finds_the_survivor(app: Flask, lee: Agent, greta: Customer, twin: Customer) -> None:
    merging.merge(greta.id, twin.id, lee)
    found = identity.identify(Address(Scheme.EMAIL, "greta@work.example"), "Greta")
    assert found.customer_id == greta.id


def _fill(dice: random.Random, table: Any, known: dict[str, list[Any]]) -> None:
    """Write some rows into *table* for the first two customers, as far as its other columns and constraints allow."""
    columns = [
        c for c in table.c if c.identity is None and c.computed is None and "tsvector" not in str(c.type).lower()
    ]
    for customer_id in known["customer"][:2]:
        written = 0
        for _try in range(10):
            if written == 2:
                break
            row = {c.name: _value(dice, c, known) for c in columns if not _is_optional(c) or dice.random() < 0.3}
            row |= {c.name: customer_id for c in columns if c.name == "customer_id"}
            savepoint = db.session.begin_nested()
            try:
                db.session.execute(table.insert().values(row))
                savepoint.commit()
                written += 1
            except (IntegrityError, StatementError):  # a combination that a constraint forbids is none
                savepoint.rollback()


def _is_optional(column: Any) -> bool:
    return column.nullable or column.server_default is not None


def _value(dice: random.Random, column: Any, known: dict[str, list[Any]]) -> Any:
    """A random value that a column may hold."""
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column.table.name
        return dice.choice(known[target]) if known.get(target) else None
    if getattr(column.type, "enums", None):
        return dice.choice(column.type.enums)
    kind = column.type.python_type
    made = {
        bool: dice.random() < 0.5, int: dice.randrange(1, 4), str: dice.choice(["A", "B", "EUR"]), bytes: b"x",
        list: [], dict: {"n": dice.randrange(3)}, float: 1.0,
    }  # fmt: skip
    if kind.__name__ in ("datetime", "date"):
        at = clock.now() - timedelta(days=dice.randrange(3))
        return at if kind.__name__ == "datetime" else at.date()
    return made.get(kind, dice.randrange(1, 4))


@pytest.mark.parametrize("seed", range(4))
def test_merging_and_undoing_changes_nothing_whatever_hangs_on_the_two(app: Flask, lee: Agent, seed: int) -> None:
    """Random rows in every table that refers to customers, derived from the metadata: new tables are covered too."""
    dice = random.Random(seed)
    people = [factories.customer(f"Person {i}", phone=f"+49405550{i}") for i in range(4)]
    company = records.open_customer("Hotel Sonne", lee, kind="COMPANY")
    ids = [person.id for person in people]
    people[3].company_id = company.id
    factories.ticket(factories.queue("Service", lee))
    db.session.add(File(sha256=b"x", size=1, stored_at=clock.now()))
    space = Space(names={"en": "Help"}, slug="help")
    written = {"added_at": clock.now(), "changed_at": clock.now()}
    db.session.add(Article(space=space, slug="descale", source_language="en", **written))
    db.session.flush()
    known: dict[str, list[Any]] = {"customer": ids}
    for table in Base.metadata.sorted_tables:
        if (table.name, "customer_id") in references():
            _fill(dice, table, known)
        own = list(table.primary_key.columns)
        if table.name not in known and len(own) == 1:
            known[table.name] = list(db.session.scalars(select(own[0])))
    held = everything()
    assert sum(bool(held.get(table)) for table, _column in references()) >= len(references()) - 5
    for _time in range(2):
        left, right = dice.sample(ids[:2], 2)
        before = everything()
        done = merging.merge(left, right, lee, is_sure=True)
        assert right not in {row.get("customer_id") for rows in everything().values() for row in rows}
        merging.undo(done.id, lee)
        assert everything() == before
