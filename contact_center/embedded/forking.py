"""Processes that share what they load: the launcher loads the application once, the site's processes are its forks.

Called by `up` and its supervisor. Whoever forks must have one thread and no connection, so `load` only imports; every
process opens the application for itself. Where a fork alone is not safe (it is on Linux), each loads its own.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import cast

from contact_center import loading
from contact_center.embedded import surroundings
from contact_center.embedded.server import LINUX, die_with_parent, rename

Work = Callable[[], object]

# What the processes import; the rest of theirs comes along.
SHARED = (
    "contact_center.wiring", "contact_center.cli.mail", "contact_center.cli.web", "contact_center.cli.workers",
    "contact_center.cli.dispatcher", "contact_center.routing.dispatcher",
)  # fmt: skip
_HANDLED = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # by the supervisor
_FORK = multiprocessing.get_context("fork")


def load() -> None:
    """Load what the processes of the site share."""
    if LINUX:
        with loading():
            for name in SHARED:
                import_module(name)


def command(name: str) -> Work:
    """`contact-center NAME`, as the work of a process."""
    argv = surroundings.program(name)
    return partial(_command, argv) if LINUX else program(argv)


def program(argv: list[str]) -> Work:
    """A program that shares nothing with us."""
    return partial(os.execv, argv[0], argv)


def _command(argv: list[str]) -> None:
    from contact_center.cli import main

    sys.argv = argv
    main(argv[1:], prog_name="contact-center")


class Forked:
    """A process that does *work* in the environment *env*, in a session of its own: not for it is a Ctrl-C."""

    def __init__(self, name: str, work: Work, env: Mapping[str, str]) -> None:
        reader, writer = os.pipe()
        self.output = os.fdopen(reader, "rb", buffering=0)  # who listens closes it
        begin = partial(_begin, name, work, dict(env), writer, die_with_parent(signal.SIGTERM))
        self._process = _FORK.Process(target=begin, name=name)
        kept = signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)  # what it is told before it is ready waits for it
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, kept)
            os.close(writer)

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.exitcode


def _begin(name: str, work: Work, env: Mapping[str, str], output: int, arm: Callable[[], None] | None) -> None:
    """In the child: keep nothing of the parent's but what it has loaded, then work."""
    if arm:
        arm()
    os.setsid()
    rename(name)
    _forget_signals()
    for ours, standard in ((os.open(os.devnull, os.O_RDONLY), 0), (output, 1), (output, 2)):
        os.dup2(ours, standard)
    _let_go()
    cast(TextIOWrapper, sys.stdout).reconfigure(line_buffering=True)  # a pipe, and its lines are shown as they come
    os.environ.clear()
    os.environ.update(env)
    work()


def _let_go() -> None:
    """Close the parent's files: its locks, which it must be able to release, and its ends of pipes."""
    for entry in list(Path("/dev/fd").iterdir()):
        if int(entry.name) > 2:
            with suppress(OSError):
                os.close(int(entry.name))


def _forget_signals() -> None:
    """Take signals as a program does that has just been started."""
    signal.set_wakeup_fd(-1)
    for number in _HANDLED:
        if signal.getsignal(number) != signal.SIG_IGN:  # SIGHUP under nohup
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
