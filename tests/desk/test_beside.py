"""Articles beside a ticket: proposed, put into the answer, said to have solved it, and made of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.desk.tickets import anonymous
from contact_center.extensions import db
from contact_center.kb import figures, lists, uses
from contact_center.kb.models import Article, Audience
from contact_center.kb.traces import ArticleUse, NoneSolved, Use
from contact_center.tickets import lifecycle, replies
from contact_center.tickets.models import Ticket
from tests import factories
from tests.channels.web.articles import article, category

JSON = {"Accept": "application/json"}
FRAGMENT = JSON | {"HX-Request": "true"}


@pytest.fixture
def agent(app: object) -> Agent:
    return factories.ada()


@pytest.fixture
def ticket(agent: Agent) -> Ticket:
    queue = factories.queue("Service e-mail", agent)
    factories.mailbox(queue)
    factories.greta()
    return factories.ticket(queue, factories.mail(subject="Fridge", text="My fridge hums all night."))


@pytest.fixture
def ada(enter: Callable[[Agent], FlaskClient], agent: Agent) -> FlaskClient:
    return enter(agent)


def test_what_the_customer_wrote_proposes_articles(ada: FlaskClient, ticket: Ticket) -> None:
    row = article()
    article("Our prices", "<p>They rise.</p>")
    shown = ada.get(f"/desk/tickets/{ticket.ref}/articles").text
    assert f'id="beside-{row.id}"' in shown
    assert "Our prices" not in shown
    assert "Our prices" in ada.get(f"/desk/tickets/{ticket.ref}/articles/find?q=prices").text


def test_its_words_or_a_link_go_into_the_answer_and_that_is_noted(ada: FlaskClient, ticket: Ticket) -> None:
    row, ours = article(), article("Refunds", "<p>Up to fifty.</p>", "", Audience.AGENTS)
    base = f"/desk/tickets/{ticket.ref}/articles"
    assert "The compressor hums." in ada.post(f"{base}/{row.id}/text", headers=JSON).json["text"]
    link = ada.post(f"{base}/{row.id}/link", headers=JSON).json["text"]
    assert link == "http://127.0.0.1:8000/help/en/help/my-fridge-hums"
    assert ada.post(f"{base}/{ours.id}/link", headers=JSON).status_code == 409
    assert ada.post(f"{base}/{ours.id}/text", headers=JSON).json["text"] == "Up to fifty."
    noted = db.session.execute(select(ArticleUse.article_id, ArticleUse.what).order_by(ArticleUse.id)).all()
    assert noted == [(row.id, Use.INSERTED), (row.id, Use.LINKED), (ours.id, Use.INSERTED)]


def test_a_solved_ticket_asks_which_article_did_it_and_that_can_be_taken_back(
    ada: FlaskClient, ticket: Ticket, agent: Agent
) -> None:
    row = article()
    lifecycle.take(ticket, agent)
    lifecycle.resolve(ticket, agent)
    db.session.commit()
    base = f"/desk/tickets/{ticket.ref}/articles"
    assert "Which article solved it?" in ada.get(base).text
    ada.post(f"{base}/{row.id}/solved")
    ada.post(f"{base}/{row.id}/solved")
    assert uses.solved_with(ticket.id) == [row.id]
    assert "Which article solved it?" not in ada.get(base).text
    ada.post(f"{base}/{row.id}/unsolved")
    assert uses.solved_with(ticket.id) == []


def test_resolving_asks_in_a_line_what_solved_it_with_what_was_put_into_the_answer_first(
    ada: FlaskClient, ticket: Ticket
) -> None:
    hums, prices = article(), article("Our prices", "<p>They rise.</p>")
    at = f"/desk/tickets/{ticket.ref}"
    ada.post(f"{at}/articles/{prices.id}/text", headers=JSON)
    assert "solving-ask" not in ada.get(at).text
    assert ada.post(f"{at}/state", data={"to": "RESOLVED"}).status_code == 303  # one press, and nothing else needed
    page = ada.get(at).text
    line = page[page.index("solving-ask") :]
    assert line.index(f"/articles/{prices.id}/solved") < line.index(f"/articles/{hums.id}/solved")
    said = ada.post(f"{at}/articles/{hums.id}/solved", headers=FRAGMENT).json["toast"]
    assert said["text"] == "Solved with “My fridge hums”"
    assert uses.solved_with(ticket.id) == [hums.id]
    assert "solving-ask" not in ada.get(f"{at}/articles/solving").text
    ada.post(said["undo"])
    assert uses.solved_with(ticket.id) == []
    assert "solving-ask" in ada.get(f"{at}/articles/solving").text


def test_an_answer_that_resolves_asks_too(ada: FlaskClient, ticket: Ticket) -> None:
    row, at = article(), f"/desk/tickets/{ticket.ref}"
    answer = {"kind": "reply", "text": "Pull it out.", "to": "greta@lindqvist.example", "then": "RESOLVED"}
    assert ada.post(f"{at}/answer", data=answer).status_code == 303
    assert f"/articles/{row.id}/solved" in ada.get(f"{at}/articles/solving").text


def test_none_of_these_is_an_answer_that_is_no_silence_until_the_ticket_is_resolved_anew(
    ada: FlaskClient, ticket: Ticket, agent: Agent
) -> None:
    row, at = article(), f"/desk/tickets/{ticket.ref}"
    ada.post(f"{at}/state", data={"to": "RESOLVED"})
    assert db.session.get(NoneSolved, ticket.id) is None
    said = ada.post(f"{at}/articles/none", headers=FRAGMENT).json["toast"]
    assert db.session.get_one(NoneSolved, ticket.id).agent_id == agent.id
    assert "solving-ask" not in ada.get(f"{at}/articles/solving").text
    assert "Which article solved it?" not in ada.get(f"{at}/articles").text
    ada.post(said["undo"])
    assert "solving-ask" in ada.get(f"{at}/articles/solving").text
    ada.post(f"{at}/articles/none")
    ada.post(f"{at}/state", data={"to": "OPEN"})
    ada.post(f"{at}/state", data={"to": "RESOLVED"})
    assert "solving-ask" in ada.get(f"{at}/articles/solving").text
    ada.post(f"{at}/articles/{row.id}/solved")
    assert db.session.scalar(select(NoneSolved.ticket_id)) is None


def test_only_who_resolved_it_is_asked(ada: FlaskClient, ticket: Ticket, enter: Callable[[Agent], FlaskClient]) -> None:
    article()
    lee = enter(factories.lee())
    at = f"/desk/tickets/{ticket.ref}"
    ada.post(f"{at}/state", data={"to": "RESOLVED"})
    assert "solving-ask" in ada.get(at).text
    assert "solving-ask" not in lee.get(at).text


def test_what_solved_it_counts_in_the_figures(ada: FlaskClient, ticket: Ticket) -> None:
    row, at = article(), f"/desk/tickets/{ticket.ref}"
    ada.post(f"{at}/state", data={"to": "RESOLVED"})
    now = clock.now()
    time = (now - timedelta(hours=1), now + timedelta(hours=1))
    assert figures.without_article(*time) == [ticket.id]
    ada.post(f"{at}/articles/{row.id}/solved")
    assert figures.without_article(*time) == []
    assert [(one.article_id, one.solved) for one in figures.success(*time, now)] == [(row.id, 1)]


def test_a_solved_ticket_becomes_a_draft_without_whose_it_was(ada: FlaskClient, ticket: Ticket, agent: Agent) -> None:
    category()
    text = (
        "Dear Greta,\n\nPull the fridge from the wall, Greta. <b>Then</b> wait.\n\n"
        "Or call us on +49 30 901820 from greta@lindqvist.example.\n\nKind regards,\nAda"
    )
    replies.reply(ticket, agent, text, to=["greta@lindqvist.example"])
    db.session.commit()
    sent = ada.post(f"/desk/tickets/{ticket.ref}/articles/draft")
    row = db.session.scalars(select(Article)).one()
    assert sent.location.startswith(f"/knowledge/articles/{row.id}/edit")
    assert (row.audience, row.ticket_id) == (Audience.AGENTS, ticket.id)
    words = lists.words(row, "en")
    assert words is not None
    assert words.title == "Fridge"
    assert words.html == (
        "<p>Pull the fridge from the wall, …. &lt;b&gt;Then&lt;/b&gt; wait.</p><p>Or call us on … from ….</p>"
    )


def test_an_order_number_is_left_out_wherever_it_stands(ticket: Ticket) -> None:
    ticket.subject, ticket.order_number = "Where is K7-20482-QX?", "K7-20482-QX"
    assert anonymous.subject(ticket) == "Where is …?"
