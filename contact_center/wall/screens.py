"""Links for televisions: made and revoked by supervisors, followed without signing in.

Whoever holds one reads what its maker may see of those views: no customers, nothing to act on.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, select, update
from sqlalchemy.orm import joinedload

from contact_center import clock, rows
from contact_center.agents.models import Agent
from contact_center.config import LANGUAGES
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.tickets import scope
from contact_center.wall.models import WallScreen
from contact_center.wall.views import View, read_all

THEMES = ("dark", "light")
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_NOTED_EVERY = timedelta(minutes=1)
_LOADED = joinedload(WallScreen.agent).selectinload(Agent.roles)


def make(
    agent: Agent, name: str, views: Sequence[View], *, seconds: int, language: str, theme: str, names_agents: bool
) -> tuple[WallScreen, str]:
    """A new link and its key, which nobody can be told again. Raises Invalid."""
    if language not in LANGUAGES or theme not in THEMES or not 5 <= seconds <= 3600:
        raise Invalid(_("Choose one from the list."))
    key = secrets.token_urlsafe(32)
    screen = WallScreen(
        name=rows.name(name), key_hash=_hash(key), agent_id=agent.id, views=[str(view) for view in views],
        seconds=seconds, language=language, theme=theme, names_agents=names_agents, made_at=clock.now(),
    )  # fmt: skip
    db.session.add(screen)
    db.session.flush()
    log.record(Name.WALL_SCREEN_MADE, screen, agent, screen=screen.name, views=screen.views)
    return screen, key


def revoke(screen: WallScreen, agent: Agent) -> None:
    """End a link for ever. Raises IllegalMove if it is ended."""
    if screen.revoked_at is not None:
        raise IllegalMove(_("This link is revoked already."))
    screen.revoked_at = clock.now()
    db.session.flush()
    log.record(Name.WALL_SCREEN_REVOKED, screen, agent, screen=screen.name)


def listed(agent: Agent) -> list[WallScreen]:
    """The links *agent* may revoke: their own, all of them for an administrator; those that live first."""
    asked = select(WallScreen).options(_LOADED).order_by(WallScreen.id.desc())
    if not agent.is_administrator:
        asked = asked.where(WallScreen.agent_id == agent.id)
    return sorted(db.session.scalars(asked), key=lambda screen: not screen.is_live)


def holder(key: str) -> WallScreen | None:
    """The live link with this key; None for one that is unknown, revoked or asleep, without a difference."""
    if not _KEY.fullmatch(key):
        return None
    return _live(select(WallScreen).where(WallScreen.key_hash == _hash(key)))


def live(screen_id: int) -> WallScreen | None:
    """The link with this id, if it still lives."""
    return _live(select(WallScreen).where(WallScreen.id == screen_id))


def views(screen: WallScreen) -> list[View]:
    """What it turns through."""
    return read_all(screen.views)


def visible(agent: Agent) -> list[int]:
    """The queues whose figures *agent* may see on a wall."""
    return list(db.session.scalars(scope.queue_ids(agent)))


def note_use(screen: WallScreen) -> bool:
    """Write down that it is looked at; returns whether there is something to commit."""
    now = clock.now()
    if screen.seen_at is not None and now - screen.seen_at < _NOTED_EVERY:
        return False
    db.session.execute(update(WallScreen).where(WallScreen.id == screen.id).values(seen_at=now))
    return True


def _live(asked: Select[WallScreen]) -> WallScreen | None:
    screen = db.session.scalars(asked.options(_LOADED).execution_options(populate_existing=True)).one_or_none()
    return screen if screen is not None and screen.is_live else None


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
