"""Orders together with their shipments, as a file or a resource of the API has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from contact_center.agents.models import Agent
from contact_center.importing.fields import Result, Row
from contact_center.orders import orders, shipments
from contact_center.putting.rows import Outcome
from contact_center.statement import Statement


def put_many(rows: Sequence[Row], by: Agent | None) -> list[Result]:
    """Write orders, then the shipments of those that went in."""
    results: list[Any] = orders.put_many(
        [{name: value for name, value in row.items() if name != "shipments"} for row in rows], by=by
    )
    sent = [
        (at, place, {**shipment, "order": row["external_id"]})
        for at, row in enumerate(rows)
        if not results[at].wrong
        for place, shipment in enumerate(row.get("shipments") or (), 1)
    ]
    strangers = _of_other_orders([shipment for _at, _place, shipment in sent])
    for at, place, shipment in sent:
        if sentence := strangers.get((shipment["order"], shipment.get("external_id"))):
            results[at] = _refused(results[at], place, sentence)
    sent = [each for each in sent if not results[each[0]].wrong]
    told = shipments.put_many([shipment for _at, _place, shipment in sent], by=by) if sent else []
    for (at, place, _shipment), result in zip(sent, told, strict=True):
        if result.wrong:
            results[at] = _refused(results[at], place, result.sentence)
        elif result.outcome is not Outcome.SAME and results[at].outcome is Outcome.SAME:
            results[at] = results[at]._replace(outcome=Outcome.CHANGED)
    return results


def _refused(result: Any, place: int, sentence: str) -> Any:
    return result._replace(outcome=None, wrong={"shipments": f"{place}: {sentence}"})


_OWNERS = Statement("""
    SELECT s.external_id AS number, o.external_id AS owner FROM shipment s JOIN "order" o ON o.id = s.order_id
    WHERE s.external_id = ANY(CAST(:numbers AS text[]))
""")


def _of_other_orders(sent: list[Row]) -> dict[tuple[str, Any], str]:
    """The parcels that are another order's: an order does not take them away, only a shipment itself can move."""
    numbers = [shipment["external_id"] for shipment in sent if shipment.get("external_id")]
    owners = {row.number: row.owner for row in _OWNERS.rows({"numbers": numbers})} if numbers else {}
    strangers = {}
    for shipment in sent:
        number, order = shipment.get("external_id"), shipment["order"]
        if number and (owner := owners.setdefault(number, order)) != order:
            sentence = _("The shipment %(number)s belongs to the order %(order)s.", number=number, order=owner)
            strangers[order, number] = str(sentence)
    return strangers
