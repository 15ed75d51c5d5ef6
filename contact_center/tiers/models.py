"""Tier runs and their moves, the dated history, overrides, policies. Only this room writes `Customer.tier`."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.extensions import Base, BigId, states

Value = Annotated[Decimal, mapped_column(Numeric(18, 2))]


class RunState(StrEnum):
    PENDING = "PENDING"  # asked for, not counted yet
    PREVIEW = "PREVIEW"  # counted; nothing is changed
    APPLIED = "APPLIED"
    DISCARDED = "DISCARDED"
    UNDONE = "UNDONE"


class Origin(StrEnum):
    SCREEN = "SCREEN"
    SCHEDULE = "SCHEDULE"
    COMMAND = "COMMAND"


class Rule(StrEnum):
    """Why a customer changes tier, or does not although the rank says so."""

    FIRST = "FIRST"  # ranked for the first time
    RANK = "RANK"  # crossed the line by the margin
    TWO_RUNS = "TWO_RUNS"  # over the line in two runs in a row
    PUNCTUAL = "PUNCTUAL"  # lifted by one: pays on time
    ORDERS = "ORDERS"  # lifted by one: orders often
    NOTHING = "NOTHING"  # bought nothing in the period
    HELD = "HELD"  # over the line, but by less than the margin, for the first time
    ARREARS = "ARREARS"  # would rise, but owes us
    OVERRIDE = "OVERRIDE"  # set by hand
    OVERRIDE_ENDED = "OVERRIDE_ENDED"
    RISING = "RISING"  # only the star changed
    UNDONE = "UNDONE"  # the run was taken back


HELD_BACK = (Rule.HELD, Rule.ARREARS, Rule.OVERRIDE)


class TierSettings(Base):
    """The one row of settings; `tiers.settings.Settings` reads and writes what is in `said`."""

    __tablename__ = "tier_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    said: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    version: Mapped[int] = mapped_column(server_default=sql("1"))
    changed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class TierRun(Base):
    """One counting: by which settings, with what figures, and what became of it."""

    __tablename__ = "tier_run"

    id: Mapped[BigId]
    state: Mapped[RunState] = mapped_column(states(RunState), server_default=RunState.PENDING)
    origin: Mapped[Origin] = mapped_column(states(Origin))
    applies: Mapped[bool] = mapped_column(server_default=sql("false"))  # at once when counted
    settings: Mapped[dict[str, Any]]
    figures: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    counted_at: Mapped[datetime | None]
    seconds: Mapped[float | None]  # what counting took
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    undone_at: Mapped[datetime | None]

    agent: Mapped[Agent | None] = relationship(foreign_keys=[agent_id])
    applier: Mapped[Agent | None] = relationship(foreign_keys=[applied_by])

    __table_args__ = (
        CheckConstraint("(applied_at IS NOT NULL) = (state IN ('APPLIED', 'UNDONE'))", name="applied_at"),
        Index("ix_tier_run_pending", "id", postgresql_where=sql("state = 'PENDING'")),
        Index("ix_tier_run_applied", "applied_at", postgresql_where=sql("applied_at IS NOT NULL")),
    )


class TierMove(Base):
    """What a run found for one customer: a move (`new` differs from `old`), or why there is none (`rule` tells)."""

    __tablename__ = "tier_move"

    run_id: Mapped[int] = mapped_column(ForeignKey("tier_run.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True)
    old: Mapped[str | None]
    new: Mapped[str]
    earned: Mapped[str]  # what rank and lifts alone would say
    target: Mapped[str]  # what it would be without an override
    was: Mapped[str | None]  # what it was without one; None: nothing, or not kept yet
    rule: Mapped[Rule] = mapped_column(states(Rule, "tier_rule"))
    place: Mapped[int | None]
    value: Mapped[Value]
    before: Mapped[Value]  # the same over the period before
    orders: Mapped[int]
    is_rising: Mapped[bool | None]  # the star as it becomes; None: as it was

    __table_args__ = (
        Index("ix_tier_move_value", "run_id", sql("value DESC"), sql("customer_id DESC")),
        Index(None, "customer_id"),
        {"info": {"on_merge": "remove"}},  # found again by the next run
    )


class TierPending(Base):
    """Whose rank lay over a line in the last applied run without moving them: the second time in a row counts."""

    __tablename__ = "tier_pending"

    customer_id: Mapped[int] = mapped_column(
        ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    tier: Mapped[str]

    __table_args__ = ({"info": {"on_merge": "remove"}},)


class TierChange(Base):
    """The dated history of one customer's tier, with the reason. Append-only."""

    __tablename__ = "tier_change"

    id: Mapped[BigId]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    old: Mapped[str | None]
    new: Mapped[str | None]
    rule: Mapped[Rule] = mapped_column(states(Rule, "tier_rule"))
    at: Mapped[datetime]
    place: Mapped[int | None]
    of: Mapped[int | None]  # how many were ranked
    value: Mapped[Value | None]
    before: Mapped[Value | None]
    currency: Mapped[str | None]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("tier_run.id", ondelete="SET NULL"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(server_default="")  # a person's own words

    agent: Mapped[Agent | None] = relationship()

    __table_args__ = (Index(None, "customer_id", sql("id DESC")), Index(None, "run_id"))


class TierOverride(Base):
    """A tier set by hand until a day. `earned` is the tier beneath it, kept current by the runs."""

    __tablename__ = "tier_override"

    id: Mapped[BigId]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    tier: Mapped[str]
    earned: Mapped[str]
    reason: Mapped[str]
    until: Mapped[datetime]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship()
    agent: Mapped[Agent | None] = relationship()

    @property
    def last_moment(self) -> datetime:
        """Within the last day, which people speak of; `until` is the midnight behind it."""
        return self.until - timedelta(seconds=1)

    __table_args__ = (
        CheckConstraint("tier IN ('A', 'B', 'C', 'D') AND earned IN ('A', 'B', 'C', 'D')", name="tiers"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("uq_tier_override_standing", "customer_id", unique=True, postgresql_where=sql("lifted_at IS NULL")),
        Index("ix_tier_override_until", "until", postgresql_where=sql("lifted_at IS NULL")),
        Index(None, "customer_id"),
    )


class Told(StrEnum):
    """Who hears of a complaint."""

    OWNER = "OWNER"
    SUPERVISORS = "SUPERVISORS"  # of the ticket's queue
    ADDRESSES = "ADDRESSES"


class TierPolicy(Base):
    """What one tier is promised, and how its requests are treated. Minutes count within the hours of service."""

    __tablename__ = "tier_policy"

    tier: Mapped[str] = mapped_column(primary_key=True)
    response_minutes: Mapped[int]
    resolution_minutes: Mapped[int]
    bonus_minutes: Mapped[int]  # how much earlier a request stands in the queue
    needs_owner: Mapped[bool]
    is_sticky: Mapped[bool]  # the agent who knows them first
    offers_callback: Mapped[bool]
    self_service_first: Mapped[bool]
    complaints_first: Mapped[bool]
    told: Mapped[list[str]]  # words of Told
    addresses: Mapped[list[str]] = mapped_column(server_default=sql("'{}'"))
    version: Mapped[int] = mapped_column(server_default=sql("1"))

    __table_args__ = (
        CheckConstraint("tier IN ('A', 'B', 'C', 'D')", name="tier"),
        CheckConstraint("response_minutes > 0 AND resolution_minutes >= response_minutes", name="targets"),
        CheckConstraint("bonus_minutes BETWEEN 0 AND 10080", name="bonus"),
    )
