"""The socket events browsers may send. Each has a rule of `access`, checked here and listed in the access matrix."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import redis
import socketio as engine
from flask import Flask, request
from flask_security import current_user
from flask_socketio import emit, join_room, leave_room

from contact_center.access import Rule, may
from contact_center.extensions import db, socketio
from contact_center.realtime import frames, rooms, viewers, wall_store
from contact_center.realtime.desks import desks
from contact_center.realtime.phones import phones
from contact_center.realtime.walls import Viewer, walls
from contact_center.tickets import scope
from contact_center.wall import screens
from contact_center.wall.views import read_all as views_of

EVENTS: dict[str, Rule] = {}  # socket event -> who may send it; the access matrix reads this
_log = logging.getLogger(__name__)


def start(app: Flask) -> None:
    """Bind Socket.IO to *app*: threads, WebSocket only, every web process behind one message queue."""
    desks.bind(app)
    walls.bind(app)
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
        serializer=frames.Frame,
    )
    app.wsgi_app = frames.Guard(app.wsgi_app)  # type: ignore[method-assign]


def nudge(nudges: list[tuple[str, dict[str, int]]]) -> None:
    """Subscriber of the bus: tell the rooms concerned that something happened, once for the same ids."""
    shown = {tuple(sorted(ids.items())): (name, ids) for name, ids in nudges if name not in rooms.SILENT}
    for name, ids in shown.values():
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
def connect(auth: Any = None) -> bool:
    """Only the signed in connect; they hear of their queues and themselves from the first moment.

    A wallboard says so (`wall`, with the key of a television's link or without) and hears nothing but its pictures:
    it is nobody's desk.
    """
    try:
        if isinstance(auth, dict) and "wall" in auth:
            return _hangs_up_wall(auth["wall"])
        if not may(current_user, Rule.AGENT):
            return False
        for room in rooms.rooms_of(current_user):
            join_room(room)
        desks.opened(_sid(), current_user.id)
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
        wanted = rooms.rooms_at(scope.get(current_user, ticket_id))
    except LookupError:
        return
    _stop_watching(except_for=ticket_id)
    _sit_in(wanted)
    _kept()["watched"] = ticket_id
    people = viewers.look(ticket_id, _sid(), current_user, is_typing=bool(data.get("typing")))
    emit("viewers", {"ticket": ticket_id, "people": people}, to=f"ticket:{ticket_id}")


@_listen("unwatch")
def unwatch(*_: Any) -> None:
    """The tab shows no ticket any more."""
    _stop_watching()


@_listen("phone.open")
def open_phone(data: Any = None, *_: Any) -> dict[str, bool]:
    """This tab telephones from now on; not if another browser does, unless it says `take`."""
    takes = isinstance(data, dict) and data.get("take") is True
    is_ours = phones.open(_sid(), current_user.id, takes=takes)
    if is_ours:
        emit("phone.taken", {"key": _sid()}, to=f"agent:{current_user.id}")
    return {"ok": is_ours}


@_listen("phone.close")
def close_phone(*_: Any) -> dict[str, bool]:
    """It telephones no more: the microphone is gone, or the company does not answer."""
    phones.close(_sid())
    return {"ok": True}


@_listen("wall.watch", Rule.SCREEN)
def watch_wall(data: Any = None, *_: Any) -> dict[str, Any]:
    """This wall shows those views from now on; answered with their keys, pictures and series as far as there are."""
    viewer, written = _kept().get("viewer"), data.get("views") if isinstance(data, dict) else None
    try:
        views = views_of([str(one) for one in written]) if isinstance(written, list) else []
    except ValueError:
        views = []
    parts = walls.watch(_sid(), viewer, views) if viewer is not None and views else []
    keys, trends = [part.key for part in parts], wall_store.trends(parts)
    return {"keys": keys, "pictures": wall_store.last(parts), "trends": trends}


@socketio.on("disconnect")
def disconnect(*_: Any) -> None:
    """The tab is gone."""
    walls.leave(_sid())
    phones.close(_sid())
    desks.closed(_sid())
    try:
        _stop_watching()
    except redis.RedisError:
        _log.warning("a viewer's leaving was not noted: Valkey does not answer")
    finally:
        db.session.remove()


def _hangs_up_wall(key: Any) -> bool:
    """Whether whoever says that may look at a wall: a supervisor, or a television with a live link."""
    if isinstance(key, str) and key:
        screen = screens.holder(key)
        viewer = Viewer(None, screen.id) if screen is not None else None
    else:
        viewer = Viewer(current_user.id) if may(current_user, Rule.SUPERVISOR) else None
    _kept()["viewer"] = viewer
    return viewer is not None


def _stop_watching(except_for: int | None = None) -> None:
    watched = _kept().get("watched")
    if watched is None or watched == except_for:
        return
    del _kept()["watched"]
    _sit_in([])
    people = viewers.leave(watched, _sid())
    emit("viewers", {"ticket": watched, "people": people}, to=f"ticket:{watched}")


def _sit_in(wanted: list[str]) -> None:
    """The rooms of what is open, and none of what was; a ticket's customer may have been changed meanwhile."""
    for room in set(_kept().get("rooms", ())).difference(wanted):
        leave_room(room)
    for room in wanted:
        join_room(room)
    _kept()["rooms"] = wanted


def _kept() -> dict[str, Any]:
    """What this socket has open. Flask's session would not do: it stands still from the moment of connecting."""
    kept: dict[str, Any] = request.environ.setdefault("contact_center.socket", {})
    return kept


def _ticket_id(data: Any) -> int | None:
    """Whatever a browser sends, a ticket's id or nothing."""
    value = data.get("ticket") if isinstance(data, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31 else None


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]
