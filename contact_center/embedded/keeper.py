"""The process that owns a data folder's servers: starts them, restarts one that dies, stops them after the last use.

Spawned by joining.py as `python -m contact_center.embedded.keeper FOLDER [fast] [tcp] [postgres] [valkey]`, with the
lock `keeper` already held on a passed descriptor. Says "ready" or one sentence, then waits for the lock `users`, which
the kernel gives it when nobody uses the servers any more, however they ended.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from contact_center.embedded import CannotStart, account, postgres, valkey
from contact_center.embedded.account import Account
from contact_center.embedded.folder import DataFolder
from contact_center.embedded.server import Server, fits

QUICK_DEATHS = 5  # in a row: then the fault is not a passing one
QUICK_SECONDS = 30
LONGEST_NAME = ".s.PGSQL.65535.lock"


class Keeper:
    """The servers of one data folder."""

    def __init__(self, folder: DataFolder, options: set[str]) -> None:
        self.folder = folder
        self.options = options
        self.servers: list[Server] = []
        self.sockets = folder.sockets
        self.deaths: list[float] = []

    def start(self) -> None:
        """Start what was asked for and write down where it answers."""
        self.folder.addresses.unlink(missing_ok=True)
        for server in self._describe():
            self.servers.append(server)
            server.start()
        fresh = self.folder.addresses.with_suffix(".new")
        urls = {name: url for server in self.servers for name, url in server.urls.items()}
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(urls, file)
        fresh.replace(self.folder.addresses)

    def keep(self) -> None:
        """Wait until nobody uses the servers; meanwhile restart one that dies."""
        signal.signal(signal.SIGCHLD, self._mend)
        self._mend()  # one may have died before the handler was there
        self.users = self.folder.open_lock("users")  # held to our end: who comes while we stop waits for that
        fcntl.flock(self.users, fcntl.LOCK_EX)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)

    def stop(self) -> None:
        self.folder.addresses.unlink(missing_ok=True)
        for server in reversed(self.servers):
            server.stop()
        if self.sockets != self.folder.sockets:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def _describe(self) -> list[Server]:
        runs_as = account.choose(self.folder.cluster)
        fast = "fast" in self.options
        account.require(runs_as, self.folder.path)
        self._find_sockets(runs_as)
        servers = []
        if "postgres" in self.options:
            programs = postgres.binaries(os.environ)
            account.require(runs_as, programs)
            tcp = "tcp" in self.options
            servers.append(postgres.server(self.folder, runs_as, programs, self.sockets, fast=fast, tcp=tcp))
        if "valkey" in self.options:
            program = valkey.binary(os.environ)
            account.require(runs_as, program)
            servers.append(valkey.server(self.folder, runs_as, program, self.sockets, fast=fast))
        return servers

    def _find_sockets(self, runs_as: Account) -> None:
        """The data folder's own place for sockets, or a short private one where its path is too long for them."""
        if not fits(self.sockets / LONGEST_NAME):
            self.sockets = Path(tempfile.mkdtemp(prefix="cc-", dir="/tmp"))
        runs_as.own(self.sockets)

    def _mend(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        for server in self.servers:
            if not server.died():
                continue
            now = time.monotonic()
            self.deaths = [*(then for then in self.deaths if now - then < QUICK_SECONDS), now]
            print(f"{server.name} ended by itself; starting it again", file=sys.stderr, flush=True)
            if len(self.deaths) > QUICK_DEATHS:
                raise CannotStart(f"{server.name} does not stay up: see {server.log}.")
            time.sleep(0.2 * len(self.deaths))
            server.start()


def main(path: str, *options: str) -> int:
    """Run the keeper of the folder *path*; its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    keeper = Keeper(DataFolder(Path(path)), set(options))
    try:
        keeper.start()
        print("ready", flush=True)
        with suppress(OSError):
            os.dup2(2, 1)  # who started us waits for the end of our output
        keeper.keep()
    except CannotStart as refusal:
        print(refusal, flush=True)
        return 1
    finally:
        keeper.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
