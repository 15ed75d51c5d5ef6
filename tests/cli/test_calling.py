"""`contact-center traffic calls`: a small storm on the tests' database, counted, and again."""

from __future__ import annotations

import json
from random import Random

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete, func, select, text

from contact_center.calendars.models import Calendar
from contact_center.calls.models import Call
from contact_center.cli.calling import calls
from contact_center.demo.calling import traffic
from contact_center.extensions import db
from contact_center.routing import bell

pytestmark = pytest.mark.committing
ASKED = ["--count", "3", "--agents", "2", "--json"]


@pytest.fixture
def settings(app: Flask, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def test_it_leaves_its_calls_and_says_what_became_of_them(settings: None) -> None:
    done = CliRunner().invoke(calls, ASKED, catch_exceptions=False)
    counted = json.loads(done.stdout)
    assert (counted["calls"], counted["stuck"], counted["double_offered"], counted["silent"]) == (3, 0, 0, 0)
    assert db.session.scalar(select(func.count()).select_from(Call)) == 3
    again = CliRunner().invoke(calls, ASKED, catch_exceptions=False)
    assert again.stdout == done.stdout  # the same seed is the same day
    assert db.session.scalar(select(func.count()).select_from(Call)) == 6


def test_the_first_thing_of_a_new_installation_may_be_a_storm(settings: None) -> None:
    db.session.execute(delete(Calendar))
    db.session.commit()
    assert json.loads(CliRunner().invoke(calls, ASKED, catch_exceptions=False).stdout)["calls"] == 3


class Hasty(Random):
    """Everybody is of the hasty sort, and as hasty as they come."""

    def random(self) -> float:
        return 0.05

    def randrange(self, start: int, *_more: int) -> int:  # type: ignore[override]
        return start

    def uniform(self, a: float, b: float) -> float:
        return a


def test_whoever_is_said_to_have_called_is_counted_however_soon_they_hang_up(
    settings: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traffic, "Random", Hasty)
    done = CliRunner().invoke(calls, ASKED, catch_exceptions=False)
    assert json.loads(done.stdout)["calls"] == 3


def test_it_does_not_begin_while_a_dispatcher_works_in_another_time(settings: None) -> None:
    with db.engine.connect() as dispatcher:
        dispatcher.execute(text("SELECT pg_try_advisory_lock_shared(:key)"), {"key": bell.AT_WORK})
        done = CliRunner().invoke(calls, ASKED)
    assert done.exit_code == 2
    assert "stop the site" in done.output
