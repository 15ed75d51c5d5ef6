"""What calls become: a ticket each, however often somebody calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from carrier import scripts
from contact_center.calls import lines
from contact_center.calls.lines import CallLine
from contact_center.calls.models import Call
from contact_center.demo.calling.crew import Habits
from contact_center.demo.calling.day import Day
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.queues.models import Queue
from contact_center.tickets.models import Ticket
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


def test_the_ticket_of_a_call_is_named_as_the_caller_heard_it(day: Callable[..., Day], hotline: Queue) -> None:
    """They read its name in our mails and on their page."""
    factories.customer("王静怡", phone=GRETA, language="zh_Hans_CN")
    (number,) = places.numbers().values()
    words = {"en": "help with an appliance", "zh_Hans_CN": "家电维修"}
    choices = [{"key": "1", "does": "queue", "words": words}]
    db.session.add(CallLine(number_id=number.id, choices=choices, languages=["zh_Hans_CN"]))
    db.session.commit()
    lines.forget()
    today = day()
    today.carrier.place_call(GRETA, NUMBER, scripts.caller([], answers={"家电维修": "1"}, patience=20))
    today.run(lambda: db.session.scalar(select(Ticket.id)) is not None)
    ticket = db.session.scalars(select(Ticket)).one()
    assert ticket.subject == f"来自 {GRETA} 的电话：家电维修"
    today.run(lambda: _over() == 1)
    db.session.refresh(ticket)
    assert ticket.subject == f"未接来电：{GRETA}"


def test_nobody_ever_sees_that_somebody_waits_without_the_call_they_wait_in(
    day: Callable[..., Day], hotline: Queue
) -> None:
    alone = text(
        "SELECT i.id FROM interaction i WHERE i.kind = 'CALL' AND i.state = 'WAITING'"
        " AND NOT EXISTS (SELECT FROM call c WHERE c.interaction_id = i.id)"
    )
    seen: list[int] = []
    commits: list[int] = []

    def look(_session: Session) -> None:
        seen.extend(connection.scalars(alone))
        commits.append(1)

    today = day()
    connection = db.session.connection()
    event.listen(db.session, "after_commit", look)
    try:
        today.carrier.place_call(GRETA, NUMBER, scripts.caller([], patience=20))
        today.run(lambda: db.session.scalar(select(Call.queued_at)) is not None)
    finally:
        event.remove(db.session, "after_commit", look)
    assert commits
    assert seen == []


def _over() -> int:
    return len(db.session.scalars(select(Call.id).where(Call.ended_at.is_not(None))).all())
