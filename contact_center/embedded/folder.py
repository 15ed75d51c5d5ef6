"""The data folder: where its parts lie, which locks guard it, and the secret that belongs to it.

locks/   up: one `./dev up` at a time     users: shared by all who use the servers, until they end
         keeper: held by the servers' keeper     start: whoever is looking whether a keeper is needed
pg/ run/ mq/   the servers' own, closed to all but their account        log/   what they print
servers.json   where the running servers answer                         secret   the site's SECRET_KEY
ports.json   the ports of the last `./dev up`
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from contact_center.embedded import CannotStart

PATIENCE = 5


class DataFolder:
    """One data folder, made on first use."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.cluster = self.path / "pg"
        self.sockets = self.path / "run"
        self.queue = self.path / "mq"
        self.log = self.path / "log"
        self.addresses = self.path / "servers.json"

    def make(self) -> DataFolder:
        """Create what is missing. Others may pass through the folder (the servers' account must) but not list it."""
        try:
            if not self.path.exists():
                self.path.mkdir(parents=True)
                self.path.chmod(0o711)
            for part in ("locks", "log"):
                (self.path / part).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise CannotStart(f"The data folder {self.path} cannot be used: {error.strerror}.") from error
        return self

    def note_ports(self, **ports: int) -> None:
        """Remember which ports `up` was given, for the commands that work beside it."""
        (self.path / "ports.json").write_text(json.dumps({name: str(port) for name, port in ports.items()}))

    def ports(self) -> dict[str, str]:
        """PORT and SMTP_PORT as the last `up` had them; nothing before there was one."""
        with suppress(OSError, ValueError):
            return dict(json.loads((self.path / "ports.json").read_text()))
        return {}

    def secret(self) -> str:
        """The site's secret key, generated once."""
        path = self.path / "secret"
        with self.locked("start"):
            if not path.exists():
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(secrets.token_urlsafe(48))
            return path.read_text().strip()

    def open_lock(self, name: str) -> TextIO:
        try:
            return (self.path / "locks" / name).open("a+")
        except OSError as error:
            raise CannotStart(f"The data folder {self.path} cannot be used: {error.strerror} ({name}).") from error

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Hold the lock *name* alone inside the block, waiting for it if need be."""
        with self.open_lock(name) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def take(self, name: str) -> TextIO | None:
        """The lock *name*, alone, until the file is closed; None when somebody holds it."""
        file = self.open_lock(name)
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        file.close()
        return None

    def claim(self) -> TextIO:
        """The right to be the one `up` here; raises CannotStart naming the process that has it."""
        file = self.take("up")
        if file is None:
            pid = (self.path / "locks" / "up").read_text().strip() or "?"
            raise CannotStart(f"The data folder {self.path} is in use by process {pid}: stop that, or set DATA_DIR.")
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        return file

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder while nobody uses its servers, a keeper's ending awaited; raises CannotStart otherwise."""
        deadline = time.monotonic() + PATIENCE
        while (locks := self._take_all()) is None:
            if time.monotonic() > deadline:
                raise CannotStart(f"The servers of {self.path} are in use by a command: wait for it, or stop it.")
            time.sleep(0.05)  # a keeper may be ending
        with locks[0], locks[1]:
            yield

    def _take_all(self) -> tuple[TextIO, TextIO] | None:
        """Both locks of the servers, or none: a keeper that is about to end waits for the first one."""
        users = self.take("users")
        keeper = self.take("keeper") if users else None
        if users and keeper:
            return users, keeper
        if users:
            users.close()
        return None
