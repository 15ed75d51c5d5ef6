"""Waiting for NOTIFY on a line of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from typing import Any

import psycopg
import pytest
from flask import Flask

from contact_center.events import hearing
from contact_center.routing.bell import listening

pytestmark = pytest.mark.committing


@pytest.fixture
def ear(app: Flask) -> Iterator[psycopg.Connection[Any]]:
    with listening() as line:
        line.execute("LISTEN tests")
        yield line


@pytest.fixture
def mouth(app: Flask) -> Iterator[psycopg.Connection[Any]]:
    with listening() as line:
        yield line


Line = psycopg.Connection[Any]


def test_it_tells_all_that_has_come_already(ear: Line, mouth: Line) -> None:
    mouth.execute("NOTIFY tests, 'one'")
    mouth.execute("NOTIFY tests, 'two'")
    ear.execute("SELECT 1")  # which the notices arrive with
    assert hearing.told(ear, 30) == ["one", "two"]
    assert hearing.told(ear, 0) == []


def test_it_waits_for_what_comes(ear: Line, mouth: Line) -> None:
    heard: list[str] = []
    waiting = Thread(target=lambda: heard.extend(hearing.told(ear, 30)))
    waiting.start()
    mouth.execute("NOTIFY tests, 'late'")
    waiting.join()
    assert heard == ["late"]


def test_a_line_that_was_cut_is_an_error(ear: Line, mouth: Line) -> None:
    mouth.execute("SELECT pg_terminate_backend(%s)", (ear.info.backend_pid,))
    with pytest.raises(psycopg.OperationalError):  # the server's last words may come before the end of the line
        list(iter(lambda: hearing.told(ear, 30), ["never"]))
