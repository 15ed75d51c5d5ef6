"""Queues and their members."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.extensions import Base, BigId


class Queue(Base):
    """A line of waiting work. Mailboxes, numbers and forms feed it; its members see and take what waits in it."""

    __tablename__ = "queue"

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(unique=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"), index=True)
    position: Mapped[int] = mapped_column(server_default=text("0"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    takes_web_requests: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (
        # The request form has one destination.
        Index(
            "uq_queue_takes_web_requests",
            "takes_web_requests",
            unique=True,
            postgresql_where=text("takes_web_requests"),
        ),
    )


class QueueMember(Base):
    __tablename__ = "queue_member"

    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (Index(None, "agent_id"),)
