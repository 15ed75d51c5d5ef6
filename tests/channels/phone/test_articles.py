"""An answer from the help centre on the telephone: said, heard and rated, over the carrier's webhooks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from carrier import scripts
from carrier.legs import Leg
from contact_center.calls.models import Call, CallState, Outcome
from contact_center.demo.calling.day import Day
from contact_center.extensions import db
from contact_center.kb import articles, spaces
from contact_center.kb.articles import Place, Words
from contact_center.kb.traces import KnowledgeSearch, Vote
from contact_center.queues.models import Queue
from contact_center.selfservice.models import Deflection
from tests.channels.phone.conftest import NUMBER
from tests.channels.phone.test_selfhelp import GRETA, line

StartDay = Callable[..., Day]
CHOICES = [{"key": "7", "does": "article", "words": {"en": "an answer", "zh_Hans_CN": "常见问题"}}]


@pytest.fixture(autouse=True)
def _shelf(hotline: Queue) -> None:
    space = spaces.add_space(None, names={"en": "Help", "zh_Hans_CN": "帮助"}, slug="help")
    words = Words("en", "Descale the kettle", "Boil one part of vinegar in two parts of water.", "<p>Rinse it.</p>")
    article = articles.new(None, Place(space), words)
    articles.save(article, None, Words("zh_Hans_CN", "给水壶除垢", "用白醋和水煮一次。", "<p>再冲洗。</p>"))
    articles.publish(article, None, (article.state,))
    db.session.commit()


def _call(day: Day, keys: dict[str, str], words: dict[str, str]) -> tuple[Leg, Call]:
    leg = day.carrier.place_call(GRETA, NUMBER, scripts.caller([], answers=keys, words=words))
    day.run(lambda: bool(db.session.scalars(select(Call.id)).all()))
    day.run(lambda: _row().ended_at is not None or _row().state is CallState.QUEUED, limit=180)
    end = day.carrier.now.timestamp() + 4
    day.run(lambda: day.carrier.now.timestamp() >= end)
    return leg, _row()


def _row() -> Call:
    db.session.expire_all()
    return db.session.scalars(select(Call).order_by(Call.id.desc()).limit(1)).one()


def test_what_helped_ends_the_call_without_an_agent(day: StartDay) -> None:
    line(choices=CHOICES)
    leg, row = _call(
        day(), {"an answer press 7": "7", "Did this help": "1"}, {"like to know": "how do I descale a kettle"}
    )
    assert "Boil one part of vinegar" in leg.heard_text()
    assert (row.outcome, row.ticket_id) == (Outcome.CONTAINED, None)
    assert [(vote.is_helpful, vote.voter) for vote in db.session.scalars(select(Vote))] == [
        (True, f"visitor:call:{GRETA}")
    ]
    assert [(one.visitor, one.state) for one in db.session.scalars(select(Deflection))] == [(f"call:{GRETA}", "OPEN")]
    assert [(one.where, one.found) for one in db.session.scalars(select(KnowledgeSearch))] == [("PHONE", 1)]


def test_what_did_not_help_goes_on_to_an_agent_who_reads_what_was_asked(day: StartDay) -> None:
    line(choices=CHOICES)
    _leg, row = _call(day(), {"an answer press 7": "7", "Did this help": "2"}, {"like to know": "descale the kettle"})
    assert row.state is CallState.QUEUED
    assert row.ticket.subject.endswith("descale the kettle")
    assert db.session.scalars(select(Vote.is_helpful)).all() == [False]
    assert db.session.scalars(select(Deflection.state)).all() == ["REFUTED"]


def test_what_nobody_has_written_about_goes_on_to_an_agent(day: StartDay) -> None:
    line(choices=CHOICES)
    leg, row = _call(day(), {"an answer press 7": "7"}, {"like to know": "zebra crossings"})
    assert "found nothing about that" in leg.heard_text()
    assert row.state is CallState.QUEUED
    assert db.session.scalars(select(KnowledgeSearch.found)).all() == [0]


def test_who_says_nothing_twice_or_presses_0_is_helped_by_a_person(day: StartDay) -> None:
    line(choices=CHOICES)
    leg, row = _call(day(), {"an answer press 7": "7"}, {})
    assert leg.heard_text().count("like to know") == 2
    assert row.state is CallState.QUEUED


def test_in_chinese_it_is_asked_and_answered_in_chinese(day: StartDay) -> None:
    line(choices=CHOICES, languages=["zh_Hans_CN"])
    leg, row = _call(
        day(), {"简体中文服务": "2", "常见问题": "7", "有帮助吗": "1"}, {"想了解": "水壶怎么除垢"}
    )  # fmt: skip
    assert "用白醋和水煮一次" in leg.heard_text()
    assert row.outcome is Outcome.CONTAINED
