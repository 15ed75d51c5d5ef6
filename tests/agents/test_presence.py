"""The presence ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from contact_center import clock
from contact_center.agents import presence
from contact_center.agents.models import Agent, Presence, PresenceState
from contact_center.errors import IllegalMove, Invalid
from contact_center.events.models import Event
from contact_center.extensions import db
from tests import factories

AVAILABLE, AWAY, OFFLINE = PresenceState.AVAILABLE, PresenceState.AWAY, PresenceState.OFFLINE
FINISHING, NOT_RESPONDING = PresenceState.FINISHING, PresenceState.NOT_RESPONDING
NINE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def stretches(agent: Agent) -> list[tuple[str, str | None, int | None]]:
    """The ledger in order: state, reason, minutes (None: still open)."""
    asked = select(Presence).where(Presence.agent_id == agent.id).order_by(Presence.id)
    return [
        (row.state, row.reason, int((row.ended_at - row.started_at).total_seconds() // 60) if row.ended_at else None)
        for row in db.session.scalars(asked.execution_options(populate_existing=True))
    ]


def changes() -> int:
    return db.session.scalar(select(func.count()).where(Event.name == "presence.changed")) or 0


def test_it_closes_one_stretch_and_opens_the_next(app: Flask) -> None:
    ada = factories.ada()
    with clock.standing_at(NINE):
        presence.set_presence(ada, AVAILABLE)
    with clock.standing_at(NINE + timedelta(minutes=90)):
        presence.set_presence(ada, AWAY, "Lunch")
    with clock.standing_at(NINE + timedelta(minutes=120)):
        presence.set_presence(ada, OFFLINE)
    assert stretches(ada) == [("AVAILABLE", None, 90), ("AWAY", "Lunch", 30), ("OFFLINE", None, None)]
    standing = presence.current(ada)
    assert standing
    assert standing.state is OFFLINE


def test_it_does_nothing_when_nothing_changes(app: Flask) -> None:
    ada = factories.ada()
    first = presence.set_presence(ada, AWAY, "Lunch")
    again = presence.set_presence(ada, AWAY, "Lunch")
    assert first is again
    assert stretches(ada) == [("AWAY", "Lunch", None)]
    assert changes() == 1


def test_it_tells_one_reason_from_another(app: Flask) -> None:
    ada = factories.ada()
    presence.set_presence(ada, AWAY, "Lunch")
    presence.set_presence(ada, AWAY, "Meeting")
    assert [reason for _state, reason, _minutes in stretches(ada)] == ["Lunch", "Meeting"]


def test_it_takes_whoever_never_came_as_offline(app: Flask) -> None:
    ada = factories.ada()
    assert presence.current(ada) is None
    assert presence.set_presence(ada, OFFLINE) is None
    assert stretches(ada) == []


@pytest.mark.parametrize("reason", [None, "", "Siesta"])
def test_it_wants_a_reason_from_the_list(app: Flask, reason: str | None) -> None:
    ada = factories.ada()
    with pytest.raises(Invalid) as refused:
        presence.set_presence(ada, AWAY, reason)
    assert "reason" in refused.value.fields
    assert stretches(ada) == []


def test_it_keeps_no_reason_for_being_available(app: Flask) -> None:
    ada = factories.ada()
    presence.set_presence(ada, AVAILABLE, "Lunch")
    assert stretches(ada) == [("AVAILABLE", None, None)]


def test_it_writes_who_did_it(app: Flask) -> None:
    ada, lee = factories.ada(), factories.lee()
    presence.set_presence(ada, AVAILABLE)
    presence.set_presence(ada, OFFLINE, actor=lee)
    presence.set_presence(ada, AVAILABLE)
    with clock.standing_at(clock.now() + timedelta(minutes=5)):
        presence.sweep()
    events = db.session.scalars(select(Event).where(Event.name == "presence.changed").order_by(Event.id)).all()
    assert [event.agent_id for event in events] == [ada.id, lee.id, ada.id, None]
    assert events[1].data["changes"]["state"] == ["AVAILABLE", "OFFLINE"]
    assert events[3].data["because"] == "vanished"


def test_who_has_no_open_desk_is_offline_since_it_was_seen_last(app: Flask) -> None:
    ada = factories.ada()
    with clock.standing_at(NINE):
        presence.set_presence(ada, AVAILABLE)
    with clock.standing_at(NINE + timedelta(minutes=30)):
        presence.seen([ada.id])
    with clock.standing_at(NINE + timedelta(minutes=31)):
        assert presence.sweep() == [], "a reload, or a network that comes back"
    with clock.standing_at(NINE + timedelta(minutes=33)):
        assert presence.sweep() == [ada.id]
    assert stretches(ada) == [("AVAILABLE", None, 30), ("OFFLINE", None, None)]
    standing = presence.current(ada)
    assert standing
    assert standing.started_at == NINE + timedelta(minutes=30)


def test_whose_desk_stays_open_stays_available(app: Flask) -> None:
    ada = factories.ada()
    with clock.standing_at(NINE):
        presence.set_presence(ada, AVAILABLE)
    for minutes in range(1, 10):
        with clock.standing_at(NINE + timedelta(minutes=minutes)):
            presence.seen([ada.id])
            assert presence.sweep() == []
    assert stretches(ada) == [("AVAILABLE", None, None)]


def test_who_said_they_are_away_may_close_the_desk_meanwhile(app: Flask) -> None:
    ada = factories.ada()
    with clock.standing_at(NINE):
        presence.set_presence(ada, AWAY, "Lunch")
    with clock.standing_at(NINE + timedelta(minutes=59)):
        assert presence.sweep() == []
    with clock.standing_at(NINE + timedelta(minutes=61)):
        assert presence.sweep() == [ada.id]
    assert stretches(ada) == [("AWAY", "Lunch", 61), ("OFFLINE", None, None)]


def test_an_open_desk_does_not_bring_back_who_went_offline(app: Flask) -> None:
    ada = factories.ada()
    presence.set_presence(ada, AVAILABLE)
    presence.set_presence(ada, OFFLINE)
    presence.seen([ada.id])
    with clock.standing_at(clock.now() + timedelta(days=1)):
        assert presence.sweep() == []
    assert [state for state, _reason, _minutes in stretches(ada)] == ["AVAILABLE", "OFFLINE"]


def test_no_stretch_ends_before_it_began_when_clocks_differ(app: Flask) -> None:
    ada = factories.ada()
    with clock.standing_at(NINE):
        presence.set_presence(ada, AVAILABLE)
    with clock.standing_at(NINE - timedelta(seconds=2)):
        presence.set_presence(ada, OFFLINE)
    assert stretches(ada)[0] == ("AVAILABLE", None, 0)


def test_the_ledger_lists_what_reaches_into_the_time_asked_for(app: Flask) -> None:
    ada = factories.ada()
    for hour, state in ((0, AVAILABLE), (2, OFFLINE), (24, AVAILABLE)):
        with clock.standing_at(NINE + timedelta(hours=hour)):
            presence.set_presence(ada, state)
    found = presence.ledger(ada, since=NINE + timedelta(hours=12))
    assert [row.state for row in found] == [AVAILABLE, OFFLINE]


@pytest.mark.committing
@pytest.mark.parametrize("wishes", [(AVAILABLE, AVAILABLE), (AVAILABLE, AWAY)])
@pytest.mark.parametrize("started", [False, True])
def test_two_tabs_never_open_two_stretches(app: Flask, wishes: tuple[PresenceState, ...], started: bool) -> None:
    ada = factories.ada()
    if started:
        presence.set_presence(ada, AWAY, "Lunch")
    db.session.commit()
    ada_id, start, done = ada.id, Barrier(len(wishes)), []

    def tab(state: PresenceState) -> None:
        with app.app_context():
            agent = db.session.get_one(Agent, ada_id)
            start.wait(timeout=10)
            presence.set_presence(agent, state, "Break" if state is AWAY else None)
            db.session.commit()
            done.append(state)

    for _round in range(20):
        threads = [Thread(target=tab, args=(state,)) for state in wishes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)
    assert len(done) == 40
    open_ones = select(func.count()).where(Presence.agent_id == ada_id, Presence.ended_at.is_(None))
    assert db.session.scalar(open_ones) == 1
    ledger = db.session.scalars(select(Presence).where(Presence.agent_id == ada_id).order_by(Presence.id)).all()
    pairs = [(row.state, row.reason) for row in ledger]
    assert all(before != after for before, after in pairwise(pairs))
    assert all(row.ended_at is None or row.ended_at >= row.started_at for row in ledger)


def test_whoever_lets_an_offer_ring_out_is_not_responding_until_they_say_so(app: Flask) -> None:
    ada = factories.ada()
    presence.set_presence(ada, AVAILABLE)
    rang_out = presence.set_presence(ada, NOT_RESPONDING, because="rang out", actor=None)
    assert rang_out
    assert (rang_out.state, rang_out.because, rang_out.by_id) == (NOT_RESPONDING, "rang out", None)
    event = db.session.scalars(select(Event).where(Event.name == "presence.changed").order_by(Event.id.desc())).first()
    assert event
    assert (event.agent_id, event.data["because"]) == (None, "rang out"), "nobody did it by hand"
    presence.set_presence(ada, AVAILABLE)
    assert [state for state, _reason, _minutes in stretches(ada)] == ["AVAILABLE", "NOT_RESPONDING", "AVAILABLE"]


@pytest.mark.parametrize(("state", "reason"), [(AWAY, "Lunch"), (FINISHING, None), (OFFLINE, None)])
def test_who_had_said_why_they_would_not_answer_is_excused(
    app: Flask, state: PresenceState, reason: str | None
) -> None:
    ada = factories.ada()
    presence.set_presence(ada, AVAILABLE)
    presence.set_presence(ada, state, reason)
    presence.set_presence(ada, NOT_RESPONDING, because="rang out")
    standing = presence.current(ada)
    assert standing
    assert standing.state is state


def test_who_was_never_here_cannot_have_failed_to_answer(app: Flask) -> None:
    ada = factories.ada()
    assert presence.set_presence(ada, NOT_RESPONDING, because="rang out") is None


def test_who_finishes_is_offline_once_nothing_is_left(app: Flask) -> None:
    ada, nils = factories.ada(), factories.nils()
    with clock.standing_at(NINE):
        presence.set_presence(ada, FINISHING)
        presence.set_presence(nils, AVAILABLE)
        assert presence.finishing() == [ada.id]
    with clock.standing_at(NINE + timedelta(minutes=10)):
        assert presence.finish([]) == []
        assert presence.finish([ada.id, nils.id]) == [ada.id]
    assert stretches(ada) == [("FINISHING", None, 10), ("OFFLINE", None, None)]
    standing = presence.current(ada)
    assert standing
    assert standing.because == "finished"
    assert stretches(nils) == [("AVAILABLE", None, None)]


def test_a_supervisor_changes_a_state_and_says_why(app: Flask) -> None:
    ada, lee = factories.ada(), factories.lee()
    presence.set_presence(ada, AVAILABLE)
    opened = presence.set_for(ada, AWAY, "Training", "  Fire   drill ", lee)
    assert opened
    assert (opened.state, opened.reason, opened.because, opened.by_id) == (AWAY, "Training", "Fire drill", lee.id)


@pytest.mark.parametrize("words", ["", "   ", "\0", "x" * 201])
def test_a_supervisor_has_to_say_why(app: Flask, words: str) -> None:
    ada, lee = factories.ada(), factories.lee()
    with pytest.raises(Invalid) as refused:
        presence.set_for(ada, OFFLINE, None, words, lee)
    assert "because" in refused.value.fields
    assert stretches(ada) == []


def test_nobody_is_made_not_responding_by_hand(app: Flask) -> None:
    ada, lee = factories.ada(), factories.lee()
    presence.set_presence(ada, AVAILABLE)
    with pytest.raises(Invalid):
        presence.set_for(ada, NOT_RESPONDING, None, "asleep", lee)


def test_a_deactivated_account_has_no_state_to_change(app: Flask) -> None:
    ada, lee = factories.agent("Ada Brandt", active=False), factories.lee()
    with pytest.raises(IllegalMove):
        presence.set_for(ada, AVAILABLE, None, "come back", lee)
