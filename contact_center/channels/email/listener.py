"""A listening SMTP server in a thread of its own, for the mail room's door and the demo's post office.

aiosmtpd's own Controller waits ten seconds to say that a port is taken, and leaves things open when it ends.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import Any

from aiosmtpd.smtp import SMTP

LONGEST_LINE = 1024 * 1024  # octets; RFC 5321 allows 1,000, and many who write HTML do not know


class _Server(SMTP):
    """One connection. Programs that break no lines are no reason to lose a mail; what is in memory stays bounded."""

    line_length_limit = LONGEST_LINE


class Listener:
    """*door* is aiosmtpd's handler; no limit of size if *max_bytes* is 0. Other options are those of its SMTP class."""

    def __init__(self, door: Any, host: str, port: int, max_bytes: int = 0, *, tls: Any = None, **options: Any) -> None:
        self._door = door
        self._place = (host, port)
        self._tls = tls
        self._options = {
            "data_size_limit": max_bytes or None, "enable_SMTPUTF8": True, "hostname": "contact-center",
            "ident": "Contact centre", **options,
        }  # fmt: skip
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="smtp listener", daemon=True)
        self._started: Future[asyncio.Server] = Future()
        self.port = port

    def start(self) -> None:
        """Listen, or raise OSError."""
        self._thread.start()
        self.port = self._started.result().sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Close the port and every connection; whoever had no answer yet comes back later."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def call(self, function: Any) -> Any:
        """Run *function* in the listener's own thread and wait for it."""
        done: Future[Any] = Future()
        self._loop.call_soon_threadsafe(lambda: done.set_result(function()))
        return done.result(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            opening = self._loop.create_server(self._protocol, *self._place, ssl=self._tls)
            server = self._loop.run_until_complete(opening)
        except OSError as error:
            self._loop.close()
            self._started.set_exception(error)
            return
        self._started.set_result(server)
        try:
            self._loop.run_forever()
        finally:
            self._loop.run_until_complete(self._end(server))
            self._loop.close()

    def _protocol(self) -> SMTP:
        return _Server(self._door, loop=self._loop, **self._options)

    async def _end(self, server: asyncio.Server) -> None:
        server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
