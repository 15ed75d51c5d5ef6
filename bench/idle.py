"""The whole stack with nothing to do: how much memory it keeps, and how much of a core it wakes up for.

`./dev up` runs for real, on a data folder of its own with the demo in it: web, worker, beat, mail room, post office,
PostgreSQL, Valkey, and the launcher that looks after them. One agent is signed in with the desk open. Memory is PSS, so
that what processes share is counted once. BENCH_SECONDS (60) is how long the processor is watched.
"""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import psutil
import socketio
from _ground import figure
from _processes import free_port, wait_for

SECONDS = float(os.environ.get("BENCH_SECONDS", "60"))
WARM_UP = 20.0
OURS = ("DATABASE_URL", "BROKER_URL", "REDIS_URL", "SECRET_KEY", "BENCH_DSN", "SMTP_RELAY")
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def main() -> None:
    folder, port = Path(os.environ["DATA_DIR"]) / "idle", free_port()
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    environment |= {"DATA_DIR": str(folder), "PORT": str(port), "SMTP_PORT": str(free_port())}
    command = [sys.executable, "-m", "contact_center.embedded", "up"]
    up = subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL)
    desk = socketio.Client()
    try:
        wait_for(port, up, patience=600)  # the first start makes a year of history
        address = f"http://127.0.0.1:{port}"
        desk.connect(address, headers={"Cookie": _signed_in(address, folder)}, transports=["websocket"])
        time.sleep(WARM_UP)
        _measure(psutil.Process(up.pid))
    finally:
        desk.disconnect()
        with contextlib.suppress(ProcessLookupError):
            os.kill(up.pid, signal.SIGTERM)
        up.wait()


def _signed_in(address: str, folder: Path) -> str:
    """The cookie of an agent who signed in as people do."""
    people = json.loads((folder / "sign-ins.json").read_text())
    person = next(entry for entry in people if "password" in entry)  # customers have none
    cookies = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    page = browser.open(f"{address}/sign-in", timeout=30).read().decode()
    token = CSRF.search(page)
    assert token, "the sign-in form has no CSRF token"
    typed = {"email": person["email"], "password": person["password"], "csrf_token": token[1]}
    browser.open(f"{address}/sign-in", urllib.parse.urlencode(typed).encode(), timeout=30).read()
    browser.open(f"{address}/desk", timeout=30).read()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies)


def _measure(up: psutil.Process) -> None:
    before, started = _seconds(up), time.monotonic()
    time.sleep(SECONDS)
    after, elapsed = _seconds(up), time.monotonic() - started
    memory = _memory(up)
    for what in sorted(after, key=lambda name: -after[name]):
        share = 100 * (after[what] - before.get(what, 0.0)) / elapsed
        print(f"  {what:<24}{memory.get(what, 0.0):>8.0f} MB {share:>7.2f} % of a core")
    figure("whole stack idle, PSS", sum(memory.values()), "MB")
    figure("whole stack idle, processor", 100 * (sum(after.values()) - sum(before.values())) / elapsed, "% of a core")


def _seconds(up: psutil.Process) -> dict[str, float]:
    """Processor time by kind of process, that of children which have ended among it."""
    spent: dict[str, float] = {}
    for process, what in _tree(up):
        with contextlib.suppress(psutil.NoSuchProcess):
            spent[what] = spent.get(what, 0.0) + sum(process.cpu_times()[:4])
    return spent


def _memory(up: psutil.Process) -> dict[str, float]:
    held: dict[str, float] = {}
    for process, what in _tree(up):
        with contextlib.suppress(psutil.NoSuchProcess):
            held[what] = held.get(what, 0.0) + process.memory_full_info().pss / 1e6
    return held


def _tree(up: psutil.Process) -> list[tuple[psutil.Process, str]]:
    found = []
    for process in (up, *up.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            found.append((process, _kind(process)))
    return found


def _kind(process: psutil.Process) -> str:
    """What it does: the site's processes are forked from the launcher and bear its command line, but their own names."""
    line, name = " ".join(process.cmdline()), process.name()
    known = {"postgres": "PostgreSQL", "valkey": "Valkey", "embedded.keeper": "keeper"}
    for word, kind in known.items():
        if word in line:
            return kind
    return "launcher" if name.startswith("python") else name


if __name__ == "__main__":
    main()
