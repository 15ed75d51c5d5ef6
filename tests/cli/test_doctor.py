"""What the doctor says of the queue."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from contact_center.cli import doctor
from contact_center.extensions import db
from contact_center.routing import dispatcher
from contact_center.tickets.messages import Interaction
from tests import factories


def test_work_that_nobody_places_means_that_no_dispatcher_runs(app: Flask) -> None:
    factories.filed(factories.queue("Service", factories.ada()))
    assert [one.is_well for one in doctor._queue()] == [True]
    db.session.execute(update(Interaction).values(queued_at=Interaction.queued_at - timedelta(minutes=1)))
    (finding,) = doctor._queue()
    assert finding.is_well is False
    assert "dispatcher" in finding.sentence
    dispatcher.turn()
    assert [one.is_well for one in doctor._queue()] == [True]
