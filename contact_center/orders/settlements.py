"""Returns, compensations and discounts given afterwards 退赔、折价; what they cost us counts in a customer's value.

They change no balance: where a customer owes less for one, the invoice says less. Called by imports, the API, the desk
and the demo. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contact_center.agents.models import Agent
from contact_center.events.names import Name
from contact_center.orders import numbers, putting
from contact_center.orders.models import Settlement, SettlementKind
from contact_center.orders.putting import CUSTOMER, Put, Reference, Register, Result, Row
from contact_center.putting import reading


def put(external_id: Any, *, by: Agent | None = None, **given: Any) -> Put:
    """Write a settlement; customer and currency are those of its order unless said. Raises Invalid."""
    return REGISTER.put(external_id, by=by, **given)


def put_many(rows: Iterable[Mapping[str, Any]], *, by: Agent | None = None) -> list[Result]:
    """Write a batch of settlements."""
    return REGISTER.put_many(rows, by=by)


def give(agent: Agent, **given: Any) -> Settlement:
    """Record a settlement that *agent* gives now, under a number of ours. Raises Invalid."""
    settlement: Settlement = put(numbers.new("S"), by=agent, **given).row
    return settlement


def _check(rows: list[Row]) -> None:
    for row in rows:
        putting.follow(row, "order")
        putting.keep_currency(row)


def _tell(rows: list[Row], by: Agent | None) -> None:
    putting.tell(rows, by, "settlement", (Name.SETTLEMENT_GIVEN, Name.SETTLEMENT_CHANGED), _about)


def _about(row: Row) -> dict[str, Any]:
    return {**putting.amount_of(row), "kind": row.value("kind"), "reason": row.value("reason") or ""}


REGISTER = Register(
    Settlement,
    {
        "customer": CUSTOMER,
        "order": Reference("order", "order_id", ("customer_id", "currency")),
        "product": Reference("product", "product_id"),
        "kind": reading.choice(SettlementKind),
        "currency": reading.currency,
        "amount": reading.money,
        "reason": reading.texts(2000),
        "at": reading.past,
    },
    needed=("customer", "kind", "currency", "amount", "at"),
    check=_check,
    tell=_tell,
)
