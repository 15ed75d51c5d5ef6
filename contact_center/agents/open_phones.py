"""Which browser is an agent's telephone, in rows: without one they are offered no calls, whatever they say.

Like `open_desks` it is written by the web process that holds the socket, and counts only while it was seen lately.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import OpenPhone
from contact_center.events import bus
from contact_center.extensions import db
from contact_center.statement import Statement

FREE = "phone.free"  # a nudge, no event
LIVE_FOR = timedelta(seconds=25)  # without being seen again


def opened(key: str, agent_id: int) -> None:
    """The browser behind the socket *key* is the agent's telephone now, and no other is."""
    now = clock.now()
    row = insert(OpenPhone).values(agent_id=agent_id, key=key, seen_at=now)
    db.session.execute(row.on_conflict_do_update(index_elements=["agent_id"], set_={"key": key, "seen_at": now}))


def seen(keys: Collection[str]) -> None:
    """They are there still. One that is just being written is seen the next time: calls hold several, in any order."""
    if keys:
        here = select(OpenPhone.agent_id).where(OpenPhone.key.in_(keys)).with_for_update(skip_locked=True)
        db.session.execute(update(OpenPhone).where(OpenPhone.agent_id.in_(here)).values(seen_at=clock.now()))


def closed(key: str) -> None:
    """That browser telephones no more; another that has taken over is left alone."""
    db.session.execute(delete(OpenPhone).where(OpenPhone.key == key))


def of(agent_id: int) -> str | None:
    """The socket of the agent's telephone, if it was seen lately."""
    lately = OpenPhone.seen_at > clock.now() - LIVE_FOR
    return db.session.scalar(select(OpenPhone.key).where(OpenPhone.agent_id == agent_id, lately))


def use(agent_id: int, *, is_busy: bool) -> None:
    """Whether the agent is in a call: then no other is offered."""
    _USE.run({"agent_id": agent_id, "is_busy": is_busy})
    if not is_busy:
        bus.after_commit(FREE, {"agent": agent_id})


_USE = Statement("UPDATE open_phone SET is_busy = :is_busy WHERE agent_id = :agent_id")
