"""The ticket: its row, its participants, links, tasks, and what each agent has seen and drafted."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.entitlements.kinds import RequestKind as RequestKind  # noqa: PLC0414 (tickets have a kind, too)
from contact_center.extensions import Base, BigId, states
from contact_center.queues.models import Queue
from contact_center.text.addresses import Scheme


class TicketState(StrEnum):
    NEW = "NEW"  # nobody has taken it
    OPEN = "OPEN"  # we owe something
    WAITING = "WAITING"  # the customer, or somebody else, owes something
    RESOLVED = "RESOLVED"  # done; a reply inside the window reopens it
    CLOSED = "CLOSED"  # done for good; a reply opens a linked new ticket


UNSETTLED = (TicketState.NEW, TicketState.OPEN, TicketState.WAITING)


class Priority(StrEnum):
    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    URGENT = "URGENT"


class LinkReason(StrEnum):
    POSSIBLY_RELATED = "POSSIBLY_RELATED"  # the number or a token matched, the sender did not
    FOLLOWS = "FOLLOWS"  # written after the other one was closed
    SEPARATED = "SEPARATED"  # taken out of the other one: "not this ticket"
    JOINED = "JOINED"  # all that was said here has been added to the other one; this is an empty stub


_UNSETTLED = text("state IN ('NEW', 'OPEN', 'WAITING')")
_SETTLED = text("state IN ('RESOLVED', 'CLOSED')")
_CHANGED = (text("changed_at DESC"), text("id DESC"))
_OPENED = (text("opened_at DESC"), text("id DESC"))


class Ticket(Base):
    """The case. Shown as CC-<id>; `token` is the unguessable part of our reply address, `portal_token` of the link."""

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(Identity(start=1001), primary_key=True)
    subject: Mapped[str]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id", ondelete="RESTRICT"))
    candidate_ids: Mapped[list[int]] = mapped_column(server_default=text("'{}'"))
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    state: Mapped[TicketState] = mapped_column(states(TicketState), server_default=TicketState.NEW)
    priority: Mapped[Priority] = mapped_column(states(Priority), server_default=Priority.NORMAL)
    kind: Mapped[RequestKind | None] = mapped_column(states(RequestKind))
    tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    channel: Mapped[str]
    place_id: Mapped[int | None]  # the mailbox it came by, and is answered from
    number_id: Mapped[int | None] = mapped_column(ForeignKey("phone_number.id", ondelete="SET NULL"))  # likewise
    language: Mapped[str | None]
    order_number: Mapped[str | None]
    token: Mapped[str] = mapped_column(unique=True)
    portal_token: Mapped[str] = mapped_column(unique=True)
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime | None]
    last_outbound_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]  # since when the customer waits for an answer; None: nobody waits
    due_at: Mapped[datetime | None]  # the next running deadline, kept by `tickets.deadlines`; None: nothing is due
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopened: Mapped[int] = mapped_column(server_default=text("0"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    search: Mapped[Any] = mapped_column(TSVECTOR, server_default=text("''"), nullable=False, deferred=True)

    customer: Mapped[Customer | None] = relationship()
    queue: Mapped[Queue] = relationship()
    assignee: Mapped[Agent | None] = relationship()

    __table_args__ = (
        CheckConstraint("(state IN ('RESOLVED', 'CLOSED')) = (resolved_at IS NOT NULL)", name="resolved_at"),
        CheckConstraint("(state = 'CLOSED') = (closed_at IS NOT NULL)", name="closed_at"),
        Index(
            "ix_ticket_unsettled",
            "queue_id",
            "changed_at",
            "id",
            postgresql_where=text("state IN ('NEW', 'OPEN', 'WAITING')"),
        ),
        Index(
            "ix_ticket_unassigned",
            "queue_id",
            "changed_at",
            "id",
            postgresql_where=text("assignee_id IS NULL AND state IN ('NEW', 'OPEN', 'WAITING')"),
        ),
        Index(
            "ix_ticket_assignee",
            "assignee_id",
            "changed_at",
            "id",
            postgresql_where=text("state IN ('NEW', 'OPEN', 'WAITING')"),
        ),
        Index(
            "ix_ticket_waiting",
            "queue_id",
            text("coalesce(waiting_since, 'infinity')"),
            "id",
            postgresql_where=text("state IN ('NEW', 'OPEN', 'WAITING')"),
        ),
        Index("ix_ticket_due", "queue_id", text("coalesce(due_at, 'infinity')"), "id", postgresql_where=_UNSETTLED),
        Index(
            "ix_ticket_assignee_due",
            "assignee_id",
            text("coalesce(due_at, 'infinity')"),
            "id",
            postgresql_where=_UNSETTLED,
        ),
        Index("ix_ticket_unsettled_changed", "changed_at", "id", postgresql_where=_UNSETTLED),
        Index("ix_ticket_unsettled_opened", "queue_id", "opened_at", "id", postgresql_where=_UNSETTLED),
        Index("ix_ticket_settled", "queue_id", "state", *_CHANGED, postgresql_where=_SETTLED),
        Index("ix_ticket_settled_opened", "queue_id", "state", *_OPENED, postgresql_where=_SETTLED),
        Index("ix_ticket_queue_changed", "queue_id", text("changed_at DESC"), text("id DESC")),
        Index("ix_ticket_queue_opened", "queue_id", text("opened_at DESC"), text("id DESC")),
        Index(
            "ix_ticket_assignee_changed",
            "assignee_id",
            text("changed_at DESC"),
            text("id DESC"),
            postgresql_include=["queue_id", "opened_at"],  # one's own elsewhere, without a look at each of one's own
            postgresql_where=text("assignee_id IS NOT NULL"),
        ),
        Index(
            "ix_ticket_priority",
            "priority",
            text("changed_at DESC"),
            text("id DESC"),
            postgresql_where=text("priority <> 'NORMAL'"),
        ),
        Index("ix_ticket_complaints", "state", "opened_at", postgresql_where=text("kind = 'COMPLAINT'")),
        Index("ix_ticket_order_number", "order_number", postgresql_where=text("order_number IS NOT NULL")),
        Index("ix_ticket_changed", text("changed_at DESC"), text("id DESC")),
        Index(None, "customer_id", text("id DESC")),
        Index("ix_ticket_customer_unsettled", "customer_id", postgresql_where=_UNSETTLED),
        Index(
            "ix_ticket_customer_complaints",
            "customer_id",
            "opened_at",
            postgresql_where=text("kind = 'COMPLAINT'"),
        ),
        Index(
            "ix_ticket_solved",
            text("resolved_at DESC"),
            text("id DESC"),
            postgresql_where=text("state IN ('RESOLVED', 'CLOSED')"),
        ),
        Index("ix_ticket_resolved", "resolved_at", postgresql_where=text("state = 'RESOLVED'")),
        Index("ix_ticket_tags", "tags", postgresql_using="gin"),
        Index("ix_ticket_search", "search", postgresql_using="gin"),
    )

    @property
    def ref(self) -> str:
        return ref_of(self.id)


class Participant(Base):
    """An address that takes part in a ticket. Only participants join by reply; Cc alone never makes one."""

    __tablename__ = "participant"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    scheme: Mapped[Scheme] = mapped_column(states(Scheme), primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)


class TicketLink(Base):
    """A later ticket points to the earlier one it has to do with."""

    __tablename__ = "ticket_link"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[LinkReason] = mapped_column(states(LinkReason))
    because: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]

    __table_args__ = (CheckConstraint("ticket_id <> other_id", name="not_itself"), Index(None, "other_id"))


class TaskState(StrEnum):
    OPEN = "OPEN"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


class Task(Base):
    """A piece of work under a ticket: a visit, a part to order, a call to make."""

    __tablename__ = "task"

    id: Mapped[BigId]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    due_at: Mapped[datetime | None]
    state: Mapped[TaskState] = mapped_column(states(TaskState), server_default=TaskState.OPEN)
    added_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    owner: Mapped[Agent | None] = relationship()

    __table_args__ = (Index("ix_task_owner", "owner_id", "due_at", postgresql_where=text("state = 'OPEN'")),)


class Draft(Base):
    """What an agent is typing into a ticket, saved as they type. One reply and one note each."""

    __tablename__ = "draft"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True)
    is_note: Mapped[bool] = mapped_column(primary_key=True)
    body: Mapped[str]
    fields: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))  # cc, file ids
    saved_at: Mapped[datetime]


class Seen(Base):
    """How far an agent has read a ticket: unread means something came in later."""

    __tablename__ = "seen"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]


class CannedReply(Base):
    """A prepared answer in one language, with variables such as {customer.name}."""

    __tablename__ = "canned_reply"

    id: Mapped[BigId]
    name: Mapped[str]
    language: Mapped[str]
    body: Mapped[str]
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("queue.id", ondelete="CASCADE"))

    __table_args__ = (Index("uq_canned_reply_name", "name", "language", text("coalesce(queue_id, 0)"), unique=True),)


def ref_of(ticket_id: int) -> str:
    """How a ticket is named to people."""
    return f"CC-{ticket_id}"
