"""Orders together with their shipments, as a resource of the API may have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contact_center.agents.models import Agent
from contact_center.importing.fields import Result, Row
from contact_center.orders import orders, shipments
from contact_center.putting.rows import Outcome


def put_many(rows: Sequence[Row], by: Agent | None) -> list[Result]:
    """Write orders, then the shipments of those that went in."""
    results: list[Any] = orders.put_many(
        [{name: value for name, value in row.items() if name != "shipments"} for row in rows], by=by
    )
    sent = [
        (place, {**shipment, "order": row["external_id"]})
        for place, row in enumerate(rows)
        if not results[place].wrong
        for shipment in row.get("shipments") or ()
    ]
    told = shipments.put_many([shipment for _place, shipment in sent], by=by) if sent else []
    for (place, shipment), result in zip(sent, told, strict=True):
        whole = results[place]
        if result.wrong:
            number = shipment.get("external_id", "")
            results[place] = whole._replace(outcome=None, wrong={"shipments": f"{number}: {result.sentence}"})
        elif result.outcome is not Outcome.SAME and whole.outcome is Outcome.SAME:
            results[place] = whole._replace(outcome=Outcome.CHANGED)
    return results
