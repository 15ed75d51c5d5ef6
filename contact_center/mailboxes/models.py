"""Mailboxes: where mail comes in and by which server it leaves."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.extensions import Base, BigId, states


class Encryption(StrEnum):
    TLS = "TLS"
    STARTTLS = "STARTTLS"
    NONE = "NONE"  # loopback and private networks only


class Mailbox(Base):
    """An address of ours. Without an IMAP host its mail comes by the SMTP listener or `contact-center mail` only.

    Passwords are sealed with the installation's secret (see `secrets.py`). `uid_validity` and `last_uid` say how far
    the folder has been fetched; the raw rows' unique key, not these, guarantees that nothing is stored twice.
    """

    __tablename__ = "mailbox"

    id: Mapped[BigId]
    address: Mapped[str] = mapped_column(unique=True)
    from_name: Mapped[str] = mapped_column(server_default="")
    signature: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="en")
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    acknowledges: Mapped[bool] = mapped_column(server_default=text("true"))
    imap_host: Mapped[str | None]
    imap_port: Mapped[int] = mapped_column(server_default=text("993"))
    imap_encryption: Mapped[Encryption] = mapped_column(
        states(Encryption, "imap_encryption"), server_default=Encryption.TLS
    )
    imap_login: Mapped[str | None]
    imap_password: Mapped[str | None]
    imap_folder: Mapped[str] = mapped_column(server_default="INBOX")
    imap_since: Mapped[date | None]  # mail that arrived before that day is left alone; None: all is taken in
    marks_seen: Mapped[bool] = mapped_column(server_default=text("true"))
    authserv_id: Mapped[str | None]  # whose Authentication-Results are believed; see channels/email/authentication.py
    smtp_host: Mapped[str | None]
    smtp_port: Mapped[int] = mapped_column(server_default=text("587"))
    smtp_encryption: Mapped[Encryption] = mapped_column(
        states(Encryption, "smtp_encryption"), server_default=Encryption.STARTTLS
    )
    smtp_login: Mapped[str | None]
    smtp_password: Mapped[str | None]
    uid_validity: Mapped[int | None]
    last_uid: Mapped[int] = mapped_column(server_default=text("0"))
    fetched_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    error: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (
        CheckConstraint("imap_port BETWEEN 1 AND 65535 AND smtp_port BETWEEN 1 AND 65535", name="ports"),
        CheckConstraint("address = lower(address)", name="normal_form"),
    )
