"""A call and what belongs to it: legs, the ledger of its stages, the commands to the telephone company.

Nothing here is named after a provider: `ref` is the provider's own name for a thing, opaque text.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.extensions import Base, BigId, states
from contact_center.tickets.messages import Direction, Interaction
from contact_center.tickets.models import Ticket


class CallState(StrEnum):
    """What the caller goes through; `calls.moves` says which follows which."""

    NEW = "NEW"
    MENU = "MENU"
    SELF_SERVICE = "SELF_SERVICE"
    QUEUED = "QUEUED"  # music and position
    CONNECTING = "CONNECTING"  # an agent has accepted, and their phone is on its way
    TALKING = "TALKING"
    HELD = "HELD"
    CONSULTING = "CONSULTING"  # held, while the agent talks to a colleague
    TRANSFERRING = "TRANSFERRING"  # on the way to another queue or agent
    RECOVERING = "RECOVERING"  # the agent was lost, somebody else is looked for
    DIALLING = "DIALLING"  # we call, and they have not answered yet
    VOICEMAIL = "VOICEMAIL"
    SURVEY = "SURVEY"
    ENDED = "ENDED"
    ABANDONED = "ABANDONED"
    REJECTED = "REJECTED"


OVER = (CallState.ENDED, CallState.ABANDONED, CallState.REJECTED)
IN_HAND = (CallState.TALKING, CallState.HELD, CallState.CONSULTING)  # a customer and an agent are in the room


class Outcome(StrEnum):
    """How a call went, for the figures."""

    HANDLED = "HANDLED"  # an agent and the customer talked
    CONTAINED = "CONTAINED"  # answered without an agent
    ABANDONED = "ABANDONED"  # gave up while waiting
    CALLBACK = "CALLBACK"  # asked to be called back
    VOICEMAIL = "VOICEMAIL"
    CLOSED = "CLOSED"  # outside the hours, and left nothing
    HUNG_UP = "HUNG_UP"  # before they had chosen anything
    REJECTED = "REJECTED"
    UNREACHED = "UNREACHED"  # we called, and nobody answered


class Role(StrEnum):
    CUSTOMER = "CUSTOMER"
    AGENT = "AGENT"  # whose call it is
    COLLEAGUE = "COLLEAGUE"  # who is asked, or takes over


class MatchedBy(StrEnum):
    """How we know, or believe, whose call it is. Only what was proved in the call itself is more than a belief."""

    NUMBER = "NUMBER"  # it comes from their number: anybody can pretend that
    TICKET = "TICKET"  # it goes on in a ticket of theirs
    ORDER = "ORDER"  # proved: an order's number and its post code
    POST_CODE = "POST_CODE"  # proved
    CODE = "CODE"  # proved: a one-time code that we had sent
    AGENT = "AGENT"  # somebody chose


class LegState(StrEnum):
    EXPECTED = "EXPECTED"  # accepted; the agent's phone has not come yet
    LIVE = "LIVE"  # it speaks with us
    ROOM = "ROOM"  # it is in the call's room
    ENDED = "ENDED"


class Verb(StrEnum):
    """What the telephone company is asked to do, after the commit that wanted it."""

    FETCH = "FETCH"  # out of the line, into the room
    SEND = "SEND"  # to another step of the flow, wherever the leg is
    HANG_UP = "HANG_UP"
    HOLD = "HOLD"
    TAKE_BACK = "TAKE_BACK"  # off hold
    ENDS_ROOM = "ENDS_ROOM"  # whether the room ends with this leg
    REMOVE = "REMOVE"  # out of the room
    END_ROOM = "END_ROOM"
    DIAL = "DIAL"  # the customer's number, into the room
    RECORD = "RECORD"
    PAUSE = "PAUSE"  # the recording
    RESUME = "RESUME"
    STOP = "STOP"  # recording, for good


class Policy(StrEnum):
    """Whether calls of a number are recorded."""

    NEVER = "NEVER"
    ANNOUNCE = "ANNOUNCE"  # callers are told, and a key objects
    ASK = "ASK"  # a key agrees; silence is no


class Consent(StrEnum):
    """What the caller has said about being recorded."""

    NONE = "NONE"  # nothing: they were not asked
    GIVEN = "GIVEN"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


class CommandState(StrEnum):
    PENDING = "PENDING"
    SENDING = "SENDING"
    DONE = "DONE"
    GONE = "GONE"  # what it was about is over: nothing to do
    FAILED = "FAILED"


class Call(Base):
    """One telephone call, from its first ring to its end.

    `caller` is E.164 or None where it is withheld; `key` names the call in addresses that the provider asks, and nobody
    can guess it. `round` counts its rooms: each is used once. `flow` is what the menus know (step, tries, choices).
    """

    __tablename__ = "call"

    id: Mapped[BigId]
    key: Mapped[str] = mapped_column(unique=True)
    provider: Mapped[str]
    ref: Mapped[str | None]
    direction: Mapped[Direction] = mapped_column(states(Direction))
    number_id: Mapped[int | None] = mapped_column(ForeignKey("phone_number.id", ondelete="SET NULL"))
    caller: Mapped[str | None]
    language: Mapped[str] = mapped_column(server_default="en")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id", ondelete="RESTRICT"))
    candidate_ids: Mapped[list[int]] = mapped_column(server_default=text("'{}'"))  # several have that number
    matched_by: Mapped[MatchedBy | None] = mapped_column(states(MatchedBy))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="SET NULL"), index=True)
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interaction.id", ondelete="SET NULL"), index=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))  # who has it, or had last
    state: Mapped[CallState] = mapped_column(states(CallState), server_default=CallState.NEW)
    since: Mapped[datetime]
    round: Mapped[int] = mapped_column(server_default=text("1"))
    room_ref: Mapped[str | None]
    line_ref: Mapped[str | None]  # the provider's queue in which the caller hears music
    is_verified: Mapped[bool] = mapped_column(server_default=text("false"))  # proved who they are, in this call
    ending_by: Mapped[str] = mapped_column(server_default="")  # who wants it to end: agent, supervisor, nobody yet
    records: Mapped[Policy] = mapped_column(states(Policy), server_default=Policy.NEVER)  # as its number said then
    consent: Mapped[Consent] = mapped_column(states(Consent), server_default=Consent.NONE)
    consented_at: Mapped[datetime | None]
    flow: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    outcome: Mapped[Outcome | None] = mapped_column(states(Outcome))
    started_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    customer: Mapped[Customer | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    interaction: Mapped[Interaction | None] = relationship()
    agent: Mapped[Agent | None] = relationship()
    legs: Mapped[list[CallLeg]] = relationship(order_by="CallLeg.id", back_populates="call")

    __table_args__ = (
        UniqueConstraint("provider", "ref"),
        Index("ix_call_live", "state", "since", postgresql_where=text("ended_at IS NULL")),
        Index("ix_call_ended", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
        Index("uq_call_of_interaction", "interaction_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_call_customer", "customer_id", text("started_at DESC")),
        Index("ix_call_caller", "caller", text("started_at DESC")),
        CheckConstraint("(ended_at IS NOT NULL) = (state IN ('ENDED', 'ABANDONED', 'REJECTED'))", name="over"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="finished"),
        CheckConstraint("consent <> 'GIVEN' OR consented_at IS NOT NULL", name="agreed"),
        CheckConstraint("state NOT IN ('CONNECTING', 'TALKING', 'HELD', 'CONSULTING') OR agent_id IS NOT NULL",
                        name="answered_by"),
    )  # fmt: skip

    @property
    def is_dialled(self) -> bool:
        """We have rung the customer, and nothing of ours follows the room for them until they have left it once."""
        return self.direction is Direction.OUT and self.round == 1

    @property
    def room(self) -> str:
        """The name of its present room; no name is used twice, or a late leg would join a stranger."""
        return f"{self.key}-{self.round}"


def lives(state: CallState) -> tuple[ColumnElement[bool], ...]:
    """That a call is in *state*, said so that the index of those which are not over is used."""
    return Call.ended_at.is_(None), Call.state == state


class CallLeg(Base):
    """One telephone in a call. An agent's is expected first, under a `nonce` that is good for one connection."""

    __tablename__ = "call_leg"

    id: Mapped[BigId]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(states(Role))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    ref: Mapped[str | None] = mapped_column(unique=True)
    nonce: Mapped[str | None] = mapped_column(unique=True)
    round: Mapped[int] = mapped_column(server_default=text("1"))
    state: Mapped[LegState] = mapped_column(states(LegState))
    is_held: Mapped[bool] = mapped_column(server_default=text("false"))
    sequence: Mapped[int] = mapped_column(server_default=text("-1"))  # of the provider's last word on it
    created_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cause: Mapped[str] = mapped_column(server_default="")

    call: Mapped[Call] = relationship(back_populates="legs")
    agent: Mapped[Agent | None] = relationship()

    __table_args__ = (
        Index("uq_call_leg_of_agent", "agent_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("uq_call_leg_of_customer", "call_id", unique=True,
              postgresql_where=text("role = 'CUSTOMER' AND ended_at IS NULL")),
        Index("uq_call_leg_answering", "call_id", unique=True,
              postgresql_where=text("role = 'AGENT' AND ended_at IS NULL")),
        CheckConstraint("(state = 'ENDED') = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("(role = 'CUSTOMER') = (agent_id IS NULL) OR ended_at IS NOT NULL", name="whose"),
    )  # fmt: skip

    @property
    def label(self) -> str:
        """Its name in the room, unique there: a second leg of that name would be sent away."""
        return f"leg-{self.id}"


class CallStage(Base):
    """One stretch of a call in one state: together they are as long as the call."""

    __tablename__ = "call_stage"

    id: Mapped[BigId]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"), index=True)
    state: Mapped[CallState] = mapped_column(states(CallState))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_call_stage_open", "call_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("ended_at >= started_at", name="order"),
    )


class CallCommand(Base):
    """Something the provider is to do. Those of one call are carried out one after the other, in their order."""

    __tablename__ = "call_command"

    id: Mapped[BigId]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id", ondelete="CASCADE"))
    leg_id: Mapped[int | None] = mapped_column(ForeignKey("call_leg.id", ondelete="CASCADE"))
    verb: Mapped[Verb] = mapped_column(states(Verb))
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    state: Mapped[CommandState] = mapped_column(states(CommandState, "state"), server_default=CommandState.PENDING)
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    wanted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(server_default="")

    call: Mapped[Call] = relationship()
    leg: Mapped[CallLeg | None] = relationship()

    __table_args__ = (
        Index("ix_call_command_open", "call_id", "id", postgresql_where=text("state IN ('PENDING', 'SENDING')")),
        Index("ix_call_command_due", "due_at", postgresql_where=text("state IN ('PENDING', 'SENDING')")),
    )


class CallReply(Base):
    """What a question of the provider was answered, so that one asked again is answered alike."""

    __tablename__ = "call_reply"

    key: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
