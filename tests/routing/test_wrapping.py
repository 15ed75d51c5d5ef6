"""Wrap-up, as far as the ledger of an agent's day goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from contact_center import clock
from contact_center.extensions import db
from contact_center.queues.models import WrapUp
from contact_center.routing import wrapping
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import Handling, Interaction, InteractionState
from tests import factories

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_a_wrap_up_that_ran_out_ended_when_its_time_was_over_not_when_somebody_looked(app: Flask) -> None:
    ada = factories.ada()
    queue = factories.queue("Calls", ada, wrap_up=WrapUp.TIMEOUT, wrap_up_seconds=60)
    ticket = factories.ticket(queue)
    with clock.standing_at(NINE):
        lifecycle.take(ticket, ada)
    with clock.standing_at(NINE + timedelta(minutes=10)):
        lifecycle.resolve(ticket, ada)
    with clock.standing_at(NINE + timedelta(hours=3)):
        assert wrapping.sweep() == 1
    db.session.expire_all()
    stretch, interaction = db.session.scalars(select(Handling)).one(), db.session.scalars(select(Interaction)).one()
    assert (stretch.started_at, stretch.ended_at) == (NINE, NINE + timedelta(minutes=11))
    assert (interaction.state, interaction.wrapped_at) == (InteractionState.DONE, NINE + timedelta(minutes=11))
