"""One server process: how it is started, known to be ready, and stopped. Made by postgres.py and valkey.py.

Only the keeper starts servers, from its main thread: on Linux the kernel then stops a server whose keeper died.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from contact_center.embedded import CannotStart
from contact_center.embedded.account import Account

START_SECONDS = 60  # replaying a long log after a crash takes a while
STOP_SECONDS = 10
LONGEST_SOCKET = 107
LOG_BYTES = 10 * 1024 * 1024
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
LINUX: bool = sys.platform == "linux"


@dataclass(slots=True)
class Server:
    """A server to be run as *account*; `ready` gets the process id of the one we started."""

    name: str
    argv: list[str]
    folder: Path
    log: Path
    account: Account
    ready: Callable[[int], bool]
    pid_file: Path
    stop_signal: signal.Signals
    insist_signal: signal.Signals
    urls: dict[str, str]  # the settings by which the application finds it
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it and wait until it answers; raises CannotStart with its last words."""
        self._let_orphan_end()
        _rotate(self.log)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv,
                cwd=self.folder,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(self.stop_signal),  # noqa: PLW1509 (the keeper has one thread)
                **self.account.popen_options(),  # type: ignore[call-overload]
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.ready(self.process.pid):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise CannotStart(f"{self.name} did not start ({self.log}): {_last_words(self.log)}")
            time.sleep(0.02)

    def died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Ask, then insist: the server ends cleanly unless it cannot within STOP_SECONDS."""
        if self.process is None:
            return
        for how in (self.stop_signal, self.insist_signal, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(how)
            try:
                self.process.wait(STOP_SECONDS)
                return
            except subprocess.TimeoutExpired:
                continue

    def _let_orphan_end(self) -> None:
        """Wait for a server that a killed keeper left ending; one that stays is not ours to stop."""
        deadline = time.monotonic() + STOP_SECONDS
        while pid := _live(self.pid_file, Path(self.argv[0]).name):
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"{self.name} process {pid} already uses {self.folder}: stop it (kill -INT {pid}) and try again."
                )
            time.sleep(0.05)
        self.pid_file.unlink(missing_ok=True)  # of a dead process, or a zombie that the server itself takes for alive


def die_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """A preexec_fn that has the kernel send *how* when the starting thread ends; None where there is no such thing."""
    if not LINUX:
        return None
    prctl = ctypes.CDLL(None).prctl

    def arm() -> None:
        prctl(PR_SET_PDEATHSIG, int(how))

    return arm


def rename(name: str) -> None:
    """Call this process *name* in `top` and `ps -e`, where there is such a thing."""
    if LINUX:
        ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode()[:15])


def fits(path: Path) -> bool:
    """Whether *path* is short enough for a Unix socket."""
    return len(os.fsencode(path)) <= LONGEST_SOCKET


def _live(pid_file: Path, program: str) -> int | None:
    """The process that *pid_file* names, if it runs *program* and is no zombie."""
    try:
        pid = int(pid_file.read_text().split()[0])
        state, command = _state(pid)
    except (OSError, ValueError, IndexError):
        return None
    return pid if command == program[:15] and not state.startswith("Z") else None


def _state(pid: int) -> tuple[str, str]:
    """State letter and program name of a process; raises OSError or ValueError when there is none."""
    if LINUX:
        before, _, after = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
        return after.split()[0], before.partition("(")[2]
    answer = subprocess.run(["ps", "-o", "stat=,comm=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, command = answer.stdout.split(maxsplit=1)
    return state, Path(command.strip()).name


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


def _last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
