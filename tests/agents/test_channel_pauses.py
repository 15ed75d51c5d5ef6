"""Single channels that an agent takes no new work over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center import clock
from contact_center.agents import channel_pauses, presence
from contact_center.agents.models import Agent, ChannelPause, PresenceState
from contact_center.errors import Invalid
from contact_center.events.models import Event
from contact_center.extensions import db
from tests import factories

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def names() -> list[str]:
    asked = select(Event.name).where(Event.name.like("channel.%")).order_by(Event.id)
    return list(db.session.scalars(asked))


def test_one_channel_is_paused_and_the_others_go_on(app: Flask) -> None:
    ada, nils = factories.ada(), factories.nils()
    channel_pauses.pause(ada, "email")
    channel_pauses.pause(ada, "phone")
    channel_pauses.resume(ada, "email")
    assert channel_pauses.paused([ada.id, nils.id]) == {ada.id: frozenset({"phone"})}
    assert channel_pauses.of(nils) == []


def test_every_pause_is_a_stretch_in_the_ledger(app: Flask) -> None:
    ada = factories.ada()
    with clock.standing_at(NINE):
        channel_pauses.pause(ada, "email")
    with clock.standing_at(NINE + timedelta(minutes=20)):
        channel_pauses.resume(ada, "email")
        channel_pauses.pause(ada, "email")
    found = channel_pauses.stretches(ada, NINE, NINE + timedelta(hours=1))
    assert [(row.started_at, row.ended_at) for row in found] == [
        (NINE, NINE + timedelta(minutes=20)), (NINE + timedelta(minutes=20), None),
    ]  # fmt: skip
    assert names() == ["channel.paused", "channel.resumed", "channel.paused"]


def test_pausing_twice_and_resuming_what_runs_is_nothing(app: Flask) -> None:
    ada = factories.ada()
    channel_pauses.resume(ada, "web")
    channel_pauses.pause(ada, "web")
    channel_pauses.pause(ada, "web")
    assert names() == ["channel.paused"]


def test_going_offline_ends_all_pauses(app: Flask) -> None:
    ada = factories.ada()
    presence.set_presence(ada, PresenceState.AVAILABLE)
    for channel in channel_pauses.CHANNELS:
        channel_pauses.pause(ada, channel)
    presence.set_presence(ada, PresenceState.AWAY, "Lunch")
    assert channel_pauses.of(ada) == list(channel_pauses.CHANNELS)
    presence.set_presence(ada, PresenceState.OFFLINE)
    assert channel_pauses.of(ada) == []


@pytest.mark.parametrize("channel", ["", "fax", "EMAIL", "email\0"])
def test_it_knows_its_channels(app: Flask, channel: str) -> None:
    ada = factories.ada()
    with pytest.raises(Invalid):
        channel_pauses.pause(ada, channel)
    with pytest.raises(Invalid):
        channel_pauses.resume(ada, channel)


@pytest.mark.committing
def test_two_tabs_pause_a_channel_once(app: Flask) -> None:
    ada = factories.ada()
    db.session.commit()
    barrier, agent_id = Barrier(2), ada.id

    def tab() -> None:
        with app.app_context():
            barrier.wait()
            channel_pauses.pause(db.session.get_one(Agent, agent_id), "email")
            db.session.commit()

    tabs = [Thread(target=tab) for _ in range(2)]
    for one in tabs:
        one.start()
    for one in tabs:
        one.join()
    assert len(db.session.scalars(select(ChannelPause)).all()) == 1
