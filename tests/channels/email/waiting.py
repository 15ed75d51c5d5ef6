"""Wait for a condition instead of for a time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable


def until(condition: Callable[[], object], seconds: float = 15.0) -> None:
    """Return as soon as *condition* holds; fail after so many seconds."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it never happened")
        pause.wait(0.02)


def answers(port: int) -> bool:
    """Whether somebody listens on that port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
