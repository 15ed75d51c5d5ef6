"""Who works on an import: a lock that dies with its process, so that a killed worker is followed at once.

Called by the jobs and the command around `work.steps`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select, update
from sqlalchemy import text as sql

from contact_center import clock
from contact_center.extensions import db
from contact_center.importing.models import WORKING, ImportRun, RunState
from contact_center.text import sayings
from contact_center.text.sayings import gettext

_LOCK_CLASS = 4218  # of the advisory locks by which workers show that they live; the number means nothing
MOST_ATTEMPTS = 5  # that broke one after the other


def is_uploaded(run_id: int) -> bool:
    """Whether a screen took the run's file in; else the command reads it where it lies."""
    return bool(db.session.scalar(select(ImportRun.file_id.is_not(None)).where(ImportRun.id == run_id)))


@contextmanager
def worker_of(run_id: int) -> Iterator[str | None]:
    """Be the one who works on a run for as long as this process lives; gives the claim, or None if it is not to be had.

    An uploaded file waits while another one is brought in, so that the other jobs have their turns.
    """
    with db.engine.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = []
        try:
            for lock in _locks(run_id):
                if not connection.scalar(_TRY_LOCK, {"class": _LOCK_CLASS, "id": lock}):
                    break
                held.append(lock)
            yield _claim(run_id) if len(held) == len(_locks(run_id)) else None
        finally:
            for lock in held:
                connection.execute(_UNLOCK, {"class": _LOCK_CLASS, "id": lock})


_TRY_LOCK = sql("SELECT pg_try_advisory_lock(:class, :id)")
_UNLOCK = sql("SELECT pg_advisory_unlock(:class, :id)")


def _locks(run_id: int) -> list[int]:
    """The run's own lock and, for an uploaded file, the one that there is for all of them."""
    return [run_id % 2**31, 0] if is_uploaded(run_id) else [run_id % 2**31]


def _claim(run_id: int) -> str | None:
    token = secrets.token_hex(8)
    taking = update(ImportRun).where(ImportRun.id == run_id, ImportRun.state.in_(WORKING))
    taken = db.session.scalar(taking.values(claim=token, attempts=ImportRun.attempts + 1).returning(ImportRun.attempts))
    if taken is not None and taken > MOST_ATTEMPTS:
        sentence = gettext("It broke %(many)d times at the same place; the log has the reason.", many=MOST_ATTEMPTS)
        fail(run_id, token, sentence)
        taken = None
    db.session.commit()
    return token if taken is not None else None


def fail(run_id: int, token: str, sentence: str) -> None:
    """End a run that cannot go on."""
    mine = update(ImportRun).where(ImportRun.id == run_id, ImportRun.claim == token)
    values = {"state": RunState.FAILED, "error": sayings.keep(sentence), "ended_at": clock.now(), "claim": None}
    db.session.execute(mine.values(**values))


def waiting() -> list[int]:
    """The uploaded files that are not in yet, oldest first."""
    asked = select(ImportRun.id).where(ImportRun.state.in_(WORKING), ImportRun.file_id.is_not(None))
    return list(db.session.scalars(asked.order_by(ImportRun.id).limit(20)))
