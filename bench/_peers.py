"""Peers beside ours, with `--peers` only: each is installed into a virtualenv of its own and asked in processes of its own.

django-helpdesk comes from the package index that pip is set to; Request Tracker is measured where it is installed already.
Both use the bench's PostgreSQL, with databases of their own, and none can reach anything but this machine while measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

HERE = Path(__file__).parent / "peers"
REQUIREMENTS = ("django-helpdesk==2.6.1", "psycopg[binary]~=3.3", "setuptools<81")


def are_wanted() -> bool:
    return "--peers" in sys.argv


def mail_in(raws: Sequence[bytes]) -> dict[str, float]:
    """Mails per second by peer; empty unless peers are wanted."""
    if not are_wanted():
        return {}
    with _folder_of(raws) as folder:
        asked = {
            "django-helpdesk": _helpdesk("mail_in", folder),
            "Request Tracker": _ask(sys.executable, "request_tracker.py", "mail_in", folder),
        }
    return {name: answer["rate"] for name, answer in asked.items() if answer}


def pages(tickets: int, rounds: int) -> dict[str, float]:
    """p95 in milliseconds by page, of django-helpdesk with so many tickets; empty unless peers are wanted."""
    return (_helpdesk("pages", str(tickets), str(rounds)) or {}) if are_wanted() else {}


def _helpdesk(*arguments: str) -> dict[str, Any] | None:
    python = _installed()
    return _ask(str(python), "django_helpdesk.py", *arguments) if python else None


def _ask(python: str, script: str, *arguments: str) -> dict[str, Any] | None:
    """What the script says as its last line; None if the peer cannot be measured, which it has explained."""
    with _database(f"peer_{Path(script).stem}") as dsn, tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PEER_DSN": dsn, "PEER_FOLDER": folder}
        command = [python, str(HERE / script), *arguments]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        print(f"{script}: not measured", file=sys.stderr)
        return None
    print(*lines[:-1], sep="\n", end="\n" if lines[1:] else "", file=sys.stderr)
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer


@contextmanager
def _database(name: str) -> Iterator[str]:
    """A database of the peer's own on the bench's server."""
    dsn = os.environ["BENCH_DSN"]
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    yield make_conninfo(dsn, dbname=name)


@contextmanager
def _folder_of(raws: Sequence[bytes]) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        for n, raw in enumerate(raws):
            (Path(folder) / f"{n:06}.eml").write_bytes(raw)
        yield folder


def _installed() -> Path | None:
    """The Python of django-helpdesk's virtualenv, made at the first use; None if that cannot be."""
    folder = Path(os.environ.get("BENCH_PEERS") or Path(os.environ["DATA_DIR"]) / "peers") / "django-helpdesk"
    python, stamp = folder / "bin" / "python", folder / "installed"
    if stamp.is_file() and stamp.read_text() == "\n".join(REQUIREMENTS):
        return python
    print("django-helpdesk is being installed", file=sys.stderr)
    base = getattr(sys, "_base_executable", sys.executable)
    for command in (
        [base, "-m", "venv", "--clear", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS],
    ):
        if subprocess.run(command, check=False).returncode:
            print("django-helpdesk could not be installed: is the package index reachable?", file=sys.stderr)
            return None
    stamp.write_text("\n".join(REQUIREMENTS))
    return python
