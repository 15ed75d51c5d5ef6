"""Which desks are open, in rows: whoever has none is offered nothing, whatever their presence says.

The web processes write them while they hold the sockets. A process that was killed writes no more, so a desk counts
only while it was seen lately; one that is closed counts a few seconds longer, which a reload takes.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import OpenDesk
from contact_center.extensions import db

LIVE_FOR = timedelta(seconds=25)  # without being seen again
RELOAD = timedelta(seconds=4)
_FORGOTTEN = timedelta(hours=1)


def opened(key: str, agent_id: int) -> None:
    """A browser has connected; its socket is called *key*."""
    now = clock.now()
    row = insert(OpenDesk).values(key=key, agent_id=agent_id, seen_at=now)
    db.session.execute(row.on_conflict_do_update(index_elements=["key"], set_={"seen_at": now, "closed_at": None}))


def seen(keys: Collection[str]) -> None:
    """They are open still."""
    if keys:
        here = update(OpenDesk).where(OpenDesk.key.in_(keys), OpenDesk.closed_at.is_(None))
        db.session.execute(here.values(seen_at=clock.now()))


def closed(key: str) -> None:
    """A browser is gone."""
    now = clock.now()
    db.session.execute(update(OpenDesk).where(OpenDesk.key == key).values(seen_at=now, closed_at=now))


def forget() -> None:
    """Delete the rows of desks that were closed, or lost, long ago."""
    last = func.coalesce(OpenDesk.closed_at, OpenDesk.seen_at)
    db.session.execute(delete(OpenDesk).where(last < clock.now() - _FORGOTTEN))
