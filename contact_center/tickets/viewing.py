"""Who has read a ticket, and who is looking at it now.

"Read" is a row (`Seen`), for the unread marks. "Looking" is a heartbeat in Valkey that dies by itself: without Valkey nobody
seems to look, and that is all. The desk calls `look` about every 15 seconds while a ticket is open.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import Agent, initials
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.tickets.models import Seen, Ticket

STAYS_FOR = 40  # seconds without a heartbeat until somebody is gone
LOOK_AGAIN = 30 * 60  # seconds after which another look at a ticket is written into its history


class Doing(StrEnum):
    VIEWING = "viewing"
    REPLYING = "replying"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A colleague who has the ticket open."""

    agent_id: int
    name: str
    doing: Doing

    @property
    def initials(self) -> str:
        return initials(self.name)


def mark_seen(ticket: Ticket, agent: Agent) -> None:
    """Note that *agent* has read everything up to now; a look after a while is an event (who saw what is on record)."""
    now = clock.now()
    former = db.session.scalar(select(Seen.at).where(Seen.ticket_id == ticket.id, Seen.agent_id == agent.id))
    row = insert(Seen).values(ticket_id=ticket.id, agent_id=agent.id, at=now)
    newer = {"at": func.greatest(Seen.at, row.excluded.at)}
    db.session.execute(row.on_conflict_do_update(index_elements=["ticket_id", "agent_id"], set_=newer))
    if former is None or (now - former).total_seconds() > LOOK_AGAIN:
        log.record(Name.TICKET_VIEWED, ticket, agent)


def look(ticket_id: int, agent: Agent, doing: Doing = Doing.VIEWING) -> None:
    """Say that *agent* has the ticket open now."""
    key = _key(ticket_id)
    try:
        _valkey().pipeline().hset(key, str(agent.id), f"{doing}:{time.time():.0f}").expire(key, STAYS_FOR).execute()
    except RedisError:
        return


def leave(ticket_id: int, agent: Agent) -> None:
    """Say that *agent* has closed it."""
    try:
        _valkey().hdel(_key(ticket_id), str(agent.id))
    except RedisError:
        return


def others(ticket_id: int, agent: Agent) -> list[Viewer]:
    """Who else has it open, by name."""
    doing = {agent_id: what for agent_id, what in _looking(ticket_id).items() if agent_id != agent.id}
    if not doing:
        return []
    asked = select(Agent.id, Agent.name).where(Agent.id.in_(doing)).order_by(Agent.name)
    return [Viewer(row.id, row.name, doing[row.id]) for row in db.session.execute(asked)]


def _looking(ticket_id: int) -> dict[int, Doing]:
    try:
        beats = _valkey().hgetall(_key(ticket_id))
    except RedisError:
        return {}
    found: dict[int, Doing] = {}
    for agent_id, beat in beats.items():
        doing, _, at = beat.partition(":")
        if time.time() - float(at) < STAYS_FOR:
            found[int(agent_id)] = Doing(doing)
    return found


def _key(ticket_id: int) -> str:
    return f"looking:{ticket_id}"


def _valkey() -> Redis:
    kept: Redis | None = current_app.extensions.get("viewing")
    if kept is None:
        url = current_app.config["CC"].redis_url
        kept = Redis.from_url(url, decode_responses=True, socket_timeout=1, socket_connect_timeout=1)
        current_app.extensions["viewing"] = kept
    return kept
