"""The dispatcher's bell."""

from __future__ import annotations

import multiprocessing

import pytest
from flask import Flask

from contact_center.routing.bell import ROUTING, bell, listening

pytestmark = pytest.mark.committing


def test_a_forked_process_rings_on_a_line_of_its_own(app: Flask) -> None:
    with listening() as ear:
        ear.execute(f"LISTEN {ROUTING}")
        bell.ring()
        child = multiprocessing.get_context("fork").Process(target=bell.ring)
        child.start()
        child.join(10)
        assert child.exitcode == 0
        ours, theirs = ear.notifies(timeout=10, stop_after=2)
        assert ours.pid != theirs.pid
    assert bell._line is not None
    bell._line.close()
    bell.begin_anew()
