"""The figures of satisfaction: every number leads to its rows, rows leave as a file, impossible days are explained."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.satisfaction import settings, surveys
from contact_center.satisfaction.models import Scale, Survey
from contact_center.tickets import replies
from contact_center.tickets.models import RequestKind
from tests import factories

Enter = Callable[[Agent], FlaskClient]


@pytest.fixture
def lee(enter: Enter) -> FlaskClient:
    lee, ada = factories.lee(), factories.ada()
    queue = factories.queue("Support", lee, ada)
    factories.mailbox(queue)
    for n, score in enumerate((5, 4, 3, 1)):
        rated(queue, ada, score, "=1+1" if score == 1 else f"Comment {n}")
    db.session.commit()
    return enter(lee)


def rated(queue: Queue, agent: Agent, score: int, comment: str) -> None:
    customer = factories.customer(f"Guest {score}", f"guest{score}@home.example")
    ticket = factories.ticket(queue, sender=customer.points[0].value, subject=f"Case {score}")
    ticket.kind = RequestKind.REPAIR if score == 5 else None
    replies.reply(ticket, agent, "It is on its way.", then="RESOLVED")
    db.session.refresh(ticket)
    surveys.rate(ticket, customer, score, comment)


def test_every_figure_leads_to_its_rows(lee: FlaskClient) -> None:
    page = lee.get("/floor/satisfaction").text
    assert "50.0%" in page
    links = set(re.findall(r'href="(/floor/satisfaction[^"]*)"', page))
    assert len(links) > 10
    for href in links:
        assert lee.get(href.replace("&amp;", "&"), buffered=True).status_code == 200, href


def test_rows_say_in_words_what_they_were_narrowed_to(lee: FlaskClient) -> None:
    queue = db.session.scalars(db.select(Queue)).first()
    rows = lee.get(f"/floor/satisfaction/answers?queue={queue.id}&score=1&low=1").text  # type: ignore[union-attr]
    assert "<b>Support</b>" in rows
    assert "1 / 5" in rows
    assert "Case 1" in rows
    assert "Case 5" not in rows


def test_low_means_what_the_settings_say(lee: FlaskClient) -> None:
    assert "Case 3" not in lee.get("/floor/satisfaction/answers?low=1").text
    settings.current().low_score = 3
    db.session.commit()
    assert "Case 3" in lee.get("/floor/satisfaction/answers?low=1").text
    assert "Low scores, 1–3" in lee.get("/floor/satisfaction").text


def test_answers_leave_as_a_file_that_calculates_nothing(lee: FlaskClient) -> None:
    answer = lee.get("/floor/satisfaction/answers.csv", buffered=True)
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert {row["Comment"] for row in rows} == {"'=1+1", "Comment 0", "Comment 1", "Comment 2"}
    assert {(row["Queue"], row["Agent"]) for row in rows} == {("Support", "Ada Brandt")}
    assert {(row["Channel"], row["channel"]) for row in rows} == {("E-mail", "email")}
    assert {(row["Kind"], row["kind"]) for row in rows} == {("Repair", "REPAIR"), ("", "")}


def test_the_file_speaks_the_readers_language_and_keeps_its_codes(lee: FlaskClient) -> None:
    db.session.scalars(select(Agent).where(Agent.name.startswith("Lee"))).one().language = "zh_Hans_CN"
    db.session.commit()
    answer = lee.get("/floor/satisfaction/answers.csv", buffered=True)
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert {(row["渠道"], row["状态"], row["channel"], row["state"]) for row in rows} == {
        ("邮件", "已评价", "email", "ANSWERED")
    }


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        ("2026-02-31", "2026-03-01", "Write the day as in 2026-12-31."),
        ("2026-03-02", "2026-03-01", "The first day comes after the last one."),
        ("0001-01-01", "", "Choose a day between 2000 and 2100."),
        ("2000-01-01", "2026-03-01", "Ten years at most."),
        ("", "NaN", "Write the day as in 2026-12-31."),
    ],
)
def test_days_that_cannot_be_are_explained_and_the_usual_ones_shown(
    lee: FlaskClient, since: str, until: str, sentence: str
) -> None:
    answer = lee.get("/floor/satisfaction", query_string={"since": since, "until": until})
    assert answer.status_code == 200
    assert sentence in answer.text
    assert (factories.today() - timedelta(days=27)).isoformat() in answer.text


@pytest.mark.parametrize(
    "query", ["after=x~y", "after=2026-01-01~99999999999999999999", "after=~", "low=%00", "tier=none"]
)
def test_a_damaged_address_leads_to_the_beginning(lee: FlaskClient, query: str) -> None:
    assert lee.get(f"/floor/satisfaction/answers?{query}").status_code == 200


@pytest.mark.parametrize("query", ["agent=x", "queue=%00", "score=9999999999999999999", "tier=%00", "agent=٣"])
def test_a_figure_of_nobody_is_no_page(lee: FlaskClient, query: str) -> None:
    assert lee.get(f"/floor/satisfaction/answers?{query}").status_code == 404


@pytest.mark.parametrize(("scale", "shown"), [("NPS", ">0</a>"), ("CES", "50.0%")])
def test_each_scale_has_its_own_figures_and_rows(lee: FlaskClient, scale: str, shown: str) -> None:
    least, most = {"NPS": (0, 10), "CES": (1, 7)}[scale]
    for survey, score in zip(db.session.scalars(select(Survey).limit(2)), (least, most), strict=True):
        survey.scale, survey.score, survey.comment = Scale(scale), score, "The courier was rude"
    db.session.commit()
    page = lee.get(f"/floor/satisfaction?scale={scale}").text
    assert shown in page
    assert ("Adjusted Wald" in page) is (scale == "NPS")
    for href in set(re.findall(r'href="(/floor/satisfaction[^"]*)"', page)):
        assert lee.get(href.replace("&amp;", "&"), buffered=True).status_code == 200, href
    rows = lee.get(f"/floor/satisfaction/answers?scale={scale}&low=1").text
    assert f"/ {most}" in rows
    assert rows.count("The courier was rude") == 1


@pytest.mark.parametrize("query", ["scale=X", "word=%00", "product=x", "team=٣"])
def test_a_scale_or_word_of_nobody_is_no_page(lee: FlaskClient, query: str) -> None:
    assert lee.get(f"/floor/satisfaction/answers?{query}").status_code == 404
