"""Which desks are open in this process, and what that writes on the presence of their agents."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from contact_center import clock
from contact_center.agents import presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.extensions import db
from contact_center.realtime.desks import Desks
from tests import factories


@pytest.fixture
def ada(app: Flask) -> Agent:
    row = factories.ada()
    presence.set_presence(row, PresenceState.AVAILABLE)
    db.session.commit()
    return row


def seen_at(agent_id: int) -> datetime | None:
    standing = presence.current(db.session.get_one(Agent, agent_id))
    return standing.seen_at if standing else None


def later(minutes: int) -> datetime:
    return clock.now() + timedelta(minutes=minutes)


def test_a_desk_that_opens_is_seen(ada: Agent) -> None:
    desks, agent_id, at = Desks(), ada.id, later(1)
    with clock.standing_at(at):
        desks.opened("tab", agent_id)
    assert desks.agents() == {agent_id}
    assert seen_at(agent_id) == at


def test_the_last_of_several_tabs_is_when_they_were_seen_last(ada: Agent) -> None:
    desks, agent_id, first, last = Desks(), ada.id, later(1), later(2)
    with clock.standing_at(first):
        desks.opened("one", agent_id)
        desks.opened("two", agent_id)
    with clock.standing_at(last):
        desks.closed("one")
        assert (desks.agents(), seen_at(agent_id)) == ({agent_id}, first)
        desks.closed("two")
    assert (desks.agents(), seen_at(agent_id)) == (set(), last)


def test_a_socket_that_nobody_knows_closes_nothing(ada: Agent) -> None:
    desks, agent_id = Desks(), ada.id
    desks.closed("never opened")
    assert seen_at(agent_id) is None
