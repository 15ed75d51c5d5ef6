"""Open SMTP connections, kept for a while so that a burst of mails needs one sign-in. Threads may share them.

Only `sending` uses this. A line is out of the pool while somebody sends on it; a forked child begins with none.
"""

from __future__ import annotations

import os
import smtplib
import threading
import time
from contextlib import suppress

from contact_center.channels.email import connecting
from contact_center.channels.email.connecting import Server

IDLE = 30.0  # seconds after which an unused line is closed
MOST_IDLE = 8

_Key = tuple[Server, str]


class Pool:
    """Idle lines by server and greeting name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[float, _Key, smtplib.SMTP]] = []
        self._reaper: threading.Timer | None = None

    def take(self, server: Server, name: str) -> smtplib.SMTP:
        """A line that answers: an idle one, or a new one."""
        while line := self._pop((server, name)):
            if _answers(line):
                return line
        return connecting.smtp(server, name)

    def give_back(self, server: Server, name: str, line: smtplib.SMTP) -> None:
        """Keep *line* for the next mail."""
        with self._lock:
            self._idle.append((time.monotonic(), (server, name), line))
            surplus = self._idle[:-MOST_IDLE]
            self._idle = self._idle[-MOST_IDLE:]
            self._watch()
        for _, _, old in surplus:
            close(old)

    def close_idle(self, older_than: float = 0.0) -> None:
        """Close lines that have been idle for that many seconds."""
        limit = time.monotonic() - older_than
        with self._lock:
            old = [entry for entry in self._idle if entry[0] <= limit]
            self._idle = [entry for entry in self._idle if entry[0] > limit]
            self._reaper = None
            self._watch()
        for _, _, line in old:
            close(line)

    def forget(self) -> None:
        """Leave the lines to the parent process: closing them here would end its conversations."""
        self.__init__()  # type: ignore[misc]

    def _pop(self, key: _Key) -> smtplib.SMTP | None:
        with self._lock:
            for index in range(len(self._idle) - 1, -1, -1):
                if self._idle[index][1] == key:
                    return self._idle.pop(index)[2]
        return None

    def _watch(self) -> None:
        if self._idle and self._reaper is None:
            self._reaper = threading.Timer(IDLE, self.close_idle, (IDLE,))
            self._reaper.daemon = True
            self._reaper.start()


def close(line: smtplib.SMTP) -> None:
    """Say goodbye without waiting for long."""
    with suppress(OSError, smtplib.SMTPException):
        if line.sock is not None:
            line.sock.settimeout(2)
            line.quit()
    line.close()


def _answers(line: smtplib.SMTP) -> bool:
    try:
        return line.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        line.close()
        return False


pool = Pool()
os.register_at_fork(after_in_child=pool.forget)
