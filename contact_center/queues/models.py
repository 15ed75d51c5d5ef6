"""Queues, who serves them how well, the skills they ask for, and what work of a channel costs an agent."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.extensions import Base, BigId, states


class WrapUp(StrEnum):
    """What comes after the work with the customer is done."""

    NONE = "NONE"
    OPTIONAL = "OPTIONAL"  # the agent may ask for the time
    MANDATORY = "MANDATORY"  # until the agent says how it ended
    TIMEOUT = "TIMEOUT"  # likewise, at most so many seconds
    FORCED = "FORCED"  # always that many seconds


class Queue(Base):
    """A line of waiting work. Mailboxes, numbers and forms feed it; its members see and take what waits in it."""

    __tablename__ = "queue"

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(unique=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"), index=True)
    position: Mapped[int] = mapped_column(server_default=text("0"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    takes_web_requests: Mapped[bool] = mapped_column(server_default=text("false"))
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id", ondelete="RESTRICT"), index=True)
    head_start_minutes: Mapped[int] = mapped_column(server_default=text("0"))  # its weight among an agent's queues
    asks: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))  # skill id → least level
    easing: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))  # see `queues.easing`
    prefer_seconds: Mapped[int] = mapped_column(server_default=text("30"))  # how long work is kept for who knows them
    wrap_up: Mapped[WrapUp] = mapped_column(states(WrapUp, "wrap_up"), server_default=WrapUp.NONE)
    wrap_up_seconds: Mapped[int] = mapped_column(server_default=text("60"))
    target_percent: Mapped[int] = mapped_column(server_default=text("80"))
    target_seconds: Mapped[int] = mapped_column(server_default=text("3600"))
    overflow: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))  # see `queues.overflow`
    max_size: Mapped[int | None]  # None: as many as come
    version: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (
        # The request form has one destination.
        Index(
            "uq_queue_takes_web_requests",
            "takes_web_requests",
            unique=True,
            postgresql_where=text("takes_web_requests"),
        ),
        CheckConstraint("head_start_minutes BETWEEN -1440 AND 1440", name="head_start"),
        CheckConstraint("prefer_seconds BETWEEN 0 AND 3600", name="prefer"),
        CheckConstraint("wrap_up_seconds BETWEEN 5 AND 3600", name="wrap_up_seconds"),
        CheckConstraint("target_percent BETWEEN 1 AND 100 AND target_seconds > 0", name="target"),
        CheckConstraint("max_size > 0", name="max_size"),
    )


class QueueMember(Base):
    __tablename__ = "queue_member"

    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True)
    level: Mapped[int] = mapped_column(server_default=text("3"))  # 1 to 5: the most proficient are asked first

    __table_args__ = (Index(None, "agent_id"), CheckConstraint("level BETWEEN 1 AND 5", name="level"))


class Skill(Base):
    """Something an agent is good at: a language, a product, a kind of request."""

    __tablename__ = "skill"

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(server_default=text("1"))


class AgentSkill(Base):
    """How good an agent is at it, from 1 to 5."""

    __tablename__ = "agent_skill"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skill.id", ondelete="CASCADE"), primary_key=True)
    level: Mapped[int]

    __table_args__ = (Index(None, "skill_id"), CheckConstraint("level BETWEEN 1 AND 5", name="level"))


class ChannelSetting(Base):
    """What work of one channel costs an agent, and how long it rings."""

    __tablename__ = "channel_setting"

    channel: Mapped[str] = mapped_column(primary_key=True)
    weight: Mapped[int | None]  # of an agent's capacity; None: it fills the agent
    ring_seconds: Mapped[int]
    is_interruptible: Mapped[bool]  # set aside for what fills the agent
    version: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (
        CheckConstraint("weight BETWEEN 0 AND 100", name="weight"),
        CheckConstraint("ring_seconds BETWEEN 5 AND 600", name="ring_seconds"),
        CheckConstraint("weight IS NOT NULL OR NOT is_interruptible", name="never_the_reverse"),
    )
