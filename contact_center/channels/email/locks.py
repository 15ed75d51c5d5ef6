"""Who fetches a mailbox: advisory locks, held by one database connection of this mail room, and lost with it.

The mail room's fetchers use them so that two mail rooms do not fetch everything twice. Nothing depends on them for
correctness: that is what the unique keys of the raw rows are for.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from contact_center.extensions import db

_MAILBOXES = 0x6D61696C  # "mail": keeps these locks apart from anybody else's
_TRY = "SELECT pg_try_advisory_lock(:of, :id)"
_GIVE_BACK = "SELECT pg_advisory_unlock(:of, :id)"


class Locks:
    """The locks of one mail room; its fetchers share this object. Every call needs an application context."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._connection: Connection | None = None
        self._held: set[int] = set()

    @contextmanager
    def of(self, mailbox_id: int) -> Iterator[bool]:
        """Hold the lock of that mailbox while the block lasts; False if somebody else has it."""
        is_ours = self._take(mailbox_id)
        try:
            yield is_ours
        finally:
            if is_ours:
                self._give_back(mailbox_id)

    def check(self, mailbox_id: int) -> None:
        """Raise OperationalError if the lock was lost."""
        with self._mutex:
            self._execute("SELECT :of + :id")
            if mailbox_id not in self._held:
                raise OperationalError("", None, ConnectionError("the connection that held the lock is gone"))

    def close(self) -> None:
        """Let go of everything."""
        with self._mutex:
            self._drop()

    def _take(self, mailbox_id: int) -> bool:
        with self._mutex:
            if mailbox_id in self._held:  # PostgreSQL would give it to us twice
                return False
            is_ours = bool(self._execute(_TRY, mailbox_id))
            if is_ours:
                self._held.add(mailbox_id)
            return is_ours

    def _give_back(self, mailbox_id: int) -> None:
        with self._mutex, suppress(SQLAlchemyError):
            if mailbox_id in self._held:
                self._held.discard(mailbox_id)
                self._execute(_GIVE_BACK, mailbox_id)

    def _execute(self, statement: str, mailbox_id: int = 0) -> object:
        """Run *statement* on the connection, opened where needed; a broken one takes all locks with it."""
        try:
            if self._connection is None:
                self._connection = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                self._connection.detach()  # session-level locks must not go back into the pool
            return self._connection.scalar(text(statement), {"of": _MAILBOXES, "id": mailbox_id})
        except SQLAlchemyError:
            self._drop()
            raise

    def _drop(self) -> None:
        self._held.clear()
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.close()
