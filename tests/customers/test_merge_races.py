"""A merge, and somebody else at the same customers in the same instant, on connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from contact_center.agents.models import Agent
from contact_center.channels import inbox
from contact_center.channels.email.adapter import Parcel
from contact_center.customers import merging
from contact_center.customers.models import Customer, Merge
from contact_center.errors import AlreadyTaken, ContactCenterError
from contact_center.extensions import db
from contact_center.tickets.models import Ticket
from tests import factories

pytestmark = pytest.mark.committing

_WAITS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE wait_event_type IN ('Lock', 'Extension') AND datname = current_database()"
)


def elsewhere(app: Flask, act: Callable[[], object]) -> object:
    with app.app_context():
        try:
            done = act()
            db.session.commit()
        except ContactCenterError as error:
            db.session.rollback()
            return error
        return done


def meanwhile(app: Flask, act: Callable[[], object]) -> object:
    """Begin *act* before this connection commits, let it get as far as it can, then commit; what came of it."""
    with ThreadPoolExecutor(1) as pool:
        other: Future[object] = pool.submit(elsewhere, app, act)
        while not other.done() and not _somebody_waits(app):
            pass
        db.session.commit()
        return other.result(30)


def _somebody_waits(app: Flask) -> bool:
    with app.app_context(), db.engine.connect() as connection:
        return bool(connection.scalar(_WAITS))


@pytest.fixture
def people(app: Flask) -> tuple[int, int, int]:
    """Greta, Bo, and a supervisor, by their ids."""
    lee, greta, bo = factories.lee(), factories.customer("Greta", "greta@x.example"), factories.customer("Greta L.")
    db.session.commit()
    return greta.id, bo.id, lee.id


def test_of_two_who_merge_a_pair_either_way_one_wins_and_the_other_is_told(
    app: Flask, people: tuple[int, int, int]
) -> None:
    greta, bo, lee = people
    merging.merge(greta, bo, db.session.get_one(Agent, lee))
    lost = meanwhile(app, lambda: merging.merge(bo, greta, db.session.get_one(Agent, lee)))
    assert isinstance(lost, AlreadyTaken)
    assert db.session.scalar(select(func.count()).select_from(Merge)) == 1


def test_a_mail_that_arrives_in_the_middle_of_a_merge_is_the_survivors(
    app: Flask, people: tuple[int, int, int]
) -> None:
    greta, bo, lee = people
    mailbox = factories.mailbox(factories.queue("Service"))
    db.session.commit()
    mail = b"From: greta@x.example\r\nTo: support@norra.example\r\nMessage-ID: <1@x.example>\r\n\r\nHello"
    merging.merge(bo, greta, db.session.get_one(Agent, lee))
    box = mailbox.id
    meanwhile(app, lambda: inbox.accept("email", Parcel("smtp", box, mail)))
    db.session.expire_all()
    assert db.session.scalars(select(Ticket.customer_id)).all() == [bo]
    assert db.session.scalar(select(func.count()).select_from(Customer)) == 1
