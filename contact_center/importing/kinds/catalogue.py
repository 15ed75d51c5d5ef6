"""Products together with their prices and stock, as a row of a file or a resource of the API has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.importing.fields import Result, Row
from contact_center.orders import products
from contact_center.putting.reading import zone
from contact_center.putting.rows import Outcome
from contact_center.putting.rows import Result as Put
from contact_center.statement import Statement

LIST = "Standard"  # the price list of a firm that has but one
LOCATION = "Main"


def put_many(rows: Sequence[Row], by: Agent | None) -> list[Result]:
    """Write products, then the prices and stock of those that went in."""
    results: list[Any] = products.put_many(
        [{name: value for name, value in row.items() if name not in ("prices", "stock")} for row in rows], by=by
    )
    went_in = [place for place, result in enumerate(results) if not result.wrong]
    for name, put in (("prices", _put_prices), ("stock", _put_stock)):
        parts = [(place, part) for place in went_in for part in _distinct(rows[place].get(name) or ())]
        if not parts:
            continue
        told = put([{"product": rows[place]["external_id"], **part} for place, part in parts])
        for (place, _part), result in zip(parts, told, strict=True):
            results[place] = _together(results[place], result, name)
    return results


def _put_prices(rows: list[Row]) -> list[Put]:
    return products.put_prices(list(_dated(rows)))


def _put_stock(rows: list[Row]) -> list[Put]:
    return products.put_stocks([{"location": LOCATION, **row} for row in rows])


def _distinct(parts: Sequence[Row]) -> list[Row]:
    """Each part once: rows of a file repeat the price with every warehouse."""
    return [part for place, part in enumerate(parts) if part not in parts[:place]]


def _together(whole: Put, part: Put, name: str) -> Put:
    if part.wrong:
        return Put(whole.external_id, None, whole.id, {name: part.sentence})
    is_changed = whole.outcome is Outcome.SAME and part.outcome is not Outcome.SAME
    return whole._replace(outcome=Outcome.CHANGED) if is_changed else whole


_NOW_VALID = Statement("""
    SELECT DISTINCT ON (p.external_id, c.list_name, c.currency)
           p.external_id AS product, c.list_name, c.currency, c.amount, c.valid_from
    FROM price c JOIN product p ON p.id = c.product_id
    WHERE p.external_id = ANY(CAST(:numbers AS text[])) AND c.valid_from <= CAST(:today AS date)
    ORDER BY p.external_id, c.list_name, c.currency, c.valid_from DESC
""")


def _dated(rows: list[Row]) -> Iterator[Row]:
    """A price without a day holds from today on; one that holds already is left as it is."""
    today = clock.now().astimezone(zone()).date()
    numbers = list({row["product"] for row in rows if not row.get("valid_from")})
    there = _NOW_VALID.rows({"numbers": numbers, "today": today}) if numbers else []
    valid = {(each.product, each.list_name, each.currency): each for each in there}
    for given in rows:
        row = {"list_name": LIST, **given}
        if not row.get("valid_from"):
            known = valid.get((row["product"], row["list_name"], row.get("currency")))
            row["valid_from"] = known.valid_from if known and known.amount == row.get("amount") else today
        yield row
