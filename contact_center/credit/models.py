"""Financial statements, score sheets, limits, and the weights and grades that an administrator sets."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.agents.models import Agent
from contact_center.extensions import Base, BigId, states
from contact_center.orders.models import Money


class Template(StrEnum):
    """The schools of credit analysis whose factors a sheet scores."""

    FIVE_C = "5C"
    FIVE_P = "5P"
    SIX_A = "6A"


class FinancialStatement(Base):
    """A company's figures at the end of a period, in one currency; what is not known is NULL."""

    __tablename__ = "financial_statement"

    id: Mapped[BigId]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    period_end: Mapped[date]
    currency: Mapped[str]
    current_assets: Mapped[Money | None]
    cash: Mapped[Money | None]  # cash-type assets 现金类资产
    inventory: Mapped[Money | None]
    current_liabilities: Mapped[Money | None]
    total_assets: Mapped[Money | None]
    total_liabilities: Mapped[Money | None]
    revenue: Mapped[Money | None]
    profit: Mapped[Money | None]
    source: Mapped[str] = mapped_column(server_default="")
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("customer_id", "period_end"),
        CheckConstraint("char_length(currency) = 3", name="currency"),
        CheckConstraint(
            "coalesce(current_assets, 0) >= 0 AND coalesce(cash, 0) >= 0 AND coalesce(inventory, 0) >= 0 "
            "AND coalesce(current_liabilities, 0) >= 0 AND coalesce(total_assets, 0) >= 0 "
            "AND coalesce(total_liabilities, 0) >= 0",
            name="amounts",
        ),
    )


class CreditSheet(Base):
    """One evaluation: a score from 0 to 100 per factor of a template, with the weights of its day. Never changed."""

    __tablename__ = "credit_sheet"

    id: Mapped[BigId]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    template: Mapped[Template] = mapped_column(states(Template))
    scores: Mapped[dict[str, Any]]  # factor -> 0 to 100
    weights: Mapped[dict[str, Any]]  # factor -> its weight
    total: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    grade: Mapped[str]
    comment: Mapped[str] = mapped_column(server_default="")
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    at: Mapped[datetime]

    author: Mapped[Agent | None] = relationship()

    __table_args__ = (
        CheckConstraint("total BETWEEN 0 AND 100", name="total"),
        Index("ix_credit_sheet_customer", "customer_id", sql("id DESC")),
    )


class CreditLimit(Base):
    """How much a customer may owe us. `exceeded_at`: since when the exposure is known to be above it."""

    __tablename__ = "credit_limit"

    customer_id: Mapped[int] = mapped_column(
        ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    amount: Mapped[Money]
    currency: Mapped[str]
    until: Mapped[date | None]
    reason: Mapped[str] = mapped_column(server_default="")
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    set_at: Mapped[datetime]
    exceeded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default=sql("1"))

    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("char_length(currency) = 3", name="currency"),
    )


class CreditSettings(Base):
    """The weights of each template and from which total which grade begins; one row."""

    __tablename__ = "credit_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    weights: Mapped[dict[str, Any]]  # template -> factor -> weight
    grades: Mapped[dict[str, Any]]  # grade -> least total
    version: Mapped[int] = mapped_column(server_default=sql("1"))

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
