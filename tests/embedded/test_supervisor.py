"""The supervisor in a process of its own, over stand-ins that behave badly in known ways."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.embedded.test_servers import _await_end

SITE = """
import os, signal, sys
from contact_center.embedded.forking import program
from contact_center.embedded.screen import Screen
from contact_center.embedded.supervisor import Child, Supervisor
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run under nohup
children = []
for entry in sys.argv[1:]:
    name, code = entry.split("=", 1)
    children.append(Child(name, program([sys.executable, "-u", "-c", code])))
Supervisor(children, os.environ, Screen(os.environ)).run()
"""
STEADY = "import os, signal; print(os.getpid()); signal.pause()"
STUBBORN = "import os, signal; signal.signal(15, signal.SIG_IGN); print(os.getpid())\nwhile True: signal.pause()"
PARENT = (
    "import os, subprocess, sys, signal; p = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']);"
    "print(os.getpid(), p.pid, flush=True); signal.pause()"
)


class Site:
    """A running supervisor and what it shows."""

    def __init__(self, **children: str) -> None:
        entries = [f"{name}={code}" for name, code in children.items()]
        self.process = subprocess.Popen([sys.executable, "-c", SITE, *entries], stdout=subprocess.PIPE, text=True)

    def lines(self) -> Iterator[tuple[str, str]]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            name, _, text = line.rstrip("\n").partition("|")
            yield name.strip(), text.strip()

    def next_from(self, name: str) -> str:
        return next(text for who, text in self.lines() if who == name)


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    site = Site(**request.param)
    yield site
    site.process.send_signal(signal.SIGKILL)
    site.process.wait()
    site.process.stdout.close()


def _running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    "site", [{"web": "print('one'); print('two', end='')\nimport signal; raise SystemExit(3)"}], indirect=True
)
def test_it_shows_each_line_under_its_name_and_starts_again_what_ends(site: Site) -> None:
    lines = site.lines()
    assert sorted(next(lines) for _ in range(3)) == [
        ("dev", "web ended with code 3; starting it again in 1 s"),
        ("web", "one"),
        ("web", "two"),
    ]
    assert site.next_from("web") == "one"


@pytest.mark.parametrize("site", [{"web": STEADY, "worker": STEADY}], indirect=True)
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_stops_all_at_a_signal(site: Site, how: signal.Signals) -> None:
    lines = site.lines()
    pids = [int(next(lines)[1]) for _ in range(2)]
    site.process.send_signal(how)
    assert site.process.wait() == 0
    assert not any(_running(pid) for pid in pids)


@pytest.mark.parametrize("site", [{"web": STUBBORN}], indirect=True)
def test_it_stops_at_once_at_the_second_signal(site: Site) -> None:
    pid = int(site.next_from("web"))
    site.process.send_signal(signal.SIGTERM)
    assert site.next_from("dev") == "stopping"
    assert _running(pid)
    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait() == 0
    _await_end(pid)


@pytest.mark.parametrize("site", [{"web": PARENT}], indirect=True)
def test_it_leaves_nothing_that_a_dead_child_had_started(site: Site) -> None:
    child, grandchild = map(int, site.next_from("web").split())
    os.kill(child, signal.SIGKILL)
    assert site.next_from("dev") == "web ended by signal 9; starting it again in 1 s"
    _await_end(grandchild)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
@pytest.mark.parametrize("site", [{"web": STEADY}], indirect=True)
def test_its_children_end_when_it_is_killed(site: Site) -> None:
    pid = int(site.next_from("web"))
    site.process.kill()
    _await_end(pid)
