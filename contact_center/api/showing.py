"""From rows to JSON: the same fields that a PUT takes, so that what was put can be got and put again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from contact_center.customers import custom, records
from contact_center.customers.models import Customer
from contact_center.entitlements.models import Asset, ServiceContract
from contact_center.extensions import Base, db
from contact_center.importing.fields import Field, Kind, Part
from contact_center.orders.models import Invoice, Order, OrderLine, Payment, Product, Settlement, Shipment
from contact_center.text.addresses import Scheme

MODELS: dict[str, type[Base]] = {
    "customers": Customer, "products": Product, "orders": Order, "shipments": Shipment, "invoices": Invoice,
    "payments": Payment, "settlements": Settlement, "assets": Asset, "contracts": ServiceContract,
}  # fmt: skip
_LOADED: dict[str, tuple[Any, ...]] = {
    "products": (selectinload(Product.prices), selectinload(Product.stock)),
    "orders": (
        selectinload(Order.lines).selectinload(OrderLine.product),
        selectinload(Order.shipments).selectinload(Shipment.tracking),
    ),
    "shipments": (selectinload(Shipment.tracking),),
    "contracts": (selectinload(ServiceContract.assets),),
    "customers": (selectinload(Customer.points),),
}


def find(kind: Kind, external_id: str) -> Any:
    """The row of that number, or None."""
    if "\0" in external_id:  # which no row can hold
        return None
    model: Any = MODELS[kind.name]
    is_it = model.external_id == external_id
    if kind.name == "customers":  # one that gave way in a merge leads to the one that stayed
        is_it = Customer.id == records.ids_of([external_id]).get(external_id)
    return db.session.scalar(select(model).where(is_it).options(*_LOADED.get(kind.name, ())))


def resource(kind: Kind, row: Any) -> dict[str, Any]:
    """*row* as the API shows it."""
    shown = {field.name: _value(row, field) for field in kind.own_fields()}
    shown |= {part.name: [_part(part, each) for each in getattr(row, part.name)] for part in kind.parts}
    return {**shown, "changed_at": plain(row.changed_at)}


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Decimal):
        is_quantity = value.as_tuple().exponent == -3
        return format(value.normalize() if is_quantity else value, "f")
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _part(part: Part, row: Any) -> dict[str, Any]:
    shown = {field.name: _value(row, field) for field in part.fields}
    return shown | {below.name: [_part(below, each) for each in getattr(row, below.name)] for below in part.parts}


def _value(row: Any, field: Field) -> Any:
    if (show := _SHOWN.get(field.name)) is not None:
        return plain(show(row))
    if field.name.startswith(custom.PREFIX):
        return row.custom.get(field.name.removeprefix(custom.PREFIX))
    return plain(getattr(row, field.name))


def _number(model: type[Base], column: str) -> Callable[[Any], str | None]:
    """The external number of the row that *column* refers to."""

    def find_number(row: Any) -> str | None:
        row_id = getattr(row, column)
        there: Any = db.session.get(model, row_id) if row_id is not None else None
        return there.external_id if there else None

    return find_number


def _points(scheme: Scheme) -> Callable[[Any], list[str]]:
    return lambda row: [point.value for point in row.points if point.scheme is scheme]


_SHOWN: dict[str, Callable[[Any], Any]] = {
    "customer": _number(Customer, "customer_id"),
    "company": _number(Customer, "company_id"),
    "order": _number(Order, "order_id"),
    "product": _number(Product, "product_id"),
    "invoice": _number(Invoice, "invoice_id"),
    "owner": lambda row: row.owner.email if row.owner else None,
    "emails": _points(Scheme.EMAIL),
    "phones": _points(Scheme.PHONE),
    "assets": lambda row: [asset.external_id for asset in row.assets if asset.external_id],
}
