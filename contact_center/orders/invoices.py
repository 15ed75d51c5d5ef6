"""Invoices: what customers owe. What of it is paid is kept by `payments`.

Called by imports, the API and the demo. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from contact_center.agents.models import Agent
from contact_center.events.names import Name
from contact_center.orders import paying, putting
from contact_center.orders.models import Invoice, InvoiceKind
from contact_center.orders.putting import CUSTOMER, Outcome, Put, Reference, Register, Result, Row
from contact_center.putting import reading


def put(external_id: Any, *, by: Agent | None = None, **given: Any) -> Put:
    """Write an invoice; customer and currency are those of its order unless said. Raises Invalid."""
    return REGISTER.put(external_id, by=by, **given)


def put_many(rows: Iterable[Mapping[str, Any]], *, by: Agent | None = None) -> list[Result]:
    """Write a batch of invoices."""
    return REGISTER.put_many(rows, by=by)


def _check(rows: list[Row]) -> None:
    for row in rows:
        putting.follow(row, "order")
        putting.keep_currency(row)
        issued = row.value("issued_on")
        if issued and row.value("due_on") is None:
            row.given["due_on"] = issued
        if issued and row.value("due_on") < issued:
            row.wrong["due_on"] = _("It is due before it was issued.")


def _then(rows: list[Row]) -> None:
    """Another amount may be paid at another time."""
    paying.settle({row.id for row in rows if row.id and row.outcome is Outcome.CHANGED and "amount" in row.changes})


def _tell(rows: list[Row], by: Agent | None) -> None:
    putting.tell(rows, by, "invoice", (Name.INVOICE_ISSUED, Name.INVOICE_CHANGED), putting.amount_of)


REGISTER = Register(
    Invoice,
    {
        "customer": CUSTOMER,
        "order": Reference("order", "order_id", ("customer_id", "currency")),
        "kind": reading.choice(InvoiceKind),
        "title": reading.text(300),
        "currency": reading.currency,
        "amount": reading.money,
        "issued_on": reading.day,
        "due_on": reading.day,
        "cancelled_at": reading.maybe(reading.past),
    },
    needed=("customer", "currency", "amount", "issued_on"),
    check=_check,
    then=_then,
    tell=_tell,
)
