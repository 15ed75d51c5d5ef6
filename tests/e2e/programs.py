"""The product's processes, forked from one that has everything imported: importing takes seconds, for each of them.

What runs is the `contact-center` command itself, with an environment of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import gunicorn.workers.gthread  # noqa: F401 (every web process needs it)

from contact_center import loading

with loading():
    import contact_center.wiring  # noqa: F401
    from contact_center.channels.email import mailroom  # noqa: F401 (and so the command of that name)
    from contact_center.cli import main

PATIENCE = 20


class Program:
    """A running command."""

    def __init__(self, command: list[str], environment: Mapping[str, str], log: Path) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self.process: ForkServerProcess = context.Process(target=_run, args=(command, dict(environment), str(log)))
        self.process.start()

    def is_running(self) -> bool:
        return self.process.is_alive()

    def end(self) -> None:
        """Ask it to stop, as an init system does."""
        self.process.terminate()

    def wait(self) -> None:
        self.process.join(PATIENCE)
        assert self.process.exitcode is not None, "it does not stop"


def _run(command: list[str], environment: dict[str, str], log: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.argv = ["contact-center", *command]
    main(command)
