"""Wait for a condition instead of for a time."""

from __future__ import annotations

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
