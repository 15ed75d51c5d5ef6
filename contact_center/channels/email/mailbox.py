"""One mailbox, one thread: hold its lock, connect, fetch what is new, wait for more, and try again later when it fails.

`mailroom.MailRoom` starts and stops these. Other mailboxes are not affected by anything that happens here.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from contact_center.channels.base import RawMessage
from contact_center.channels.email import connecting, explaining, health
from contact_center.channels.email.fetching import Folder, Memory, Source
from contact_center.channels.email.locks import Locks

Handover = Callable[[Sequence[RawMessage], threading.Event], None]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between things."""

    look: float = 60.0  # a look without being called: the safety net under IDLE, well below its limit of 29 minutes
    look_again: float = 1.0  # after mail has come: what arrives while we begin to IDLE may not be called out
    first_retry: float = 5.0
    last_retry: float = 900.0
    after_refused_login: float = 60.0  # more often would lock the account
    for_lock: float = 5.0
    for_database: float = 2.0


class Fetcher(threading.Thread):
    """The thread of one mailbox. `hand_over` commits raw messages; it may make us wait while others are behind."""

    def __init__(self, app: Flask, source: Source, hand_over: Handover, locks: Locks, pace: Pace) -> None:
        super().__init__(name=f"mailbox {source.address}", daemon=True)
        self.source = source
        self._app = app
        self._hand_over = hand_over
        self._locks = locks
        self._pace = pace
        self._memory = Memory()
        self._stopping = threading.Event()
        self._socket: Any = None
        self._failures = 0

    def stop(self) -> None:
        """Ask it to end now, whatever it is waiting for."""
        self._stopping.set()
        connecting.cut(self._socket)

    def run(self) -> None:
        while not self._stopping.is_set():
            with self._app.app_context():
                wait = self._attempt()
            self._stopping.wait(wait)

    def _attempt(self) -> float:
        """One session; returns the seconds to wait before the next."""
        kept = self._memory.kept
        try:
            with self._locks.of(self.source.mailbox_id) as is_ours:
                if not is_ours:
                    return self._pace.for_lock
                self._session()
                return 0.0
        except SQLAlchemyError as error:
            _log.warning("mailbox %s: the database is away (%s)", self.source.address, type(error).__name__)
            return self._pace.for_database
        except Exception as error:  # noqa: BLE001 (the loop of this thread: recorded, and tried again)
            if self._stopping.is_set():
                return 0.0
            self._failures = 1 if self._memory.kept > kept else self._failures + 1
            return self._failed(error)

    def _session(self) -> None:
        client = connecting.imap(self.source.server, self.source.patience)
        self._socket = client.socket()
        try:
            folder = Folder(client, self.source, self._memory, self._keep)
            folder.open()
            while not self._stopping.is_set():
                self._locks.check(self.source.mailbox_id)
                has_come = folder.look() > 0
                while has_come and folder.look():  # and more, while we fetched
                    continue
                self._worked()
                is_called = self._wait(client, self._pace.look_again if has_come else self._pace.look)
                if not (is_called or has_come):
                    folder.open()  # a folder made anew has other numbers, and not every server says so
        finally:
            connecting.hang_up(client)

    def _wait(self, client: Any, seconds: float) -> bool:
        """Wait until the server calls (True) or it is time to look anyway (False)."""
        if not client.has_capability("IDLE"):
            self._stopping.wait(seconds)
            return False
        client.idle()
        called = client.idle_check(timeout=seconds)
        if self._stopping.is_set():
            return False
        client.idle_done()
        return bool(called)

    def _keep(self, raws: Sequence[RawMessage]) -> None:
        if raws:
            self._hand_over(raws, self._stopping)

    def _worked(self) -> None:
        self._failures = 0
        health.worked(self.source.mailbox_id)

    def _failed(self, error: Exception) -> float:
        sentence = explaining.sentence(error, self.source.server)
        _log.warning("mailbox %s: %s (%r)", self.source.address, sentence, error)
        try:
            health.failed(self.source.mailbox_id, sentence)
        except SQLAlchemyError:
            return self._pace.for_database
        return self._back_off(error)

    def _back_off(self, error: Exception) -> float:
        """Longer each time, with jitter so that mailboxes of one broken server do not come back together."""
        first = self._pace.after_refused_login if explaining.is_refused_login(error) else self._pace.first_retry
        longest = min(self._pace.last_retry, first * 2 ** min(self._failures - 1, 20))
        return longest * random.uniform(0.6, 1.0)
