"""Products, what they cost and where they lie: the catalogue's part of `models`, which hands on what is here."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.extensions import Base, BigId

Money = Annotated[Decimal, mapped_column(Numeric(16, 2))]
Quantity = Annotated[Decimal, mapped_column(Numeric(14, 3))]
AsOf = Annotated[datetime | None, mapped_column()]  # when the other system said so, where it says when


class Product(Base):
    __tablename__ = "product"

    id: Mapped[BigId]
    external_id: Mapped[str] = mapped_column(unique=True)  # the product's number
    name: Mapped[str]
    model: Mapped[str] = mapped_column(server_default="")
    line: Mapped[str] = mapped_column(server_default="")  # 产品线
    specification: Mapped[str] = mapped_column(server_default="")
    defects: Mapped[str] = mapped_column(server_default="")  # known defects, for agents
    unit_cost: Mapped[Money | None]
    cost_currency: Mapped[str | None]
    warranty_months: Mapped[int] = mapped_column(server_default=sql("0"))
    is_active: Mapped[bool] = mapped_column(server_default=sql("true"))
    search: Mapped[Any] = mapped_column(TSVECTOR, server_default=sql("''"), nullable=False, deferred=True)
    as_of: Mapped[AsOf]
    changed_at: Mapped[datetime]

    prices: Mapped[list[Price]] = relationship(order_by="Price.list_name, Price.currency, Price.valid_from")
    stock: Mapped[list[Stock]] = relationship(order_by="Stock.location")

    __table_args__ = (
        CheckConstraint("unit_cost >= 0", name="unit_cost"),
        CheckConstraint("warranty_months BETWEEN 0 AND 1200", name="warranty_months"),
        CheckConstraint("(unit_cost IS NULL) = (cost_currency IS NULL)", name="cost_currency"),
        Index(None, "line", "id"),
        Index("ix_product_name", sql("lower(name)"), "id"),
        Index("ix_product_model", sql("lower(model)"), "id"),
        Index("ix_product_search", "search", postgresql_using="gin"),
    )


class Price(Base):
    """What a product costs on one price list from a day on; the newest that has begun holds."""

    __tablename__ = "price"

    id: Mapped[BigId]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"))
    list_name: Mapped[str]
    currency: Mapped[str]
    amount: Mapped[Money]
    valid_from: Mapped[date]

    __table_args__ = (
        UniqueConstraint("product_id", "list_name", "currency", "valid_from"),
        CheckConstraint("amount >= 0", name="amount"),
    )


class Stock(Base):
    """How many of a product lie at a location, and when more are expected there."""

    __tablename__ = "stock"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), primary_key=True)
    location: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[Quantity]
    expected_on: Mapped[date | None]
    changed_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity"),)
