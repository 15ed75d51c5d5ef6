"""The mail room: one process that fetches every mailbox, listens for SMTP, and hands what it kept to the funnel.

Started by `contact-center mailroom`. Any number of these may run: locks share out the mailboxes, unique keys keep every
mail single. A signal ends it within seconds; a kill loses nothing, since only committed mail is answered for.
"""

from __future__ import annotations

import logging
import queue
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from contact_center.channels import inbox
from contact_center.channels.base import RawMessage
from contact_center.channels.email import connecting, health, settings, smtpd
from contact_center.channels.email.fetching import Source
from contact_center.channels.email.listener import Listener
from contact_center.channels.email.locks import Locks
from contact_center.channels.email.mailbox import Fetcher, Pace
from contact_center.errors import ContactCenterError
from contact_center.events import hearing
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox

THINKERS = 2
WAITING = 200  # kept mails in memory before fetching waits for thinking
SMALL = 256 * 1024  # a larger one is read back from its row instead of waiting in memory
_SWEEP = 5.0
_REREAD = 30.0

Kept = tuple[int, RawMessage | None]  # a row's id, and the message itself where it is small
_log = logging.getLogger(__name__)


class MailRoom:
    """All threads of the mail room."""

    def __init__(self, app: Flask, pace: Pace | None = None) -> None:
        self._app = app
        self._config = app.config["CC"]
        self._pace = pace or Pace()
        self._stopping = threading.Event()
        self._waiting: queue.Queue[Kept | None] = queue.Queue(WAITING)  # None: stop
        self._fetchers: dict[int, Fetcher] = {}
        self._locks = Locks()
        self._threads: list[threading.Thread] = []
        self._door = smtpd.Door(app, self._take_in)
        self._listener: Listener | None = None

    def serve(self) -> None:
        """Work until `stop`; must be called in the main thread of the process, or in a test's."""
        try:
            self._start()
            while not self._stopping.is_set():
                try:
                    self._follow_changes()
                except (SQLAlchemyError, psycopg.Error) as error:  # while listening, the driver speaks for itself
                    _log.warning("the database is away: %s", type(error).__name__)
                    self._stopping.wait(self._pace.for_database)
        finally:
            self._end()

    def stop(self, *_: Any) -> None:
        """End soon; usable as a signal handler."""
        self._stopping.set()

    def _start(self) -> None:
        for number in range(THINKERS):
            self._spawn(self._think, f"thinker {number + 1}")
        self._spawn(self._sweep, "sweeper")

    def _listen(self) -> None:
        """Open the SMTP listener; while another mail room has the port, that one takes the mail, and we try again."""
        host, port = self._config.smtp_host, self._config.smtp_port
        if self._listener or not port:
            return
        listening = Listener(self._door, host, port, self._config.max_mail_bytes)
        try:
            listening.start()
        except OSError as error:
            _log.warning("not listening for mail on %s:%s: %s", host, port, error.strerror or error)
            return
        self._listener = listening
        _log.info("listening for mail on %s:%s", host, port)

    def _spawn(self, work: Any, name: str) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _end(self) -> None:
        self._stopping.set()
        if self._listener:
            self._listener.stop()
        self._door.close()
        for fetcher in self._fetchers.values():
            fetcher.stop()
        self._send_home()
        until = time.monotonic() + 4
        for thread in (*self._fetchers.values(), *self._threads):
            thread.join(max(0.0, until - time.monotonic()))
        self._locks.close()

    def _send_home(self) -> None:
        """Wake the thinkers. What still waits is in its rows, where the next mail room finds it."""
        with suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()
        for _ in range(THINKERS):
            with suppress(queue.Full):
                self._waiting.put_nowait(None)

    # Kept mail, and what becomes of it

    def _hand_over(self, raws: Sequence[RawMessage], stopping: threading.Event) -> None:
        """For fetchers: keep, then wait for a free place, so that fetching never runs far ahead of thinking."""
        for entry in self._kept(raws):
            while not (stopping.is_set() or self._stopping.is_set()):
                with suppress(queue.Full):
                    self._waiting.put(entry, timeout=0.5)
                    break

    def _take_in(self, raws: Sequence[RawMessage]) -> None:
        """For the listener: keep; whoever sent it waits for our 250, so what finds no place is left to the sweeper."""
        for entry in self._kept(raws):
            with suppress(queue.Full):
                self._waiting.put_nowait(entry)

    def _kept(self, raws: Sequence[RawMessage]) -> list[Kept]:
        ids = inbox.keep(raws)
        return [(i, raw if len(raw.payload) <= SMALL else None) for i, raw in zip(ids, raws, strict=True)]

    def _think(self) -> None:
        while (entry := self._waiting.get()) is not None and not self._stopping.is_set():
            raw_id, raw = entry
            with self._app.app_context():
                try:
                    inbox.process(raw_id, raw)
                except Exception:  # noqa: BLE001 (its row stays NEW: the sweeper comes back to it)
                    _log.exception("raw message %s was not filed", raw_id)

    def _sweep(self) -> None:
        """Carry on with what an earlier process, or a failed try, has left."""
        while not self._stopping.is_set():
            with self._app.app_context():
                try:
                    swept = inbox.sweep()
                except Exception:  # noqa: BLE001 (the next sweep will see)
                    _log.exception("sweeping failed")
                    swept = 0
            if not swept:
                self._stopping.wait(_SWEEP)

    # Which mailboxes are fetched

    def _follow_changes(self) -> None:
        """Start and stop fetchers as the settings say; look again on a NOTIFY, and every half minute."""
        with self._app.app_context():
            connection = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()
            try:
                connection.execute(text(f"LISTEN {settings.MAILROOM}"))
                while not self._stopping.is_set():
                    self._listen()
                    self._match(self._wanted())
                    for mailbox_id in self._wait_for_change(connection.connection.dbapi_connection):
                        self._retire(mailbox_id)
            finally:
                connection.close()

    def _wait_for_change(self, listening: Any) -> list[int]:
        """The mailboxes to begin anew with, after a NOTIFY or half a minute."""
        until = time.monotonic() + _REREAD
        while time.monotonic() < until and not self._stopping.is_set():
            told = hearing.told(listening, 0.5)
            if told:
                return [int(payload) for payload in told if payload.isdecimal()]
        return []

    def _wanted(self) -> dict[int, Source]:
        mailboxes = db.session.scalars(select(Mailbox).where(Mailbox.is_active, Mailbox.imap_host.is_not(None))).all()
        wanted = {mailbox.id: source for mailbox in mailboxes if (source := self._source(mailbox))}
        db.session.commit()
        return wanted

    def _source(self, mailbox: Mailbox) -> Source | None:
        try:
            server = connecting.imap_server(mailbox)
        except ContactCenterError as error:  # a password sealed with another key
            health.failed(mailbox.id, error.sentence)
            return None
        assert server is not None
        return Source(
            mailbox.id, mailbox.address, mailbox.version, server, mailbox.imap_folder, mailbox.marks_seen,
            mailbox.imap_since, self._config.max_mail_bytes, mailbox.authserv_id,
        )  # fmt: skip

    def _match(self, wanted: dict[int, Source]) -> None:
        for mailbox_id, fetcher in list(self._fetchers.items()):
            source = wanted.get(mailbox_id)
            if source is None or source.version != fetcher.source.version or not fetcher.is_alive():
                self._retire(mailbox_id)
        for mailbox_id, source in wanted.items():
            if mailbox_id not in self._fetchers:
                self._fetchers[mailbox_id] = Fetcher(self._app, source, self._hand_over, self._locks, self._pace)
                self._fetchers[mailbox_id].start()
                _log.info("fetching %s", source.address)

    def _retire(self, mailbox_id: int) -> None:
        if fetcher := self._fetchers.pop(mailbox_id, None):
            fetcher.stop()
            fetcher.join(5)


def run(app: Flask) -> None:
    """Serve until SIGTERM or SIGINT."""
    room = MailRoom(app)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, room.stop)
    room.serve()
