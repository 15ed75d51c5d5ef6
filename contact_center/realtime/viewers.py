"""Who else is looking: one hash per ticket in Valkey, socket id → person, forgotten after a few minutes of silence.

Ephemeral by nature: losing it costs a name on a screen.
"""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any

import redis
from flask import current_app

from contact_center.agents.models import Agent

_SILENT_AFTER = 150  # seconds; browsers repeat `watch` every minute


@cache
def _store(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=1, decode_responses=True)


def valkey() -> redis.Redis:
    """The store of what may be lost."""
    return _store(current_app.config["CC"].redis_url)


def look(ticket_id: int, sid: str, agent: Agent, *, is_typing: bool) -> list[dict[str, Any]]:
    """Note that *agent* looks at a ticket; returns everybody who does."""
    person = {"id": agent.id, "name": agent.name, "initials": agent.initials, "typing": is_typing, "at": time.time()}
    key = f"viewers:{ticket_id}"
    with valkey().pipeline() as pipe:
        pipe.hset(key, sid, json.dumps(person))
        pipe.expire(key, _SILENT_AFTER * 2)
        pipe.hgetall(key)
        return _people(pipe.execute()[-1])


def leave(ticket_id: int, sid: str) -> list[dict[str, Any]]:
    """Note that a socket is gone; returns who is left."""
    key = f"viewers:{ticket_id}"
    with valkey().pipeline() as pipe:
        pipe.hdel(key, sid)
        pipe.hgetall(key)
        return _people(pipe.execute()[-1])


def _people(entries: dict[str, str]) -> list[dict[str, Any]]:
    """One entry per person, however many tabs; typing in one of them is typing."""
    people: dict[int, dict[str, Any]] = {}
    for entry in entries.values():
        person = json.loads(entry)
        if person.pop("at") < time.time() - _SILENT_AFTER:
            continue
        known = people.setdefault(person["id"], person)
        known["typing"] = known["typing"] or person["typing"]
    return sorted(people.values(), key=lambda person: str(person["name"]))
