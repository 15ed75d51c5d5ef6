"""How far an order is, as its customer follows it: five steps, where it stands, and the day it is expected.

Pure but for what the order's rows load; the look-up and the signed-in pages show the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from contact_center.orders.models import Order, OrderState, Shipment, ShipmentState


class Step(StrEnum):
    """The shipment line."""

    PLACED = "PLACED"
    PREPARED = "PREPARED"
    TRAVELLING = "TRAVELLING"
    OUT = "OUT"
    DELIVERED = "DELIVERED"


class Outcome(StrEnum):
    """What became of it, in one word."""

    UNDER_WAY = "UNDER_WAY"
    DELIVERED = "DELIVERED"
    IN_PARTS = "IN_PARTS"  # some of it is there, the rest is coming
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"  # a parcel could not be handed over
    RETURNED = "RETURNED"


_PLACE = {
    ShipmentState.PREPARING: Step.PREPARED,
    ShipmentState.IN_TRANSIT: Step.TRAVELLING,
    ShipmentState.OUT_FOR_DELIVERY: Step.OUT,
    ShipmentState.DELIVERED: Step.DELIVERED,
    ShipmentState.FAILED: Step.OUT,
    ShipmentState.RETURNED: Step.DELIVERED,
}
_LINE = list(Step)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order is. `now` is the step it stands at; `expected_on` is empty once it is settled."""

    outcome: Outcome
    now: Step
    placed_at: datetime
    expected_on: date | None
    delivered_at: datetime | None
    parcels: int

    @property
    def steps(self) -> list[tuple[Step, str]]:
        """Every step with "done", "now" or "next"."""
        here = _LINE.index(self.now)
        is_done = self.now is Step.DELIVERED
        return [(s, "done" if i < here or is_done else "now" if i == here else "next") for i, s in enumerate(_LINE)]

    @property
    def is_open(self) -> bool:
        return self.outcome in (Outcome.UNDER_WAY, Outcome.IN_PARTS, Outcome.FAILED)


def progress(order: Order) -> Progress:
    """How far *order* is: as far as the parcel that is furthest behind."""
    coming = [one for one in order.shipments if one.state not in (ShipmentState.DELIVERED, ShipmentState.RETURNED)]
    outcome = _outcome(order, coming)
    now = _furthest_behind(order, coming)
    days = [one.expected_on for one in coming if one.expected_on]
    expected = max(days) if days else order.promised_on
    is_open = outcome in (Outcome.UNDER_WAY, Outcome.IN_PARTS, Outcome.FAILED)
    return Progress(
        outcome, now, order.placed_at, expected if is_open else None, _delivered_at(order), len(order.shipments)
    )


def _outcome(order: Order, coming: list[Shipment]) -> Outcome:
    if order.state is OrderState.CANCELLED:
        return Outcome.CANCELLED
    if order.shipments and all(one.state is ShipmentState.RETURNED for one in order.shipments):
        return Outcome.RETURNED
    if order.state is OrderState.DELIVERED or (order.shipments and not coming):
        return Outcome.DELIVERED
    if any(one.state is ShipmentState.FAILED for one in coming):
        return Outcome.FAILED
    return Outcome.IN_PARTS if len(coming) < len(order.shipments) else Outcome.UNDER_WAY


def _furthest_behind(order: Order, coming: list[Shipment]) -> Step:
    if order.state is OrderState.DELIVERED or (order.shipments and not coming):
        return Step.DELIVERED
    if coming:
        return min((_PLACE[one.state] for one in coming), key=_LINE.index)
    return {OrderState.CONFIRMED: Step.PREPARED, OrderState.SHIPPED: Step.TRAVELLING}.get(order.state, Step.PLACED)


def _delivered_at(order: Order) -> datetime | None:
    times = [one.delivered_at for one in order.shipments if one.delivered_at]
    return order.delivered_at or (max(times) if times else None)
