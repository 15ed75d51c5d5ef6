"""Contact points: normal forms, verification, preference, removal and its undoing."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center import clock
from contact_center.customers import points, search
from contact_center.customers.models import ContactPoint, Customer, PointSource
from contact_center.errors import IllegalMove, Invalid
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text.addresses import Address, Scheme
from tests import factories


def names_of_events(customer: Customer) -> list[str]:
    return list(db.session.scalars(select(Event.name).where(Event.customer_id == customer.id).order_by(Event.id)))


@pytest.mark.parametrize(
    ("typed", "scheme", "value"),
    [
        (" Greta@Lindqvist.Example ", Scheme.EMAIL, "greta@lindqvist.example"),
        ("info@müller.example", Scheme.EMAIL, "info@xn--mller-kva.example"),
        ("040 / 555 01 42", Scheme.PHONE, "+49405550142"),
        ("0046 70 555 01 84", Scheme.PHONE, "+46705550184"),
        ("+86 138 0013 8000", Scheme.PHONE, "+8613800138000"),
    ],
)
def test_it_reads_what_people_type(app: Flask, typed: str, scheme: Scheme, value: str) -> None:
    assert points.read(typed) == Address(scheme, value)


@pytest.mark.parametrize("typed", ["", "  ", "greta@", "@x.example", "12", "anonymous", "call me"])
def test_it_says_beside_the_field_what_is_wrong(app: Flask, typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        points.read(typed)
    assert list(refused.value.fields) == ["value"]


def test_it_adds_an_address_once(app: Flask) -> None:
    ada, bo = factories.ada(), factories.bo()
    address = points.read("+49 40 555 01 42")
    first = points.add(bo, address, ada, label="kitchen")
    again = points.add(bo, address, ada, label="bar")
    assert (again, again.label, again.source, again.verified_at) == (first, "kitchen", PointSource.AGENT, None)
    assert names_of_events(bo) == [Name.CONTACT_POINT_ADDED]
    assert bo in search.find("040 5550142")


def test_it_names_other_customers_with_the_same_address(app: Flask) -> None:
    ada, greta, bo = factories.ada(), factories.greta(), factories.bo()
    point = points.add(bo, points.read("greta@lindqvist.example"), ada)
    assert points.others(point) == [greta]
    assert points.others(bo.points[0]) == []


def test_it_prefers_one_address_of_each_kind(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    second = points.add(greta, points.read("work@lindqvist.example"), ada)
    first, phone = greta.points[0], greta.points[1]
    for point in (first, phone, second):
        points.prefer(point, ada)
    db.session.refresh(first)
    assert [p.is_preferred for p in (first, phone, second)] == [False, True, True]


def test_it_records_how_an_address_was_verified_and_lets_doubt_return(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    phone = greta.points[1]
    points.verify(phone, ada, points.Proof.CALLED)
    points.verify(phone, ada, points.Proof.DOCUMENT)
    assert (phone.verified_by, phone.verified_at is not None) == ("called", True)
    points.doubt(phone, ada)
    assert (phone.verified_by, phone.verified_at) == (None, None)
    assert names_of_events(greta) == [Name.CONTACT_POINT_VERIFIED, Name.CONTACT_POINT_CHANGED]


def test_it_takes_the_flag_off_a_bounced_address(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    mail = greta.points[0]
    mail.bounced_at, mail.bounce_reason = clock.now(), "550 no such person"
    points.clear_bounce(mail, ada)
    assert (mail.bounced_at, mail.bounce_reason) == (None, None)
    changed = db.session.scalars(select(Event.data).where(Event.name == Name.CONTACT_POINT_CHANGED)).one()
    assert changed["changes"]["bounce_reason"] == ["550 no such person", None]


def test_it_brings_a_removed_address_back_as_it_was(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    mail = greta.points[0]
    points.relabel(mail, ada, "home")
    points.prefer(mail, ada)
    kept = (mail.id, mail.value, mail.label, mail.is_preferred, mail.verified_at, mail.added_at)
    points.remove(mail, ada)
    assert [p.scheme for p in greta.points] == [Scheme.PHONE]
    assert greta not in search.find("greta@lindqvist.example")
    back = points.restore(greta, kept[0], ada)
    assert (back.id, back.value, back.label, back.is_preferred, back.verified_at, back.added_at) == kept
    assert points.restore(greta, kept[0], ada) is back
    assert greta in search.find("greta@lindqvist.example")


def test_it_does_not_prefer_two_addresses_after_bringing_one_back(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    mail = greta.points[0]
    points.prefer(mail, ada)
    gone = mail.id
    points.remove(mail, ada)
    points.prefer(points.add(greta, points.read("new@lindqvist.example"), ada), ada)
    assert not points.restore(greta, gone, ada).is_preferred


def test_it_brings_back_nothing_of_another_customer(app: Flask) -> None:
    ada, greta, bo = factories.ada(), factories.greta(), factories.bo()
    gone = bo.points[0].id
    points.remove(bo.points[0], ada)
    with pytest.raises(IllegalMove):
        points.restore(greta, gone, ada)
    assert db.session.get(ContactPoint, gone) is None
