"""The card as JSON: whatever `card.summary` holds, field by field; of rows only what is meant for others.

Called by `reads`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import Any

from sqlalchemy import inspect

from contact_center.agents.models import Agent
from contact_center.api import showing
from contact_center.card import summary
from contact_center.customers.models import ContactPoint, Customer, CustomerNote
from contact_center.entitlements.models import Asset, ServiceContract
from contact_center.extensions import Base
from contact_center.importing.kinds import KINDS
from contact_center.orders.models import Invoice, Order, OrderLine, Product, Shipment, TrackingEvent

_OPEN = (
    ContactPoint,
    CustomerNote,
    Asset,
    ServiceContract,
    Invoice,
    Order,
    OrderLine,
    Product,
    Shipment,
    TrackingEvent,
)
_DEEPEST = 8


def shown(customer: Customer, viewer: Agent) -> dict[str, Any]:
    """Everything on the card of *customer* as far as *viewer* may see it."""
    card = summary.of(customer, viewer)
    told = {each.name: _plain(getattr(card, each.name), 1) for each in fields(card)}
    return told | {"customer": showing.resource(KINDS["customers"], card.customer) | _standing(card.customer)}


def _standing(customer: Customer) -> dict[str, Any]:
    return {"tier": customer.tier, "value_colour": customer.value_colour, "is_rising": customer.is_rising}


def _plain(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)) or depth > _DEEPEST:
        return showing.plain(value) if depth <= _DEEPEST else None
    if isinstance(value, Mapping):
        return {str(key): _plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, (Sequence, AbstractSet)):
        return [_plain(each, depth + 1) for each in value]
    if isinstance(value, Base):
        return _row(value)
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name), depth + 1) for each in fields(value)}
    return showing.plain(value) if hasattr(value, "isoformat") or hasattr(value, "as_tuple") else str(value)


def _row(row: Base) -> dict[str, Any]:
    """A row in a card: people by name, customers by number and name, the rest by its columns."""
    if isinstance(row, Agent):
        return {"name": row.name, "email": row.email}
    if isinstance(row, Customer):
        return {"external_id": row.external_id, "name": row.name, "position": row.position, "role": row.role}
    if not isinstance(row, _OPEN):
        return {"id": getattr(row, "id", None)}
    mapped: Any = inspect(type(row))
    return {
        column.key: showing.plain(getattr(row, column.key))
        for column in mapped.column_attrs
        if not column.key.endswith("_id") or column.key == "external_id"
    }
