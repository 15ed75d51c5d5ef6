"""Tokens: keys for other systems, each with the scopes it needs and no more. The row holds only the key's hash.

Settings makes and revokes them, `access` asks `holder`. A token acts in the name of the administrator who made it, and
sleeps while that person is no active administrator.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, LargeBinary, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from contact_center import clock, rows
from contact_center.agents.models import Agent
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import Base, BigId, db

SCOPES = (
    "customers:read", "customers:write", "orders:read", "orders:write", "entitlements:read", "entitlements:write",
    "tickets:read", "card:read",
)  # fmt: skip
PREFIX = "cc_"  # by which scanners for leaked secrets know ours
LONGEST = timedelta(days=1830)
_KEY = re.compile(r"cc_[A-Za-z0-9_-]{43}")
_NOTED_EVERY = timedelta(minutes=1)  # a busy token's last use is no write per call


class ApiToken(Base):
    """A key of another system; `hint` is its beginning, by which people tell their keys apart."""

    __tablename__ = "api_token"

    id: Mapped[BigId]
    name: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    hint: Mapped[str]
    scopes: Mapped[list[str]]
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    used_from: Mapped[str | None]  # the network address of its last use

    agent: Mapped[Agent] = relationship()

    __table_args__ = (Index(None, "agent_id"),)

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and not self.is_expired and not self.is_asleep

    @property
    def is_asleep(self) -> bool:
        return not (self.agent.active and self.agent.is_administrator)

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= clock.now()


_LOADED = joinedload(ApiToken.agent).joinedload(Agent.roles)


def create(agent: Agent, name: str, scopes: Iterable[str], expires_at: datetime | None) -> tuple[ApiToken, str]:
    """A new token and its key, which nobody can be told again. Raises Invalid."""
    chosen = [scope for scope in SCOPES if scope in set(scopes)]
    if not chosen:
        raise Invalid(_("Tick what it may do."), {"scope": _("Tick what it may do.")})
    now = clock.now()
    if expires_at is not None and not now < expires_at <= now + LONGEST:
        sentence = _("Choose a day to come, in five years at the latest.")
        raise Invalid(sentence, {"expires_on": sentence})
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        name=rows.name(name), key_hash=_hash(key), hint=key[:8], scopes=chosen, agent_id=agent.id, at=now,
        expires_at=expires_at,
    )  # fmt: skip
    db.session.add(token)
    db.session.flush()
    log.record(Name.API_TOKEN_CREATED, token, agent, token=token.name, scopes=chosen)
    return token, key


def revoke(token: ApiToken, agent: Agent) -> None:
    """End a token for ever."""
    if token.revoked_at is not None:
        raise IllegalMove(_("This token is revoked already."))
    token.revoked_at = clock.now()
    db.session.flush()
    log.record(Name.API_TOKEN_REVOKED, token, agent, token=token.name)


def adopt(token: ApiToken, agent: Agent) -> None:
    """Let a token act in the name of *agent* from now on, so that it outlives whoever made it."""
    if token.agent_id != agent.id:
        before, token.agent_id = token.agent.name, agent.id
        db.session.flush()
        db.session.expire(token, ["agent"])
        log.record(Name.API_TOKEN_ADOPTED, token, agent, token=token.name, before=before)


def listed() -> list[ApiToken]:
    """All tokens: those that can be used first, then by age."""
    asked = select(ApiToken).options(_LOADED).order_by(ApiToken.id.desc())
    return sorted(db.session.scalars(asked).unique(), key=lambda token: not token.is_live)


def holder(key: str) -> ApiToken | None:
    """The live token with this key; None for one that is unknown, revoked, expired or asleep, without a difference."""
    if not _KEY.fullmatch(key):
        return None
    asked = select(ApiToken).where(ApiToken.key_hash == _hash(key)).options(_LOADED)
    token = db.session.scalars(asked).unique().one_or_none()
    return token if token is not None and token.is_live else None


def note_use(token: ApiToken, network: str | None) -> bool:
    """Write down that it was used; returns whether there is something to commit."""
    now = clock.now()
    if token.used_at is not None and now - token.used_at < _NOTED_EVERY:
        return False
    db.session.execute(update(ApiToken).where(ApiToken.id == token.id).values(used_at=now, used_from=network))
    return True


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
