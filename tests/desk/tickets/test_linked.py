""" "Not this ticket", "add it to that one", and the way back."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets.messages import Message
from contact_center.tickets.models import Ticket, TicketLink
from tests import factories

JSON = {"Accept": "application/json"}


@pytest.fixture
def ticket(queue: Queue) -> Ticket:
    return factories.ticket(queue)


@pytest.fixture
def joined(ticket: Ticket) -> Message:
    sent = factories.mail(subject="My oven", text="My oven is broken.", thread_keys=(f"token:{ticket.token}",))
    return db.session.get_one(Message, factories.filed(ticket.queue, sent).message_id)


def test_it_is_taken_out_with_a_way_back(desk: FlaskClient, ticket: Ticket, joined: Message) -> None:
    message_id = joined.id
    answer = desk.post(f"/desk/tickets/{ticket.ref}/messages/{message_id}/separate", headers=JSON)
    opened = db.session.scalars(select(Ticket).where(Ticket.id != ticket.id)).one()
    assert answer.json == {
        "toast": {
            "text": f"Split off into {opened.ref}.",
            "undo": f"/desk/tickets/{opened.ref}/add-to/{ticket.ref}?stay=1",
            "label": "Undo",
        }
    }
    assert _place(message_id) == opened.id
    assert desk.post(answer.json["toast"]["undo"], headers=JSON).json == {}
    assert _place(message_id) == ticket.id


def test_what_the_ticket_is_about_stays(desk: FlaskClient, ticket: Ticket) -> None:
    message = db.session.scalars(select(Message)).one()
    answer = desk.post(f"/desk/tickets/{ticket.ref}/messages/{message.id}/separate", headers=JSON)
    assert answer.status_code == 409


def test_a_related_ticket_is_added_by_one_click(desk: FlaskClient, ticket: Ticket) -> None:
    sent = factories.mail("sam@stranger.example", "Again", thread_keys=(f"number:{ticket.id}",))
    related = factories.ticket(ticket.queue, sent)
    answer = desk.post(f"/desk/tickets/{related.ref}/add-to/{ticket.ref}", headers=JSON)
    assert answer.json == {
        "toast": {"text": f"{related.ref} is merged into {ticket.ref}."},
        "url": f"/desk/tickets/{ticket.ref}",
    }
    assert "Again" in desk.get(f"/desk/tickets/{ticket.ref}/conversation").text


def test_tickets_that_have_nothing_to_do_with_each_other_are_not_added(desk: FlaskClient, ticket: Ticket) -> None:
    other = factories.ticket(ticket.queue, sender="bo@andersen.example")
    assert desk.post(f"/desk/tickets/{other.ref}/add-to/{ticket.ref}", headers=JSON).status_code == 409
    assert db.session.scalars(select(TicketLink)).all() == []


def test_nothing_is_added_to_a_ticket_one_cannot_see(desk: FlaskClient, ticket: Ticket) -> None:
    secret = factories.ticket(factories.queue("Elsewhere"), sender="bo@andersen.example")
    assert desk.post(f"/desk/tickets/{ticket.ref}/add-to/{secret.ref}").status_code == 404


def test_a_message_elsewhere_cannot_be_taken_out(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    secret = factories.filed(factories.queue("Elsewhere"), sender="bo@andersen.example")
    answer = desk.post(f"/desk/tickets/{ticket.ref}/messages/{secret.message_id}/separate")
    assert answer.status_code == 404


def _place(message_id: int) -> int:
    db.session.expire_all()
    return db.session.get_one(Message, message_id).ticket_id
