"""The dispatcher's bells: PostgreSQL's NOTIFY after a commit that may change who can be offered what, or by which a
call wants something of the telephone company.

They go over a connection of their own, once a process. Losing a ring costs a second, the dispatcher's own beat, so in a
burst a process rings each only so often.
"""

from __future__ import annotations

import logging
import os
import time
from threading import Lock

import psycopg

from contact_center.events.names import Name
from contact_center.extensions import db

ROUTING, TELEPHONE = "routing", "telephone"
AT_WORK = 4219  # the advisory lock that dispatchers share while they live; the number means nothing
_PAUSE = 0.03  # seconds between two rings of one process
_HEARD = {
    ROUTING: ("message.", "ticket.", "presence.", "offer.", "interaction.", "promise.", "channel", "queue.", "agent.",
              "phone."),
    TELEPHONE: (Name.CALL_COMMANDED,),
}  # fmt: skip
_log = logging.getLogger(__name__)


def concerned(nudges: list[tuple[str, dict[str, int]]]) -> list[str]:
    """Whose bell is to ring for these."""
    return [bell for bell, heard in _HEARD.items() if any(name.startswith(heard) for name, _ids in nudges)]


class Bell:
    """One line to the database, opened when it is first rung."""

    def __init__(self) -> None:
        self._line: psycopg.Connection | None = None
        self._rung_at: dict[str, float] = {}
        self._lock = Lock()

    def begin_anew(self) -> None:
        """For a forked process, which must not speak on its parent's line, nor hang it up."""
        self._parents_line, self._line = self._line, None
        self._rung_at, self._lock = {}, Lock()

    def nudge(self, nudges: list[tuple[str, dict[str, int]]]) -> None:
        """Subscriber of the bus."""
        for one in concerned(nudges):
            self.ring(one)

    def ring(self, which: str = ROUTING) -> None:
        """Wake who hears *which*, unless they were woken a moment ago: they look twice."""
        with self._lock:
            if time.monotonic() - self._rung_at.get(which, 0.0) < _PAUSE:
                return
            try:
                self._line = self._line or listening()
                self._line.execute(f"NOTIFY {which}")
                self._rung_at[which] = time.monotonic()
            except psycopg.Error as error:
                self._line = None
                _log.warning("the dispatcher was not woken: %s", type(error).__name__)


def listening() -> psycopg.Connection:
    """A connection outside the session's pool, that commits by itself."""
    arguments, options = db.engine.dialect.create_connect_args(db.engine.url)
    return psycopg.connect(*arguments, **options, autocommit=True)


bell = Bell()
os.register_at_fork(after_in_child=bell.begin_anew)
