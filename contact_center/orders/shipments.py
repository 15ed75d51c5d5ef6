"""Shipments and the way they take, as a carrier or a shop tells it.

Called by imports, the API and the demo. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from contact_center.agents.models import Agent
from contact_center.events.names import Name
from contact_center.orders import putting
from contact_center.orders.models import Shipment, ShipmentState
from contact_center.orders.putting import Child, Outcome, Put, Reference, Register, Result, Row
from contact_center.putting import reading
from contact_center.statement import Statement, array

MOST = 200  # lines of one shipment's way


def put(external_id: Any, *, by: Agent | None = None, **given: Any) -> Put:
    """Write a shipment; lines of `tracking` that are new are added, and say its state unless that is given.

    An order whose first shipment is on its way counts as shipped. Raises Invalid.
    """
    return REGISTER.put(external_id, by=by, **given)


def put_many(rows: Iterable[Mapping[str, Any]], *, by: Agent | None = None) -> list[Result]:
    """Write a batch of shipments."""
    return REGISTER.put_many(rows, by=by)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the way."""

    at: datetime
    state: ShipmentState
    place: str
    text: str


_FIELDS = {
    "at": reading.past,
    "state": reading.choice(ShipmentState),
    "place": reading.text(200),
    "text": reading.text(500),
}


def _step(given: Any) -> Step:
    if not isinstance(given, Mapping) or given.keys() - _FIELDS.keys():
        raise ValueError(_("A line of the way has at, state, place and text."))
    return Step(**{name: read(given.get(name)) for name, read in _FIELDS.items()})


def _check(rows: list[Row]) -> None:
    for row in rows:
        _follow_tracking(row)
        if there := row.refers.get("order"):
            row.given["customer_id"] = there.customer_id
        shipped, delivered = row.value("shipped_at"), row.value("delivered_at")
        if shipped and delivered and delivered < shipped:
            row.wrong["delivered_at"] = _("It was delivered before it was shipped.")


def _follow_tracking(row: Row) -> None:
    """What the newest line of the way says, where the shipment itself does not."""
    steps: list[Step] = sorted(row.children.get("tracking", ()), key=lambda step: step.at)
    if not steps:
        return
    row.given.setdefault("state", steps[-1].state)
    left = next((step.at for step in steps if step.state is not ShipmentState.PREPARING), None)
    if left and not row.value("shipped_at"):
        row.given["shipped_at"] = left
    if steps[-1].state is ShipmentState.DELIVERED and not row.value("delivered_at"):
        row.given["delivered_at"] = steps[-1].at


_WRITE = Statement("""
    INSERT INTO tracking_event (shipment_id, at, state, place, text)
    SELECT * FROM unnest(CAST(:shipment_id AS bigint[]), CAST(:at AS timestamptz[]), CAST(:state AS text[]),
                         CAST(:place AS text[]), CAST(:text AS text[]))
    ON CONFLICT (shipment_id, at, state, text) DO NOTHING
    RETURNING shipment_id
""")
_SHIP = Statement("""
    UPDATE "order" o SET state = 'SHIPPED', changed_at = s.changed_at
    FROM (SELECT order_id, max(changed_at) AS changed_at FROM shipment
          WHERE id = ANY(CAST(:ids AS bigint[])) AND state NOT IN ('PREPARING', 'RETURNED') GROUP BY order_id) s
    WHERE o.id = s.order_id AND o.state IN ('PLACED', 'CONFIRMED')
""")
_ORDERS = Statement("""
    SELECT s.id, o.external_id AS number, o.customer_id FROM shipment s JOIN "order" o ON o.id = s.order_id
    WHERE s.id = ANY(CAST(:ids AS bigint[]))
""")


def _then(rows: list[Row]) -> None:
    steps = [(row.id, step) for row in rows if not row.is_older for step in row.children.get("tracking", ())]
    if steps:
        columns = {name: array(getattr(step, name) for _id, step in steps) for name in _FIELDS}
        written = {each.shipment_id for each in _WRITE.rows({"shipment_id": [one for one, _step in steps], **columns})}
        for row in rows:
            if row.id in written and row.outcome is Outcome.SAME:
                row.outcome = Outcome.CHANGED
    if moved := [row.id for row in rows if row.outcome is not Outcome.SAME]:
        _SHIP.run({"ids": moved})


def _tell(rows: list[Row], by: Agent | None) -> None:
    """Whose shipment it is stands with its order."""
    orders = {each.id: each for each in _ORDERS.rows({"ids": [row.id for row in rows]})}
    putting.tell(
        rows, by, "shipment", (Name.SHIPMENT_MOVED, Name.SHIPMENT_MOVED),
        lambda row: {"order": orders[row.id].number, "state": row.value("state") or ShipmentState.PREPARING},
        lambda row: orders[row.id].customer_id,
    )  # fmt: skip


REGISTER = Register(
    Shipment,
    {
        "order": Reference("order", "order_id", ("customer_id",)),
        "carrier": reading.text(100),
        "state": reading.choice(ShipmentState),
        "expected_on": reading.maybe(reading.day),
        "shipped_at": reading.maybe(reading.past),
        "delivered_at": reading.maybe(reading.past),
        "tracking": Child(_step, MOST),
    },
    needed=("order",),
    check=_check,
    then=_then,
    tell=_tell,
)
