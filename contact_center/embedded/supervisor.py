"""Runs the site's processes side by side: shows their lines, starts again what dies, stops all together.

Called by `up`. One thread: signals, the children's output and the clock meet in one `select`, so that children can be
forked safely and the kernel's parent-death signal means this process and not one of its threads.
"""

from __future__ import annotations

import io
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO

from contact_center.embedded.forking import Forked, Work
from contact_center.embedded.screen import Screen

STOP_SECONDS = 8
LONGEST_WAIT = 30
STEADY_SECONDS = 60  # who lived this long starts again at once


class Child:
    """One process of the site and the plan for its next start."""

    def __init__(self, name: str, work: Work) -> None:
        self.name = name
        self.work = work
        self.process: Forked | None = None
        self.due: float | None = 0.0  # when to start; None while it runs
        self._started = 0.0
        self._failures = 0

    def start(self, env: Mapping[str, str]) -> Output:
        """Start it; answers what it is going to print."""
        self.process = Forked(self.name, self.work, env)
        self.due, self._started = None, time.monotonic()
        return Output(self.name, self.process.output)

    def note_death(self) -> float:
        """Plan the next start, later with each failure in a row; answers in how many seconds."""
        now = time.monotonic()
        self._failures = 0 if now - self._started > STEADY_SECONDS else self._failures + 1
        wait = min(2.0 ** (self._failures - 1), LONGEST_WAIT) if self._failures else 0.0
        self.due, self.process = now + wait, None
        return wait

    def tell(self, what: signal.Signals, *, everybody: bool = False) -> None:
        """Send a signal to it, or to all it has started as well."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                (os.killpg if everybody else os.kill)(self.process.pid, what)


class Output:
    """What one process prints, line by line, until it and all that inherited its output have ended."""

    def __init__(self, name: str, stream: IO[bytes]) -> None:
        self.name = name
        self.stream = stream
        self.ended = False
        self._unfinished = b""
        os.set_blocking(stream.fileno(), False)

    def lines(self) -> list[str]:
        """The whole lines since the last call."""
        try:
            read = os.read(self.stream.fileno(), 65536)
        except BlockingIOError:
            return []
        if not read:
            self.ended = True
            read = b"\n" if self._unfinished else b""
        *whole, self._unfinished = (self._unfinished + read).split(b"\n")
        return [line.decode(errors="replace").rstrip("\r") for line in whole]


class Supervisor:
    """Keeps *children* running until it is told to stop. `tick`, called every *tick_seconds*, looks after the rest."""

    def __init__(self, children: list[Child], env: Mapping[str, str], screen: Screen) -> None:
        self.children = children
        self.env = env
        self.screen = screen
        self.tick: Callable[[], float] = lambda: LONGEST_WAIT  # answers when it wants to be called again
        self._selector = selectors.DefaultSelector()
        self._asked = 0
        self._kill_at: float | None = None

    def run(self) -> None:
        """Start all; come back when all have ended after a signal to stop."""
        next_tick = 0.0
        with self._signals_wake():
            while not self._asked or any(child.process for child in self.children):
                self._obey()
                self._start_due()
                if not self._asked and time.monotonic() >= next_tick:
                    next_tick = time.monotonic() + self.tick()
                for key, _ in self._selector.select(self._patience(next_tick)):
                    key.data()
                self._reap()
            self._show_rest()

    @contextmanager
    def _signals_wake(self) -> Iterator[None]:
        """Let signals end a `select` inside the block; kill whoever is left at its end."""
        reader, writer = socket.socketpair()
        writer.setblocking(False)
        self._selector.register(reader, selectors.EVENT_READ, lambda: reader.recv(4096))
        signal.set_wakeup_fd(writer.fileno())
        heard = [signal.SIGCHLD, signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # else under nohup
            heard.append(signal.SIGHUP)
        before = {number: signal.signal(number, self._on_signal) for number in heard}
        try:
            yield
        finally:
            self._kill_all()
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)
            self._selector.unregister(reader)
            reader.close()
            writer.close()

    def _show_rest(self) -> None:
        """Show what the ended processes had still to say."""
        while ready := [key for key, _ in self._selector.select(0) if isinstance(key.fileobj, io.IOBase)]:
            for key in ready:
                key.data()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._asked += number != signal.SIGCHLD  # acted upon in the loop, which the signal has woken

    def _obey(self) -> None:
        """Stop in order at the first request, at once at the second."""
        if self._asked and self._kill_at is None:
            self.screen.line("dev", "stopping")
            self._kill_at = time.monotonic() + STOP_SECONDS
            for child in self.children:
                child.tell(signal.SIGTERM)
        if self._kill_at is not None and (self._asked > 1 or time.monotonic() >= self._kill_at):
            self._kill_all()

    def _start_due(self) -> None:
        for child in self.children:
            if not self._asked and child.due is not None and child.due <= time.monotonic():
                self._listen(child.start(self.env))

    def _listen(self, output: Output) -> None:
        def show() -> None:
            for line in output.lines():
                self.screen.line(output.name, line)
            if output.ended:
                self._selector.unregister(output.stream)
                output.stream.close()

        self._selector.register(output.stream, selectors.EVENT_READ, show)

    def _reap(self) -> None:
        for child in self.children:
            if child.process is None or (code := child.process.code) is None:
                continue
            child.tell(signal.SIGKILL, everybody=True)  # what it started must not outlive it
            wait = child.note_death()
            if not self._asked:
                how = f"by signal {-code}" if code < 0 else f"with code {code}"
                self.screen.line("dev", f"{child.name} ended {how}; starting it again in {wait:.0f} s")

    def _kill_all(self) -> None:
        for child in self.children:
            child.tell(signal.SIGKILL, everybody=True)

    def _patience(self, next_tick: float) -> float:
        """Seconds until the clock has something for us to do."""
        if self._kill_at is not None:
            moments = [self._kill_at]
        else:
            moments = [next_tick, *(child.due for child in self.children if child.due is not None)]
        return max(0.0, min(moments) - time.monotonic())
