"""Processes forked from one that has loaded the application; each test is a program of its own, as the launcher is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PRELUDE = """
import fcntl, os, pathlib, signal, sys
from contact_center.embedded import forking

def end(forked):
    said = forked.output.read().decode().splitlines()
    os.waitid(os.P_PID, forked.pid, os.WEXITED | os.WNOWAIT)
    return said, forked.code
"""


def _told(code: str, *arguments: str) -> list[str]:
    """What a program prints that forks."""
    program = [sys.executable, "-c", PRELUDE + code, *arguments]
    return subprocess.check_output(program, text=True).splitlines()


def test_a_fork_is_a_program_of_its_own() -> None:
    code = """
def work():
    print(dict(os.environ), signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, os.getsid(0) == os.getpid())
    sys.exit(7)

signal.signal(signal.SIGTERM, lambda *_: None)
print(*end(forking.Forked("web", work, {"PORT": "8000"})), sep="\\n")
"""
    assert _told(code) == ["[\"{'PORT': '8000'} True True\"]", "7"]


def test_it_does_not_hold_the_locks_of_who_has_forked_it(tmp_path: Path) -> None:
    code = """
ours, theirs = open(sys.argv[1], "w"), open(sys.argv[1], "w")
fcntl.flock(ours, fcntl.LOCK_EX)
forked = forking.Forked("web", lambda: (print("ready"), signal.pause()), {})
print(forked.output.readline().decode().strip())
ours.close()
fcntl.flock(theirs, fcntl.LOCK_EX | fcntl.LOCK_NB)
os.kill(forked.pid, signal.SIGTERM)
print(end(forked))
"""
    assert _told(code, str(tmp_path / "lock")) == ["ready", "([], -15)"]


def test_what_breaks_is_told() -> None:
    code = """
said, code = end(forking.Forked("web", lambda: {}["nothing"], {}))
print(said[-1], code)
"""
    assert _told(code) == ["KeyError: 'nothing' 1"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process loads its own")
def test_who_has_loaded_has_neither_threads_nor_connections() -> None:
    code = """
forking.load()
files = [str(file.resolve()) for file in pathlib.Path("/proc/self/fd").iterdir()]
print(len(os.listdir("/proc/self/task")), [file for file in files if "socket:" in file])
"""
    assert _told(code) == ["1 []"]
