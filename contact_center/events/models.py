"""The event table. Append-only: no code updates or deletes a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.extensions import Base, BigId


class Event(Base):
    """One thing that happened. References are plain numbers: an event outlives what it speaks of."""

    __tablename__ = "event"

    id: Mapped[BigId]
    name: Mapped[str]
    at: Mapped[datetime]
    agent_id: Mapped[int | None]  # None: the system or the customer did it
    ticket_id: Mapped[int | None]
    customer_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))

    __table_args__ = (
        Index(None, "ticket_id", "id", postgresql_where=text("ticket_id IS NOT NULL")),
        # By name: a customer's few changes are not to be looked for among the thousands of messages.
        Index(
            "ix_event_customer", "customer_id", "name", text("id DESC"),
            postgresql_where=text("customer_id IS NOT NULL"),
        ),
        Index("ix_event_name_at", "name", "at"),
    )  # fmt: skip
