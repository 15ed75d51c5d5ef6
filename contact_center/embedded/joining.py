"""Use a data folder's servers: join those that run there, or have a keeper start them.

Whoever joins holds the shared lock `users` until its process ends; the keeper stops the servers after the last one.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TextIO

from contact_center.embedded import CannotStart
from contact_center.embedded.folder import DataFolder

SERVERS = {"postgres": ("DATABASE_URL",), "valkey": ("BROKER_URL", "REDIS_URL")}
PATIENCE = 90


class Servers:
    """A use of the servers: `urls` says where they answer. They stay up at least until `leave`."""

    def __init__(self, folder: DataFolder, options: list[str]) -> None:
        self.folder = folder
        self.options = options
        self._users: TextIO | None = None
        self._keeper: subprocess.Popen[str] | None = None  # when we were the one to start it
        self.urls: dict[str, str] = {}

    def join(self) -> Servers:
        """Make sure that they run and take part in their use; also mends the use after the keeper died."""
        if self._users is None:
            self._users = self.folder.open_lock("users")
            fcntl.flock(self._users, fcntl.LOCK_SH)  # waits while a keeper is stopping them
        try:
            with self.folder.locked("start"):
                self._ensure_keeper()
                self.urls = json.loads(self.folder.addresses.read_text())
        except BaseException:
            self.leave()
            raise
        return self

    def kept(self) -> bool:
        """Whether a keeper is looking after them."""
        lock = self.folder.take("keeper")
        if lock is None:
            return True
        lock.close()
        return False

    def leave(self) -> None:
        """End the use; the last one waits for the servers' end. A process that simply ends has left too."""
        if self._users is None:
            return
        last = _is_mine_alone(self._users)
        self._users.close()
        self._users = None
        if last:
            with self.folder.locked("keeper"):
                pass
            if self._keeper is not None:
                self._keeper.wait()

    def _ensure_keeper(self) -> None:
        """See that the servers answer: already, or in a moment (their starter was killed), or by a keeper of ours."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            lock = self.folder.take("keeper")
            if lock is not None:
                with lock:
                    self._keeper = _spawn_keeper(self.folder, lock, self.options)
                return
            if self.folder.addresses.exists():
                return
            time.sleep(0.05)
        raise CannotStart(f"The servers of {self.folder.path} do not come up: see {self.folder.log}.")

    def outlive_exec(self) -> None:
        """Let the use go on in the program that replaces this one."""
        if self._users is not None:
            os.set_inheritable(self._users.fileno(), True)


def _is_mine_alone(lock: TextIO) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def needed(env: Mapping[str, str]) -> list[str]:
    """The servers that *env* does not already name elsewhere."""
    return [server for server, names in SERVERS.items() if not all(given(env, name) for name in names)]


def given(env: Mapping[str, str], name: str) -> bool:
    """Whether *env* has a value for the setting *name*, itself or in a file."""
    return bool(env.get(name) or env.get(f"{name}_FILE"))


def _spawn_keeper(folder: DataFolder, lock: TextIO, options: list[str]) -> subprocess.Popen[str]:
    """Start a keeper that takes over *lock*; raises CannotStart with its sentence when it cannot keep."""
    with (folder.log / "keeper.log").open("a") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "contact_center.embedded.keeper", str(folder.path), *options],
            cwd=folder.path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            pass_fds=[lock.fileno()],
            start_new_session=True,  # a Ctrl-C in the terminal is not for the servers
            text=True,
        )
    assert keeper.stdout is not None
    answer = keeper.stdout.readline().strip()
    keeper.stdout.close()
    if answer != "ready":
        keeper.wait()
        raise CannotStart(answer or f"The servers did not start: see {folder.log / 'keeper.log'}.")
    return keeper
