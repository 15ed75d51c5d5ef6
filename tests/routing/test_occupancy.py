"""What people have in hand, and how much of their time it filled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from contact_center import clock
from contact_center.agents.models import Agent, Presence, PresenceState
from contact_center.extensions import db
from contact_center.routing import occupancy
from contact_center.routing.models import Offer, OfferState
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import Handling, Interaction
from contact_center.tickets.models import Ticket
from tests import factories

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR = 60  # minutes that are looked at; stretches reach beyond both ends

stretches = st.lists(st.tuples(st.integers(-20, 70), st.integers(0, 40)), max_size=8)


def at(minute: int) -> datetime:
    return NINE + timedelta(minutes=minute)


def interactions(agent: Agent, number: int) -> list[int]:
    queue = factories.queue("Service e-mail", agent)
    filed = [factories.filed(queue, subject=f"Request {n}", text=f"{n}") for n in range(number)]
    return [one.interaction_id for one in filed if one.interaction_id is not None]


def put(agent: Agent, states: list[tuple[PresenceState, int, int]], worked: list[tuple[int, int]], one: int) -> None:
    """Write the ledger: states one after the other, work as it overlaps; a negative end is still open."""
    db.session.execute(delete(Presence))
    db.session.execute(delete(Handling))
    for state, begins, ends in states:
        db.session.add(Presence(agent_id=agent.id, state=state, started_at=at(begins), ended_at=at(ends)))
    for begins, lasts in worked:
        row = Handling(interaction_id=one, agent_id=agent.id, started_at=at(begins), ended_at=at(begins + lasts))
        db.session.add(row)
    db.session.flush()


def test_what_overlaps_counts_once(app: Flask) -> None:
    ada = factories.ada()
    [one] = interactions(ada, 1)
    put(ada, [(PresenceState.AVAILABLE, 0, 60)], [(0, 30), (10, 10), (20, 25)], one)
    found = occupancy.of([ada.id], NINE, at(HOUR))[ada.id]
    assert (found.available, found.busy, found.percent) == (timedelta(hours=1), timedelta(minutes=45), 75)


def test_work_in_hand_while_away_counts_neither_way(app: Flask) -> None:
    ada = factories.ada()
    [one] = interactions(ada, 1)
    states = [(PresenceState.AVAILABLE, 0, 20), (PresenceState.AWAY, 20, 50), (PresenceState.FINISHING, 50, 60)]
    put(ada, states, [(0, 60)], one)
    found = occupancy.of([ada.id], NINE, at(HOUR))[ada.id]
    assert (found.available, found.busy, found.percent) == (timedelta(minutes=30), timedelta(minutes=30), 100)


def test_who_was_not_available_has_no_figure(app: Flask) -> None:
    ada = factories.ada()
    [one] = interactions(ada, 1)
    put(ada, [(PresenceState.NOT_RESPONDING, 0, 60)], [(0, 60)], one)
    assert occupancy.of([ada.id], NINE, at(HOUR)) == {}


def test_what_is_still_open_counts_until_the_end_that_is_asked_for(app: Flask) -> None:
    ada = factories.ada()
    [one] = interactions(ada, 1)
    put(ada, [], [], one)
    db.session.add(Presence(agent_id=ada.id, state=PresenceState.AVAILABLE, started_at=at(0), ended_at=None))
    db.session.add(Handling(interaction_id=one, agent_id=ada.id, started_at=at(30), ended_at=None))
    db.session.flush()
    assert occupancy.of([ada.id], NINE, at(40))[ada.id].percent == 25


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worked=stretches, changes=st.lists(st.sampled_from(list(PresenceState)), min_size=1, max_size=6))
def test_it_is_what_counting_minute_by_minute_gives(
    app: Flask, worked: list[tuple[int, int]], changes: list[PresenceState]
) -> None:
    db.session.rollback()
    ada = factories.ada()
    [one] = interactions(ada, 1)
    length = 90 // len(changes)
    states = [(state, -15 + n * length, -15 + (n + 1) * length) for n, state in enumerate(changes)]
    put(ada, states, worked, one)
    there = {m for state, a, b in states if state in occupancy.AT_WORK for m in range(a, b) if 0 <= m < HOUR}
    had = {m for begins, lasts in worked for m in range(begins, begins + lasts)}
    found = occupancy.of([ada.id], NINE, at(HOUR)).get(ada.id)
    minutes = (found.available, found.busy) if found else (timedelta(0), timedelta(0))
    assert minutes == (timedelta(minutes=len(there)), timedelta(minutes=len(there & had)))
    assert minutes[1] <= minutes[0]


def test_taking_and_answering_shows_in_hand_and_after(app: Flask) -> None:
    ada = factories.ada()
    queue = factories.queue("Service e-mail", ada)
    first, second = (factories.ticket(queue, subject=word, text=word) for word in ("One", "Two"))
    lifecycle.take(first, ada)
    lifecycle.take(second, ada)
    assert occupancy.in_hand([ada.id]) == {ada.id: 2}
    assert occupancy.busy([ada.id]) == {ada.id}
    lifecycle.resolve(first, ada)
    lifecycle.assign(second, None, ada)
    assert occupancy.in_hand([ada.id]) == {}


def test_who_has_an_offer_ringing_is_not_done(app: Flask) -> None:
    ada = factories.ada()
    [one] = interactions(ada, 1)
    now = clock.now()
    db.session.add(Offer(interaction_id=one, agent_id=ada.id, state=OfferState.PENDING, offered_at=now, expires_at=now))
    db.session.flush()
    assert occupancy.busy([ada.id]) == {ada.id}


def test_only_what_one_may_open_is_visible(app: Flask) -> None:
    ada, lee, mo = factories.ada(), factories.lee(), factories.agent("Mo Other", factories.RoleName.SUPERVISOR)
    team = factories.team("Service", ada, lee)
    ticket = factories.ticket(factories.queue("Service e-mail", ada, team_id=team.id))
    one = db.session.scalars(select(Interaction)).one()
    db.session.add(Handling(interaction_id=one.id, agent_id=ada.id, started_at=at(0), ended_at=at(5)))
    db.session.add(
        Offer(
            interaction_id=one.id, agent_id=ada.id, state=OfferState.ACCEPTED, offered_at=at(0), expires_at=at(1),
            ended_at=at(0),
        )
    )  # fmt: skip
    db.session.flush()
    for viewer, sees in ((ada, True), (lee, True), (mo, False)):
        handlings = occupancy.handlings(ada, NINE, at(HOUR), viewer)
        offers = occupancy.offers(ada, NINE, at(HOUR), viewer)
        assert [(row[2].id, row.is_visible) for row in (*handlings, *offers)] == [(ticket.id, sees)] * 2
    assert occupancy.handlings(ada, at(6), at(HOUR), ada) == []
    assert isinstance(ticket, Ticket)
