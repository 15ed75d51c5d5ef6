"""What customers own and what they are entitled to: assets, service contracts, and the check made for each ticket."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.extensions import Base, BigId, states
from contact_center.orders.models import AsOf, Money, Product


class AssetSource(StrEnum):
    IMPORT = "IMPORT"
    AGENT = "AGENT"
    CUSTOMER = "CUSTOMER"  # registered on the portal: believed for display, its warranty begins when we confirm it


class Cover(StrEnum):
    """What covers a request."""

    WARRANTY = "WARRANTY"
    CONTRACT = "CONTRACT"
    NONE = "NONE"


contract_assets = Table(
    "contract_asset",
    Base.metadata,
    Column("contract_id", ForeignKey("service_contract.id", ondelete="CASCADE"), primary_key=True),
    Column("asset_id", ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Asset(Base):
    """Something a customer owns: 客户资产. Under warranty on a day up to and including `warranty_until`."""

    __tablename__ = "asset"

    id: Mapped[BigId]
    external_id: Mapped[str | None] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="RESTRICT"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id", ondelete="SET NULL"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id", ondelete="SET NULL"))
    name: Mapped[str]  # as the customer knows it; the product's name unless said
    model: Mapped[str] = mapped_column(server_default="")
    serial: Mapped[str | None]  # upper case, no blanks
    bought_on: Mapped[date | None]
    warranty_until: Mapped[date | None]
    installed_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(server_default="")  # installed where
    source: Mapped[AssetSource] = mapped_column(states(AssetSource), server_default=AssetSource.IMPORT)
    confirmed_at: Mapped[datetime | None]  # NULL: only the customer says so
    retired_on: Mapped[date | None]
    as_of: Mapped[AsOf]
    changed_at: Mapped[datetime]

    customer: Mapped[Customer] = relationship()
    product: Mapped[Product | None] = relationship()

    __table_args__ = (
        Index("ix_asset_customer", "customer_id", sql("id DESC")),
        Index(
            "ix_asset_bought",
            "customer_id",
            sql("coalesce(bought_on, installed_on) DESC"),
            sql("id DESC"),
            postgresql_where=sql("coalesce(bought_on, installed_on) IS NOT NULL"),
        ),
        Index("ix_asset_product", "product_id", sql("id DESC"), postgresql_where=sql("retired_on IS NULL")),
        Index("uq_asset_serial", "product_id", "serial", unique=True, postgresql_where=sql("serial IS NOT NULL")),
        Index(None, "serial", postgresql_where=sql("serial IS NOT NULL")),
        Index(None, "warranty_until"),
    )


class ServiceContract(Base):
    """服务合约: response and resolution are promised in minutes of `hours` ("24x7" or "working")."""

    __tablename__ = "service_contract"

    id: Mapped[BigId]
    external_id: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="RESTRICT"))
    name: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    hours: Mapped[str] = mapped_column(server_default="working")
    response_minutes: Mapped[int | None]
    resolution_minutes: Mapped[int | None]
    visits_included: Mapped[int | None]  # None: as many as needed
    visits_used: Mapped[int] = mapped_column(server_default=sql("0"))
    kinds: Mapped[list[str]] = mapped_column(server_default=sql("'{}'"))  # of request; none: all
    fee: Mapped[Money | None]
    currency: Mapped[str | None]
    cancelled_on: Mapped[date | None]
    as_of: Mapped[AsOf]
    changed_at: Mapped[datetime]

    customer: Mapped[Customer] = relationship()
    assets: Mapped[list[Asset]] = relationship(
        secondary=contract_assets, order_by="Asset.id"
    )  # none: all of the customer's

    __table_args__ = (
        CheckConstraint("valid_until >= valid_from", name="validity"),
        CheckConstraint("hours IN ('24x7', 'working')", name="hours"),
        CheckConstraint(
            "visits_used >= 0 AND (visits_included IS NULL OR visits_used <= visits_included)", name="visits"
        ),
        CheckConstraint("response_minutes > 0 AND resolution_minutes > 0", name="minutes"),
        Index("ix_service_contract_customer", "customer_id", sql("valid_until DESC")),
        Index("ix_service_contract_begun", "customer_id", sql("valid_from DESC"), sql("id DESC")),
        Index(None, "valid_until"),
    )


class EntitlementPolicy(Base):
    """A kind of request that, from these tiers, asks for a fee or a deposit when nothing covers it."""

    __tablename__ = "entitlement_policy"

    id: Mapped[BigId]
    kind: Mapped[str]  # of request
    tiers: Mapped[list[str]] = mapped_column(server_default=sql("'{}'"))  # none: all
    needs: Mapped[str]  # 'PAID' or 'DEPOSIT'
    fee: Mapped[Money | None]
    currency: Mapped[str | None]
    sentence: Mapped[str] = mapped_column(server_default="")  # told to the agent, and on the portal
    is_active: Mapped[bool] = mapped_column(server_default=sql("true"))
    position: Mapped[int] = mapped_column(server_default=sql("0"))

    __table_args__ = (CheckConstraint("needs IN ('PAID', 'DEPOSIT')", name="needs"),)


class EntitlementCheck(Base):
    """The answer for one ticket, remembered with its reasons: covered? by what? committed until when?"""

    __tablename__ = "entitlement_check"

    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    asset_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id", ondelete="SET NULL"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("service_contract.id", ondelete="SET NULL"))
    cover: Mapped[Cover] = mapped_column(states(Cover))
    respond_by: Mapped[datetime | None]
    resolve_by: Mapped[datetime | None]
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("entitlement_policy.id", ondelete="SET NULL"))
    needs: Mapped[str | None]  # 'PAID' or 'DEPOSIT' while uncovered and asked for
    settled_at: Mapped[datetime | None]  # paid, or waived
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    settled_how: Mapped[str | None]  # 'PAID', 'DEPOSIT' or 'WAIVED'
    waiver_reason: Mapped[str | None]
    why: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    at: Mapped[datetime]

    asset: Mapped[Asset | None] = relationship()
    contract: Mapped[ServiceContract | None] = relationship()
    policy: Mapped[EntitlementPolicy | None] = relationship()
    settler: Mapped[Agent | None] = relationship()

    __table_args__ = (
        CheckConstraint("settled_how <> 'WAIVED' OR waiver_reason <> ''", name="waiver_has_reason"),
        Index(None, "contract_id"),
        Index(None, "asset_id"),
    )
