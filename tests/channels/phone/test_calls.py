"""A call from the first ring to the last word, over the carrier's webhooks and our own REST requests."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from carrier import scripts
from contact_center.calls import invariants
from contact_center.calls.models import Call, CallStage, CallState, Outcome
from contact_center.demo.calling.crew import Habits
from contact_center.demo.calling.day import Day
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets.messages import InteractionState
from tests import factories
from tests.channels.phone.conftest import NUMBER

StartDay = Callable[..., Day]
GRETA = "+4915112345678"


def calls() -> list[Call]:
    db.session.expire_all()
    return list(db.session.scalars(select(Call).order_by(Call.id)))


def are_over() -> bool:
    return all(call.ended_at is not None for call in calls())


def test_a_caller_is_answered_by_an_agent_and_both_hang_up_in_peace(day: StartDay, hotline: Queue) -> None:
    ada = factories.ada()
    greta = factories.customer("Greta Gold", phone=GRETA)
    today = day(ada, habits=Habits(talk=60))
    caller = today.carrier.place_call(GRETA, NUMBER, scripts.caller([]))

    today.run(lambda: bool(calls()) and are_over())

    (call,) = calls()
    assert (call.state, call.outcome, call.customer_id, call.agent_id) == (
        CallState.ENDED, Outcome.HANDLED, greta.id, ada.id
    )  # fmt: skip
    assert call.ticket is not None
    assert call.ticket.customer_id == greta.id
    assert call.interaction is not None
    assert call.interaction.state is InteractionState.DONE
    assert call.interaction.answered_at == call.answered_at
    stages = list(db.session.scalars(select(CallStage.state).order_by(CallStage.id)))
    assert stages == [
        CallState.NEW, CallState.MENU, CallState.QUEUED, CallState.CONNECTING, CallState.TALKING, CallState.SURVEY
    ]  # fmt: skip
    assert not caller.live
    assert not today.carrier.silences()
    assert invariants.broken() == []
