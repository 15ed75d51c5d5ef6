"""Nudges after commit: whoever subscribed hears a transaction's `(name, ids)`, together, and never any content.

`wiring` subscribes; `events.log` and the inbox feed it. A nudge may be lost (a dead broker, a killed process): rows
are the truth, sweepers and the browser's own refetch make up for it, so a failing subscriber is logged and passed over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from contact_center.extensions import db

Ids = dict[str, int]
Nudge = tuple[str, Ids]
Subscriber = Callable[[list[Nudge]], None]

_subscribers: list[Subscriber] = []
_mute: ContextVar[bool] = ContextVar("mute", default=False)
_log = logging.getLogger(__name__)


def subscribe(subscriber: Subscriber) -> None:
    """Add a subscriber once; it is called in the committing thread, with all nudges, and must be quick."""
    if subscriber not in _subscribers:
        _subscribers.append(subscriber)


@contextmanager
def only(subscriber: Subscriber) -> Iterator[None]:
    """Call nobody else inside the block: what happens there is another time's."""
    usual = _subscribers[:]
    _subscribers[:] = [subscriber]
    try:
        yield
    finally:
        _subscribers[:] = usual


def after_commit(name: str, ids: Ids) -> None:
    """Nudge about *name* when the current transaction has committed."""
    db.session.info.setdefault("nudges", []).append((str(name), ids))


@contextmanager
def muted() -> Iterator[None]:
    """Nudge nobody inside the block: history that is being written, or filled in, concerns no open desk."""
    _mute.set(True)
    try:
        yield
    finally:
        _mute.set(False)


@contextmanager
def taken_back() -> Iterator[None]:
    """Nudge about nothing that happens inside the block: it is rolled back to where it began."""
    before = list(db.session.info.get("nudges", []))
    try:
        yield
    finally:
        db.session.info["nudges"] = before


@event.listens_for(Session, "after_commit")
def _flush(session: Session) -> None:
    if session.in_nested_transaction():
        return
    nudges: list[Nudge] = session.info.pop("nudges", [])
    if _mute.get() or not nudges:
        return
    for subscriber in _subscribers:
        _tell(subscriber, nudges)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: Any) -> None:
    if not session.in_nested_transaction():
        session.info.pop("nudges", None)


def _tell(subscriber: Subscriber, nudges: list[Nudge]) -> None:
    try:
        subscriber(nudges)
    except Exception:  # noqa: BLE001 (a dead broker must not undo what is committed)
        _log.exception("%d nudges were not passed on", len(nudges))
