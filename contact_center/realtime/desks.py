"""Which desks are open in this web process, and the thread that writes so on their agents' presence.

The sockets say who comes and goes. The rows are what counts: a killed process stops writing, its browsers connect to
another, and `presence.sweep` finds those who do not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from contact_center.agents import open_desks, open_phones, presence
from contact_center.extensions import db, socketio
from contact_center.realtime.phones import phones

EVERY = 8.0  # seconds; well below `open_desks.LIVE_FOR`

_log = logging.getLogger(__name__)


class Desks:
    """Socket id → agent id, for the sockets of this process."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}
        self._lock = Lock()
        self._unwatched: Flask | None = None

    def bind(self, app: Flask) -> None:
        """Let the thread write by *app*, once there is somebody to write about."""
        self._unwatched = app

    def opened(self, sid: str, agent_id: int) -> None:
        """A browser has connected; the first of a process starts the thread."""
        with self._lock:
            self._open[sid] = agent_id
            app, self._unwatched = self._unwatched, None
        if app is not None:
            socketio.start_background_task(self._watch, app)
        _write([agent_id], open_desks.opened, sid, agent_id)

    def closed(self, sid: str) -> None:
        """A browser is gone; if it was its agent's last one here, this is when they were seen last."""
        with self._lock:
            agent_id = self._open.pop(sid, None)
            left = set(self._open.values())
        if agent_id is not None:
            _write([agent_id] if agent_id not in left else [], open_desks.closed, sid)

    def agents(self) -> set[int]:
        """Whose desks are open here."""
        with self._lock:
            return set(self._open.values())

    def _watch(self, app: Flask) -> None:
        while True:
            socketio.sleep(EVERY)
            with app.app_context():
                self.write()

    def write(self) -> None:
        """Write who is here."""
        with self._lock:
            open_now = dict(self._open)
        _write(sorted(set(open_now.values())), open_desks.seen, list(open_now))
        _write([], open_phones.seen, phones.here())


def _write(here: list[int], verb: Callable[..., None], *what: Any) -> None:
    """Write what became of desks, and who is here, and commit. A database that does not answer is for the next time."""
    try:
        verb(*what)
        presence.seen(here)
        db.session.commit()
    except SQLAlchemyError as error:
        db.session.rollback()
        _log.warning("who is here was not noted: %s", type(error).__name__)
    finally:
        db.session.remove()


desks = Desks()
