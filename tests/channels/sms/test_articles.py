"""INFO and what they would like to know: the best article as a text, in the language of the question."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.channels.sms import commands
from contact_center.extensions import db
from contact_center.kb import articles, spaces
from contact_center.kb.articles import Place, Words
from contact_center.kb.models import Audience
from contact_center.kb.traces import ArticleUse, KnowledgeSearch
from contact_center.mailboxes import texting
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.outbox.models import Outgoing
from contact_center.selfservice.models import Deflection
from contact_center.tickets.models import Ticket
from tests.channels.sms import carrier as twilio
from tests.channels.sms.carrier import SAM


@pytest.fixture(autouse=True)
def _shelf(number: PhoneNumber) -> None:
    space = spaces.add_space(None, names={"en": "Help"}, slug="help")
    words = Words(
        "en", "Return a purchase", "Send it back within 30 days, we refund everything.", "<p>Pack it well.</p>"
    )
    article = articles.new(None, Place(space), words)
    articles.save(article, None, Words("zh_Hans_CN", "如何退货", "收货后三十天内可以退货。", "<p>请妥善包装。</p>"))
    articles.publish(article, None, (article.state,))
    secret = articles.new(None, Place(space, audience=Audience.AGENTS), Words("en", "Goodwill limits", "Up to 80 EUR."))
    articles.publish(secret, None, (secret.state,))
    db.session.commit()


def _answers() -> list[str]:
    return list(db.session.scalars(select(Outgoing.text).order_by(Outgoing.id)))


@pytest.mark.parametrize(
    ("text", "question"),
    [("INFO return a purchase", "return a purchase"), ("info: 退货", "退货"), ("咨询退货", "退货"), ("FAQ", ""),
     ("Ｉｎｆｏ x", "x"), ("information please", None), ("I need info", None), ("return", None)],
)  # fmt: skip
def test_a_question_stands_behind_the_word(text: str, question: str | None) -> None:
    assert commands.question_behind(text) == question


def test_the_best_article_is_texted_in_short_with_where_all_of_it_stands(client: FlaskClient) -> None:
    twilio.text(client, "INFO how do I return a purchase?")
    [answer] = _answers()
    first, link, more = answer.split("\n")
    assert first == "Return a purchase: Send it back within 30 days, we refund everything."
    assert link.startswith("http")
    assert "/k/en/" in link
    assert "a person answers" in more
    assert client.get("/k/en/" + link.rpartition("/")[2]).status_code == 302
    assert db.session.scalars(select(ArticleUse.what)).one() == "SENT"
    assert db.session.scalars(select(Deflection.visitor)).one() == f"text:{SAM}"
    assert db.session.scalars(select(Ticket)).all() == []


def test_a_question_in_chinese_is_answered_in_chinese(client: FlaskClient) -> None:
    twilio.text(client, "咨询 怎么退货")
    [answer] = _answers()
    assert answer.startswith("如何退货：收货后三十天内可以退货。")
    assert "/k/zh/" in answer


def test_the_bare_word_asks_for_help_or_says_how_to_ask(client: FlaskClient) -> None:
    twilio.text(client, "FAQ")
    assert "INFO return a purchase" in _answers()[0]


@pytest.mark.parametrize("text", ["INFO zebra crossing", "INFO goodwill limits"])
def test_what_no_article_for_everybody_answers_is_read_by_a_person(client: FlaskClient, text: str) -> None:
    twilio.text(client, text)
    assert len(db.session.scalars(select(Ticket)).all()) == 1
    assert "80 EUR" not in str(_answers())
    assert [(row.where, row.found) for row in db.session.scalars(select(KnowledgeSearch))] == [("SMS", 0)]


def test_one_word_may_ask_for_help_and_stand_before_a_question_but_not_for_anything_else() -> None:
    form = {"price": "0.1", "currency": "EUR", "quiet_from": "21:00", "quiet_until": "08:00", "stop_words": "stop"}
    read = texting.read(form | {"help_words": "help, info", "info_words": "info"})
    assert (read["help_words"], read["info_words"]) == (["help", "info"], ["info"])
    with pytest.raises(texting.Invalid):
        texting.read(form | {"order_words": "info", "info_words": "info"})
