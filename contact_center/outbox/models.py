"""Outgoing rows and their files."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from contact_center.extensions import Base, BigId, states


class Purpose(StrEnum):
    REPLY = "REPLY"
    ACKNOWLEDGEMENT = "ACKNOWLEDGEMENT"
    STATUS_LINK = "STATUS_LINK"  # a web request's number and its private link
    ACCOUNT = "ACCOUNT"  # invitations and password resets
    ALARM = "ALARM"
    SURVEY = "SURVEY"  # how satisfied were you
    VISIT = "VISIT"  # booked, moved or cancelled
    DELAY = "DELAY"  # it takes longer than it should
    REPORT = "REPORT"  # a supervisor's own report, on schedule
    ANSWER = "ANSWER"  # what somebody asked for by text: an order, a request, help


class OutgoingState(StrEnum):
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    READ = "READ"
    UNDELIVERED = "UNDELIVERED"  # accepted by the next server, then bounced
    FAILED = "FAILED"


class Outgoing(Base):
    """One thing that leaves. `external_id` (a Message-ID) is chosen before the first try and never changes.

    `payload` holds what the channel needs and no other row has: references, copies, reply_to, file ids.
    """

    __tablename__ = "outgoing"

    id: Mapped[BigId]
    purpose: Mapped[Purpose] = mapped_column(states(Purpose))
    channel: Mapped[str]
    place_id: Mapped[int | None]  # the mailbox it leaves by, of a text the number
    recipient: Mapped[str]
    subject: Mapped[str] = mapped_column(server_default="")
    text: Mapped[str] = mapped_column(server_default="")
    html: Mapped[str] = mapped_column(server_default="")
    payload: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id", ondelete="SET NULL"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="SET NULL"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"))
    external_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[OutgoingState] = mapped_column(states(OutgoingState), server_default=OutgoingState.QUEUED)
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]  # QUEUED: not before; SENDING: the claim's lease ends
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    provider_ref: Mapped[str | None]  # what the carrier calls it; opaque
    rank: Mapped[int] = mapped_column(server_default=sql("0"))  # how far the carrier says it is: see channels/sms
    segments: Mapped[int | None]  # of a text: in how many parts it is sent, and paid
    unsure_since: Mapped[datetime | None]  # nobody knows whether it left, or two receipts contradict: ask the carrier

    __table_args__ = (
        Index("ix_outgoing_due", "due_at", postgresql_where=sql("state IN ('QUEUED', 'SENDING')")),
        Index(None, "message_id", postgresql_where=sql("message_id IS NOT NULL")),
        Index(None, "ticket_id", postgresql_where=sql("ticket_id IS NOT NULL")),
        Index("ix_outgoing_customer", "customer_id", postgresql_where=sql("customer_id IS NOT NULL")),
        Index("ix_outgoing_recipient", "recipient", "queued_at"),
        Index(
            "ix_outgoing_provider_ref", "provider_ref", unique=True, postgresql_where=sql("provider_ref IS NOT NULL")
        ),
        Index(
            "ix_outgoing_unreceipted", "sent_at", postgresql_where=sql("state = 'SENT' AND provider_ref IS NOT NULL")
        ),
        Index("ix_outgoing_unsure", "unsure_since", postgresql_where=sql("unsure_since IS NOT NULL")),
    )
