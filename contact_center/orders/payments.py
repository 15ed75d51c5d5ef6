"""Payments: money that came in, for an invoice where it says so.

Called by imports, the API and the demo. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from contact_center.agents.models import Agent
from contact_center.events.names import Name
from contact_center.orders import paying, putting
from contact_center.orders.models import Payment
from contact_center.orders.putting import CUSTOMER, Outcome, Put, Reference, Register, Result, Row
from contact_center.putting import reading


def put(external_id: Any, *, by: Agent | None = None, **given: Any) -> Put:
    """Write a payment, and what it pays; customer and currency are those of its invoice unless said. Raises Invalid."""
    return REGISTER.put(external_id, by=by, **given)


def put_many(rows: Iterable[Mapping[str, Any]], *, by: Agent | None = None) -> list[Result]:
    """Write a batch of payments."""
    return REGISTER.put_many(rows, by=by)


def _check(rows: list[Row]) -> None:
    for row in rows:
        putting.follow(row, "invoice")
        putting.keep_currency(row)
        if row.given.get("amount") == 0:
            row.wrong["amount"] = _("A payment of nothing is none.")


def _then(rows: list[Row]) -> None:
    """The invoice that is paid now, and the one that was before."""
    written = [row for row in rows if row.outcome is not Outcome.SAME]
    paid = [id_ for row in written for id_ in (row.value("invoice_id"), getattr(row.before, "invoice_id", None))]
    paying.settle({invoice_id for invoice_id in paid if invoice_id})


def _tell(rows: list[Row], by: Agent | None) -> None:
    putting.tell(rows, by, "payment", (Name.PAYMENT_RECEIVED, Name.PAYMENT_CHANGED), putting.amount_of)


REGISTER = Register(
    Payment,
    {
        "customer": CUSTOMER,
        "invoice": Reference("invoice", "invoice_id", ("customer_id", "currency")),
        "currency": reading.currency,
        "amount": reading.money,
        "method": reading.text(60),
        "received_at": reading.past,
    },
    needed=("customer", "currency", "amount", "received_at"),
    check=_check,
    then=_then,
    tell=_tell,
)
