"""Texts that come in: signed, kept once, in the right ticket, by whoever can be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contact_center import clock
from contact_center.channels import inbox, raws
from contact_center.channels.base import RawMessage
from contact_center.channels.models import RawMessageRow, RawState
from contact_center.channels.sms.adapter import Parcel, SmsChannel
from contact_center.extensions import db
from contact_center.jobs import tasks, texts
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.queues.models import Queue
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Message
from contact_center.tickets.models import Ticket, TicketState
from tests import factories
from tests.channels.sms import carrier as twilio
from tests.channels.sms.carrier import OURS, SAM


def tickets() -> list[Ticket]:
    return list(db.session.scalars(select(Ticket).order_by(Ticket.id).execution_options(populate_existing=True)))


def messages() -> list[Message]:
    return list(db.session.scalars(select(Message).order_by(Message.id).execution_options(populate_existing=True)))


def test_a_text_becomes_a_ticket_in_the_queue_of_its_number(client: FlaskClient, number: PhoneNumber) -> None:
    answer = twilio.text(client, "My kettle leaks 😢")
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert answer.text.endswith("<Response/>")
    [ticket], [message] = tickets(), messages()
    assert (ticket.channel, ticket.queue_id, ticket.number_id, ticket.place_id) == (
        "sms", number.queue_id, number.id, None
    )  # fmt: skip
    assert (message.text, message.sender, message.recipients) == ("My kettle leaks 😢", SAM, [OURS])
    assert ticket.customer.name == SAM
    assert ticket.subject == "My kettle leaks 😢"


def test_the_same_text_again_is_kept_once(client: FlaskClient, number: PhoneNumber) -> None:
    for _ in range(3):
        assert twilio.text(client, "My kettle leaks").status_code == 200
    assert (len(tickets()), len(messages())) == (1, 1)
    assert db.session.scalar(select(db.func.count(RawMessageRow.id))) == 1


def test_what_is_not_signed_is_not_kept(client: FlaskClient, number: PhoneNumber) -> None:
    form = twilio.incoming("Hello")
    assert client.post("/twilio/texts/in", data=dict(form)).status_code == 403
    assert twilio.post(client, "/twilio/texts/in", form, token="f" * 32).status_code == 403
    assert db.session.scalar(select(db.func.count(RawMessageRow.id))) == 0


def test_the_next_text_joins_the_ticket_and_says_why(client: FlaskClient, number: PhoneNumber) -> None:
    twilio.text(client, "My kettle leaks", "SM1")
    twilio.text(client, "It is a K-200", "SM2")
    [ticket], [first, second] = tickets(), messages()
    assert second.ticket_id == ticket.id
    assert second.because == {"rule": "recent", "of": first.id}


def test_a_text_joins_a_ticket_of_another_channel_of_the_same_person(
    client: FlaskClient, number: PhoneNumber, queue: Queue
) -> None:
    factories.customer("Greta", "greta@lindqvist.example", phone=SAM)
    ticket = factories.ticket(queue)
    db.session.commit()
    twilio.text(client, "Here is the serial number")
    assert messages()[-1].ticket_id == ticket.id


@pytest.mark.parametrize("ends", ["state", "age"])
def test_after_72_hours_or_once_it_is_settled_a_text_begins_a_new_ticket(
    client: FlaskClient, number: PhoneNumber, ends: str
) -> None:
    twilio.text(client, "My kettle leaks", "SM1")
    now = clock.now()
    settled = {"state": TicketState.RESOLVED, "resolved_at": now}
    old = {"changed_at": now - timedelta(hours=73)}
    db.session.execute(update(Ticket).values(**(settled if ends == "state" else old)))
    db.session.commit()
    twilio.text(client, "Another thing", "SM2")
    assert len(tickets()) == 2


def test_a_text_does_not_enter_a_request_that_somebody_made_in_its_name(
    client: FlaskClient, number: PhoneNumber, queue: Queue
) -> None:
    request = replace(factories.mail(), channel="web", kind=Kind.FORM, sender=Address(Scheme.PHONE, SAM))
    factories.ticket(queue, request)
    db.session.commit()
    twilio.text(client, "Hello")
    assert len(tickets()) == 2


@pytest.mark.parametrize("sender", ["anonymous", "+266696687", "62442", "DHL", "", "+49", "+" + "9" * 40, "sip:x@y"])
def test_who_cannot_be_answered_is_filed_and_matches_nobody(
    client: FlaskClient, number: PhoneNumber, sender: str
) -> None:
    factories.customer("Somebody", phone="+4962442")
    assert twilio.text(client, "Your parcel is on its way", sender=sender).status_code == 200
    [ticket], [message] = tickets(), messages()
    assert (ticket.customer_id, message.sender) == (None, None)
    assert message.sender_name == sender


def test_a_whatsapp_message_is_a_text_that_remembers_its_way(client: FlaskClient, number: PhoneNumber) -> None:
    twilio.text(client, "你好，水壶漏水", sender=f"whatsapp:{SAM}", to=f"whatsapp:{OURS}", ProfileName="Sam")
    [message] = messages()
    assert (message.sender, message.sender_name, message.fields["transport"]) == (SAM, "Sam", "whatsapp")
    assert (message.language, tickets()[0].number_id) == ("zh", number.id)


def test_hostile_bytes_are_kept_and_harmless(client: FlaskClient, number: PhoneNumber) -> None:
    bodies = ["a\x00b", "\udcff".encode("utf-8", "replace").decode(), "x" * 20_000, "<script>alert(1)</script>", " "]
    for place, body in enumerate(bodies):
        assert twilio.text(client, body, f"SM{place}").status_code == 200
    assert [message.text for message in messages()][:2] == ["ab", "?"]
    assert "\x00" not in "".join(message.text for message in messages())


def test_bytes_of_another_character_set_are_no_signed_text(client: FlaskClient, number: PhoneNumber) -> None:
    answer = client.post(
        "/twilio/texts/in", data=b"MessageSid=SM1&From=%2B49151&Body=%E4%F6",
        content_type="application/x-www-form-urlencoded", headers={"X-Twilio-Signature": "x"},
    )  # fmt: skip
    assert answer.status_code == 403


def test_a_parameter_that_comes_twice_counts_once(client: FlaskClient, number: PhoneNumber) -> None:
    form = [*twilio.incoming("First"), ("Body", "Second"), ("From", "+4930111111")]
    assert twilio.bring(client, form).status_code == 200
    assert (messages()[0].text, messages()[0].sender) == ("First", SAM)


def test_a_text_without_a_reference_is_kept_by_its_bytes(client: FlaskClient, number: PhoneNumber) -> None:
    for _ in range(2):
        twilio.text(client, "Hello", ref="")
    assert len(messages()) == 1


def test_a_text_to_a_number_that_is_not_ours_any_more_is_filed(client: FlaskClient, number: PhoneNumber) -> None:
    twilio.text(client, "Hello", to="+4930000000")
    assert len(tickets()) == 1


def test_the_first_text_of_a_ticket_is_acknowledged_where_that_is_wanted(
    client: FlaskClient, number: PhoneNumber
) -> None:
    number.acknowledges = True
    db.session.commit()
    factories.places.forget()
    twilio.text(client, "My kettle leaks", "SM1")
    twilio.text(client, "Hello?", "SM2")
    [letter] = db.session.scalars(select(Outgoing)).all()
    assert (letter.purpose, letter.channel, letter.recipient) == (Purpose.ACKNOWLEDGEMENT, "sms", SAM)
    assert tickets()[0].ref in letter.text


def kept(body: str, ref: str) -> int:
    """A text as the door keeps it."""
    [raw] = SmsChannel().receive(Parcel(urlencode(twilio.incoming(body, ref)).encode()))
    return inbox.keep([raw])[0]


def test_the_door_keeps_and_answers_and_the_clock_files_what_no_nudge_was_heard_of(
    client: FlaskClient, number: PhoneNumber
) -> None:
    assert twilio.post(client, "/twilio/texts/in", twilio.incoming("Hello")).status_code == 200
    assert db.session.scalars(select(RawMessageRow.state)).all() == [RawState.NEW]
    assert messages() == []
    tasks.sweep_inbox()
    assert [message.text for message in messages()] == ["Hello"]


def test_texts_are_filed_in_the_order_they_came_however_many_there_are(app: Flask, number: PhoneNumber) -> None:
    said = [f"Part {place}" for place in range(45)]
    for place, body in enumerate(said):
        kept(body, f"SM{place}")
    texts.file_texts()
    assert [message.text for message in messages()] == said
    assert len(tickets()) == 1


def test_while_one_has_texts_in_hand_no_other_overtakes(app: Flask, number: PhoneNumber) -> None:
    first = kept("STOP, please", "SM1")
    [(taken, raw)] = raws.take("sms", 20)
    db.session.commit()
    kept("I mean it", "SM2")
    assert inbox.take_up("sms") == []
    assert taken == first
    inbox.process(first, raw)
    texts.file_texts()
    assert [message.text for message in messages()] == ["STOP, please", "I mean it"]


def test_what_a_crash_has_left_in_hand_is_filed_by_the_clock(
    app: Flask, number: PhoneNumber, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept("Hello", "SM1")
    raws.take("sms", 20)
    db.session.commit()
    later = clock.now() + timedelta(seconds=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    tasks.sweep_inbox()
    assert [message.text for message in messages()] == ["Hello"]


def test_a_text_that_cannot_be_filed_holds_up_none_behind_it(app: Flask, number: PhoneNumber) -> None:
    inbox.keep([RawMessage("sms", "SM1", b"&".join([b"a=b"] * 600), clock.now())])
    kept("Hello", "SM2")
    texts.file_texts()
    kept("Are you there?", "SM3")
    texts.file_texts()
    assert [message.text for message in messages()] == ["Hello", "Are you there?"]
    assert db.session.scalars(select(RawMessageRow.attempts).order_by(RawMessageRow.id)).all() == [1, 0, 0]
