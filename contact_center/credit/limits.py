"""Credit limits, and the watch over them: an event when the exposure passes a limit, another when it is within again.

Exposure counts in the limit's currency only; what is owed in others is shown beside it, never added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.credit.models import CreditLimit
from contact_center.customers.models import Customer
from contact_center.errors import Invalid, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.orders import exposure
from contact_center.text import amounts
from contact_center.text.lines import one_line

_MOST = Decimal("99999999999999.99")
_NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Use:
    """A limit beside what it is used for; `elsewhere` is what is owed in other currencies."""

    limit: CreditLimit
    used: Decimal
    elsewhere: Mapping[str, Decimal]

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.limit.amount

    @property
    def share(self) -> float:
        """Of the limit; more than 1 beyond it, and for a limit of nothing that is used."""
        if not self.limit.amount:
            return 2.0 if self.used else 0.0
        return float(self.used / self.limit.amount)


def put(customer: Customer, agent: Agent, version: int, typed: Mapping[str, str]) -> CreditLimit:
    """Set the limit. *version* 0 where there was none. Raises Invalid, Stale."""
    new = _read(typed)
    row = db.session.get(CreditLimit, customer.id, with_for_update=True, populate_existing=True)
    if (row.version if row else 0) != version:
        raise Stale(_("Somebody changed the limit meanwhile. Look at it again."), {})
    old = [str(row.amount), row.currency] if row else None
    if row is None:
        row = CreditLimit(customer_id=customer.id, version=0)
        db.session.add(row)
    row.amount, row.currency, row.until, row.reason = new
    row.agent_id, row.set_at, row.version = agent.id, clock.now(), row.version + 1
    db.session.flush()
    log.record(Name.CREDIT_LIMIT_SET, customer, agent, changes={"limit": [old, [str(row.amount), row.currency]]})
    _watch([row])
    return row


def use_of(customer_id: int) -> Use | None:
    """The limit of a customer and what it is used for; None without a limit, or when its time is over."""
    row = db.session.get(CreditLimit, customer_id)
    return _use(row, exposure.of([customer_id])) if row is not None and _holds(row) else None


def watch(after: int = 0, limit: int = 500) -> int | None:
    """Compare the next limits behind *after* with their exposure; returns the last one looked at, None at the end."""
    asked = select(CreditLimit).where(CreditLimit.customer_id > after).order_by(CreditLimit.customer_id).limit(limit)
    rows = list(db.session.scalars(asked.with_for_update(skip_locked=True)))
    _watch(rows)
    return rows[-1].customer_id if len(rows) == limit else None


def _watch(rows: list[CreditLimit]) -> None:
    owed = exposure.by_customer([row.customer_id for row in rows])
    for row in rows:
        is_exceeded = _holds(row) and _use(row, owed.get(row.customer_id, {})).is_exceeded
        if is_exceeded == (row.exceeded_at is not None):
            continue
        row.exceeded_at = clock.now() if is_exceeded else None
        used = _use(row, owed.get(row.customer_id, {})).used
        name = Name.CREDIT_LIMIT_EXCEEDED if is_exceeded else Name.CREDIT_LIMIT_KEPT
        customer = db.session.get_one(Customer, row.customer_id)
        log.record(name, customer, used=str(used), limit=str(row.amount), currency=row.currency)
    db.session.flush()


def _use(row: CreditLimit, owed: Mapping[str, exposure.Exposure]) -> Use:
    mine = owed.get(row.currency)
    elsewhere = {currency: each.total for currency, each in owed.items() if currency != row.currency and each.total}
    return Use(row, mine.total if mine else _NOTHING, elsewhere)


def _holds(row: CreditLimit) -> bool:
    return row.until is None or row.until >= clock.now().date()


def _read(typed: Mapping[str, str]) -> tuple[Decimal, str, date | None, str]:
    wrong: dict[str, str] = {}
    amount, currency, until, reason = _NOTHING, "", None, ""
    try:
        amount = amounts.decimal(typed.get("amount", ""), Decimal(0), _MOST, places=2)
    except ValueError as error:
        wrong["amount"] = str(error)
    try:
        currency = amounts.currency(typed.get("currency", ""))
    except ValueError as error:
        wrong["currency"] = str(error)
    try:
        until = date.fromisoformat(typed["until"]) if typed.get("until", "").strip() else None
    except ValueError:
        wrong["until"] = _("Write the day as in 2026-12-31.")
    if until is not None and until < clock.now().date():
        wrong["until"] = _("That day is over.")
    try:
        reason = one_line(typed.get("reason", ""), 300)
    except ValueError as error:
        wrong["reason"] = str(error)
    if not reason and "reason" not in wrong:
        wrong["reason"] = _("Say why.")
    Invalid.raise_for(wrong)
    return amount, currency, until, reason
