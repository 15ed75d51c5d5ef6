"""Figures that are counted anew as a whole: each customer's contribution, each month's sales. And who is wanted."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.agents.models import Agent
from contact_center.customers.models import ValueColour
from contact_center.extensions import Base, states

Sum = Annotated[Decimal, mapped_column(Numeric(18, 2))]
Minutes = Annotated[Decimal, mapped_column(Numeric(12, 1))]
Average = Annotated[Decimal, mapped_column(Numeric(6, 1))]
Quantity = Annotated[Decimal, mapped_column(Numeric(16, 3))]


class ValueSettings(Base):
    """The one row of settings and what the last counting was of; `value.settings.Settings` reads and writes `said`."""

    __tablename__ = "value_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    said: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    version: Mapped[int] = mapped_column(server_default=sql("1"))
    counted_at: Mapped[datetime | None]
    figures: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class CustomerValue(Base):
    """One customer's figures of the last counting, contact persons' included in the company's. One currency for all.

    `contribution` = `sales` − `goods` − `compensation` − `handling` − `charges`, and `sales` are net of returns and
    discounts.
    """

    __tablename__ = "customer_value"

    customer_id: Mapped[int] = mapped_column(
        ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    orders: Mapped[int]
    revenue: Mapped[Sum]
    returns: Mapped[Sum]
    discounts: Mapped[Sum]
    sales: Mapped[Sum]
    goods: Mapped[Sum]
    compensation: Mapped[Sum]
    minutes: Mapped[Minutes]
    handling: Mapped[Sum]
    messages: Mapped[int]
    charges: Mapped[Sum]
    contribution: Mapped[Sum]
    colour: Mapped[ValueColour | None] = mapped_column(states(ValueColour))
    before: Mapped[Sum]  # the sales of the period before
    lines: Mapped[int]  # different product lines bought
    peer_lines: Mapped[Average]  # what others of the kind buy, on average
    top_line: Mapped[str] = mapped_column(server_default="")
    costless: Mapped[int]  # order lines of unknown cost: their goods count nothing

    __table_args__ = (
        Index("ix_customer_value_contribution", "contribution", "customer_id"),
        Index("ix_customer_value_sales", "sales", "customer_id"),
        Index("ix_customer_value_before", "before", "customer_id"),
        {"info": {"on_merge": "remove"}},  # counted anew every night
    )


class SalesMonth(Base):
    """What was sold in a month, in a region, of a product (0: of none we know), in the reporting currency."""

    __tablename__ = "sales_month"

    month: Mapped[date] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[str]
    orders: Mapped[int]
    quantity: Mapped[Quantity]
    revenue: Mapped[Sum]
    goods: Mapped[Sum]
    costless: Mapped[int]


class WantedCustomer(Base):
    """Somebody we want to win, or win back, this year."""

    __tablename__ = "wanted_customer"

    customer_id: Mapped[int] = mapped_column(
        ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(server_default="")
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    at: Mapped[datetime]

    agent: Mapped[Agent | None] = relationship()

    __table_args__ = (Index(None, "year"),)
