"""Texts as an agent meets them: the composer knows that a text is written, what it costs, and whether it may leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import text_stops
from contact_center.customers.models import ContactPoint
from contact_center.extensions import db
from contact_center.mailboxes import texting
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.mailboxes.texting import TextSettings
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.tickets.messages import Message
from contact_center.tickets.models import Ticket
from tests import factories
from tests.channels.sms import carrier as twilio
from tests.channels.sms.carrier import SAM


@pytest.fixture
def ticket(client: FlaskClient, number: PhoneNumber) -> Ticket:
    twilio.text(client, "My kettle leaks")
    return db.session.scalars(select(Ticket)).one()


@pytest.fixture
def desk(number: PhoneNumber, enter: Callable[[Agent], FlaskClient]) -> FlaskClient:
    return enter(db.session.scalars(select(Agent)).one())


def test_the_composer_writes_a_text_back_and_knows_its_price(ticket: Ticket, desk: FlaskClient) -> None:
    page = desk.get(f"/desk/tickets/{ticket.ref}").text
    assert f'name="to" value="{SAM}"' in page
    assert '<span class="quiet">01511 2345678</span>' in page
    assert 'data-price="0.0800"' in page
    answer = desk.post(f"/desk/tickets/{ticket.ref}/answer", data={"kind": "reply", "to": SAM, "text": "Coming"})
    assert answer.status_code < 400
    [sent] = db.session.scalars(select(Outgoing)).all()
    assert (sent.channel, sent.recipient, sent.text) == ("sms", SAM, "Coming")
    assert "Coming" in desk.get(f"/desk/tickets/{ticket.ref}").text


@pytest.mark.parametrize(
    ("fields", "word"),
    [({"state": OutgoingState.UNDELIVERED}, "Not delivered"), ({"state": OutgoingState.FAILED}, "Not sent"),
     ({"state": OutgoingState.SENT, "sent_at": -25}, "Sent, no receipt"),
     ({"state": OutgoingState.SENT, "sent_at": -23}, "Sent</span>"),
     ({"state": OutgoingState.DELIVERED, "sent_at": -25}, "Delivered")],
)  # fmt: skip
def test_how_far_a_text_is_stands_on_it_in_its_own_words(
    ticket: Ticket, desk: FlaskClient, fields: dict[str, Any], word: str
) -> None:
    desk.post(f"/desk/tickets/{ticket.ref}/answer", data={"kind": "reply", "to": SAM, "text": "Coming"})
    if "sent_at" in fields:
        fields = {**fields, "sent_at": clock.now() + timedelta(hours=fields["sent_at"])}
    db.session.execute(update(Outgoing).values(**fields))
    db.session.commit()
    page = desk.get(f"/desk/tickets/{ticket.ref}").text
    assert f"· {word}" in page
    assert "Bounced" not in page


def test_a_number_that_texts_do_not_reach_is_no_bounced_mail(ticket: Ticket, desk: FlaskClient) -> None:
    db.session.execute(update(ContactPoint).values(bounced_at=clock.now(), bounce_reason="Landline"))
    db.session.commit()
    page = desk.get(f"/desk/customers/{ticket.customer_id}").text
    assert "Texts do not arrive there" in page
    assert "ounced" not in page


def test_a_number_may_be_typed_as_one_dials_it(ticket: Ticket, desk: FlaskClient) -> None:
    data = {"kind": "reply", "to": "0151 1234 5679", "text": "Coming"}
    assert desk.post(f"/desk/tickets/{ticket.ref}/answer", data=data).status_code < 400
    assert db.session.scalars(select(Outgoing.recipient)).one() == "+4915112345679"


def test_who_has_opted_out_is_shown_before_anybody_writes(ticket: Ticket, desk: FlaskClient) -> None:
    text_stops.stop(SAM, "said so")
    db.session.commit()
    page = desk.get(f"/desk/tickets/{ticket.ref}/composer").text
    assert "has opted out of texts" in page
    assert 'name="to" value=""' in page
    data = {"kind": "reply", "to": SAM, "text": "Coming"}
    answer = desk.post(f"/desk/tickets/{ticket.ref}/answer", data=data, headers={"Accept": "application/json"})
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["to"])
    assert db.session.scalar(select(Outgoing.id)) is None


def test_at_night_there_is_a_warning_and_no_hindrance(ticket: Ticket, desk: FlaskClient) -> None:
    now = clock.now().astimezone(factories.ZONE)
    around = {"quiet_from": (now - timedelta(hours=1)).time(), "quiet_until": (now + timedelta(hours=1)).time()}
    db.session.execute(update(TextSettings).values(**around))
    db.session.commit()
    texting.forget()
    assert "may wake them up" in desk.get(f"/desk/tickets/{ticket.ref}/composer").text


def test_an_agent_begins_a_ticket_with_a_text(number: PhoneNumber, desk: FlaskClient) -> None:
    greta = factories.customer("Greta", phone=SAM)
    db.session.commit()
    assert desk.get("/desk/tickets/new").status_code == 200
    whom = desk.get(f"/desk/tickets/new/whom?customer={greta.id}").text
    assert f'name="to" value="{SAM}"' in whom
    assert "01511 2345678" in desk.get("/desk/tickets/new/find?to=015112345678").text
    data = {"customer_id": str(greta.id), "to": SAM, "text": "Your fridge is ready", "queue": str(number.queue_id)}
    assert desk.post("/desk/tickets/new", data=data).status_code < 400
    ticket = db.session.scalars(select(Ticket)).one()
    assert (ticket.customer_id, ticket.channel, ticket.number_id) == (greta.id, "sms", number.id)


def test_parts_that_come_within_three_seconds_stand_together(
    client: FlaskClient, ticket: Ticket, desk: FlaskClient
) -> None:
    twilio.text(client, "and it is only a week old", "SM2")
    twilio.text(client, "Hello?", "SM3")
    late = clock.now() + timedelta(seconds=9)
    db.session.execute(update(Message).where(Message.text == "Hello?").values(at=late))
    db.session.commit()
    page = desk.get(f"/desk/tickets/{ticket.ref}").text
    assert page.count('class="bubble"') == 2
    assert page.index("My kettle leaks") < page.index("and it is only a week old") < page.index("Hello?")


def test_a_caller_of_whom_only_the_number_is_known_is_written_to_by_text(ticket: Ticket, desk: FlaskClient) -> None:
    db.session.execute(update(Message).values(channel="phone"))
    db.session.commit()
    page = desk.get(f"/desk/tickets/{ticket.ref}").text
    assert f'name="to" value="{SAM}"' in page
    assert "no e-mail address" not in page
