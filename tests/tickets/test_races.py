"""Two people at the same ticket in the same instant, on two connections: one wins, the other is told.

The second is started while the first has not committed, and let go on once the server says that it waits for the lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select, text

from contact_center.agents.models import Agent
from contact_center.errors import AlreadyTaken, ContactCenterError, IllegalMove, Stale
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets import changes, lifecycle
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Ticket, TicketState
from tests import factories

pytestmark = pytest.mark.committing
Verb = Callable[[Ticket, Agent], object]

_WAITS = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


def ticket_and_people() -> tuple[Ticket, Agent, Agent]:
    ada, lee = factories.ada(), factories.lee()
    ticket = factories.ticket(factories.queue("Service", ada, lee))
    factories.queue("Parts", ada, lee)
    db.session.commit()
    return ticket, ada, lee


def elsewhere(app: Flask, verb: Verb, ticket_id: int, agent_id: int, seen: threading.Event | None = None) -> object:
    """Do it on a connection of its own, from what the ticket looks like before anybody commits."""
    with app.app_context():
        ticket, agent = db.session.get_one(Ticket, ticket_id), db.session.get_one(Agent, agent_id)
        assert ticket.queue
        if seen:
            seen.set()
        try:
            done = verb(ticket, agent)
            db.session.commit()
        except ContactCenterError as error:
            db.session.rollback()
            return error
        return done


def race(app: Flask, first: Verb, second: Verb) -> tuple[Ticket, object]:
    """*first* by Ada and *second* by Lee, Lee in between Ada's change and her commit; what Lee got."""
    ticket, ada, lee = ticket_and_people()
    with ThreadPoolExecutor(1) as pool:
        seen = threading.Event()
        db.session.refresh(ticket)
        first(ticket, ada)
        loser: Future[object] = pool.submit(elsewhere, app, second, ticket.id, lee.id, seen)
        assert seen.wait(30)
        while not loser.done() and not _somebody_waits(app):
            pass
        db.session.commit()
        outcome = loser.result(30)
    db.session.expire_all()
    return ticket, outcome


def _somebody_waits(app: Flask) -> bool:
    with app.app_context():
        return bool(db.session.scalar(_WAITS))


def to_parts(ticket: Ticket, agent: Agent) -> None:
    lifecycle.move(ticket, db.session.scalars(select(Queue).where(Queue.name == "Parts")).one(), agent)


def to_oneself(ticket: Ticket, agent: Agent) -> None:
    lifecycle.assign(ticket, agent, agent)


def events(name: Name) -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.name == name)))


def test_it_lets_only_one_of_two_take_a_ticket(app: Flask) -> None:
    ticket, outcome = race(app, lifecycle.take, lifecycle.take)
    assert isinstance(outcome, AlreadyTaken)
    assert "Ada Brandt" in outcome.sentence
    assert ticket.assignee
    assert ticket.assignee.name == "Ada Brandt"
    assert len(events(Name.TICKET_TAKEN)) == 1


def test_it_resolves_once_when_two_resolve(app: Flask) -> None:
    ticket, outcome = race(app, lifecycle.resolve, lifecycle.resolve)
    assert isinstance(outcome, IllegalMove)
    assert (ticket.state, len(events(Name.TICKET_RESOLVED))) == (TicketState.RESOLVED, 1)


def test_it_does_not_move_a_ticket_away_from_whom_has_just_taken_it(app: Flask) -> None:
    ticket, outcome = race(app, lifecycle.take, to_parts)
    assert isinstance(outcome, AlreadyTaken)
    assert (ticket.queue.name, ticket.state) == ("Service", TicketState.OPEN)


def test_it_does_not_take_a_ticket_that_has_just_been_moved(app: Flask) -> None:
    ticket, outcome = race(app, to_parts, lifecycle.take)
    assert isinstance(outcome, AlreadyTaken)
    assert "Parts" in outcome.sentence
    assert (ticket.queue.name, ticket.assignee_id) == ("Parts", None)
    interaction = db.session.scalars(select(Interaction)).one()
    assert (interaction.queue_id, interaction.agent_id) == (ticket.queue_id, None)


def test_it_does_not_hand_over_what_somebody_else_has_just_taken(app: Flask) -> None:
    ticket, outcome = race(app, lifecycle.take, to_oneself)
    assert isinstance(outcome, AlreadyTaken)
    assert ticket.assignee
    assert ticket.assignee.name == "Ada Brandt"


def test_it_does_not_take_what_has_just_been_resolved(app: Flask) -> None:
    ticket, outcome = race(app, lifecycle.resolve, lifecycle.take)
    assert isinstance(outcome, IllegalMove)
    assert ticket.state is TicketState.RESOLVED


def test_it_shows_the_second_of_two_editors_what_the_first_has_written(app: Flask) -> None:
    def edit(words: str) -> Verb:
        return lambda ticket, agent: changes.change(ticket, agent, 1, subject=words)

    ticket, outcome = race(app, edit("Ada's"), edit("Lee's"))
    assert isinstance(outcome, Stale)
    assert outcome.difference == {"subject": ("Lee's", "Ada's")}
    assert ticket.subject == "Ada's"


def test_it_closes_no_ticket_twice_when_two_clean_up_at_once(app: Flask) -> None:
    def close(_ticket: Ticket, _agent: Agent) -> int:
        return lifecycle.close_due(factories.clock.now())

    ticket, ada, lee = ticket_and_people()
    lifecycle.resolve(ticket, ada)
    db.session.commit()
    assert close(ticket, ada) == 1
    assert elsewhere(app, close, ticket.id, lee.id) == 0, "what somebody else holds is passed over, not waited for"
    db.session.commit()
    assert len(events(Name.TICKET_CLOSED)) == 1


def test_it_finds_one_winner_among_many(app: Flask) -> None:
    ticket, *_ = ticket_and_people()
    many = [factories.agent(f"Agent {i}", email=f"agent{i}@norra.example").id for i in range(8)]
    db.session.commit()
    ticket_id, start = ticket.id, threading.Barrier(len(many))

    def take(ticket: Ticket, agent: Agent) -> None:
        start.wait(30)
        lifecycle.take(ticket, agent)

    with ThreadPoolExecutor(len(many)) as pool:
        outcomes = list(pool.map(lambda agent_id: elsewhere(app, take, ticket_id, agent_id), many))
    assert [type(each) for each in outcomes].count(type(None)) == 1
    assert sum(isinstance(each, AlreadyTaken) for each in outcomes) == len(many) - 1
    assert len(events(Name.TICKET_TAKEN)) == 1
