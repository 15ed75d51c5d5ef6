"""Races over real connections: whatever meets whatever, each interaction has one offer and one owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from contact_center.agents import open_desks, presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.errors import ContactCenterError
from contact_center.extensions import db
from contact_center.routing import dispatcher, offers
from contact_center.routing.models import Offer, OfferState
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import Handling, Interaction, InteractionState
from contact_center.tickets.models import Ticket
from tests import factories

pytestmark = pytest.mark.committing


@pytest.fixture
def hall(app: Flask) -> list[int]:
    """Six agents at their desks in one queue with nine waiting; the ids of the agents."""
    people = [factories.agent(f"Agent{number} Smith") for number in range(6)]
    for one in people:
        open_desks.opened(f"desk of {one.id}", one.id)
        presence.set_presence(one, PresenceState.AVAILABLE)
    queue = factories.queue("Service", *people)
    for number in range(9):
        factories.filed(queue, factories.mail(f"c{number}@customers.example", text=str(number)))
    db.session.commit()
    return [one.id for one in people]


def at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """Let them begin in the same instant, each on a connection of its own; their results or errors."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        with app.app_context():
            start.wait()
            try:
                return act()
            except ContactCenterError as error:
                db.session.rollback()
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def accept(offer_id: int, agent_id: int) -> Callable[[], int]:
    def act() -> int:
        ticket = offers.accept(offer_id, db.session.get_one(Agent, agent_id))
        db.session.commit()
        return ticket.id

    return act


def count(*where: object) -> int:
    return db.session.scalar(select(func.count()).where(*where)) or 0  # type: ignore[arg-type]


def pending() -> Iterator[Offer]:
    return iter(db.session.scalars(select(Offer).where(Offer.state == OfferState.PENDING)).all())


def test_two_dispatchers_never_offer_anything_twice(app: Flask, hall: list[int]) -> None:
    at_once(app, *[dispatcher.turn] * 4)
    dispatcher.turn()
    standing = list(pending())
    assert len(standing) == 6
    assert {offer.agent_id for offer in standing} == set(hall)
    assert len({offer.interaction_id for offer in standing}) == 6
    assert count(Interaction.state == InteractionState.OFFERED) == 6


def test_accepting_in_two_tabs_at_once_takes_it_once(app: Flask, hall: list[int]) -> None:
    dispatcher.turn()
    offer = next(pending())
    results = at_once(app, *[accept(offer.id, offer.agent_id)] * 3)
    assert len(set(results)) == 1
    assert count(Handling.id.is_not(None)) == 1


def test_an_offer_is_accepted_or_ended_never_both(app: Flask, hall: list[int]) -> None:
    dispatcher.turn()
    offer = next(pending())
    offer_id, agent_id = offer.id, offer.agent_id
    db.session.rollback()

    def end() -> bool:
        ended = offers.end(db.session.get_one(Offer, offer_id), OfferState.TIMED_OUT)
        db.session.commit()
        return ended

    at_once(app, accept(offer_id, agent_id), end)
    ended = db.session.get_one(Offer, offer_id)
    row = db.session.get_one(Interaction, ended.interaction_id)
    was_taken = ended.state is OfferState.ACCEPTED
    assert row.state is (InteractionState.HANDLING if was_taken else InteractionState.WAITING)
    assert db.session.get_one(Ticket, row.ticket_id).assignee_id == (agent_id if was_taken else None)


def test_taking_by_hand_and_accepting_have_one_winner(app: Flask, hall: list[int]) -> None:
    dispatcher.turn()
    offer = next(pending())
    offer_id, agent_id, ticket_id = offer.id, offer.agent_id, offer.interaction.ticket_id
    other = next(one for one in hall if one != agent_id)
    db.session.rollback()

    def take() -> int:
        lifecycle.take(db.session.get_one(Ticket, ticket_id), db.session.get_one(Agent, other))
        db.session.commit()
        return ticket_id

    results = at_once(app, accept(offer_id, agent_id), take)
    assert sum(isinstance(one, ContactCenterError) for one in results) == 1
    dispatcher.turn()
    ticket = db.session.get_one(Ticket, ticket_id)
    handled = db.session.scalars(select(Interaction).where(Interaction.ticket_id == ticket_id)).one()
    assert ticket.assignee_id == handled.agent_id
    assert handled.state is InteractionState.HANDLING
    assert db.session.get_one(Offer, offer_id, populate_existing=True).state is not OfferState.PENDING


def test_a_dispatcher_that_dies_in_the_middle_leaves_nothing_half_done(app: Flask, hall: list[int]) -> None:
    class Killed(BaseException):
        pass

    real = offers.make

    def dies_before_the_commit(matches: Sequence[offers.Match]) -> list[int]:
        real(matches)
        raise Killed

    offers.make = dies_before_the_commit
    try:
        with pytest.raises(Killed):
            dispatcher.turn()
    finally:
        offers.make = real
        db.session.rollback()
    assert count(Interaction.state == InteractionState.OFFERED) == len(list(pending())) == 0
    dispatcher.turn()
    assert len(list(pending())) == 6
