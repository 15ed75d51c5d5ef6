"""What the registers of this room share: the words of their results, and events about what came of a batch.

A batch is told in one statement. Of a large one no open desk is nudged: that would be a flood, and the rows are there
for whoever looks next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from contact_center.agents.models import Agent
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.putting.register import Child, Reference, Register
from contact_center.putting.rows import Known, Outcome, Put, Result, Row

__all__ = ["CUSTOMER", "Child", "Known", "Outcome", "Put", "Reference", "Register", "Result", "Row", "tell"]

CUSTOMER = Reference("customer", "customer_id")
NUDGED = 20  # a batch up to this size refreshes open desks
_SILENT = frozenset({"as_of", "search"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about: a row that was written past the ORM."""

    __tablename__: str
    id: int
    customer_id: int | None


def tell(
    rows: list[Row],
    by: Agent | None,
    table: str,
    names: tuple[Name, Name],
    about: Callable[[Row], dict[str, Any]] = lambda _row: {},
    customer: Callable[[Row], int | None] = lambda row: row.value("customer_id"),
) -> None:
    """Record for each row that it came (the first of *names*) or changed (the second), with what *about* says."""
    came, changed = names
    happened = [
        (
            came if row.outcome is Outcome.CREATED else changed,
            Subject(table, row.id or 0, customer(row)),
            {table: row.id, "number": row.external_id, **about(row), **_changes(row)},
        )
        for row in rows
    ]
    log.record_all(happened, by, quietly=len(happened) > NUDGED)


def follow(row: Row, name: str) -> None:
    """Customer and currency are those of the order or invoice referred to, unless said."""
    there = row.refers.get(name)
    if there is None:
        return
    if row.value("customer_id") is None:
        row.given["customer_id"] = there.customer_id
    if row.value("currency") is None:
        row.given["currency"] = there.currency
    if row.value("currency") != there.currency:
        row.wrong["currency"] = _(
            "%(number)s is in %(currency)s, and so must this be.", number=there.external_id, currency=there.currency
        )


def keep_currency(row: Row) -> None:
    """What hangs on a row counts on its currency: that never changes."""
    if row.before is not None and row.value("currency") != row.before.currency:
        row.wrong["currency"] = _("It is in %(currency)s; that cannot change.", currency=row.before.currency)


def amount_of(row: Row) -> dict[str, Any]:
    """The amount, for an event."""
    return {"amount": str(row.value("amount")), "currency": row.value("currency")}


def plain(value: Any) -> Any:
    """A column's value as JSON has it."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _changes(row: Row) -> dict[str, Any]:
    changes = {name: [plain(old), plain(new)] for name, (old, new) in row.changes.items() if name not in _SILENT}
    return {"changes": changes} if changes else {}
