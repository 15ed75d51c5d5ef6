"""Rows of the wallboard: from when a figure warns and alarms, and the links of televisions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.agents.models import Agent
from contact_center.extensions import Base, BigId, states


class Figure(StrEnum):
    """What the wall shows and judges. Those of agents are timers, and are judged in the browser as they run."""

    WAITING = "WAITING"
    LONGEST = "LONGEST"
    LEVEL = "LEVEL"
    ABANDONED = "ABANDONED"
    ASA = "ASA"
    AHT = "AHT"
    DUE = "DUE"
    CSAT = "CSAT"
    TALK = "TALK"
    WRAP = "WRAP"
    AWAY = "AWAY"


class WallLimit(Base):
    """From which value a figure warns and alarms, in its unit; by how much it must better itself to calm down again.

    Of one queue, or (without one) of all that have none of their own.
    """

    __tablename__ = "wall_limit"

    id: Mapped[BigId]
    figure: Mapped[Figure] = mapped_column(states(Figure))
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("queue.id", ondelete="CASCADE"), index=True)
    warn: Mapped[float]
    alarm: Mapped[float]
    slack: Mapped[float] = mapped_column(server_default=text("0"))
    sounds: Mapped[bool] = mapped_column(server_default=text("false"))  # when it begins to alarm
    version: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (
        Index("uq_wall_limit", "figure", text("coalesce(queue_id, 0)"), unique=True),
        CheckConstraint("warn >= 0 AND alarm >= 0 AND slack >= 0", name="positive"),
    )


class WallScreen(Base):
    """A link for a television: whoever has it sees those views, in turn, and nothing else.

    Only the hash of its key is kept. It shows what its maker may see, and sleeps while they are no active supervisor.
    """

    __tablename__ = "wall_screen"

    id: Mapped[BigId]
    name: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), index=True)
    views: Mapped[list[str]]  # see `wall.views`
    seconds: Mapped[int] = mapped_column(server_default=text("20"))  # for each, if there are several
    language: Mapped[str] = mapped_column(server_default="en")
    theme: Mapped[str] = mapped_column(server_default="dark")
    names_agents: Mapped[bool] = mapped_column(server_default=text("true"))
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]

    agent: Mapped[Agent] = relationship()

    __table_args__ = (
        CheckConstraint("cardinality(views) BETWEEN 1 AND 12", name="views"),
        CheckConstraint("seconds BETWEEN 5 AND 3600", name="seconds"),
        CheckConstraint("theme IN ('light', 'dark')", name="theme"),
    )

    @property
    def is_asleep(self) -> bool:
        return not (self.agent.active and self.agent.is_supervisor)

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and not self.is_asleep
