"""Who fetches a mailbox: an advisory lock held by a database connection of its own. Losing the connection is losing it.

The mail room's fetchers use it so that two mail rooms do not fetch everything twice. Nothing depends on it for
correctness: that is what the unique keys of the raw rows are for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from contact_center.extensions import db

_MAILBOXES = 0x6D61696C  # "mail": keeps these locks apart from anybody else's
_TRY = text("SELECT pg_try_advisory_lock(:of, :id)")


class Lock:
    """A held lock."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def check(self) -> None:
        """Raise OperationalError if it is lost."""
        self._connection.execute(text("SELECT 1"))


@contextmanager
def of_mailbox(mailbox_id: int) -> Iterator[Lock | None]:
    """The lock of that mailbox while the block lasts, or None if somebody else has it. Needs an application context."""
    connection = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.detach()  # a session-level lock must not go back into the pool
    try:
        is_ours = connection.scalar(_TRY, {"of": _MAILBOXES, "id": mailbox_id})
        yield Lock(connection) if is_ours else None
    finally:
        connection.close()
