"""What customers own 客户资产: told by an ERP, added by an agent, or registered by the customer with its serial number.

Called by imports, the API, the desk, the portal and the demo. Verbs never commit.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import joinedload

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.entitlements.models import Asset
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.orders import accounts, keyset, putting
from contact_center.orders.putting import CUSTOMER, Put, Reference, Register, Result, Row
from contact_center.putting import reading
from contact_center.putting.register import Field
from contact_center.statement import Statement


def put(external_id: Any, *, by: Agent | None = None, **given: Any) -> Put:
    """Write an asset; name, model and warranty follow its product unless said. Raises Invalid.

    One that a customer or an agent had registered under the same serial number is the same, and is confirmed.
    """
    _adopt([{"external_id": external_id, **given}])
    return REGISTER.put(external_id, by=by, **given)


def put_many(rows: Iterable[Mapping[str, Any]], *, by: Agent | None = None) -> list[Result]:
    """Write a batch of assets."""
    rows = list(rows)
    _adopt(rows)
    return REGISTER.put_many(rows, by=by)


def of(customer_ids: Sequence[int], *, retired: bool = False) -> list[Asset]:
    """What these customers own, the newest first; with *retired* also what they owned."""
    asked = select(Asset).where(Asset.customer_id.in_(customer_ids)).options(joinedload(Asset.product))
    if not retired:
        asked = asked.where(Asset.retired_on.is_(None))
    return list(db.session.scalars(asked.order_by(Asset.customer_id, Asset.id.desc()).limit(MOST)))


def ending(until: date, *, beyond: keyset.Edge | None = None, limit: int = 50) -> list[Asset]:
    """Assets whose warranty ends from today until a day, the soonest first."""
    key = tuple_(Asset.warranty_until, Asset.id)
    asked = select(Asset).where(Asset.warranty_until.between(accounts.today(), until), Asset.retired_on.is_(None))
    if beyond is not None:
        asked = asked.where(key > tuple_(literal(beyond.key), literal(beyond.id)))
    asked = asked.options(joinedload(Asset.product), joinedload(Asset.customer))
    return list(db.session.scalars(asked.order_by(Asset.warranty_until, Asset.id).limit(limit)))


MOST = 500  # assets of a customer that screens show at once


def warranty_from(bought_on: date | None, months: int) -> date | None:
    """The last day of a warranty of that many months."""
    if bought_on is None or not months:
        return None
    year, month = divmod(bought_on.year * 12 + bought_on.month - 1 + months, 12)
    return date(year, month + 1, min(bought_on.day, calendar.monthrange(year, month + 1)[1]))


def serial(value: Any) -> str | None:
    """A serial number in its normal form: upper case, no blanks."""
    return "".join(_SERIAL(value).split()).upper() or None


_SERIAL = reading.text(100)


def _check(rows: list[Row]) -> None:
    now = clock.now()
    for row in rows:
        _follow_product(row)
        if row.before is None or row.before.confirmed_at is None:
            row.given["confirmed_at"] = now
        bought, until = row.value("bought_on"), row.value("warranty_until")
        if bought and until and until < bought:
            row.wrong["warranty_until"] = _("The warranty ends before it was bought.")
    _refuse_known_serials(rows)


def _follow_product(row: Row) -> None:
    product = row.refers.get("product")
    if product is None:
        return
    if not row.value("name"):
        row.given["name"] = product.name
    if not row.value("model") and product.model:
        row.given["model"] = product.model
    if row.value("warranty_until") is None and "warranty_until" not in row.given:
        until = warranty_from(row.value("bought_on"), product.warranty_months)
        if until is not None:
            row.given["warranty_until"] = until


_SAME_SERIAL = Statement("""
    SELECT id, product_id, serial, coalesce(external_id, '#' || id) AS number FROM asset
    WHERE serial = ANY(CAST(:serials AS text[]))
""")


def _refuse_known_serials(rows: list[Row]) -> None:
    """A serial number is one thing of its product."""
    said = [row for row in rows if row.value("serial") and row.value("product_id")]
    if not said:
        return
    there = _SAME_SERIAL.rows({"serials": [row.value("serial") for row in said]})
    owners: dict[tuple[int, str], Any] = {(each.product_id, each.serial): each for each in there}
    twins: dict[tuple[int, str], Row] = {}
    for row in said:
        key = (row.value("product_id"), row.value("serial"))
        other = owners.get(key)
        if other is not None and other.id != row.id:
            row.wrong["serial"] = _("This serial number is that of %(number)s.", number=other.number)
        elif twins.setdefault(key, row) is not row:
            row.wrong["serial"] = _("This serial number is that of %(number)s.", number=twins[key].external_id)


_ADOPT = Statement("""
    UPDATE asset a SET external_id = g.number
    FROM unnest(CAST(:numbers AS text[]), CAST(:products AS text[]), CAST(:serials AS text[]),
                CAST(:customers AS text[])) AS g (number, product, serial, customer)
    JOIN product p ON p.external_id = g.product JOIN customer c ON c.external_id = g.customer
    WHERE a.serial = g.serial AND a.product_id = p.id AND a.customer_id = c.id AND a.external_id IS NULL
      AND NOT EXISTS (SELECT FROM asset b WHERE b.external_id = g.number)
    RETURNING a.id
""")


def _adopt(rows: Sequence[Mapping[str, Any]]) -> None:
    """What was registered by hand gets the number that another system has for it."""
    db.session.flush()
    said: dict[str, tuple[str, str, str]] = {}
    for row in rows:
        parts = tuple(row.get(name) for name in ("external_id", "product", "serial", "customer"))
        if all(isinstance(part, str) and part.strip() and "\x00" not in part for part in parts):
            number, product, typed, customer = (str(part).strip() for part in parts)
            said[number] = (product, "".join(typed.split()).upper(), customer)
    if said:
        products, serials, customers = zip(*said.values(), strict=True)
        lists = {"products": list(products), "serials": list(serials), "customers": list(customers)}
        if _ADOPT.rows({"numbers": list(said), **lists}):
            db.session.expire_all()


def _tell(rows: list[Row], by: Agent | None) -> None:
    names = (Name.ASSET_REGISTERED, Name.ASSET_CHANGED)
    putting.tell(rows, by, "asset", names, lambda row: {"name": row.value("name"), "serial": row.value("serial")})


_FIELDS: dict[str, Field] = {
    "customer": CUSTOMER,
    "product": Reference("product", "product_id", ("name", "model", "warranty_months")),
    "order": Reference("order", "order_id"),
    "name": reading.text(200),
    "model": reading.text(100),
    "serial": serial,
    "bought_on": reading.maybe(reading.day),
    "warranty_until": reading.maybe(reading.day),
    "installed_on": reading.maybe(reading.day),
    "place": reading.text(300),
    "retired_on": reading.maybe(reading.day),
}
REGISTER = Register(Asset, _FIELDS, needed=("customer", "name"), check=_check, tell=_tell)
