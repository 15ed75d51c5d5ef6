"""Products, orders and the money around them: the drawers 2 to 5 of a customer's archive.

Amounts are exact decimals in the currency of their row. An order has one currency; sums over several orders are always
kept apart by currency.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, literal_column
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.customers.models import Customer
from contact_center.extensions import Base, BigId, states
from contact_center.orders.goods import AsOf as AsOf  # noqa: PLC0414 (whoever wants a row of this room asks here)
from contact_center.orders.goods import Money as Money  # noqa: PLC0414
from contact_center.orders.goods import Price as Price  # noqa: PLC0414
from contact_center.orders.goods import Product as Product  # noqa: PLC0414
from contact_center.orders.goods import Quantity as Quantity  # noqa: PLC0414
from contact_center.orders.goods import Stock as Stock  # noqa: PLC0414


class OrderState(StrEnum):
    PLACED = "PLACED"
    CONFIRMED = "CONFIRMED"
    SHIPPED = "SHIPPED"  # at least in part
    DELIVERED = "DELIVERED"
    CANCELLED = "CANCELLED"


class ShipmentState(StrEnum):
    PREPARING = "PREPARING"
    IN_TRANSIT = "IN_TRANSIT"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"  # nobody there, address unknown, lost
    RETURNED = "RETURNED"


class SettlementKind(StrEnum):
    """退赔、折价: what was taken back, made good, or let off."""

    RETURN = "RETURN"
    COMPENSATION = "COMPENSATION"
    DISCOUNT = "DISCOUNT"


class InvoiceKind(StrEnum):
    GOODS = "GOODS"
    SERVICE = "SERVICE"  # a visit, a contract's fee: what the portal shows as charges


class Order(Base):
    """A sale. `external_id` is the number its customer knows; it is no sequence, so that nobody can count on from it.

    `email` and `phone` are what was given with the order, in normal form: who knows one of them and the number may ask.
    `total` is what the customer owes: the lines, delivery, less discounts.
    """

    __tablename__ = "order"

    id: Mapped[BigId]
    external_id: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="RESTRICT"))
    state: Mapped[OrderState] = mapped_column(states(OrderState), server_default=OrderState.PLACED)
    currency: Mapped[str]
    total: Mapped[Money]
    delivery: Mapped[Money] = mapped_column(server_default=sql("0"))  # the fee, part of the total
    region: Mapped[str | None]  # where it is delivered, as the firm divides its market
    email: Mapped[str | None]
    phone: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default="")
    placed_at: Mapped[datetime]
    promised_on: Mapped[date | None]
    delivered_at: Mapped[datetime | None]
    as_of: Mapped[AsOf]
    changed_at: Mapped[datetime]

    customer: Mapped[Customer] = relationship()
    lines: Mapped[list[OrderLine]] = relationship(back_populates="order", order_by="OrderLine.position")
    shipments: Mapped[list[Shipment]] = relationship(back_populates="order", order_by="Shipment.id")

    __table_args__ = (
        CheckConstraint("total >= 0 AND delivery >= 0", name="amounts"),
        CheckConstraint("char_length(currency) = 3", name="currency"),
        Index("ix_order_customer", "customer_id", sql("placed_at DESC"), sql("id DESC")),
        Index(
            "ix_order_delivered",
            "customer_id",
            sql("delivered_at DESC"),
            sql("id DESC"),
            postgresql_where=sql("delivered_at IS NOT NULL"),
        ),
        Index(
            "ix_order_customer_open",
            "customer_id",
            "promised_on",
            postgresql_where=sql("state IN ('PLACED', 'CONFIRMED', 'SHIPPED')"),
        ),
        Index("ix_order_digits", sql(r"regexp_replace(external_id, '\D', '', 'g')")),
        Index("ix_order_placed", sql("placed_at DESC"), sql("id DESC")),
        Index("ix_order_region", "region", sql("placed_at DESC"), postgresql_where=sql("region IS NOT NULL")),
        Index(
            "ix_order_open",
            sql("placed_at DESC"),
            sql("id DESC"),
            postgresql_include=["promised_on"],
            postgresql_where=sql("state IN ('PLACED', 'CONFIRMED', 'SHIPPED')"),
        ),
        Index(None, "state", "placed_at"),
    )


# The digits of an order's number, as somebody types them on a telephone.
ORDER_DIGITS = func.regexp_replace(
    Order.external_id, literal_column(r"'\D'"), literal_column("''"), literal_column("'g'")
)


class OrderLine(Base):
    __tablename__ = "order_line"

    id: Mapped[BigId]
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id", ondelete="CASCADE"))
    position: Mapped[int]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id", ondelete="SET NULL"))
    title: Mapped[str]
    quantity: Mapped[Quantity]
    unit_price: Mapped[Money]
    discount: Mapped[Money] = mapped_column(server_default=sql("0"))
    amount: Mapped[Money]  # quantity × unit price − discount
    unit_cost: Mapped[Money | None]  # at the time of the sale, in the order's currency

    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product | None] = relationship()

    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("quantity > 0 AND unit_price >= 0 AND discount >= 0 AND amount >= 0", name="amounts"),
        Index("ix_order_line_product_id", "product_id", sql("id DESC")),
    )


class Shipment(Base):
    __tablename__ = "shipment"

    id: Mapped[BigId]
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id", ondelete="CASCADE"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="RESTRICT"))  # that of the order
    external_id: Mapped[str] = mapped_column(unique=True)  # the carrier's number, or ours
    carrier: Mapped[str] = mapped_column(server_default="")
    state: Mapped[ShipmentState] = mapped_column(states(ShipmentState), server_default=ShipmentState.PREPARING)
    expected_on: Mapped[date | None]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    as_of: Mapped[AsOf]
    changed_at: Mapped[datetime]

    order: Mapped[Order] = relationship(back_populates="shipments")
    tracking: Mapped[list[TrackingEvent]] = relationship(order_by="TrackingEvent.at.desc(), TrackingEvent.id.desc()")

    __table_args__ = (
        Index(None, "order_id"),
        Index(None, "customer_id"),
        Index(
            "ix_shipment_shipped", "customer_id", sql("shipped_at DESC"), sql("id DESC"),
            postgresql_where=sql("shipped_at IS NOT NULL"),
        ),
        Index(
            "ix_shipment_delivered", "customer_id", sql("delivered_at DESC"), sql("id DESC"),
            postgresql_where=sql("delivered_at IS NOT NULL"),
        ),
    )  # fmt: skip


class TrackingEvent(Base):
    """One line of a shipment's way, as the carrier words it."""

    __tablename__ = "tracking_event"

    id: Mapped[BigId]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    state: Mapped[ShipmentState] = mapped_column(states(ShipmentState))
    place: Mapped[str] = mapped_column(server_default="")
    text: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (UniqueConstraint("shipment_id", "at", "state", "text"),)


class Invoice(Base):
    """What a customer owes. Open is the amount less its payments; overdue after `due_on` is an arrear 欠款."""

    __tablename__ = "invoice"

    id: Mapped[BigId]
    external_id: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="RESTRICT"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id", ondelete="SET NULL"))
    kind: Mapped[InvoiceKind] = mapped_column(states(InvoiceKind), server_default=InvoiceKind.GOODS)
    title: Mapped[str] = mapped_column(server_default="")
    currency: Mapped[str]
    amount: Mapped[Money]
    paid: Mapped[Money] = mapped_column(server_default=sql("0"))  # kept by `orders.payments`: the sum of its payments
    paid_at: Mapped[datetime | None]  # when the last of it came in
    issued_on: Mapped[date]
    due_on: Mapped[date]
    cancelled_at: Mapped[datetime | None]
    as_of: Mapped[AsOf]
    changed_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("amount >= 0 AND paid >= 0", name="amounts"),
        CheckConstraint("char_length(currency) = 3", name="currency"),
        CheckConstraint("due_on >= issued_on", name="due_on"),
        Index("ix_invoice_customer", "customer_id", sql("issued_on DESC"), sql("id DESC")),
        Index(None, "order_id"),
        Index(
            "ix_invoice_open", "customer_id", "due_on", postgresql_where=sql("paid < amount AND cancelled_at IS NULL")
        ),
    )


class Payment(Base):
    """Money that came in, for an invoice where it says so."""

    __tablename__ = "payment"

    id: Mapped[BigId]
    external_id: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="RESTRICT"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id", ondelete="SET NULL"))
    currency: Mapped[str]
    amount: Mapped[Money]
    method: Mapped[str] = mapped_column(server_default="")
    received_at: Mapped[datetime]
    as_of: Mapped[AsOf]
    changed_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("char_length(currency) = 3", name="currency"),
        Index("ix_payment_customer", "customer_id", sql("received_at DESC"), sql("id DESC")),
        Index("ix_payment_received", "received_at"),
        Index(None, "invoice_id"),
    )


class Settlement(Base):
    """A return, a compensation or a discount given afterwards; `amount` is what it cost us."""

    __tablename__ = "settlement"

    id: Mapped[BigId]
    external_id: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="RESTRICT"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id", ondelete="SET NULL"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id", ondelete="SET NULL"))
    kind: Mapped[SettlementKind] = mapped_column(states(SettlementKind))
    currency: Mapped[str]
    amount: Mapped[Money]
    reason: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]
    as_of: Mapped[AsOf]
    changed_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("char_length(currency) = 3", name="currency"),
        Index("ix_settlement_customer", "customer_id", sql("at DESC"), sql("id DESC")),
        Index("ix_settlement_at", "at"),
        Index(None, "order_id"),
    )
