"""Who is here, as supervisors see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask

from contact_center import clock
from contact_center.agents import board, presence
from contact_center.agents.models import PresenceState
from tests import factories

AVAILABLE, AWAY, OFFLINE = PresenceState.AVAILABLE, PresenceState.AWAY, PresenceState.OFFLINE
NINE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_it_puts_the_present_first_and_adds_up_their_day(app: Flask) -> None:
    ada, nils, lee = factories.ada(), factories.nils(), factories.lee()
    with clock.standing_at(NINE - timedelta(hours=2)):
        presence.set_presence(ada, AVAILABLE)
    with clock.standing_at(NINE + timedelta(minutes=30)):
        presence.set_presence(ada, AWAY, "Break")
        presence.set_presence(lee, AVAILABLE)
    with clock.standing_at(NINE + timedelta(minutes=45)):
        lines = board.lines(since=NINE)
    assert [(line.agent.name, line.state, line.reason) for line in lines] == [
        (lee.name, AVAILABLE, None),
        (ada.name, AWAY, "Break"),
        (nils.name, OFFLINE, None),
    ]
    assert lines[1].spent == {AVAILABLE: timedelta(minutes=30), AWAY: timedelta(minutes=15)}
    assert lines[2].since is None


def test_who_let_an_offer_ring_out_stands_on_top(app: Flask) -> None:
    ada, nils = factories.ada(), factories.nils()
    presence.set_presence(ada, AVAILABLE)
    presence.set_presence(nils, AVAILABLE)
    presence.set_presence(nils, PresenceState.NOT_RESPONDING, because="rang out")
    assert [line.agent.name for line in board.lines()] == [nils.name, ada.name]


def test_supervisors_see_their_own_teams_only(app: Flask) -> None:
    ada, nils, lee = factories.ada(), factories.nils(), factories.lee()
    factories.team("Service", ada, lee)
    factories.team("Sales", nils)
    assert {line.agent.name for line in board.lines(lee)} == {ada.name, lee.name}
    assert board.looked_after(lee, ada.id) is ada
    assert board.looked_after(lee, nils.id) is None
    assert len(board.lines(factories.root())) == 4


def test_times_are_cut_at_both_ends(app: Flask) -> None:
    ada = factories.ada()
    for minutes, state in ((-60, AVAILABLE), (30, OFFLINE), (50, AVAILABLE)):
        with clock.standing_at(NINE + timedelta(minutes=minutes)):
            presence.set_presence(ada, state)
    times = board.times([ada.id], NINE, NINE + timedelta(hours=1))
    assert times == {ada.id: {AVAILABLE: timedelta(minutes=40), OFFLINE: timedelta(minutes=20)}}
