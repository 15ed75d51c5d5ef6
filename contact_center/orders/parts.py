"""What hangs under a product and has no number of its own: prices and stock, written a batch at a time.

A row is known by its product and its keys. Called by `products`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from contact_center import clock
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.orders.putting import Outcome, Result
from contact_center.putting import reading
from contact_center.putting.reading import Reader
from contact_center.statement import Statement, array

_TYPES = {"amount": "numeric", "quantity": "numeric", "valid_from": "date", "expected_on": "date"}


@dataclass(slots=True)
class _Part:
    product: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    product_id: int | None = None
    outcome: Outcome | None = None


class Parts:
    """One table under the product: the fields that name a row, and those that it holds."""

    def __init__(
        self, table: str, *, keys: Mapping[str, Reader], values: Mapping[str, Reader], is_dated: bool = False
    ) -> None:
        self.fields = {**keys, **values}
        self._keys, self._table = tuple(keys), table
        self._write = Statement(_text(table, tuple(keys), tuple(values), is_dated=is_dated))

    def put(self, given: Mapping[str, Any]) -> Result:
        """Write one. Raises Invalid."""
        [result] = self.put_many([given])
        if result.wrong:
            raise Invalid(result.sentence, result.wrong)
        return result

    def put_many(self, given: Iterable[Mapping[str, Any]]) -> list[Result]:
        """Write a batch; a result for each row, in their order. Every field of a row is written."""
        db.session.flush()
        rows = [self._read(each) for each in given]
        _find_products([row for row in rows if not row.wrong])
        self._refuse_twins(rows)
        self._put([row for row in rows if not row.wrong])
        return [Result(row.product, None if row.wrong else row.outcome, None, row.wrong) for row in rows]

    def _read(self, given: Mapping[str, Any]) -> _Part:
        row = _Part()
        for name, read in {"product": reading.number(), **self.fields}.items():
            try:
                row.given[name] = read(given.get(name))
            except ValueError as error:
                row.wrong[name] = str(error)
        for name in given.keys() - row.given.keys() - row.wrong.keys():
            row.wrong[str(name)] = _("There is no field “%(name)s”.", name=str(name)[:60])
        row.product = row.given.pop("product", "")
        return row

    def _refuse_twins(self, rows: list[_Part]) -> None:
        seen: set[tuple[Any, ...]] = set()
        for row in rows:
            key = (row.product_id, *(row.given.get(name) for name in self._keys))
            if not row.wrong and key in seen:
                row.wrong["product"] = _("This was given before.")
            seen.add(key)

    def _put(self, rows: list[_Part]) -> None:
        if not rows:
            return
        rows = sorted(rows, key=lambda row: (row.product_id or 0, *(row.given[name] for name in self._keys)))
        values = {name: array(row.given[name] for row in rows) for name in self.fields}
        written = self._write.rows({"now": clock.now(), "product_id": [row.product_id for row in rows], **values})
        outcomes = {tuple(each[:-1]): Outcome.CREATED if each.is_new else Outcome.CHANGED for each in written}
        for row in rows:
            key = (row.product_id, *(row.given[name] for name in self._keys))
            row.outcome = outcomes.get(key, Outcome.SAME)
        db.session.expire_all()


def _text(table: str, keys: tuple[str, ...], values: tuple[str, ...], *, is_dated: bool) -> str:
    columns = ("product_id", *keys, *values)
    arrays = ", ".join(f"CAST(:{name} AS {_TYPES.get(name, 'text')}[])" for name in columns[1:])
    sets = ", ".join(f"{name} = excluded.{name}" for name in values) + (", changed_at = :now" if is_dated else "")
    stamp, stamped = (", changed_at", ", :now") if is_dated else ("", "")
    names, names_keys = ", ".join(columns), ", ".join(("product_id", *keys))
    differs = " OR ".join(f"t.{name} IS DISTINCT FROM excluded.{name}" for name in values)
    return f"""
        INSERT INTO {table} AS t ({names}{stamp})
        SELECT {names}{stamped} FROM unnest(CAST(:product_id AS bigint[]), {arrays}) AS g ({names})
        ON CONFLICT ({names_keys}) DO UPDATE SET {sets} WHERE {differs}
        RETURNING {names_keys}, xmax = 0 AS is_new
    """  # noqa: S608 (names of our columns)


_PRODUCTS = Statement("SELECT id, external_id FROM product WHERE external_id = ANY(CAST(:numbers AS text[]))")


def _find_products(rows: list[_Part]) -> None:
    numbers = list({row.product for row in rows})
    ids = {found.external_id: found.id for found in _PRODUCTS.rows({"numbers": numbers})} if numbers else {}
    for row in rows:
        row.product_id = ids.get(row.product)
        if row.product_id is None:
            row.wrong["product"] = _("Nothing is known under the number %(number)s.", number=row.product[:60])
