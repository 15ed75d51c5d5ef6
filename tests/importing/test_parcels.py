"""An order's own file with its parcels, as a shop exports it: repeated with every line, or in rows of their own."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from contact_center.extensions import db
from contact_center.importing.columns import guess
from contact_center.importing.kinds import KINDS
from contact_center.orders.models import Order, Shipment
from tests.importing.conftest import BringIn, figures, reasons

HEAD = "Order no,Customer,Order date,Currency,Item,Qty,Unit price,Carrier,Tracking number,Shipment status,Shipped\n"


@pytest.fixture(autouse=True)
def greta(bring_in: BringIn) -> None:
    bring_in("customers", "Customer no,Name\nC-1,Greta\n")


def row(number: str, item: str, parcel: str) -> str:
    return f"{number},C-1,2026-01-01,EUR,{item},1,5,{parcel}\n"


def parcels() -> dict[str, tuple[str, str, str]]:
    rows = db.session.scalars(select(Shipment).order_by(Shipment.external_id))
    return {row.external_id: (row.order.external_id, row.carrier, row.state) for row in rows}


def test_parcels_come_in_with_their_orders_once_however_often(bring_in: BringIn) -> None:
    file = HEAD + (
        row("S-1", "Filter", "DHL,P-1,in transit,2026-01-02") + row("S-1", "Fan", "DHL,P-1,in transit,2026-01-02")
        + row("S-2", "Seal", "DHL,P-2,label created,") + "S-2,,,,,,,UPS,P-3,delivered,2026-01-03\n"
        + row("S-3", "Relay", "DHL,,,")
    )  # fmt: skip
    assert figures(bring_in("orders", file, dry=True)) == (5, 0, 0, 0)
    assert parcels() == {}
    assert figures(bring_in("orders", file)) == (5, 0, 0, 0)
    assert parcels() == {
        "P-1": ("S-1", "DHL", "IN_TRANSIT"), "P-2": ("S-2", "DHL", "PREPARING"), "P-3": ("S-2", "UPS", "DELIVERED"),
    }  # fmt: skip
    assert db.session.scalar(select(Order.state).where(Order.external_id == "S-1")) == "SHIPPED"
    assert figures(bring_in("orders", file)) == (0, 0, 5, 0)
    assert figures(bring_in("orders", file.replace("label created", "in transit"))) == (0, 2, 3, 0)


def test_a_parcel_that_cannot_be_leaves_its_order_out_too(bring_in: BringIn) -> None:
    bring_in("orders", HEAD + row("S-0", "Filter", "DHL,P-0,in transit,2026-01-02"))
    file = HEAD + (
        row("S-1", "Filter", "DHL,P-0,in transit,") + row("S-2", "Fan", "DHL,P-2,lost in space,")
        + row("S-3", "Fan", "DHL,,in transit,") + row("S-4", "Fan", "DHL,P-4,in transit,2050-01-01")
        + row("S-5", "Fan", "DHL,P-5,in transit,2026-01-02") + row("S-5", "Seal", "UPS,P-5,in transit,2026-01-02")
        + row("S-6", "Fan", "DHL,P-6,in transit,2026-01-02") + row("S-7", "Fan", "DHL,P-6,in transit,2026-01-02")
    )  # fmt: skip
    run = bring_in("orders", file)
    told = reasons(run)
    assert told[2] == ("Tracking number", "The shipment P-0 belongs to the order S-0.")
    assert "is none of PREPARING" in told[3][1]
    assert told[4] == ("Tracking number", "The number is missing.")
    assert "is too far ahead" in told[5][1]
    assert told[7] == ("Tracking number", "This differs from the first row with the same number.")
    assert told[9] == ("Tracking number", "The shipment P-6 belongs to the order S-6.")
    assert figures(run) == (1, 0, 0, 7)
    assert set(parcels()) == {"P-0", "P-6"}
    assert db.session.scalar(select(func.count()).select_from(Order)) == 2


def test_words_that_mean_the_order_are_not_taken_for_its_parcel() -> None:
    headers = [
        "Order no",
        "ID",
        "Status",
        "State",
        "Delivered",
        "Delivered at",
        "Tracking number",
        "运单号",
        "物流状态",
    ]
    assert guess(KINDS["orders"], headers) == {
        0: "external_id", 2: "state", 4: "delivered_at", 6: "shipments.external_id", 8: "shipments.state",
    }  # fmt: skip
