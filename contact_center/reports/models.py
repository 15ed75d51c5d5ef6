"""The tables of reports. The ledger of states is written by a trigger of the ticket's table, whoever changes it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.extensions import Base, BigId, states
from contact_center.reports import rolled as rolled  # noqa: PLC0414 (its tables are tables of ours)
from contact_center.tickets.models import TicketState


class TicketStretch(Base):
    """One stretch of a ticket in one state; the open one is the present state."""

    __tablename__ = "ticket_stretch"

    id: Mapped[BigId]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    state: Mapped[TicketState] = mapped_column(states(TicketState))
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (
        Index("uq_ticket_stretch_open", "ticket_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("ended_at >= started_at", name="order"),
    )


class Change(Base):
    """A row of some table has changed, noted by a trigger of that table in the same transaction: see `sweeping`."""

    __tablename__ = "report_change"

    id: Mapped[BigId]
    what: Mapped[str]
    row_id: Mapped[int]


class RollUp(Base):
    """How far the roll-ups of a view are built, and of which zone their days are."""

    __tablename__ = "report_rollup"

    view: Mapped[str] = mapped_column(primary_key=True)
    zone: Mapped[str]
    is_complete: Mapped[bool] = mapped_column(server_default=text("false"))
    built_to: Mapped[int | None]  # the last id that is kept; None: begin anew
