"""Offers, placement rules, promises, and the settings of routing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.agents.models import Agent
from contact_center.extensions import Base, BigId, states
from contact_center.queues.models import Queue
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Priority, Ticket


class OfferState(StrEnum):
    PENDING = "PENDING"  # it rings
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TIMED_OUT = "TIMED_OUT"
    REVOKED = "REVOKED"  # the agent vanished, or the work went elsewhere


class Offer(Base):
    """One interaction held out to one agent for some seconds. `decision` is why: see `routing.policy.Decision`."""

    __tablename__ = "offer"

    id: Mapped[BigId]
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    state: Mapped[OfferState] = mapped_column(states(OfferState), server_default=OfferState.PENDING)
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(server_default="")  # why it was declined or revoked
    decision: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))  # a colleague, to talk

    interaction: Mapped[Interaction] = relationship()
    agent: Mapped[Agent] = relationship(foreign_keys=[agent_id])
    asked_by: Mapped[Agent | None] = relationship(foreign_keys=[asked_by_id])

    __table_args__ = (
        Index("uq_offer_of_interaction", "interaction_id", unique=True, postgresql_where=text("state = 'PENDING'")),
        Index("uq_offer_of_agent", "agent_id", unique=True, postgresql_where=text("state = 'PENDING'")),
        Index("ix_offer_expires", "expires_at", postgresql_where=text("state = 'PENDING'")),
        Index(None, "interaction_id", "id"),
        Index(None, "agent_id", "offered_at"),
        CheckConstraint("(state = 'PENDING') = (ended_at IS NULL)", name="ended"),
    )


class PlacementRule(Base):
    """Where what arrives is put: the first active rule, in order, whose conditions all hold."""

    __tablename__ = "placement_rule"

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(server_default=text("0"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    conditions: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))  # see `routing.conditions`
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"), index=True)
    asks: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))  # skill id → least level
    priority: Mapped[Priority | None] = mapped_column(states(Priority, "priority"))
    version: Mapped[int] = mapped_column(server_default=text("1"))

    queue: Mapped[Queue | None] = relationship()


class RoutingSetting(Base):
    """The one row of settings: head starts in minutes, and what becomes of missed offers."""

    __tablename__ = "routing_setting"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default=text("1"))
    complaint_minutes: Mapped[int] = mapped_column(server_default=text("30"))
    reopened_minutes: Mapped[int] = mapped_column(server_default=text("20"))
    recovered_minutes: Mapped[int] = mapped_column(server_default=text("30"))
    urgent_minutes: Mapped[int] = mapped_column(server_default=text("60"))
    high_minutes: Mapped[int] = mapped_column(server_default=text("20"))
    low_minutes: Mapped[int] = mapped_column(server_default=text("-20"))
    risk_75_minutes: Mapped[int] = mapped_column(server_default=text("15"))
    risk_90_minutes: Mapped[int] = mapped_column(server_default=text("30"))
    agents_may_pick: Mapped[bool] = mapped_column(server_default=text("true"))  # take by hand what waits
    agents_may_pull: Mapped[bool] = mapped_column(server_default=text("true"))  # "next"
    promise_minutes: Mapped[int] = mapped_column(server_default=text("10"))  # so long before it is due it is offered
    version: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (CheckConstraint("id = 1", name="one"),)


class PromiseState(StrEnum):
    OPEN = "OPEN"
    KEPT = "KEPT"
    BROKEN = "BROKEN"  # kept too late, or not at all
    CANCELLED = "CANCELLED"


class Promise(Base):
    """A dated undertaking to a customer: "we call you on Thursday at ten". It is routed to its owner in time."""

    __tablename__ = "promise"

    id: Mapped[BigId]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    words: Mapped[str]
    due_at: Mapped[datetime]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    state: Mapped[PromiseState] = mapped_column(states(PromiseState), server_default=PromiseState.OPEN)
    interaction_id: Mapped[int | None] = mapped_column(
        ForeignKey("interaction.id", ondelete="SET NULL"), index=True
    )  # what waits in the queue for it, once it is time
    call_number: Mapped[str | None]  # it is to call there: what waits for it is a call back
    alarmed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    ticket: Mapped[Ticket] = relationship()
    owner: Mapped[Agent | None] = relationship(foreign_keys=[owner_id])

    __table_args__ = (
        Index("ix_promise_due", "due_at", postgresql_where=text("state = 'OPEN'")),
        Index("ix_promise_owner", "owner_id", "due_at", postgresql_where=text("state = 'OPEN'")),
        CheckConstraint("(state = 'OPEN') = (settled_at IS NULL)", name="settled"),
    )


class PromiseReader(Base):
    """Somebody on whose desk the alarm of a missed promise stands until they have seen it."""

    __tablename__ = "promise_reader"

    promise_id: Mapped[int] = mapped_column(ForeignKey("promise.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_promise_reader_unseen", "agent_id", postgresql_where=text("seen_at IS NULL")),)


class ShiftNote(Base):
    """What one shift tells the next about a queue; it stands on the hand-over sheet until somebody settles it."""

    __tablename__ = "shift_note"

    id: Mapped[BigId]
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    text: Mapped[str]
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))

    queue: Mapped[Queue] = relationship()
    agent: Mapped[Agent] = relationship(foreign_keys=[agent_id])

    __table_args__ = (Index(None, "queue_id", "at"),)
