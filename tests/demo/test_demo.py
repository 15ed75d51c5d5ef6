"""The demo is made by the product's own verbs: what stands there afterwards is what a year of work would have left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.channels.models import RawMessageRow, RawState
from contact_center.config import Config
from contact_center.customers.models import Customer
from contact_center.demo import installing, scale
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.tickets.messages import Message
from contact_center.tickets.models import Ticket, TicketState
from tests.database import WorkerDatabase

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.committing


@pytest.fixture(scope="module")
def firm(application: Flask, database: WorkerDatabase) -> Iterator[list[float]]:
    """The demo, installed once for all that look at it: the progress that was told."""
    with application.app_context():
        yield _install()
        db.session.remove()
    database.renew()


@pytest.fixture(autouse=True)
def _inside(application: Flask) -> Iterator[None]:
    with application.app_context():
        yield


def _install() -> list[float]:
    heard: list[float] = []
    with clock.standing_at(NOW):
        assert installing.is_empty()
        installing.install(heard.append, stories=12, customers=20)
    return heard


def test_it_leaves_a_firm_with_people_customers_and_a_year_of_tickets(firm: list[float]) -> None:
    states = dict(db.session.execute(select(Ticket.state, func.count()).group_by(Ticket.state)).all())
    languages = set(db.session.scalars(select(Ticket.language)))
    assert not installing.is_empty()
    assert db.session.scalar(select(func.count()).select_from(Agent)) == 9
    assert db.session.scalar(select(func.count()).select_from(Customer)) >= 15
    assert TicketState.NEW in states
    assert states.keys() & {TicketState.RESOLVED, TicketState.CLOSED}
    assert languages == {"en", "zh"}
    assert set(db.session.scalars(select(RawMessageRow.state))) == {RawState.DONE}
    assert firm == sorted(firm), "progress never goes back"


def test_its_history_keeps_to_its_year_and_its_letters_have_left(firm: list[float]) -> None:
    first, last = db.session.execute(select(func.min(Message.at), func.max(Message.at))).one()
    assert NOW - timedelta(days=366) < first <= last <= NOW
    assert set(db.session.scalars(select(Outgoing.state))) == {OutgoingState.SENT}


def test_it_tells_the_same_story_twice(firm: list[float], database: WorkerDatabase) -> None:
    told = db.session.execute(select(Message.subject, Message.text).order_by(Message.at, Message.id)).all()
    db.session.remove()
    database.renew()
    _install()
    again = db.session.execute(select(Message.subject, Message.text).order_by(Message.at, Message.id)).all()
    assert [row.text.split("> ")[0] for row in again] == [row.text.split("> ")[0] for row in told]


def test_it_fills_tables_by_the_thousand(config: Config, database: WorkerDatabase) -> None:
    database.renew()
    heard: list[float] = []
    scale.fill(config.database_url.replace("+psycopg", ""), 1000, 1000, lambda share, _what: heard.append(share))
    assert db.session.scalar(select(func.count()).select_from(Customer)) == 1000
    assert db.session.scalar(select(func.count()).select_from(Message)) == 5000
    assert (heard[0], heard[-1]) == (0.0, 1.0)
