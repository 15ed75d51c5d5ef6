"""Which rooms a desk listens in."""

from __future__ import annotations

from flask import Flask

from contact_center.agents import presence
from contact_center.agents.models import PresenceState
from contact_center.events import log
from contact_center.realtime import rooms
from tests import factories


def test_everybody_hears_of_themselves_and_their_queues(app: Flask) -> None:
    ada, lee, root, nils = factories.ada(), factories.lee(), factories.root(), factories.nils()
    team = factories.team("Service", lee)
    own, other = factories.queue("Own", ada, team_id=team.id), factories.queue("Other")
    assert rooms.rooms_of(nils) == [f"agent:{nils.id}"]
    assert rooms.rooms_of(ada) == [f"agent:{ada.id}", f"queue:{own.id}"]
    assert rooms.rooms_of(lee) == [f"agent:{lee.id}", f"queue:{own.id}", "board"]
    assert set(rooms.rooms_of(root)) == {f"agent:{root.id}", f"queue:{own.id}", f"queue:{other.id}", "board"}


def test_presence_is_heard_by_the_agent_and_on_the_board(app: Flask) -> None:
    ada = factories.ada()
    stretch = presence.set_presence(ada, PresenceState.AVAILABLE)
    assert rooms.rooms_for(log.ids_of(stretch)) == [f"agent:{ada.id}", "board"]
    assert rooms.rooms_for({"ticket": 7}) == ["ticket:7"]
