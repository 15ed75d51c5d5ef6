"""Forms that make something: sent twice, they make it once; meant twice, they make it twice."""

from __future__ import annotations

import re
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.channels.email import forms as mailboxes
from contact_center.customers.models import Customer, CustomerNote
from contact_center.extensions import db
from contact_center.jobs import tasks as clocks
from contact_center.once import FormUse
from contact_center.outbox.models import Outgoing
from contact_center.queues.models import Queue
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import Task, Ticket
from tests import browsers, factories

JSON = {"Accept": "application/json"}
HTMX = {"HX-Request": "true"}
VALUE = re.compile(r'name="once" value="([\w-]{16,})"')
REPLY = {"kind": "reply", "text": "It is the relay.", "to": "greta@lindqvist.example", "cc": ""}
NOTE = {"kind": "note", "text": "She is right."}
_LOCK = "LOCK TABLE event IN SHARE MODE"
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


@pytest.fixture
def ticket(app: Flask) -> Ticket:
    """A ticket in a queue that has a mailbox and is served by Ada, who is also an administrator."""
    ada = factories.agent("Ada Brandt", factories.RoleName.ADMINISTRATOR)
    queue = factories.queue("Service e-mail", ada)
    factories.mailbox(queue)
    made = factories.ticket(queue)
    db.session.commit()
    return made


@pytest.fixture
def ada(ticket: Ticket) -> Agent:
    return db.session.scalars(select(Agent)).one()


@pytest.fixture
def desk(app: Flask, ada: Agent) -> FlaskClient:
    return browsers.signed_in(app, ada)


def value_in(page: str) -> str:
    """The value that a form's page carries."""
    found = VALUE.search(page)
    assert found, page
    return found[1]


def count(model: Any, *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def replied() -> int:
    return count(Message, Message.author == Author.AGENT)


# ── at the same moment


def post_twice_at_once(app: Flask, ada: Agent, url: str, data: dict[str, Any], *, first: str = _LOCK) -> list[Any]:
    """Both answers to two posts that run into *first* before either can commit.

    Everything that is made writes an event: for that the first post has to wait, and the second for the first. Without
    a guard both would wait for the event, and then both would write.
    """
    windows = [browsers.signed_in(app, ada) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        db.session.execute(text(first))
        posts = [pool.submit(window.post, url, data=data, headers=JSON) for window in windows]
        try:
            wait_for_both(app, posts)
        finally:
            db.session.commit()
        return [post.result(30) for post in posts]


def wait_for_both(app: Flask, posts: list[Future[Any]]) -> None:
    """Until the server says that both wait."""
    with app.app_context():
        while (waiting := db.session.scalar(_WAITING)) != 2 and not any(post.done() for post in posts):
            db.session.rollback()
    assert waiting == 2, [post.result().text for post in posts if post.done()]


@pytest.mark.committing
@pytest.mark.parametrize(("data", "author"), [(REPLY, Author.AGENT), (NOTE, Author.NOTE)])
def test_an_answer_or_note_sent_twice_at_once_is_one(
    app: Flask, ticket: Ticket, ada: Agent, desk: FlaskClient, data: dict[str, str], author: Author
) -> None:
    once = value_in(desk.get(f"/desk/tickets/{ticket.ref}").text)
    answers = post_twice_at_once(app, ada, f"/desk/tickets/{ticket.ref}/answer", {**data, "once": once})
    assert [answer.json for answer in answers] == [{}, {}]
    assert count(Message, Message.author == author) == 1
    assert count(Outgoing) == (1 if author is Author.AGENT else 0)


@pytest.mark.committing
def test_a_new_ticket_sent_twice_at_once_is_one_mail(app: Flask, ada: Agent, desk: FlaskClient) -> None:
    once, queue = value_in(desk.get("/desk/tickets/new").text), db.session.scalars(select(Queue)).one()
    data = {"to": "greta@lindqvist.example", "queue": queue.id, "subject": "Your visit", "text": "At nine."}
    answers = post_twice_at_once(app, ada, "/desk/tickets/new", {**data, "once": once})
    made = db.session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
    assert made
    assert [answer.json for answer in answers] == [{"url": f"/desk/tickets/{made.ref}"}] * 2
    assert (count(Ticket), count(Outgoing)) == (2, 1)


@pytest.mark.committing
def test_a_new_customer_sent_twice_at_once_is_one_customer(app: Flask, ada: Agent, desk: FlaskClient) -> None:
    before, once = count(Customer), value_in(desk.get("/desk/customers/new").text)
    answers = post_twice_at_once(app, ada, "/desk/customers", {"name": "Bo Ek", "kind": "PERSON", "once": once})
    made = db.session.scalars(select(Customer).where(Customer.name == "Bo Ek")).one()
    assert [answer.headers["Location"] for answer in answers] == [f"/desk/customers/{made.id}"] * 2
    assert count(Customer) == before + 1


@pytest.mark.committing
def test_who_comes_second_has_a_turn_if_the_first_is_refused(app: Flask, ada: Agent, desk: FlaskClient) -> None:
    data = {"name": "Returns", "once": value_in(desk.get("/admin/teams").text)}
    taken = "INSERT INTO team (name) VALUES ('Returns')"
    answers = post_twice_at_once(app, ada, "/admin/teams", data, first=taken)
    assert [answer.status_code for answer in answers] == [422, 422]
    assert count(FormUse) == 0


# ── one after the other


def test_an_answer_is_answered_again_when_its_first_answer_got_lost(ticket: Ticket, desk: FlaskClient) -> None:
    data = {**REPLY, "once": value_in(desk.get(f"/desk/tickets/{ticket.ref}").text)}
    for _ in range(3):
        assert desk.post(f"/desk/tickets/{ticket.ref}/answer", data=data, headers=JSON).json == {}
    assert replied() == 1


def test_the_same_words_sent_twice_on_purpose_are_two_answers(ticket: Ticket, desk: FlaskClient) -> None:
    for _ in range(2):
        data = {**REPLY, "once": value_in(desk.get(f"/desk/tickets/{ticket.ref}").text)}
        desk.post(f"/desk/tickets/{ticket.ref}/answer", data=data, headers=JSON)
    assert replied() == 2


@pytest.mark.parametrize("once", [{}, {"once": ""}, {"once": "a\x00b"}, {"once": "x" * 65}])
def test_a_form_without_a_value_is_acted_upon_each_time(
    ticket: Ticket, desk: FlaskClient, once: dict[str, str]
) -> None:
    for _ in range(2):
        assert desk.post(f"/desk/tickets/{ticket.ref}/answer", data={**REPLY, **once}, headers=JSON).json == {}
    assert replied() == 2


def test_other_words_in_a_form_that_was_sent_are_neither_lost_nor_sent(ticket: Ticket, desk: FlaskClient) -> None:
    data = {**REPLY, "once": value_in(desk.get(f"/desk/tickets/{ticket.ref}").text)}
    desk.post(f"/desk/tickets/{ticket.ref}/answer", data=data, headers=JSON)
    other = desk.post(f"/desk/tickets/{ticket.ref}/answer", data={**data, "text": "No, the pump."}, headers=JSON)
    assert other.status_code == 409
    assert "sent already" in other.text
    assert replied() == 1


def test_a_form_that_was_refused_can_be_mended_and_sent(ticket: Ticket, desk: FlaskClient) -> None:
    data = {**REPLY, "once": value_in(desk.get(f"/desk/tickets/{ticket.ref}").text)}
    assert desk.post(f"/desk/tickets/{ticket.ref}/answer", data={**data, "to": "x"}, headers=JSON).status_code == 422
    assert desk.post(f"/desk/tickets/{ticket.ref}/answer", data=data, headers=JSON).status_code == 200
    assert replied() == 1


def test_a_value_counts_for_one_agent_only(app: Flask, ticket: Ticket, desk: FlaskClient) -> None:
    data = {**NOTE, "once": value_in(desk.get(f"/desk/tickets/{ticket.ref}").text)}
    desk.post(f"/desk/tickets/{ticket.ref}/answer", data=data, headers=JSON)
    root = browsers.signed_in(app, factories.root())
    assert root.post(f"/desk/tickets/{ticket.ref}/answer", data=data, headers=JSON).status_code == 200
    assert count(Message, Message.author == Author.NOTE) == 2


def test_a_note_that_was_removed_does_not_come_back_with_its_form(desk: FlaskClient) -> None:
    greta = factories.customer("Greta Lindqvist")
    data = {"text": "Rings twice.", "once": value_in(desk.get(f"/desk/customers/{greta.id}/notes").text)}
    desk.post(f"/desk/customers/{greta.id}/notes", data=data, headers=HTMX)
    note = db.session.scalars(select(CustomerNote)).one()
    desk.post(f"/desk/customers/{greta.id}/notes/{note.id}/remove", headers=HTMX)
    assert desk.post(f"/desk/customers/{greta.id}/notes", data=data, headers=HTMX).status_code == 409
    assert count(CustomerNote) == 0


def test_every_other_form_that_makes_something_makes_it_once(ticket: Ticket, desk: FlaskClient) -> None:
    firm = factories.customer("Sund Marine", kind="COMPANY")
    base, place = f"/desk/tickets/{ticket.ref}/tasks", f"/desk/customers/{firm.id}"
    canned = {"name": "Hello", "language": "en", "body": "Hello."}
    mailbox = {**mailboxes.form_of(None), "address": "sales@norra.example", "queue_id": ticket.queue_id}
    person = {"email": "lee@norra.example", "name": "Lee", "role": "agent", "language": "en"}
    forms = [
        (f"{base}/new", base, {"title": "Call her"}),
        (f"{place}/company?add=1", f"{place}/people", {"name": "Ines Sund"}),
        (f"{place}/notes", f"{place}/notes", {"text": "Pays late."}),
        ("/admin/queues", "/admin/queues", {"name": "Parts"}),
        ("/admin/teams", "/admin/teams", {"name": "Returns"}),
        ("/admin/reasons", "/admin/reasons", {"name": "At the dentist"}),
        ("/admin/canned/new", "/admin/canned/new", canned),
        ("/admin/people", "/admin/people", person),
        ("/admin/mailboxes/new", "/admin/mailboxes/new", mailbox),
    ]
    for page, url, data in forms:
        given = {**data, "once": value_in(desk.get(page).text)}
        assert [desk.post(url, data=given).status_code < 400 for _ in range(2)] == [True, True], url
    assert (count(Task), count(CustomerNote), count(Customer, Customer.name == "Ines Sund")) == (1, 1, 1)
    assert count(Outgoing) == 1, "one invitation"


def test_what_was_sent_is_remembered_for_a_day(ticket: Ticket, desk: FlaskClient) -> None:
    data = {**NOTE, "once": value_in(desk.get(f"/desk/tickets/{ticket.ref}").text)}
    desk.post(f"/desk/tickets/{ticket.ref}/answer", data=data, headers=JSON)
    for hours, left in ((23, 1), (25, 0)):
        with clock.standing_at(clock.now() + timedelta(hours=hours)):
            clocks.clear_up.run()
        assert count(FormUse) == left
