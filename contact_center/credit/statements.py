"""A company's figures by period: one row for each day a period ends, entered again where they are corrected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.credit import ratios
from contact_center.credit.models import FinancialStatement
from contact_center.customers.models import Customer, CustomerKind
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text import amounts
from contact_center.text.lines import one_line

FIGURES = (
    "current_assets", "cash", "inventory", "current_liabilities", "total_assets", "total_liabilities", "revenue",
    "profit",
)  # fmt: skip
_SIGNED = frozenset({"profit"})
_MOST = Decimal("99999999999999.99")


def put(company: Customer, agent: Agent, typed: Mapping[str, str]) -> FinancialStatement:
    """Write the figures of one period, in place of those that stand there. Raises Invalid."""
    if company.kind is not CustomerKind.COMPANY:
        raise Invalid(_("Only companies have a balance sheet."))
    row = _read(typed) | {"customer_id": company.id, "agent_id": agent.id, "changed_at": clock.now()}
    written = insert(FinancialStatement).values(row)
    written = written.on_conflict_do_update(index_elements=["customer_id", "period_end"], set_=row)
    stored = db.session.scalars(
        written.returning(FinancialStatement), execution_options={"populate_existing": True}
    ).one()
    log.record(Name.CREDIT_FIGURES_ENTERED, company, agent, period=stored.period_end.isoformat())
    return stored


def remove(company: Customer, agent: Agent, period_end: date) -> None:
    """Take a period out; a second time nothing happens."""
    mine = (FinancialStatement.customer_id == company.id, FinancialStatement.period_end == period_end)
    row = db.session.scalars(select(FinancialStatement).where(*mine)).one_or_none()
    if row is not None:
        db.session.delete(row)
        log.record(Name.CREDIT_FIGURES_REMOVED, company, agent, period=period_end.isoformat())


def of(customer_id: int, limit: int = 6) -> list[FinancialStatement]:
    """The periods, newest first."""
    asked = select(FinancialStatement).where(FinancialStatement.customer_id == customer_id)
    return list(db.session.scalars(asked.order_by(FinancialStatement.period_end.desc()).limit(limit)))


def _read(typed: Mapping[str, str]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    row: dict[str, Any] = {}
    for name, read in (("period_end", _day), ("currency", amounts.currency), ("source", _source)):
        try:
            row[name] = read(typed.get(name, ""))
        except ValueError as error:
            wrong[name] = str(error)
    for name in FIGURES:
        try:
            row[name] = _amount(typed.get(name, ""), signed=name in _SIGNED)
        except ValueError as error:
            wrong[name] = str(error)
    for name, whole, holds in ratios.CHECKS:
        if row.get(name) is not None and row.get(whole) is not None and not holds(row):
            wrong.setdefault(name, _("This cannot be more than the whole it is a part of."))
    if not wrong and all(row[name] is None for name in FIGURES):
        wrong["current_assets"] = _("Write at least one figure.")
    Invalid.raise_for(wrong)
    return row


def _amount(typed: str, *, signed: bool) -> Decimal | None:
    if not typed.strip():
        return None
    return amounts.decimal(typed, -_MOST if signed else Decimal(0), _MOST, places=2)


def _day(typed: str) -> date:
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise ValueError(_("Write the day as in 2026-12-31.")) from None
    if not date(1990, 1, 1) <= day <= clock.now().date() + timedelta(days=1):
        raise ValueError(_("A period that has ended, please."))
    return day


def _source(typed: str) -> str:
    return one_line(typed, 200)
