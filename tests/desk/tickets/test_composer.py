"""Answering and noting from the composer: to whom, drafts, files, canned replies."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing
from contact_center.queues.models import Queue
from contact_center.tickets import canned, drafts, lifecycle, replies, uploads
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import Ticket, TicketState
from tests import factories

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}


@pytest.fixture
def ticket(queue: Queue) -> Ticket:
    copies = ("colleague@lindqvist.example",)
    return factories.ticket(queue, recipients=("support@norra.example",), copies=copies, language="en")


def _send(desk: FlaskClient, ticket: Ticket, **data: Any) -> Any:
    given = {"kind": "reply", "text": "It is the relay.", "to": "greta@lindqvist.example", **data}
    return desk.post(f"/desk/tickets/{ticket.ref}/answer", data=given, headers=JSON)


def _last(ticket: Ticket) -> Message:
    return db.session.scalars(select(Message).where(Message.ticket_id == ticket.id).order_by(Message.id.desc())).first()  # type: ignore[return-value]


def test_everybody_of_the_last_mail_is_proposed(desk: FlaskClient, ticket: Ticket) -> None:
    form = desk.get(f"/desk/tickets/{ticket.ref}/composer").text
    assert 'name="to" value="greta@lindqvist.example"' in form
    assert 'name="cc" value="colleague@lindqvist.example"' in form


@pytest.mark.parametrize(("then", "state"), [(None, "WAITING"), ("RESOLVED", "RESOLVED"), ("OPEN", "OPEN")])
def test_an_answer_goes_to_whom_the_fields_say(desk: FlaskClient, ticket: Ticket, then: str | None, state: str) -> None:
    more = {"then": then} if then else {}
    assert _send(desk, ticket, cc="boss@lindqvist.example; other@lindqvist.example", **more).json == {}
    message = _last(ticket)
    assert (message.author, message.recipients) == (Author.AGENT, ["greta@lindqvist.example"])
    assert message.copies == ["boss@lindqvist.example", "other@lindqvist.example"]
    assert db.session.scalars(select(Outgoing.message_id)).all() == [message.id]
    db.session.refresh(ticket)
    assert ticket.state == state


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"text": " "}, "text"),
        ({"to": "nonsense"}, "to"),
        ({"to": ""}, "to"),
        ({"cc": "a@b.example, nonsense"}, "copies"),
        ({"upload": "999"}, "files"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_sent(
    desk: FlaskClient, ticket: Ticket, data: dict[str, str], field: str
) -> None:
    answer = _send(desk, ticket, **data)
    assert answer.status_code == 422
    assert list(answer.json["fields"]) == [field]
    assert db.session.scalars(select(Outgoing.id)).all() == []


def test_a_note_goes_to_nobody(desk: FlaskClient, ticket: Ticket) -> None:
    assert _send(desk, ticket, kind="note", text="Batch 24-W18.").json == {}
    assert (_last(ticket).author, _last(ticket).text) == (Author.NOTE, "Batch 24-W18.")
    assert db.session.scalars(select(Outgoing.id)).all() == []


def test_a_draft_comes_back_with_its_addresses_and_files(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    sent = desk.post("/desk/uploads", data={"file": (io.BytesIO(b"label"), "../../label.txt")}, headers=JSON)
    assert sent.json is not None
    assert sent.json["name"] == "label.txt"
    data = {"kind": "reply", "text": "Half a sent", "to": "new@lindqvist.example", "cc": "", "upload": sent.json["id"]}
    assert desk.post(f"/desk/tickets/{ticket.ref}/draft", data=data).status_code == 204
    form = desk.get(f"/desk/tickets/{ticket.ref}/composer").text
    assert "Half a sent</textarea>" in form
    assert 'name="to" value="new@lindqvist.example"' in form
    assert 'name="cc" value=""' in form
    assert f'data-upload="{sent.json["id"]}"' in form


def test_a_draft_that_left_the_addresses_alone_follows_whoever_writes_next(desk: FlaskClient, ticket: Ticket) -> None:
    data = {"kind": "reply", "text": "x", "to": "greta@lindqvist.example", "cc": "colleague@lindqvist.example"}
    desk.post(f"/desk/tickets/{ticket.ref}/draft", data=data)
    factories.filed(ticket.queue, factories.mail(text="More.", thread_keys=(f"token:{ticket.token}",)))
    assert 'name="cc" value=""' in desk.get(f"/desk/tickets/{ticket.ref}/composer").text


def test_a_draft_is_nobody_elses(enter: Enter, desk: FlaskClient, ticket: Ticket) -> None:
    desk.post(f"/desk/tickets/{ticket.ref}/draft", data={"kind": "note", "text": "Between us"})
    assert "Between us" not in enter(factories.root()).get(f"/desk/tickets/{ticket.ref}").text


def test_sending_forgets_the_draft_and_takes_its_files(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    upload = uploads.add(ada, "label.txt", "text/plain", b"label")
    db.session.commit()
    data = {"kind": "reply", "text": "It is", "to": "x@y.example", "upload": str(upload.id)}
    desk.post(f"/desk/tickets/{ticket.ref}/draft", data=data)
    _send(desk, ticket, upload=str(upload.id))
    assert drafts.of(ticket, ada) == {}
    assert [file.name for file in _last(ticket).attachments] == ["label.txt"]


def test_another_agents_file_cannot_be_sent(desk: FlaskClient, ticket: Ticket) -> None:
    theirs = uploads.add(factories.lee(), "secret.txt", "text/plain", b"secret")
    db.session.commit()
    assert _send(desk, ticket, upload=str(theirs.id)).status_code == 422


def test_canned_replies_come_filled_and_say_what_is_missing(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    canned.add(ada, name="Hello", language="en", body="Hello {customer.name}, about {ticket.order_number}: {no.such}.")
    canned.add(ada, name="Other", language="en", body="Good bye.")
    db.session.commit()
    [row] = desk.get(f"/desk/tickets/{ticket.ref}/canned?q=hel").json  # type: ignore[misc]
    assert row["title"] == "Hello"
    assert row["text"].startswith("Hello Greta")
    assert row["warning"] == "Still to fill in: {no.such}, {ticket.order_number}"
    assert len(desk.get(f"/desk/tickets/{ticket.ref}/canned").json) == 2  # type: ignore[arg-type]


def test_a_closed_ticket_takes_notes_only_and_says_why(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    lifecycle.resolve(ticket, ada)
    assert ticket.resolved_at is not None
    lifecycle.close_due(ticket.resolved_at.replace(year=ticket.resolved_at.year + 1))
    form = desk.get(f"/desk/tickets/{ticket.ref}/composer").text
    assert "closed for good" in form
    assert 'data-kind="reply"' not in form
    assert _send(desk, ticket).status_code == 409
    assert _send(desk, ticket, kind="note").status_code == 200


def test_without_a_mailbox_it_says_who_can_help(enter: Enter, ada: Agent) -> None:
    ticket = factories.ticket(factories.queue("No mailbox", ada))
    form = enter(ada).get(f"/desk/tickets/{ticket.ref}/composer").text
    assert "There is no mailbox to answer from yet" in form


def test_a_customer_without_an_address_gets_one_and_can_be_answered(desk: FlaskClient, queue: Queue) -> None:
    ticket = factories.ticket(queue, sender=None, text="A call")
    ticket.customer = factories.customer("Ruth Okafor", phone="+442071838750")
    db.session.commit()
    form = desk.get(f"/desk/tickets/{ticket.ref}/composer").text
    assert "Ruth Okafor has no e-mail address that we know." in form
    wrong = desk.post(f"/desk/tickets/{ticket.ref}/address", data={"value": "0049 30 1234567"}, headers=JSON)
    assert wrong.json is not None
    assert list(wrong.json["fields"]) == ["value"]
    assert desk.post(f"/desk/tickets/{ticket.ref}/address", data={"value": "ruth@okafor.example"}).status_code == 303
    assert 'name="to" value="ruth@okafor.example"' in desk.get(f"/desk/tickets/{ticket.ref}/composer").text


def test_the_stamp_changes_only_when_an_answer_would_go_elsewhere(
    desk: FlaskClient, ada: Agent, ticket: Ticket
) -> None:
    def stamp() -> str:
        return desk.get(f"/desk/tickets/{ticket.ref}/composer").text.split('data-stamp="')[1].split('"')[0]

    before = stamp()
    replies.note(ticket, ada, "A note")
    assert stamp() == before
    sent = factories.mail(
        text="Me again", thread_keys=(f"token:{ticket.token}",), fields={"reply_to": "g@home.example"}
    )
    factories.filed(ticket.queue, sent)
    assert stamp() != before


def test_an_answer_takes_what_nobody_had(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    _send(desk, ticket, then=str(TicketState.OPEN))
    db.session.refresh(ticket)
    assert ticket.assignee_id == ada.id
