"""Settings, Surveys: what is asked where, of how many and in whose words, with previews, and a reason for each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.satisfaction import questions, sampling, settings
from contact_center.satisfaction.models import AskedBy, Scale, SurveyQuestion
from contact_center.tickets import replies
from tests import factories

Enter = Callable[[Agent], FlaskClient]


@pytest.fixture
def root(enter: Enter) -> FlaskClient:
    root = factories.root()
    db.session.commit()
    return enter(root)


def form(**changes: str) -> dict[str, str]:
    """The page's form as it stands, with *changes*."""
    row = settings.current()
    return settings.typed(row) | {"version": str(row.version), "is_on": "1"} | changes


def test_the_grid_says_what_is_asked_where_and_of_how_many(root: FlaskClient) -> None:
    changes = {
        "scale_phone": "CES",
        "nps_email": "1",
        "sample_sms_C": "25",
        "delay_sms": "5",
        "term_A": "15",
        "term_D": "",
        "nps_low": "5",
    }
    assert root.post("/admin/satisfaction", data=form(**changes)).status_code == 303
    row = settings.current()
    db.session.refresh(row)
    assert (row.ces_channels, row.nps_channels, row.nps_low) == (["phone"], ["email"], 5)
    assert row.sampling == {"sms": {"C": 25}}
    assert row.delays == {"sms": 5}
    assert row.recovery_minutes == {"A": 15, "B": 240, "C": 960}
    page = root.get("/admin/satisfaction").text
    assert 'name="sample_sms_C" value="25"' in page


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("sample_email_A", "101"),
        ("sample_email_A", ""),
        ("delay_web", "20161"),
        ("term_B", "0"),
        ("nps_low", "9"),
        ("recovery_calendar_id", "77"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_kept(root: FlaskClient, field: str, bad: str) -> None:
    page = root.post("/admin/satisfaction", data=form(**{field: bad}))
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert settings.current().version == 1


def test_a_ticket_says_why_it_would_be_asked_about_or_not(root: FlaskClient) -> None:
    ada = factories.ada()
    queue = factories.queue("Service", ada)
    factories.mailbox(queue)
    factories.greta()
    ticket = factories.ticket(queue)
    assert "no person of ours has answered" in root.get(f"/admin/satisfaction/ticket?ticket={ticket.ref}").text
    replies.reply(ticket, ada, "It is on its way.", then="RESOLVED")
    db.session.commit()
    assert "Asked: Satisfaction, by E-mail" in root.get(f"/admin/satisfaction/ticket?ticket={ticket.id}").text
    settings.current().sampling = {"email": {"D": 0}}
    db.session.commit()
    said = root.get(f"/admin/satisfaction/ticket?ticket={ticket.id}").text
    assert "the ticket is not in the sample" in said
    assert f"It draws {sampling.draw(ticket.id)}; 0 of 100 of tier D" in said
    assert "no ticket x" in root.get("/admin/satisfaction/ticket?ticket=x").text


@pytest.mark.parametrize("language", questions.LANGUAGES)
@pytest.mark.parametrize("scale", list(Scale))
def test_every_way_of_asking_is_previewed(root: FlaskClient, scale: Scale, language: str) -> None:
    page = root.get(f"/admin/satisfaction/words?scale={scale}&language={language}").text
    for way in AskedBy:
        said = questions.filled(questions.usual(scale, way, language), "CC-1042")
        assert str(said).replace("&", "&amp;") in page.replace("&#39;", "'")


def test_words_are_previewed_as_they_are_typed_kept_and_dropped(root: FlaskClient) -> None:
    at = "/admin/satisfaction/words/text"
    what = {"scale": "CSAT", "language": "en"}
    shown = root.post(f"{at}/preview", data={**what, "words": "{brand}: <b>1 to 5?</b>"}).text
    assert "&lt;b&gt;1 to 5?" in shown
    assert "1 part" in shown
    assert "1 and 5" in root.post(f"{at}/preview", data={**what, "words": "How was it?"}).text
    assert root.post(at, data={**what, "words": "How was it?", "before": ""}).status_code == 422
    assert root.post(at, data={**what, "words": "1 to 5?", "before": ""}).status_code == 303
    assert db.session.scalars(select(SurveyQuestion.words)).one() == "1 to 5?"
    assert root.post(at, data={**what, "words": "5 to 1?", "before": "something else"}).status_code == 409
    assert root.post(at, data={**what, "words": "", "before": "1 to 5?"}).status_code == 303
    assert db.session.scalars(select(SurveyQuestion)).all() == []


def test_a_scale_of_nobody_is_no_page(root: FlaskClient) -> None:
    for query in ("scale=X", "language=xx"):
        assert root.get(f"/admin/satisfaction/words?{query}").status_code == 404
