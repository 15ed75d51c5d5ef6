"""Signed-in browsers: each has a row, so that signing out, or ending them all, takes effect on the server.

The sign-in door begins and ends them; the session cookie holds the key, the row only its hash.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select, update

from contact_center import clock
from contact_center.agents.models import Agent, Role, SignIn
from contact_center.extensions import db
from contact_center.statement import Statement, columns

COOKIE_FIELD = "sign_in"  # where the session cookie keeps the key
A_SHIFT = timedelta(hours=14)
KEPT = timedelta(days=14)  # "keep me signed in"
_REMEMBERED_FOR = timedelta(days=90)  # how long ended ones stay listed in the table
_HOLDER = Statement(f"""
    SELECT {columns(Agent)}, {columns(Role)}
    FROM sign_in JOIN agent ON agent.id = sign_in.agent_id
        LEFT JOIN agent_role ON agent_role.agent_id = agent.id LEFT JOIN role ON role.id = agent_role.role_id
    WHERE sign_in.key_hash = :key_hash AND sign_in.ended_at IS NULL AND sign_in.expires_at > :now
        AND agent.fs_uniquifier = :uniquifier AND agent.active
""")  # noqa: S608 (columns of ours)


def begin(agent: Agent, *, network: str | None, browser: str, keep: bool = False) -> str:
    """Write down a browser that has just signed in; returns the key for its cookie."""
    key, now = secrets.token_urlsafe(32), clock.now()
    db.session.execute(delete(SignIn).where(SignIn.agent_id == agent.id, SignIn.expires_at < now - _REMEMBERED_FOR))
    row = SignIn(agent_id=agent.id, key_hash=_hash(key), at=now, network=network, browser=browser)
    row.expires_at = now + (KEPT if keep else A_SHIFT)
    db.session.add(row)
    return key


def holder(uniquifier: str, key: str) -> Agent | None:
    """The active agent whose live sign-in this is, with the roles; one statement, before every page."""
    return _HOLDER.find_with(Agent, "roles", {"key_hash": _hash(key), "now": clock.now(), "uniquifier": uniquifier})


def live(agent: Agent) -> list[SignIn]:
    """The browsers *agent* is signed in with, newest first."""
    asked = select(SignIn).where(SignIn.agent_id == agent.id, *_is_live())
    return list(db.session.scalars(asked.order_by(SignIn.at.desc())))


def end(key: str) -> None:
    """Sign one browser out; ending it twice does nothing."""
    db.session.execute(
        update(SignIn).where(SignIn.key_hash == _hash(key), SignIn.ended_at.is_(None)).values(ended_at=clock.now())
    )


def end_all(agent: Agent, *, but: str | None = None) -> int:
    """Sign *agent* out of every browser, except the one that holds the key *but*; returns how many that were."""
    ending = update(SignIn).where(SignIn.agent_id == agent.id, SignIn.ended_at.is_(None))
    if but:
        ending = ending.where(SignIn.key_hash != _hash(but))
    return len(db.session.execute(ending.values(ended_at=clock.now()).returning(SignIn.id)).all())


def is_this(sign_in: SignIn, key: str | None) -> bool:
    """Whether *sign_in* is the browser that holds *key*."""
    return bool(key) and secrets.compare_digest(sign_in.key_hash, _hash(key or ""))


def _is_live() -> tuple[ColumnElement[bool], ...]:
    return SignIn.ended_at.is_(None), SignIn.expires_at > clock.now()


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
