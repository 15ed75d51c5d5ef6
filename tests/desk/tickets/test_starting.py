"""A ticket that an agent begins by writing to somebody."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.files import store
from contact_center.outbox.models import Outgoing
from contact_center.queues.models import Queue
from contact_center.tickets.messages import Attachment, Message
from contact_center.tickets.models import Ticket
from tests import factories

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}


def test_a_customer_is_found_and_chosen_with_their_address(desk: FlaskClient) -> None:
    greta = factories.greta()
    found = desk.get("/desk/tickets/new/find?to=greta").text
    assert f"/desk/tickets/new/whom?customer={greta.id}" in found
    chosen = desk.get(f"/desk/tickets/new/whom?customer={greta.id}").text
    assert 'value="greta@lindqvist.example"' in chosen
    assert f'name="customer_id" value="{greta.id}"' in chosen


def test_an_address_nobody_has_can_be_written_to(desk: FlaskClient) -> None:
    found = desk.get("/desk/tickets/new/find?to=Sam@Stranger.example").text
    assert "Write to sam@stranger.example" in found
    assert "sam@stranger.example" in desk.get("/desk/tickets/new/whom?address=sam@stranger.example").text


def test_the_first_mail_opens_it(desk: FlaskClient, ada: Agent, queue: Queue) -> None:
    greta = factories.greta()
    data = {
        "customer_id": str(greta.id), "to": "greta@lindqvist.example", "queue": str(queue.id),
        "subject": "Your visit", "text": "The technician comes at nine.",
    }  # fmt: skip
    answer = desk.post("/desk/tickets/new", data=data, headers=JSON)
    ticket = db.session.scalars(select(Ticket)).one()
    assert answer.json == {"url": f"/desk/tickets/{ticket.ref}"}
    assert (ticket.customer_id, ticket.assignee_id, ticket.state) == (greta.id, ada.id, "WAITING")
    message = db.session.scalars(select(Message)).one()
    assert (message.recipients, message.text) == (["greta@lindqvist.example"], "The technician comes at nine.")


def test_its_files_are_uploaded_first_and_leave_with_it(desk: FlaskClient, queue: Queue) -> None:
    assert 'data-attach-to="/desk/uploads"' in desk.get("/desk/tickets/new").text
    sent = desk.post("/desk/uploads", data={"file": (io.BytesIO(b"%PDF plan"), "plan.pdf")}, headers=JSON)
    assert sent.json is not None
    data = {"to": "a@b.example", "queue": str(queue.id), "subject": "s", "text": "t", "upload": sent.json["id"]}
    desk.post("/desk/tickets/new", data=data, headers=JSON)
    [attachment] = db.session.scalars(select(Attachment)).all()
    outgoing = db.session.scalars(select(Outgoing)).one()
    assert outgoing.payload["file_ids"] == [[attachment.file_id, "plan.pdf", "application/pdf"]]
    assert store.read(attachment.file) == b"%PDF plan"


@pytest.mark.parametrize(
    ("data", "field"), [({"to": "nonsense"}, "to"), ({"subject": ""}, "subject"), ({"text": " "}, "text")]
)
def test_what_is_wrong_is_said_beside_the_field(
    desk: FlaskClient, queue: Queue, data: dict[str, str], field: str
) -> None:
    given = {"to": "a@b.example", "queue": str(queue.id), "subject": "s", "text": "t", **data}
    answer = desk.post("/desk/tickets/new", data=given, headers=JSON)
    assert answer.status_code == 422
    assert answer.json is not None
    assert list(answer.json["fields"]) == [field]
    assert db.session.scalars(select(Ticket)).all() == []


def test_it_begins_only_in_a_queue_of_ones_own(desk: FlaskClient) -> None:
    elsewhere = factories.queue("Elsewhere")
    data = {"to": "a@b.example", "queue": str(elsewhere.id), "subject": "s", "text": "t"}
    answer = desk.post("/desk/tickets/new", data=data, headers=JSON)
    assert answer.json is not None
    assert answer.json["fields"] == {"queue": "Choose one of your queues."}


def test_who_serves_no_queue_is_told_so(enter: Enter, queue: Queue) -> None:
    assert "You serve no queue yet" in enter(factories.nils()).get("/desk/tickets/new").text
