"""The lines of orders: read with their sums, and written as a whole whenever an order says them.

Called by `orders`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import gettext as _

from contact_center.orders.putting import Child, Outcome, Reference, Row
from contact_center.putting import reading
from contact_center.putting.register import referred
from contact_center.statement import Statement, array

MOST = 500  # lines of one order
_CENT = Decimal("0.01")
PRODUCT = Reference("product", "product_id", ("name",))


@dataclass(slots=True)
class Line:
    """One line in normal form; `product` is another system's number until it is found."""

    title: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    amount: Decimal
    unit_cost: Decimal | None
    product: Any = None
    product_id: int | None = None


_FIELDS = {
    "product": reading.maybe(reading.number()),
    "title": reading.text(300),
    "quantity": reading.some,
    "unit_price": reading.money,
    "discount": reading.money,
    "amount": reading.maybe(reading.money),
    "unit_cost": reading.maybe(reading.money),
}
_UNSAID = {"title": "", "quantity": 1, "discount": 0}


def read(given: Any) -> Line:
    """One line; raises ValueError with the field and the sentence."""
    if not isinstance(given, Mapping):
        raise ValueError(_("A line with its fields is expected here."))
    if unknown := sorted(map(str, given.keys() - _FIELDS.keys())):
        raise ValueError(_("There is no field “%(name)s”.", name=unknown[0][:60]))
    found = {name: _field(name, given) for name in _FIELDS}
    stated, computed = found["amount"], _amount(found["quantity"], found["unit_price"], found["discount"])
    if computed < 0:
        raise ValueError(_("The discount is larger than the price."))
    if computed >= reading.LARGEST:
        raise ValueError(_("That is more than can be kept."))
    if stated is not None and abs(stated - computed) > _CENT + found["quantity"] * _CENT / 2:
        raise ValueError(_("The amount is not quantity × price − discount, which is %(amount)s.", amount=computed))
    return Line(**{**found, "amount": computed if stated is None else stated})


FIELD = Child(read, MOST)


def find_products(rows: list[Row]) -> None:
    """Put ids in the place of numbers in all lines of a batch."""
    said = [(row, line) for row in rows for line in row.children.get("lines", ()) if line.product]
    found = referred(PRODUCT, {line.product for _row, line in said})
    for row, line in said:
        product = found[line.product]
        if product is None:
            row.wrong["lines"] = _("No product is known under the number %(number)s.", number=str(line.product)[:60])
        else:
            line.product_id, line.title = product.id, line.title or product.name
    for row in rows:
        if any(not line.title and not line.product for line in row.children.get("lines", ())):
            row.wrong["lines"] = _("A line needs a product or a title.")


_LOCK = Statement(
    'SELECT id FROM "order" WHERE id = ANY(CAST(:ids AS bigint[])) ORDER BY external_id FOR NO KEY UPDATE'
)
_WRITE = Statement("""
    WITH gone AS (
        DELETE FROM order_line l USING unnest(CAST(:ids AS bigint[]), CAST(:counts AS bigint[])) AS o (id, many)
        WHERE l.order_id = o.id AND l.position > o.many RETURNING l.order_id
    ), put AS (
        INSERT INTO order_line AS t
               (order_id, position, product_id, title, quantity, unit_price, discount, amount, unit_cost)
        SELECT * FROM unnest(CAST(:order_id AS bigint[]), CAST(:position AS bigint[]), CAST(:product_id AS bigint[]),
                             CAST(:title AS text[]), CAST(:quantity AS numeric[]), CAST(:unit_price AS numeric[]),
                             CAST(:discount AS numeric[]), CAST(:amount AS numeric[]), CAST(:unit_cost AS numeric[]))
        ON CONFLICT (order_id, position) DO UPDATE SET
            product_id = excluded.product_id, title = excluded.title, quantity = excluded.quantity,
            unit_price = excluded.unit_price, discount = excluded.discount, amount = excluded.amount,
            unit_cost = excluded.unit_cost
        WHERE (t.product_id, t.title, t.quantity, t.unit_price, t.discount, t.amount, t.unit_cost) IS DISTINCT FROM
              (excluded.product_id, excluded.title, excluded.quantity, excluded.unit_price, excluded.discount,
               excluded.amount, excluded.unit_cost)
        RETURNING order_id
    )
    SELECT order_id FROM gone UNION SELECT order_id FROM put
""")
_COLUMNS = ("product_id", "title", "quantity", "unit_price", "discount", "amount", "unit_cost")


def write(rows: list[Row]) -> None:
    """Write the lines of all orders that said theirs; an order whose lines differ counts as changed."""
    rows = [row for row in rows if "lines" in row.children and not row.is_older]
    if not rows:
        return
    ids = [row.id for row in rows]
    _LOCK.run({"ids": [row.id for row in rows if row.before]})
    lines = list(_numbered(rows))
    values = {name: array(getattr(line, name) for _id, _position, line in lines) for name in _COLUMNS}
    written = _WRITE.rows({
        "ids": ids, "counts": [len(row.children["lines"]) for row in rows],
        "order_id": array(order_id for order_id, _position, _line in lines),
        "position": array(position for _id, position, _line in lines), **values,
    })  # fmt: skip
    touched = {each.order_id for each in written}
    for row in rows:
        if row.id in touched and row.outcome is Outcome.SAME:
            row.outcome = Outcome.CHANGED
            row.changes["lines"] = (None, len(row.children["lines"]))


def total(row: Row) -> Decimal:
    """What the lines of an order come to."""
    return sum((line.amount for line in row.children["lines"]), Decimal(0))


def _numbered(rows: list[Row]) -> Iterator[tuple[int | None, int, Line]]:
    for row in sorted(rows, key=lambda row: row.external_id):
        for position, line in enumerate(row.children["lines"], 1):
            yield row.id, position, line


def _field(name: str, given: Mapping[str, Any]) -> Any:
    try:
        return _FIELDS[name](given.get(name, _UNSAID.get(name)))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _amount(quantity: Decimal, unit_price: Decimal, discount: Decimal) -> Decimal:
    return (quantity * unit_price - discount).quantize(_CENT, ROUND_HALF_UP)
