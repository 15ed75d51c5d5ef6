"""Interactions, messages and attachments: what happened in a ticket over which channel, and what was said."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.extensions import Base, BigId, states
from contact_center.files.models import File
from contact_center.tickets.inbound import Automatic, Kind


class InteractionState(StrEnum):
    WAITING = "WAITING"
    OFFERED = "OFFERED"
    HANDLING = "HANDLING"
    WRAPPING = "WRAPPING"
    DONE = "DONE"
    ABANDONED = "ABANDONED"


class Direction(StrEnum):
    IN = "IN"
    OUT = "OUT"


class Author(StrEnum):
    """Who speaks in a message."""

    CUSTOMER = "CUSTOMER"
    AGENT = "AGENT"
    NOTE = "NOTE"  # an agent, to colleagues only
    SYSTEM = "SYSTEM"


class Interaction(Base):
    """One contact over one channel: the thing that waits, is answered and is measured.

    At most one inbound one is open per (ticket, channel); the first unanswered message opens it, an answer or
    resolving ends it. What is WRAPPING is over for the customer: what they write then opens another.
    """

    __tablename__ = "interaction"

    id: Mapped[BigId]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id", ondelete="RESTRICT"))
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    channel: Mapped[str]
    kind: Mapped[Kind] = mapped_column(states(Kind))
    direction: Mapped[Direction] = mapped_column(states(Direction))
    state: Mapped[InteractionState] = mapped_column(states(InteractionState))
    disposition: Mapped[str | None]
    queued_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    wrapped_at: Mapped[datetime | None]
    wrap_until: Mapped[datetime | None]  # while it is WRAPPING: when that ends by itself
    set_aside_at: Mapped[datetime | None]  # while it is HANDLING: set aside for a call since
    # Its place in the queue: written by `routing`; NULL: not enqueued yet, which the dispatcher makes up for.
    order_at: Mapped[datetime | None]  # queued_at less all bonus minutes: who has the earliest is served first
    bonus: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))  # what for → minutes
    asked: Mapped[str] = mapped_column(server_default="")  # skills at first, as `skill id:level`, blank between
    asks: Mapped[str] = mapped_column(server_default="")  # skills still asked for now
    held_for: Mapped[list[int]] = mapped_column(server_default=sql("'{}'"))  # the agents who are asked first
    not_for: Mapped[list[int]] = mapped_column(server_default=sql("'{}'"))  # the agents who declined it lately
    eases_at: Mapped[datetime | None]  # when `asks`, `held_for` or `not_for` next become less
    overflowed: Mapped[int] = mapped_column(server_default=sql("0"))  # how many of its queue's steps are taken
    placed_by: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))  # the rule and what it saw

    __table_args__ = (
        Index(
            "uq_interaction_open_inbound", "ticket_id", "channel", unique=True,
            postgresql_where=sql("direction = 'IN' AND state IN ('WAITING', 'OFFERED', 'HANDLING')"),
        ),
        Index("ix_interaction_waiting", "queue_id", "queued_at", "id", postgresql_where=sql("state = 'WAITING'")),
        Index("ix_interaction_lane", "queue_id", "channel", "asks", "held_for", "not_for", "order_at", "id",
              postgresql_where=sql("state = 'WAITING' AND order_at IS NOT NULL")),
        Index("ix_interaction_offered", "queue_id", postgresql_where=sql("state = 'OFFERED'")),
        Index("ix_interaction_callback", "queue_id", "ticket_id",
              postgresql_where=sql("kind = 'CALLBACK' AND state IN ('WAITING', 'OFFERED')")),
        Index("ix_interaction_wrapping", "wrap_until", postgresql_where=sql("state = 'WRAPPING'")),
        Index("ix_interaction_unplaced", "id", postgresql_where=sql("state = 'WAITING' AND order_at IS NULL")),
        Index("ix_interaction_eases", "eases_at", postgresql_where=sql("state = 'WAITING' AND eases_at IS NOT NULL")),
        Index("ix_interaction_busy", "agent_id", postgresql_where=sql("state IN ('HANDLING', 'WRAPPING')")),
        Index("ix_interaction_customer", "customer_id", sql("queued_at DESC"), sql("id DESC")),
        Index("ix_interaction_queued", "queued_at"),
        Index("ix_interaction_handled", sql("coalesce(wrapped_at, ended_at)"), postgresql_where=sql("state = 'DONE'")),
    )  # fmt: skip


class Handling(Base):
    """One stretch in which one agent had an interaction: with presence and offers the ledger of an agent's day."""

    __tablename__ = "handling"

    id: Mapped[BigId]
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_handling_open", "interaction_id", unique=True, postgresql_where=sql("ended_at IS NULL")),
        Index(None, "agent_id", "started_at"),
        Index("ix_handling_ended", "ended_at"),
        # What began long ago and may reach into a day: all else is looked for by when it began.
        Index(
            "ix_handling_long",
            "agent_id",
            postgresql_where=sql("ended_at IS NULL OR ended_at - started_at > interval '1 day'"),
        ),
    )


class Message(Base):
    """Something said in an interaction. `text` is what the person wrote, `full_text` everything, `html` sanitised.

    `because` tells why it joined its ticket: {"rule": a `threading.Rule`, "of": message id, "earlier": ticket id …}.
    """

    __tablename__ = "message"

    id: Mapped[BigId]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interaction.id", ondelete="CASCADE"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id", ondelete="RESTRICT"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    raw_id: Mapped[int | None] = mapped_column(ForeignKey("raw_message.id", ondelete="SET NULL"), index=True)
    author: Mapped[Author] = mapped_column(states(Author))
    channel: Mapped[str]
    kind: Mapped[Kind | None] = mapped_column(states(Kind))
    external_id: Mapped[str | None]
    content_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    automatic: Mapped[Automatic] = mapped_column(states(Automatic), server_default=Automatic.NONE)
    authenticated: Mapped[bool | None]  # see `InboundMessage`
    sender: Mapped[str | None]
    sender_name: Mapped[str] = mapped_column(server_default="")
    reply_to: Mapped[str | None]
    recipients: Mapped[list[str]] = mapped_column(server_default=sql("'{}'"))
    copies: Mapped[list[str]] = mapped_column(server_default=sql("'{}'"))
    subject: Mapped[str] = mapped_column(server_default="")
    text: Mapped[str] = mapped_column(server_default="")
    full_text: Mapped[str] = mapped_column(server_default="", deferred=True)
    html: Mapped[str] = mapped_column(server_default="", deferred=True)
    has_html: Mapped[bool] = mapped_column(server_default=sql("false"))
    language: Mapped[str | None]
    because: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    fields: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    notes: Mapped[list[str]] = mapped_column(server_default=sql("'{}'"))
    at: Mapped[datetime]
    search: Mapped[Any] = mapped_column(TSVECTOR, server_default=sql("''"), nullable=False, deferred=True)

    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id")

    __table_args__ = (
        UniqueConstraint("external_id", "content_hash"),  # the same mail by two mailboxes is one message
        Index(None, "ticket_id", "id"),
        Index("ix_message_customer", "customer_id", sql("at DESC"), sql("id DESC")),
        Index("ix_message_sender", "sender", "at", postgresql_where=sql("author = 'CUSTOMER'")),
        Index("ix_message_search", "search", postgresql_using="gin"),
    )


class Attachment(Base):
    """A file of a message: the sender's name for it made safe, the sender's claim of its type."""

    __tablename__ = "attachment"

    id: Mapped[BigId]
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    content_id: Mapped[str | None]
    is_inline: Mapped[bool] = mapped_column(server_default=sql("false"))

    file: Mapped[File] = relationship()


class Upload(Base):
    """A file that is not sent yet: an agent's, to which a draft may refer, or (without agent) a visitor's."""

    __tablename__ = "upload"

    id: Mapped[BigId]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
