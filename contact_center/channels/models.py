"""What arrived, byte for byte, before anybody has thought about it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.extensions import Base, BigId, states


class RawState(StrEnum):
    NEW = "NEW"
    DONE = "DONE"
    DUPLICATE = "DUPLICATE"
    IGNORED = "IGNORED"  # our own words, or a report that needed no ticket
    QUARANTINED = "QUARANTINED"  # three tries failed; a person decides


class RawMessageRow(Base):
    """One raw message. The payload is kept for ever: it can be downloaded and tried again."""

    __tablename__ = "raw_message"

    id: Mapped[BigId]
    channel: Mapped[str]
    external_id: Mapped[str]
    place_id: Mapped[int | None]
    payload: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    received_at: Mapped[datetime]
    state: Mapped[RawState] = mapped_column(states(RawState), server_default=RawState.NEW)
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    tried_at: Mapped[datetime | None]
    error: Mapped[str | None]
    outcome: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))

    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_raw_message_new", "id", postgresql_where=text("state = 'NEW'")),
        Index("ix_raw_message_quarantined", "id", postgresql_where=text("state = 'QUARANTINED'")),
        Index("ix_raw_message_aside", "id", postgresql_where=text("state IN ('IGNORED', 'DUPLICATE')")),
    )
