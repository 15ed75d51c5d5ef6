"""Where is my order? For whoever knows number and address; everybody else learns nothing, however often they try."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from contact_center import clock
from contact_center.extensions import db
from contact_center.orders.models import Order, OrderState, ShipmentState
from contact_center.selfservice import deflections, lookup
from contact_center.selfservice.models import Deflection, DeflectionKind, DeflectionState, PortalTry
from contact_center.selfservice.shipping import Outcome, Step
from contact_center.selfservice.tries import TooOften
from contact_center.text.addresses import Address, Scheme
from tests import factories
from tests.selfservice.test_codes import listening

GRETA = Address(Scheme.EMAIL, "greta@lindqvist.example")


@pytest.fixture
def order(app: Flask) -> Order:
    return factories.order(factories.greta(), email="greta@lindqvist.example", phone="+46705550184")


def look(number: str, contact: Address | None = GRETA, network: str = "203.0.113.7") -> lookup.Answer | None:
    return lookup.order(number, contact, network=network)


def test_number_and_mail_or_phone_show_how_far_it_is(order: Order) -> None:
    for contact in (GRETA, Address(Scheme.PHONE, "+46705550184")):
        answer = look(" K7-20482-QX ", contact)
        assert answer is not None
        assert answer.progress.now is Step.TRAVELLING
        assert answer.progress.expected_on == order.shipments[0].expected_on


def test_a_verified_address_of_the_customer_is_as_good_as_the_orders_own(app: Flask) -> None:
    factories.order(factories.greta())
    assert look("K7-20482-QX") is not None


def test_a_claimed_address_of_the_customer_is_not(app: Flask) -> None:
    greta = factories.greta()
    greta.points[0].verified_at = None
    factories.order(greta)
    assert look("K7-20482-QX") is None


def test_unknown_number_and_wrong_address_run_the_same_statements(order: Order) -> None:
    heard: dict[str, list[str]] = {"unknown": [], "wrong": []}
    with listening(heard["unknown"]):
        assert look("K7-99999-ZZ") is None
    with listening(heard["wrong"]):
        assert look("K7-20482-QX", Address(Scheme.EMAIL, "mallory@evil.example")) is None
    assert heard["unknown"] == heard["wrong"]


@pytest.mark.parametrize("number", ["K7-20482-QX", "K7-99999-ZZ"])
def test_the_sixth_guess_at_an_order_waits_a_quarter_of_an_hour(order: Order, number: str) -> None:
    wrong = Address(Scheme.EMAIL, "mallory@evil.example")
    for guess in range(5):
        assert look(number, wrong, network=f"203.0.113.{guess}") is None
    with pytest.raises(TooOften):
        look(number, GRETA, network="203.0.113.9")  # even the right one
    with clock.standing_at(clock.now() + timedelta(minutes=15, seconds=1)):
        look(number, GRETA, network="203.0.113.9")


def test_the_sixth_guess_of_a_network_waits_whatever_it_guesses(order: Order) -> None:
    for guess in range(5):
        assert look(f"K7-{guess}") is None
    with pytest.raises(TooOften):
        look("K7-20482-QX")
    assert look("K7-20482-QX", network="198.51.100.1") is not None


def test_an_order_is_guessed_at_twenty_times_a_day(order: Order) -> None:
    now, wrong = clock.now(), Address(Scheme.EMAIL, "mallory@evil.example")
    for guess in range(20):
        with clock.standing_at(now + timedelta(minutes=4 * guess)):
            look("K7-20482-QX", wrong, network=f"203.0.113.{guess}")
    with clock.standing_at(now + timedelta(minutes=120)), pytest.raises(TooOften):
        look("K7-20482-QX", wrong, network="198.51.100.1")


def test_who_is_right_may_look_as_often_as_they_like(order: Order) -> None:
    for _ in range(12):
        assert look("K7-20482-QX") is not None
    assert db.session.scalar(select(func.count()).select_from(PortalTry)) == 0


@pytest.mark.parametrize("number", ["", "\x00", "K7" * 5000, "'; DROP TABLE x", "K7-20482-QX\u200b"])
def test_odd_numbers_find_nothing(order: Order, number: str) -> None:
    assert look(number.replace("\x00", "")) is None


def test_a_look_up_is_a_deflection_that_a_ticket_refutes(order: Order) -> None:
    queue, now = factories.queue(), clock.now()
    look("K7-20482-QX")
    look("K7-20482-QX")
    bo = factories.bo()
    factories.order(bo, "K7-2")
    look("K7-2", Address(Scheme.EMAIL, "bo@andersen.example"))
    with clock.standing_at(now + timedelta(hours=2)):
        factories.ticket(queue)  # Greta writes after all
    with clock.standing_at(now + timedelta(hours=23)):
        assert deflections.sweep() == 0
    with clock.standing_at(now + timedelta(hours=25)):
        assert deflections.sweep() == 2
        looked_up = deflections.figures(now - timedelta(days=1), now + timedelta(days=2))[0]
    assert (looked_up.total, looked_up.confirmed, looked_up.refuted) == (2, 1, 1)
    rows = db.session.execute(select(Deflection.customer_id, Deflection.state))
    states = {row.customer_id: row.state for row in rows}
    assert states == {order.customer_id: DeflectionState.REFUTED, bo.id: DeflectionState.CONFIRMED}


@pytest.mark.parametrize(
    ("state", "shipment", "outcome", "step"),
    [
        (OrderState.PLACED, None, Outcome.UNDER_WAY, Step.PLACED),
        (OrderState.CONFIRMED, None, Outcome.UNDER_WAY, Step.PREPARED),
        (OrderState.SHIPPED, ShipmentState.OUT_FOR_DELIVERY, Outcome.UNDER_WAY, Step.OUT),
        (OrderState.SHIPPED, ShipmentState.FAILED, Outcome.FAILED, Step.OUT),
        (OrderState.SHIPPED, ShipmentState.DELIVERED, Outcome.DELIVERED, Step.DELIVERED),
        (OrderState.SHIPPED, ShipmentState.RETURNED, Outcome.RETURNED, Step.DELIVERED),
        (OrderState.CANCELLED, None, Outcome.CANCELLED, Step.PLACED),
    ],
)
def test_an_order_stands_where_its_parcel_is(
    order: Order, state: OrderState, shipment: ShipmentState | None, outcome: Outcome, step: Step
) -> None:
    order.state = state
    if shipment is None:
        db.session.delete(order.shipments[0].tracking[0])
        db.session.delete(order.shipments[0])
    else:
        order.shipments[0].state = shipment
    db.session.flush()
    db.session.expire_all()
    answer = look("K7-20482-QX")
    assert answer is not None
    assert (answer.progress.outcome, answer.progress.now) == (outcome, step)


def test_what_a_companys_people_ask_refutes_what_it_was_answered(order: Order) -> None:
    company, queue, now = factories.customer("Lindqvist AB", kind="COMPANY"), factories.queue(), clock.now()
    db.session.get_one(factories.Customer, order.customer_id).company_id = company.id
    deflections.note(DeflectionKind.ORDER, company.id, "K7-1")
    with clock.standing_at(now + timedelta(hours=2)):
        factories.ticket(queue)  # Greta writes
    with clock.standing_at(now + timedelta(hours=25)):
        assert deflections.sweep() == 1
    assert db.session.scalars(select(Deflection.state)).one() is DeflectionState.REFUTED
