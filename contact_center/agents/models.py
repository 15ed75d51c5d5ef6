"""Accounts, roles, teams and the presence ledger."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, UniqueConstraint, text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import ARRAY, Text

from contact_center.extensions import Base, BigId, states


class RoleName(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class PresenceState(StrEnum):
    AVAILABLE = "AVAILABLE"
    FINISHING = "FINISHING"  # end of shift: no new work, offline once the last is done
    AWAY = "AWAY"
    NOT_RESPONDING = "NOT_RESPONDING"  # let an offer ring out: no further ones until they say that they are back
    OFFLINE = "OFFLINE"


roles_of_agents = Table(
    "agent_role",
    Base.metadata,
    Column("agent_id", ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """agent, supervisor or administrator; seeded by the first migration."""

    __tablename__ = "role"

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]
    permissions: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(ARRAY(Text)))
    update_datetime: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Agent(Base, UserMixin):
    """An account of somebody who works here, whatever the role. Deactivated, never deleted: history names them."""

    __tablename__ = "agent"

    id: Mapped[BigId]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    confirmed_at: Mapped[datetime | None]
    create_datetime: Mapped[datetime] = mapped_column(server_default=text("now()"))
    update_datetime: Mapped[datetime] = mapped_column(server_default=text("now()"))
    last_login_at: Mapped[datetime | None]  # type: ignore[assignment]
    current_login_at: Mapped[datetime | None]  # type: ignore[assignment]
    last_login_ip: Mapped[str | None]
    current_login_ip: Mapped[str | None]
    login_count: Mapped[int] = mapped_column(server_default=text("0"))
    language: Mapped[str] = mapped_column(server_default="en")
    time_zone: Mapped[str | None]  # IANA name; None: the installation's
    theme: Mapped[str] = mapped_column(server_default="system")
    signature: Mapped[str] = mapped_column(server_default="")
    invited_at: Mapped[datetime | None]
    capacity: Mapped[int] = mapped_column(server_default=text("6"))  # how much at a time, in the weights of channels
    version: Mapped[int] = mapped_column(server_default=text("1"))

    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=roles_of_agents, lazy="selectin"
    )

    __table_args__ = (
        CheckConstraint("theme IN ('system', 'light', 'dark')", name="theme"),
        CheckConstraint("capacity BETWEEN 1 AND 100", name="capacity"),
    )

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def role(self) -> RoleName:
        """The highest role; each contains the ones below it."""
        if self.is_administrator:
            return RoleName.ADMINISTRATOR
        return RoleName.SUPERVISOR if self.is_supervisor else RoleName.AGENT

    @property
    def is_invited(self) -> bool:
        """Whether the account still waits for its owner to choose a password."""
        return self.password is None

    @property
    def is_supervisor(self) -> bool:
        return self.has_role(RoleName.SUPERVISOR) or self.is_administrator

    @property
    def is_administrator(self) -> bool:
        return bool(self.has_role(RoleName.ADMINISTRATOR))


class SignIn(Base):
    """One signed-in browser. The cookie carries the key, the row its hash: ending the row ends the session."""

    __tablename__ = "sign_in"

    id: Mapped[BigId]
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    at: Mapped[datetime]
    network: Mapped[str | None]
    browser: Mapped[str] = mapped_column(server_default="")
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "agent_id", "at"),)


class Team(Base):
    """People who share queues; supervisors who belong to a team see all its tickets."""

    __tablename__ = "team"

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(unique=True)


class TeamMember(Base):
    __tablename__ = "team_member"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (Index(None, "agent_id"),)


class Presence(Base):
    """One stretch of an agent's presence; the open one (ended_at IS NULL) is the present state, one per agent."""

    __tablename__ = "presence"

    id: Mapped[BigId]
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    state: Mapped[PresenceState] = mapped_column(states(PresenceState))
    reason: Mapped[str | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]  # while it is open: when a desk of the agent was last known to be
    because: Mapped[str] = mapped_column(server_default="")  # "vanished", "rang out", or a supervisor's words
    by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))  # the supervisor

    by: Mapped[Agent | None] = relationship(foreign_keys=[by_id])

    __table_args__ = (
        Index("uq_presence_open", "agent_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index(None, "agent_id", "started_at"),
        Index(None, "ended_at"),
    )


class OpenDesk(Base):
    """A browser with an agent's desk in it: without a live one nobody is offered anything, whatever they say.

    Written by the web process that holds its socket, again and again while it is open.
    """

    __tablename__ = "open_desk"

    key: Mapped[str] = mapped_column(primary_key=True)  # of the socket
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    seen_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "agent_id", "seen_at"),)


class OpenPhone(Base):
    """The one browser in which an agent telephones: signed in with the provider, its microphone granted.

    Whoever opens a telephone elsewhere takes it over. It counts while it was seen lately, like a desk.
    """

    __tablename__ = "open_phone"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str]  # of the socket
    seen_at: Mapped[datetime]
    is_busy: Mapped[bool] = mapped_column(server_default=text("false"))  # in a call


class ChannelPause(Base):
    """One stretch in which an agent takes no new work over one channel; the open one is the present pause."""

    __tablename__ = "channel_pause"

    id: Mapped[BigId]
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    channel: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_channel_pause_open", "agent_id", "channel", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index(None, "agent_id", "started_at"),
    )


class AwayReason(Base):
    """A reason to be away, as an administrator words it."""

    __tablename__ = "away_reason"

    id: Mapped[BigId]
    name: Mapped[str]
    position: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (UniqueConstraint("name"),)


def initials(name: str) -> str:
    """Two letters for an avatar; the family name's character for a Chinese name."""
    words = name.split()
    if not words:
        return "?"
    if not words[0].isascii() and len(words) == 1:
        return words[0][0]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
