"""The product's processes as benches start them: one session each, so that a kill takes the children too."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

PATIENCE = 120.0  # seconds until a process that does not answer ends the bench


def start(name: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Run `contact-center NAME`, silently, in a session of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "contact_center", name],
        env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def stop(process: subprocess.Popen[bytes], patience: float = 20.0) -> None:
    """End it and its children; with force if it takes too long."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End it as hard as it goes, children included."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes] | None = None, patience: float = PATIENCE) -> None:
    """Return when somebody listens on *port*; give up at once when *process* ends."""
    end = time.monotonic() + patience
    while time.monotonic() < end and not (process and process.poll() is not None):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    sys.exit(f"nobody listens on port {port}")
