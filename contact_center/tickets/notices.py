"""Notices that stand on somebody's desk until they are seen: of complaints, and of what is due or late."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.extensions import Base
from contact_center.sla.models import Deadline
from contact_center.tickets.models import Ticket


class ComplaintNotice(Base):
    """A complaint of which those have been told whom the tier's policy names: once for each ticket."""

    __tablename__ = "complaint_notice"

    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    tier: Mapped[str]
    at: Mapped[datetime]

    ticket: Mapped[Ticket] = relationship()


class ComplaintReader(Base):
    """Somebody on whose desk the notice stands until they have seen it."""

    __tablename__ = "complaint_reader"

    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("complaint_notice.ticket_id", ondelete="CASCADE"), primary_key=True
    )
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_complaint_reader_unseen", "agent_id", postgresql_where=text("seen_at IS NULL")),)


class DeadlineNotice(Base):
    """A deadline that is at risk or missed, on somebody's desk until they have seen it; the newest of each ticket."""

    __tablename__ = "deadline_notice"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadline.id", ondelete="CASCADE"), index=True)
    stage: Mapped[int]
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]

    ticket: Mapped[Ticket] = relationship()
    deadline: Mapped[Deadline] = relationship()

    __table_args__ = (Index("ix_deadline_notice_unseen", "agent_id", postgresql_where=text("seen_at IS NULL")),)
