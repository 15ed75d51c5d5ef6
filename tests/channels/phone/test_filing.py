"""What calls become: a ticket each, however often somebody calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy import select

from carrier import scripts
from contact_center.calls.models import Call
from contact_center.demo.calling.crew import Habits
from contact_center.demo.calling.day import Day
from contact_center.extensions import db
from contact_center.queues.models import Queue
from tests import factories
from tests.channels.phone.conftest import NUMBER

GRETA = "+4915112345678"


def test_somebody_who_is_answered_five_times_is_no_loop(day: Callable[..., Day], hotline: Queue) -> None:
    factories.customer("Greta Gold", phone=GRETA)
    today = day(factories.ada(), habits=Habits(talk=10))
    for place in range(5):
        today.carrier.at(60.0 * place, partial(today.carrier.place_call, GRETA, NUMBER, scripts.caller([])))
    today.run(lambda: _over() == 5)
    assert len(set(db.session.scalars(select(Call.ticket_id)))) == 5


def _over() -> int:
    return len(db.session.scalars(select(Call.id).where(Call.ended_at.is_not(None))).all())
