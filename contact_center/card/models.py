"""Prompts: the rules that an administrator edits, what agents said of them, and where they were shown."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.agents.models import Agent
from contact_center.extensions import Base, BigId, states


class Tone(StrEnum):
    """How a prompt looks; the icon goes with it."""

    OFFER = "OFFER"
    GOOD = "GOOD"
    WARN = "WARN"
    BAD = "BAD"


class Answer(StrEnum):
    DONE = "DONE"
    REFUSED = "REFUSED"  # not wanted


class PromptRule(Base):
    """When this holds of a customer, say that. `condition` and `action` are JSON that `prompts` has checked."""

    __tablename__ = "prompt_rule"

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(unique=True)
    is_active: Mapped[bool] = mapped_column(server_default=sql("true"))
    position: Mapped[int] = mapped_column(server_default=sql("0"))  # which comes first where several hold
    condition: Mapped[dict[str, Any]]
    sentence: Mapped[str]
    sentence_zh: Mapped[str] = mapped_column(server_default="")
    tone: Mapped[Tone] = mapped_column(states(Tone, "prompt_tone"), server_default=Tone.OFFER)
    action: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    quiet_days: Mapped[int] = mapped_column(server_default=sql("30"))  # not shown again for so long once answered
    version: Mapped[int] = mapped_column(server_default=sql("1"))
    changed_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("name <> '' AND sentence <> ''", name="words"),
        CheckConstraint("quiet_days BETWEEN 1 AND 3650", name="quiet_days"),
    )


class PromptAnswer(Base):
    """What an agent said of a prompt: it stays away until then. `about` is the one thing it spoke of: asset:42."""

    __tablename__ = "prompt_answer"

    id: Mapped[BigId]
    rule_id: Mapped[int] = mapped_column(ForeignKey("prompt_rule.id", ondelete="CASCADE"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    about: Mapped[str] = mapped_column(server_default="")
    answer: Mapped[Answer] = mapped_column(states(Answer, "prompt_answer"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    until: Mapped[datetime]
    at: Mapped[datetime]

    agent: Mapped[Agent | None] = relationship()

    __table_args__ = (Index(None, "customer_id", "until"), Index(None, "rule_id", "at"))


class PromptShowing(Base):
    """A prompt stood on a customer's card that day."""

    __tablename__ = "prompt_showing"

    rule_id: Mapped[int] = mapped_column(ForeignKey("prompt_rule.id", ondelete="CASCADE"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (Index(None, "customer_id"), Index(None, "on"))
