"""The one source of "now", so that tests and the demo's history can stand at another time.

Everything that stamps a row calls `clock.now()`; durations inside one process use `time.monotonic()` instead.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return _standing.get() or datetime.now(UTC)


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Let `now()` answer *instant* inside the block, in this thread or task only."""
    token = _standing.set(instant)
    try:
        yield
    finally:
        _standing.reset(token)


@contextmanager
def moving() -> Iterator[Callable[[datetime], None]]:
    """Let `now()` stand wherever the block last moved it, by calling what it is given; in this thread or task only."""
    token = _standing.set(_standing.get())

    def move(instant: datetime) -> None:
        _standing.set(instant)

    try:
        yield move
    finally:
        _standing.reset(token)
