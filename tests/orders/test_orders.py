"""Orders as another system tells them: again and again, out of order, and wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from contact_center.customers.models import Customer
from contact_center.errors import Invalid
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.orders import orders, shipments
from contact_center.orders.models import Order, OrderState, ShipmentState
from contact_center.orders.putting import Outcome

FRIDGE = {"product": "P-1", "quantity": 1, "unit_price": "899.00", "discount": "50"}
FILTERS = {"product": "P-2", "quantity": "3", "unit_price": 12.5}


def placed(number: str = "SO-1", **more: Any) -> dict[str, Any]:
    return {"external_id": number, "customer": "C-1", "currency": "EUR", "placed_at": "2026-03-01T10:00:00Z",
            "lines": [FRIDGE, FILTERS], **more}  # fmt: skip


def put(**given: Any) -> Any:
    [result] = orders.put_many([given])
    return result


def events(name: str) -> list[dict[str, Any]]:
    return list(db.session.scalars(select(Event.data).where(Event.name == name).order_by(Event.id)))


def test_the_total_is_the_sum_of_lines_and_delivery(greta: Customer) -> None:
    order = orders.put(**placed(delivery="9.90")).row
    assert order.total == Decimal("896.40")
    assert [(line.title, line.amount) for line in order.lines] == [
        ("Fridge", Decimal("849.00")), ("Filter", Decimal("37.50")),
    ]  # fmt: skip
    assert order.customer_id == greta.id


def test_who_ordered_before_we_knew_of_them_has_been_a_customer_since_then(greta: Customer) -> None:
    put(**placed("SO-2", placed_at="2019-05-02T10:00:00Z"))
    put(**placed("SO-1"))
    db.session.refresh(greta)
    assert greta.since == datetime(2019, 5, 2, 10, tzinfo=UTC)


def test_the_same_order_told_twice_is_one_and_nothing_happened(greta: Customer) -> None:
    assert put(**placed()).outcome is Outcome.CREATED
    assert put(**placed()).outcome is Outcome.SAME
    assert db.session.scalar(select(func.count()).select_from(Order)) == 1
    assert len(events("order.placed")) == 1
    assert events("order.changed") == []


def test_what_is_not_said_stays(greta: Customer) -> None:
    put(**placed(note="Ring twice", region="North"))
    assert put(external_id="SO-1", state="shipped").outcome is Outcome.CHANGED
    order = db.session.scalars(select(Order)).one()
    assert (order.state, order.note, order.region, len(order.lines)) == (OrderState.SHIPPED, "Ring twice", "North", 2)
    assert events("order.changed")[0]["changes"] == {"state": ["PLACED", "SHIPPED"]}


def test_nothing_empties_a_field(greta: Customer) -> None:
    put(**placed(region="North", promised_on="2026-03-09"))
    put(external_id="SO-1", region="", promised_on=None)
    order = db.session.scalars(select(Order)).one()
    assert (order.region, order.promised_on) == (None, None)


def test_lines_are_written_as_a_whole(greta: Customer) -> None:
    put(**placed())
    assert put(external_id="SO-1", lines=[FILTERS]).outcome is Outcome.CHANGED
    order = db.session.scalars(select(Order)).one()
    assert [line.title for line in order.lines] == ["Filter"]
    assert order.total == Decimal("37.50")


def test_an_older_word_changes_nothing(greta: Customer) -> None:
    put(**placed(state="DELIVERED", as_of="2026-03-05T12:00:00Z"))
    late = put(**placed(state="PLACED", as_of="2026-03-01T10:00:05Z", lines=[FILTERS]))
    assert late.outcome is Outcome.SAME
    order = db.session.scalars(select(Order)).one()
    assert (order.state, len(order.lines)) == (OrderState.DELIVERED, 2)


def test_a_newer_word_that_says_the_same_still_makes_older_ones_stale(greta: Customer) -> None:
    put(**placed(as_of="2026-03-01T10:00:00Z"))
    assert put(**placed(as_of="2026-03-03T10:00:00Z")).outcome is Outcome.SAME
    assert put(**placed(state="CONFIRMED", as_of="2026-03-02T10:00:00Z")).outcome is Outcome.SAME
    assert db.session.scalars(select(Order.state)).one() is OrderState.PLACED


def test_a_batch_takes_what_is_right_and_says_why_not_for_the_rest(greta: Customer) -> None:
    results = orders.put_many([
        placed("SO-1"), placed("SO-2", customer="C-9"), placed("SO-1"),
        placed("SO-3", lines=[{**FRIDGE, "product": "X"}]),
        placed("", note="no number"), {"external_id": "SO-5"}, placed("SO-6", colour="red"), placed("SO-7"),
    ])  # fmt: skip
    assert [result.outcome for result in results] == [Outcome.CREATED, *[None] * 6, Outcome.CREATED]
    assert [sorted(result.wrong) for result in results] == [
        [], ["customer"], ["external_id"], ["lines"], ["external_id"],
        ["currency", "customer", "placed_at", "total"], ["colour"], [],
    ]  # fmt: skip
    assert db.session.scalar(select(func.count()).select_from(Order)) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("total", "-1"),
        ("total", "NaN"), ("total", "1e30"), ("total", "1.234"), ("total", True), ("delivery", "-0.01"),
        ("currency", "XYZ"), ("currency", "€"), ("placed_at", "1799-01-01"), ("placed_at", "2126-01-01"),
        ("placed_at", "yesterday"), ("promised_on", "2099-01-01"), ("promised_on", "2026-02-30"),
        ("delivered_at", "2026-02-28T00:00:00Z"), ("state", "LOST"), ("note", "a\x00b"), ("note", "x" * 4001),
        ("region", "x" * 101), ("email", "nobody"), ("phone", "call me"), ("lines", "two"), ("lines", [FRIDGE] * 501),
        ("lines", [{**FRIDGE, "quantity": 0}]), ("lines", [{**FRIDGE, "quantity": -1}]), ("lines", [{"quantity": 1}]),
        ("lines", [{**FRIDGE, "discount": 900}]), ("lines", [{**FRIDGE, "amount": 1}]), ("lines", [7]),
        ("customer", "\x00"), ("customer", {"id": 1}), ("region", ["North"]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence_at_its_field(greta: Customer, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        orders.put(**placed(**{field: value}))
    assert list(refused.value.fields) == [field]
    assert len(refused.value.fields[field]) > 10
    assert "\x00" not in refused.value.fields[field]
    assert db.session.scalar(select(func.count()).select_from(Order)) == 0


def test_an_order_keeps_its_currency(greta: Customer) -> None:
    put(**placed())
    assert list(put(external_id="SO-1", currency="USD").wrong) == ["currency"]


def test_an_order_whose_first_shipment_is_on_its_way_is_shipped(greta: Customer) -> None:
    put(**placed())
    way = [
        {"at": "2026-03-02T08:00:00Z", "state": "PREPARING", "place": "Kiel", "text": "Packed"},
        {"at": "2026-03-03T08:00:00Z", "state": "IN_TRANSIT", "place": "Kiel", "text": "Left"},
    ]
    shipment = shipments.put("SH-1", order="SO-1", carrier="Nordpost", tracking=way).row
    assert shipment.state is ShipmentState.IN_TRANSIT
    assert db.session.scalars(select(Order.state)).one() is OrderState.SHIPPED
    assert shipments.put("SH-1", order="SO-1", carrier="Nordpost", tracking=way).outcome is Outcome.SAME
    door = {"at": "2026-03-04T15:00:00Z", "state": "DELIVERED", "place": "Lübeck", "text": "Handed over"}
    shipment = shipments.put("SH-1", tracking=[door]).row
    assert (shipment.state, shipment.delivered_at.hour) == (ShipmentState.DELIVERED, 15)
    assert [step.text for step in shipment.tracking] == ["Handed over", "Left", "Packed"]
    assert [event["state"] for event in events("shipment.moved")] == ["IN_TRANSIT", "DELIVERED"]
