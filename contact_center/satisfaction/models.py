"""Surveys and their settings."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.extensions import Base, BigId, states
from contact_center.tickets.models import Ticket


class SurveyState(StrEnum):
    ASKED = "ASKED"
    ANSWERED = "ANSWERED"
    WITHDRAWN = "WITHDRAWN"  # the ticket was reopened before anybody answered
    EXPIRED = "EXPIRED"


class AskedBy(StrEnum):
    """How the question reached the customer."""

    EMAIL = "EMAIL"
    TEXT = "TEXT"
    PHONE = "PHONE"  # on the keypad, at the end of a call
    PORTAL = "PORTAL"  # they rated by themselves, signed in


class Survey(Base):
    """One question about one resolution of one ticket.

    The link's token is kept as its hash only. Agent, queue, channel, kind and tier are of the moment of asking, for an
    answer is about what happened then.
    """

    __tablename__ = "survey"

    id: Mapped[BigId]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    resolved_at: Mapped[datetime]
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interaction.id", ondelete="SET NULL"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id", ondelete="SET NULL"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"))
    channel: Mapped[str]
    kind: Mapped[str | None]  # of request
    tier: Mapped[str | None]
    language: Mapped[str]
    asked_by: Mapped[AskedBy] = mapped_column(states(AskedBy))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[SurveyState] = mapped_column(states(SurveyState), server_default=SurveyState.ASKED)
    score: Mapped[int | None]
    comment: Mapped[str] = mapped_column(server_default="")
    answered_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"))  # the follow-up

    ticket: Mapped[Ticket] = relationship()
    customer: Mapped[Customer | None] = relationship()
    agent: Mapped[Agent | None] = relationship()

    __table_args__ = (
        UniqueConstraint("ticket_id", "resolved_at"),
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        CheckConstraint("(state = 'ANSWERED') = (score IS NOT NULL)", name="answer_has_score"),
        CheckConstraint("(score IS NULL) = (answered_at IS NULL)", name="answered_at"),
        Index("ix_survey_customer", "customer_id", sql("asked_at DESC")),
        Index("ix_survey_asked", "asked_at", "queue_id"),
        Index("ix_survey_answered", sql("answered_at DESC"), sql("id DESC"), postgresql_where=sql("score IS NOT NULL")),
        Index("ix_survey_rated", "customer_id", sql("answered_at DESC"), sql("id DESC"),
              postgresql_where=sql("score IS NOT NULL")),
        Index("ix_survey_open", "expires_at", postgresql_where=sql("state = 'ASKED'")),
        Index(None, "agent_id", "asked_at"),
        Index(None, "task_id"),
    )  # fmt: skip


class SurveySettings(Base):
    """When and whom we ask; one row. Periods in minutes, hours or days as their names say."""

    __tablename__ = "survey_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_on: Mapped[bool] = mapped_column(server_default=sql("true"))
    delay_minutes: Mapped[int] = mapped_column(server_default=sql("60"))
    valid_days: Mapped[int] = mapped_column(server_default=sql("7"))
    cool_down_days: Mapped[int] = mapped_column(server_default=sql("14"))
    low_score: Mapped[int] = mapped_column(server_default=sql("2"))  # this and less becomes a task
    follow_up_hours: Mapped[int] = mapped_column(server_default=sql("48"))
    excluded_tags: Mapped[list[str]] = mapped_column(server_default=sql("'{no_csat}'"))
    version: Mapped[int] = mapped_column(server_default=sql("1"))

    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("delay_minutes BETWEEN 0 AND 20160", name="delay"),
        CheckConstraint("valid_days BETWEEN 1 AND 60", name="valid"),
        CheckConstraint("cool_down_days BETWEEN 0 AND 365", name="cool_down"),
        CheckConstraint("low_score BETWEEN 1 AND 4", name="low_score"),
        CheckConstraint("follow_up_hours BETWEEN 1 AND 720", name="follow_up"),
    )
