"""The socket events browsers may send. Each has a rule of `access`, checked here and listed in the access matrix."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import redis
import socketio as engine
from flask import Flask, request, session
from flask_security import current_user
from flask_socketio import emit, join_room, leave_room

from contact_center.access import Rule, may
from contact_center.extensions import db, socketio
from contact_center.realtime import rooms, viewers
from contact_center.tickets import scope

EVENTS: dict[str, Rule] = {}  # socket event -> who may send it; the access matrix reads this
_log = logging.getLogger(__name__)


def start(app: Flask) -> None:
    """Bind Socket.IO to *app*: threads, WebSocket only, every web process behind one message queue."""
    quiet = {"socket_timeout": None, "socket_connect_timeout": 2, "health_check_interval": 25}
    socketio.init_app(
        app,
        async_mode="threading",
        transports=["websocket"],
        client_manager=engine.RedisManager(app.config["CC"].redis_url, redis_options=quiet),
        max_http_buffer_size=16 * 1024,
        ping_interval=20,
        ping_timeout=20,
        manage_session=False,
    )


def nudge(nudges: list[tuple[str, dict[str, int]]]) -> None:
    """Subscriber of the bus: tell the rooms concerned that something happened, once for the same ids."""
    for name, ids in {tuple(sorted(ids.items())): (name, ids) for name, ids in nudges}.values():
        if heard_by := rooms.rooms_for(ids):
            socketio.emit("nudge", {"name": name, "ids": ids}, to=heard_by)
    if any(name in ("queue.changed", "team.changed") for name, _ in nudges):
        socketio.emit("rejoin", {})


def _listen(event: str, needed: Rule = Rule.AGENT) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a handler that runs only for those who may, and never takes the connection down."""
    EVENTS[event] = needed

    def register(handler: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(handler)
        def guarded(*args: Any) -> Any:
            try:
                if may(current_user, needed):
                    return handler(*args)
            except redis.RedisError:
                _log.warning("socket event %s: Valkey does not answer", event)
            finally:
                db.session.remove()
            return None

        socketio.on_event(event, guarded)
        return guarded

    return register


@socketio.on("connect")
def connect(_auth: Any = None) -> bool:
    """Only the signed in connect; they hear of their queues and themselves from the first moment."""
    try:
        if not may(current_user, Rule.AGENT):
            return False
        for room in rooms.rooms_of(current_user):
            join_room(room)
        return True
    finally:
        db.session.remove()


@_listen("rejoin")
def rejoin(*_: Any) -> None:
    """Membership may have changed: sit in the right rooms again."""
    for room in rooms.rooms_of(current_user):
        join_room(room)


@_listen("watch")
def watch(data: Any = None, *_: Any) -> None:
    """A ticket is open in this tab (repeated every minute, and when typing begins or stops)."""
    ticket_id = _ticket_id(data)
    if ticket_id is None:
        return
    try:
        scope.get(current_user, ticket_id)
    except LookupError:
        return
    _stop_watching(except_for=ticket_id)
    join_room(f"ticket:{ticket_id}")
    session["watched"] = ticket_id
    people = viewers.look(ticket_id, _sid(), current_user, is_typing=bool(data.get("typing")))
    emit("viewers", {"ticket": ticket_id, "people": people}, to=f"ticket:{ticket_id}")


@_listen("unwatch")
def unwatch(*_: Any) -> None:
    """The tab shows no ticket any more."""
    _stop_watching()


@socketio.on("disconnect")
def disconnect(*_: Any) -> None:
    """The tab is gone."""
    try:
        _stop_watching()
    except redis.RedisError:
        _log.warning("a viewer's leaving was not noted: Valkey does not answer")
    finally:
        db.session.remove()


def _stop_watching(except_for: int | None = None) -> None:
    watched = session.get("watched")
    if watched is None or watched == except_for:
        return
    session.pop("watched", None)
    leave_room(f"ticket:{watched}")
    people = viewers.leave(watched, _sid())
    emit("viewers", {"ticket": watched, "people": people}, to=f"ticket:{watched}")


def _ticket_id(data: Any) -> int | None:
    """Whatever a browser sends, a ticket's id or nothing."""
    value = data.get("ticket") if isinstance(data, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31 else None


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]
