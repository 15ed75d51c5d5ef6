"""How was the call: a key after the agent has said good-bye."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from carrier import scripts
from contact_center import clock
from contact_center.calls.models import Call
from contact_center.customers import consents
from contact_center.demo.calling.crew import Habits
from contact_center.demo.calling.day import Day
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.queues.models import Queue
from contact_center.satisfaction import calls as ratings
from contact_center.satisfaction import settings, surveys
from contact_center.satisfaction.models import AskedBy, Survey, SurveyState
from contact_center.tickets.models import Task
from tests import factories
from tests.channels.phone.conftest import NUMBER
from tests.channels.phone.test_callbacks import rows, wait
from tests.channels.phone.test_selfhelp import GRETA, line

StartDay = Callable[..., Day]


def talked(day: Day, key: str = "2", question: str = "How satisfied") -> str:
    """A call of a minute, rated with a key; what its caller heard."""
    before = len(db.session.scalars(select(Call.id)).all())
    leg = day.carrier.place_call(GRETA, NUMBER, scripts.caller([], answers={question: key}))
    day.run(lambda: len(db.session.scalars(select(Call.id)).all()) > before, limit=60)
    day.run(lambda: not leg.live, limit=300)
    return leg.heard_text()


def test_a_key_is_the_rating_of_the_agent_and_a_low_one_is_followed_up(day: StartDay, hotline: Queue) -> None:
    ada = factories.ada()
    factories.root()
    factories.customer("Greta Gold", phone=GRETA)
    line(choices=[], asks_rating=True)
    talked(day(ada, habits=Habits(talk=20)))

    survey = db.session.scalars(select(Survey)).one()
    assert (survey.score, survey.agent_id, survey.queue_id, survey.channel, survey.asked_by) == (
        2, ada.id, hotline.id, "phone", AskedBy.PHONE
    )  # fmt: skip
    assert survey.task_id == db.session.scalars(select(Task.id)).one()


@pytest.mark.parametrize(
    ("keys", "scale", "score"),
    [("10", "NPS", 10), ("9#", "NPS", 9), ("0", "NPS", 0), ("77", "NPS", None), ("7", "CES", 7)],
)
def test_other_scales_are_asked_in_their_own_words_and_take_all_their_keys(
    day: StartDay, hotline: Queue, keys: str, scale: str, score: int | None
) -> None:
    """Two digits end by themselves, one by # or by waiting."""
    factories.root()
    factories.customer("Greta Gold", phone=GRETA)
    rules = settings.current()
    rules.nps_channels, rules.ces_channels = ["phone"] * (scale == "NPS"), ["phone"] * (scale == "CES")
    line(choices=[], asks_rating=True)
    today = day(factories.ada(), habits=Habits(talk=20))
    heard = talked(today, keys, "recommend us" if scale == "NPS" else "easy to get help")
    assert "Good-bye" in heard
    found = db.session.scalars(select(Survey)).all()
    assert [(survey.scale, survey.score) for survey in found] == ([] if score is None else [(scale, score)])


def test_nobody_is_asked_where_the_line_does_not_nor_twice_within_the_cool_down(day: StartDay, hotline: Queue) -> None:
    ada = factories.ada()
    factories.customer("Greta Gold", phone=GRETA)
    line(choices=[], asks_rating=True)
    today = day(ada, habits=Habits(talk=20))
    assert "How satisfied" in talked(today, "5")
    assert "How satisfied" not in talked(today, "5")
    assert len(db.session.scalars(select(Survey.id)).all()) == 1


@pytest.mark.parametrize("said_no", [True, False])
def test_who_wants_no_surveys_is_not_asked(day: StartDay, hotline: Queue, said_no: bool) -> None:
    ada = factories.ada()
    greta = factories.customer("Greta Gold", phone=GRETA)
    if said_no:
        key = consents.Channel.PHONE, consents.Purpose.SURVEYS
        consents.record(greta, *key, ada, is_granted=False, evidence="said so")
    line(choices=[], asks_rating=True)
    assert ("How satisfied" in talked(day(ada, habits=Habits(talk=20)))) is not said_no


@pytest.mark.parametrize("reason", ["", "no mobile", "said no", "lately", "asked on the keypad"])
def test_who_hangs_up_first_is_asked_by_one_text_if_they_may_be(day: StartDay, hotline: Queue, reason: str) -> None:
    ada, lee = factories.ada(), factories.lee()
    number = "+4930555123" if reason == "no mobile" else GRETA
    greta = factories.customer("Greta Gold", phone=number)
    line(choices=[], asks_rating=True)
    if reason == "said no":
        key = consents.Channel.SMS, consents.Purpose.SURVEYS
        consents.record(greta, *key, lee, is_granted=False, evidence="said so")
    today = day(ada, habits=Habits(talk=20 if reason == "asked on the keypad" else 600))
    gone = None if reason == "asked on the keypad" else ("joined", 1, 20.0)
    caller = today.carrier.place_call(number, NUMBER, scripts.caller([], hangs_up_at=gone))
    today.run(lambda: bool(rows()) and not caller.live, limit=120)
    if reason == "lately":
        with today.company.at_work():
            before = clock.now() - timedelta(days=20)
            db.session.add(
                Survey(
                    token_hash=b"before",
                    ticket=rows()[0].ticket,
                    resolved_at=before,
                    customer_id=greta.id,
                    queue_id=hotline.id,
                    channel="web",
                    language="en",
                    asked_by=AskedBy.EMAIL,
                    asked_at=before,
                    expires_at=before,
                    state=SurveyState.EXPIRED,
                )
            )
            db.session.commit()

    assert asked(today) == []
    wait(today, 300)
    sent = asked(today)
    assert [one.recipient for one in sent] == ([] if reason else [GRETA])
    assert asked(today) == sent
    if not reason:
        survey = surveys.asked_by_text(GRETA)
        assert survey is not None
        assert (survey.agent_id, survey.channel, survey.state) == (ada.id, "phone", SurveyState.ASKED)
        surveys.withdraw_reopened()
        surveys.answer(survey, 4, "")
        assert surveys.asked_by_text(GRETA).score == 4


def asked(today: Day) -> list[Outgoing]:
    """The texts that ask, after a look at what is due."""
    with today.company.at_work():
        ratings.ask_by_text()
        db.session.commit()
        return list(db.session.scalars(select(Outgoing).where(Outgoing.purpose == Purpose.SURVEY)))
