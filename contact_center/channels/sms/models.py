"""Pictures and other files of texts, which lie at the carrier until they are fetched."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.extensions import Base, BigId, states


class MediaState(StrEnum):
    WAITING = "WAITING"
    STORED = "STORED"
    REFUSED = "REFUSED"  # its kind or size, or it is gone: a remark on the message says so


class TextMedia(Base):
    """One file of a text, written with the text's raw row. `is_removed`: the carrier has deleted its copy."""

    __tablename__ = "text_media"

    id: Mapped[BigId]
    raw_id: Mapped[int] = mapped_column(ForeignKey("raw_message.id", ondelete="CASCADE"))
    position: Mapped[int]
    url: Mapped[str]
    content_type: Mapped[str]
    state: Mapped[MediaState] = mapped_column(states(MediaState), server_default=MediaState.WAITING)
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))
    due_at: Mapped[datetime]
    is_removed: Mapped[bool] = mapped_column(server_default=sql("false"))

    __table_args__ = (
        UniqueConstraint("raw_id", "position"),
        Index("ix_text_media_due", "due_at", postgresql_where=sql("state = 'WAITING'")),
    )
