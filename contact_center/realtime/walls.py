"""The walls that hang on sockets of this web process, and the thread that paints them while there are any.

One picture a second for everybody who watches the same, by whichever process takes the turn, pushed to a room. Nobody
watches: no thread, no turn, no statement. What a viewer may see is asked again every few seconds.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import redis
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from contact_center.agents.models import Agent
from contact_center.extensions import db, socketio
from contact_center.realtime import wall_store
from contact_center.realtime.wall_store import EVERY
from contact_center.wall import facts, figures, limits, screens
from contact_center.wall.day import Today
from contact_center.wall.views import Part, View

ASKED_EVERY = 10.0  # seconds between two looks at what the viewers may see
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: an agent, or a television by its link."""

    agent_id: int | None
    screen_id: int | None = None

    def parts(self, views: Sequence[View]) -> list[Part]:
        """What they see of *views* now; nothing if they may not look any more. A television shows its own only."""
        if self.screen_id is not None:
            screen = screens.live(self.screen_id)
            if screen is None or not set(views) <= set(screens.views(screen)):
                return []
            if screens.note_use(screen):
                db.session.commit()
            visible = screens.visible(screen.agent)
            return [replace(view.among(visible), names_agents=screen.names_agents) for view in views]
        agent = db.session.get(Agent, self.agent_id or 0, populate_existing=True)
        if agent is None or not (agent.active and agent.is_supervisor):
            return []
        visible = screens.visible(agent)
        return [view.among(visible) for view in views]


@dataclass(frozen=True, slots=True)
class _Watch:
    viewer: Viewer
    views: tuple[View, ...]
    parts: tuple[Part, ...]


class Walls:
    """Socket id → what it watches, for the sockets of this process."""

    def __init__(self) -> None:
        self._watches: dict[str, _Watch] = {}
        self._lock = Lock()
        self._app: Flask | None = None
        self._is_painting = False
        self._today = Today()

    def bind(self, app: Flask) -> None:
        """Let the thread read by *app*, once there is somebody to read for."""
        self._app = app

    def watch(self, sid: str, viewer: Viewer, views: Sequence[View]) -> list[Part]:
        """Let that socket see *views*, and nothing else; returns what of them, nothing if it may not look at all."""
        parts = viewer.parts(views)
        self.leave(sid, except_for=parts)
        if not parts:
            return []
        for part in parts:
            _server().enter_room(sid, room(part))
        with self._lock:
            self._watches[sid] = _Watch(viewer, tuple(views), tuple(parts))
            starts, self._is_painting = not self._is_painting, True
        wall_store.watch(parts)
        if starts and self._app is not None:
            socketio.start_background_task(self._paint, self._app)
        return parts

    def leave(self, sid: str, except_for: Sequence[Part] = ()) -> None:
        """It watches nothing any more."""
        with self._lock:
            watch = self._watches.pop(sid, None)
        for part in watch.parts if watch is not None else ():
            if part not in except_for:
                _server().leave_room(sid, room(part))

    def count(self) -> int:
        """How many sockets watch here."""
        with self._lock:
            return len(self._watches)

    def _paint(self, app: Flask) -> None:
        """Every second, until nobody is left: paint if it is our turn; and say who is still here."""
        asked_at = time.monotonic()
        while self._is_watched():
            with app.app_context():
                try:
                    if time.monotonic() - asked_at >= ASKED_EVERY:
                        asked_at = time.monotonic()
                        self.ask_again()
                    paint(self._today)
                except (redis.RedisError, SQLAlchemyError) as error:
                    _log.warning("the wall was not painted: %s", type(error).__name__)
                finally:
                    db.session.remove()
            socketio.sleep(EVERY - time.time() % EVERY)

    def _is_watched(self) -> bool:
        """Whether anybody is left; the thread that hears no ends, and the next viewer starts another."""
        with self._lock:
            self._is_painting = bool(self._watches)
            return self._is_painting

    def ask_again(self) -> None:
        """What may each see now? Whoever may not look any more is told, and hears nothing further."""
        with self._lock:
            watches = dict(self._watches)
        for sid, watch in watches.items():
            parts = watch.viewer.parts(watch.views)
            if parts != list(watch.parts):
                self._move(sid, watch, parts)
        with self._lock:
            wall_store.watch(part for watch in self._watches.values() for part in watch.parts)

    def _move(self, sid: str, watch: _Watch, parts: list[Part]) -> None:
        """That viewer sees something else now: they are told to ask anew, or that there is nothing for them."""
        with self._lock:
            if self._watches.get(sid) is not watch:  # gone, or watches something else meanwhile
                return
        self.leave(sid)
        socketio.emit("wall.changed" if parts else "wall.gone", {}, to=sid)


def room(part: Part) -> str:
    """Where everybody who watches the same sits."""
    return f"wall:{part.key}"


def paint(today: Today) -> int:
    """Compute and push what anybody watches, if it is this process's turn; returns how many pictures."""
    if not wall_store.take_turn(str(os.getpid())):
        return 0
    begun = time.monotonic()
    try:
        parts, before = wall_store.watched()
        made = _pictures(parts, before, today)
        if made:
            wall_store.remember(made)
        for key, (picture, _tones) in made.items():
            socketio.emit("wall", picture, to=f"wall:{key}")
        return len(made)
    finally:
        wall_store.end_turn(EVERY * 0.9 - (time.monotonic() - begun))


def _pictures(
    parts: list[Part], before: dict[str, dict[str, int]], today: Today
) -> dict[str, tuple[dict[str, object], dict[str, int]]]:
    if not parts:
        return {}
    read, known = facts.read(today), limits.read()
    return {part.key: figures.picture(read, part, known, before.get(part.key, {})) for part in parts}


def _server() -> Any:
    return socketio.server


walls = Walls()
