"""Which socket is an agent's telephone: one of all their windows, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from contact_center import clock
from contact_center.agents import open_phones
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.realtime.phones import Phones
from tests import factories


@pytest.fixture
def ada(app: Flask) -> Agent:
    row = factories.ada()
    db.session.commit()
    return row


def test_the_first_window_telephones_and_another_only_if_it_takes_over(ada: Agent) -> None:
    phones = Phones()
    assert phones.open("first", ada.id, takes=False)
    assert not phones.open("second", ada.id, takes=False)
    assert open_phones.of(ada.id) == "first"
    assert phones.open("second", ada.id, takes=True)
    assert open_phones.of(ada.id) == "second"


def test_a_window_that_was_taken_over_from_closes_nothing_of_the_other(ada: Agent) -> None:
    phones = Phones()
    phones.open("first", ada.id, takes=False)
    phones.open("second", ada.id, takes=True)
    phones.close("first")
    assert open_phones.of(ada.id) == "second"
    phones.close("second")
    assert open_phones.of(ada.id) is None
    assert phones.here() == []


def test_a_window_of_a_killed_process_counts_only_while_it_was_seen_lately(ada: Agent) -> None:
    dead, alive = Phones(), Phones()
    dead.open("first", ada.id, takes=False)
    with clock.standing_at(clock.now() + open_phones.LIVE_FOR + timedelta(seconds=1)):
        assert alive.open("second", ada.id, takes=False)


def test_closing_what_was_never_open_does_nothing(ada: Agent) -> None:
    phones = Phones()
    phones.open("first", ada.id, takes=False)
    phones.close("never")
    assert open_phones.of(ada.id) == "first"
