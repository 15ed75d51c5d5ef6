"""The row of a stored blob."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.extensions import Base, BigId


class File(Base):
    """One blob. The same bytes are stored once; names and claims of type belong to whoever refers to it."""

    __tablename__ = "file"

    id: Mapped[BigId]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    stored_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("sha256"), CheckConstraint("size >= 0", name="size"))
