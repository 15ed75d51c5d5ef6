"""Service level policies and the deadlines they set."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.extensions import Base, BigId, states


class Target(StrEnum):
    FIRST_RESPONSE = "FIRST_RESPONSE"
    NEXT_RESPONSE = "NEXT_RESPONSE"
    RESOLUTION = "RESOLUTION"


class DeadlineState(StrEnum):
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"  # the customer owes something
    MET = "MET"
    MISSED = "MISSED"  # met too late
    CANCELLED = "CANCELLED"  # nothing is owed any more


class SlaPolicy(Base):
    """Targets in minutes of a calendar's hours. The first one, in order, that fits a ticket counts.

    Empty lists fit everything. Without any fitting policy the contract's targets count, then the tier's.
    """

    __tablename__ = "sla_policy"

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(server_default=text("0"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    tiers: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    kinds: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    channels: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    with_contract: Mapped[bool | None]  # None: either
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id", ondelete="RESTRICT"), index=True)
    first_response_minutes: Mapped[int | None]
    next_response_minutes: Mapped[int | None]
    resolution_minutes: Mapped[int | None]
    pauses: Mapped[bool] = mapped_column(server_default=text("true"))  # while we wait for the customer
    on_breach: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))  # words of `sla.policies.Step`
    version: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (
        CheckConstraint(
            "first_response_minutes > 0 AND next_response_minutes > 0 AND resolution_minutes > 0", name="minutes"
        ),
    )


class Deadline(Base):
    """One thing owed on one ticket. `because` keeps what set it, so that it can be explained later.

    At most one of each target is open per ticket. Minutes are working minutes of the calendar.
    """

    __tablename__ = "deadline"

    id: Mapped[BigId]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    target: Mapped[Target] = mapped_column(states(Target))
    state: Mapped[DeadlineState] = mapped_column(states(DeadlineState))
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id", ondelete="RESTRICT"), index=True)
    minutes: Mapped[int]
    because: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))  # policy, contract or tier; changes
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    next_at: Mapped[datetime | None]  # when the sweeper next has something to do: 75 %, 90 %, 100 %; None: nothing
    stage: Mapped[int] = mapped_column(server_default=text("0"))  # 0, 75, 90 or 100: how far it was told of
    pauses: Mapped[bool] = mapped_column(server_default=text("true"))
    paused_at: Mapped[datetime | None]
    left_seconds: Mapped[int | None]  # while it is paused: working seconds left, negative when overdue
    ended_at: Mapped[datetime | None]
    stamp: Mapped[str] = mapped_column(server_default=text("''"))  # what it was made from; another stamp: look again

    __table_args__ = (
        Index(
            "uq_deadline_open", "ticket_id", "target", unique=True,
            postgresql_where=text("state IN ('RUNNING', 'PAUSED')"),
        ),
        Index("ix_deadline_next", "next_at", postgresql_where=text("state = 'RUNNING' AND next_at IS NOT NULL")),
        Index("ix_deadline_due", "due_at", postgresql_where=text("state = 'RUNNING'")),
        Index(None, "ticket_id"),
        CheckConstraint("(state = 'PAUSED') = (paused_at IS NOT NULL AND left_seconds IS NOT NULL)", name="paused"),
        CheckConstraint("(ended_at IS NULL) = (state IN ('RUNNING', 'PAUSED'))", name="ended"),
        CheckConstraint("stage IN (0, 75, 90, 100)", name="stage"),
    )  # fmt: skip
