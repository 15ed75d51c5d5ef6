"""Customers and what hangs under them: contact points, notes, documents, consents, custom fields, merges."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.agents.models import Agent
from contact_center.extensions import Base, BigId, states
from contact_center.files.models import File
from contact_center.text.addresses import Scheme

TIERS = ("A", "B", "C", "D")  # by what a customer buys; who has none yet counts as D


class CustomerKind(StrEnum):
    PERSON = "PERSON"
    COMPANY = "COMPANY"


class CustomerStatus(StrEnum):
    PROSPECT = "PROSPECT"
    ACTIVE = "ACTIVE"
    FORMER = "FORMER"


class ValueColour(StrEnum):
    """What a customer leaves us after returns and the cost of serving them."""

    GREEN = "GREEN"  # profitable: please them
    RED = "RED"  # loses money: no concessions


class PointSource(StrEnum):
    """How we came to know a contact point."""

    MESSAGE = "MESSAGE"  # somebody wrote or called from it
    FORM = "FORM"  # typed into a web form: anybody can claim anything
    AGENT = "AGENT"
    IMPORT = "IMPORT"


_NEWEST = (sql("changed_at DESC"), sql("id DESC"))
_IS_NOBODYS = sql("(owner_id IS NULL)")


class Customer(Base):
    """A person or a company. A contact person is a person with a `company`, a `position` and a `role` there."""

    __tablename__ = "customer"

    id: Mapped[BigId]
    kind: Mapped[CustomerKind] = mapped_column(states(CustomerKind), server_default=CustomerKind.PERSON)
    status: Mapped[CustomerStatus] = mapped_column(states(CustomerStatus), server_default=CustomerStatus.PROSPECT)
    name: Mapped[str]
    company_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id", ondelete="SET NULL"))
    position: Mapped[str | None]
    role: Mapped[str | None]
    language: Mapped[str | None]
    time_zone: Mapped[str | None]
    street: Mapped[str | None]
    postcode: Mapped[str | None]
    city: Mapped[str | None]
    country: Mapped[str | None]
    about: Mapped[str] = mapped_column(server_default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    external_id: Mapped[str | None] = mapped_column(unique=True)
    tier: Mapped[str | None]  # A to D; written by `tiers` only
    tier_since: Mapped[datetime | None]
    is_rising: Mapped[bool] = mapped_column(server_default=sql("false"))  # 明日之星
    value_colour: Mapped[ValueColour | None] = mapped_column(states(ValueColour))  # written by `value` only
    region: Mapped[str | None]  # as the firm divides its market
    nature: Mapped[str | None]  # of a company: private, state-owned, public body …
    industry: Mapped[str | None]
    scale: Mapped[str | None]
    business: Mapped[str | None]
    bank_account: Mapped[str | None]
    birthday: Mapped[date | None]
    education: Mapped[str | None]
    family: Mapped[str | None]
    work: Mapped[str | None]
    interests: Mapped[str | None]
    personality: Mapped[str | None]
    custom: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))  # CustomField.key -> value
    since: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default=sql("1"))
    search: Mapped[Any] = mapped_column(TSVECTOR, server_default=sql("''"), nullable=False, deferred=True)

    company: Mapped[Customer | None] = relationship(remote_side="Customer.id")
    owner: Mapped[Agent | None] = relationship()
    points: Mapped[list[ContactPoint]] = relationship(back_populates="customer", order_by="ContactPoint.id")

    __table_args__ = (
        CheckConstraint("company_id IS NULL OR kind = 'PERSON'", name="contact_person_is_a_person"),
        CheckConstraint("company_id <> id", name="not_own_company"),
        CheckConstraint("tier IN ('A', 'B', 'C', 'D')", name="tier"),
        Index(None, "company_id", postgresql_where=sql("company_id IS NOT NULL")),
        Index("ix_customer_owner", "owner_id", *_NEWEST, postgresql_where=sql("owner_id IS NOT NULL")),
        Index("ix_customer_narrowed", "kind", "status", _IS_NOBODYS, *_NEWEST),
        Index("ix_customer_narrowed_name", "kind", "status", _IS_NOBODYS, sql("lower(name)"), "id"),
        Index("ix_customer_tier", "tier", *_NEWEST, postgresql_where=sql("tier IN ('A', 'B', 'C')")),
        Index("ix_customer_colour", "value_colour", *_NEWEST, postgresql_where=sql("value_colour IS NOT NULL")),
        Index("ix_customer_region", "region", *_NEWEST, postgresql_where=sql("region IS NOT NULL")),
        Index("ix_customer_industry", "industry", *_NEWEST, postgresql_where=sql("industry IS NOT NULL")),
        Index("ix_customer_custom", "custom", postgresql_using="gin", postgresql_ops={"custom": "jsonb_path_ops"}),
        Index("ix_customer_name", sql("lower(name)"), "id"),
        Index("ix_customer_search", "search", postgresql_using="gin"),
        Index("ix_customer_changed", *_NEWEST),
    )


class ContactPoint(Base):
    """An address that reaches a customer, in its normal form. Verified, or only claimed (`verified_at` is NULL)."""

    __tablename__ = "contact_point"

    id: Mapped[BigId]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    scheme: Mapped[Scheme] = mapped_column(states(Scheme))
    value: Mapped[str]
    label: Mapped[str | None]
    source: Mapped[PointSource] = mapped_column(states(PointSource))
    is_preferred: Mapped[bool] = mapped_column(server_default=sql("false"))
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[str | None]  # how: 'code', 'link', or a word of customers.points.Proof
    bounced_at: Mapped[datetime | None]
    bounce_reason: Mapped[str | None]
    added_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship(back_populates="points")

    __table_args__ = (
        UniqueConstraint("customer_id", "scheme", "value"),
        Index(None, "scheme", "value"),
        Index("uq_contact_point_preferred", "customer_id", "scheme", unique=True, postgresql_where=sql("is_preferred")),
    )


class CustomerNote(Base):
    __tablename__ = "customer_note"

    id: Mapped[BigId]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    text: Mapped[str]
    is_pinned: Mapped[bool] = mapped_column(server_default=sql("false"))
    at: Mapped[datetime]

    author: Mapped[Agent | None] = relationship()

    __table_args__ = (Index(None, "customer_id", "id"),)


class FieldKind(StrEnum):
    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DATE = "DATE"
    YES_NO = "YES_NO"
    CHOICE = "CHOICE"


class CustomField(Base):
    """A field that a firm wants beyond ours; its values are in `Customer.custom` under `key`, as JSON of its kind."""

    __tablename__ = "custom_field"

    id: Mapped[BigId]
    key: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    label_zh: Mapped[str] = mapped_column(server_default="")
    kind: Mapped[FieldKind] = mapped_column(states(FieldKind))
    choices: Mapped[list[str]] = mapped_column(server_default=sql("'{}'"))
    customer_kind: Mapped[CustomerKind | None] = mapped_column(states(CustomerKind))  # None: of both
    is_searched: Mapped[bool] = mapped_column(server_default=sql("false"))
    is_active: Mapped[bool] = mapped_column(server_default=sql("true"))
    position: Mapped[int] = mapped_column(server_default=sql("0"))


class CustomerDocument(Base):
    """A file that belongs to the customer rather than to a ticket: a contract's scan, a letter."""

    __tablename__ = "customer_document"

    id: Mapped[BigId]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id", ondelete="RESTRICT"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    about: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]

    file: Mapped[File] = relationship()
    agent: Mapped[Agent | None] = relationship()

    __table_args__ = (Index(None, "customer_id", "id"), Index(None, "file_id"))


class Consent(Base):
    """One word of a customer about one channel and purpose, with its evidence. Append-only; the newest holds."""

    __tablename__ = "consent"

    id: Mapped[BigId]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    channel: Mapped[str]  # email, sms, phone, post
    purpose: Mapped[str]  # marketing, surveys, notices
    is_granted: Mapped[bool]
    evidence: Mapped[str]
    source: Mapped[PointSource] = mapped_column(states(PointSource))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    at: Mapped[datetime]

    agent: Mapped[Agent | None] = relationship()

    __table_args__ = (Index(None, "customer_id", "channel", "purpose", "id"),)


class Merge(Base):
    """Two records of one customer made one. `merged_id` leads to the survivor for ever, also when that is merged again.

    `external_id` is the customer number that gave way: whoever goes on using it means the survivor. `undo` is what
    `absorbing` wrote down, kept for a while.
    """

    __tablename__ = "customer_merge"

    id: Mapped[BigId]
    survivor_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    merged_id: Mapped[int]
    merged_name: Mapped[str]
    external_id: Mapped[str | None]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(index=True)
    undo: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)  # None: too old
    undone_at: Mapped[datetime | None]

    agent: Mapped[Agent | None] = relationship()

    __table_args__ = (
        Index("uq_customer_merge_merged", "merged_id", unique=True, postgresql_where=sql("undone_at IS NULL")),
        Index(
            "uq_customer_merge_external", "external_id", unique=True,
            postgresql_where=sql("undone_at IS NULL AND external_id IS NOT NULL"),
        ),
    )  # fmt: skip


class Duplicate(Base):
    """Two customers who may be one, with a score of 100 and why. The lower id is `left_id`; dismissed is remembered."""

    __tablename__ = "customer_duplicate"

    id: Mapped[BigId]
    left_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    right_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    score: Mapped[int]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=sql("'[]'"))  # words of `likeness`
    found_at: Mapped[datetime]
    dismissed_at: Mapped[datetime | None]
    dismissed_by: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))

    left: Mapped[Customer] = relationship(foreign_keys="Duplicate.left_id")
    right: Mapped[Customer] = relationship(foreign_keys="Duplicate.right_id")

    __table_args__ = (
        CheckConstraint("left_id < right_id", name="in_order"),
        UniqueConstraint("left_id", "right_id"),
        Index(None, "right_id"),
        Index(
            "ix_customer_duplicate_open",
            sql("score DESC"),
            sql("id DESC"),
            postgresql_where=sql("dismissed_at IS NULL"),
        ),
        {"info": {"on_merge": "remove"}},  # pairs of a customer who is merged away are found anew
    )


class DuplicateSweep(Base):
    """How far the sweeper has looked for duplicates: one row."""

    __tablename__ = "duplicate_sweep"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    changed_at: Mapped[datetime]
    customer_id: Mapped[int]
