"""Texts that leave: once, in order, as far as the carrier says, and with sentences for what went wrong."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.channels import delivery
from contact_center.channels.sms import receipts
from contact_center.customers import text_stops
from contact_center.customers.models import ContactPoint
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.queues.models import Queue
from contact_center.text import sayings
from contact_center.tickets import replies, uploads
from contact_center.tickets.messages import Message
from contact_center.tickets.models import Ticket
from tests.channels.sms import carrier as twilio
from tests.channels.sms.carrier import OURS, PUBLIC, SAM, Answer, Carrier

DONE = (OutgoingState.DELIVERED, OutgoingState.UNDELIVERED, OutgoingState.FAILED, OutgoingState.READ)


@pytest.fixture
def agent(queue: Queue) -> Agent:
    return db.session.scalars(select(Agent)).one()


@pytest.fixture
def ticket(client: FlaskClient, number: PhoneNumber) -> Ticket:
    twilio.text(client, "My kettle leaks")
    return db.session.scalars(select(Ticket)).one()


def reply(ticket: Ticket, agent: Agent, text: str = "We send a new one.") -> int:
    message = replies.reply(ticket, agent, text)
    db.session.commit()
    return db.session.scalars(select(Outgoing.id).where(Outgoing.message_id == message.id)).one()


def row(outgoing_id: int) -> Outgoing:
    return db.session.get_one(Outgoing, outgoing_id, populate_existing=True)


def due(outgoing_id: int) -> None:
    """Let the time pass until it is to be tried again."""
    db.session.execute(update(Outgoing).where(Outgoing.id == outgoing_id).values(due_at=clock.now()))
    db.session.commit()


def test_an_answer_to_a_text_is_a_text(ticket: Ticket, agent: Agent, carrier: Carrier) -> None:
    one = reply(ticket, agent)
    assert delivery.deliver(one) is OutgoingState.SENT
    [sent] = carrier.sent()
    assert sent.items() >= {"To": SAM, "From": OURS, "Body": "We send a new one."}.items()
    assert sent["StatusCallback"] == f"{PUBLIC}/twilio/texts/status?o={one}"
    assert (row(one).provider_ref, row(one).segments, row(one).unsure_since) == (f"SM{1:032d}", 1, None)


def test_it_answers_over_whatsapp_what_came_by_whatsapp(
    client: FlaskClient, number: PhoneNumber, agent: Agent, carrier: Carrier
) -> None:
    twilio.text(client, "Hi", sender=f"whatsapp:{SAM}", to=f"whatsapp:{OURS}")
    delivery.deliver(reply(db.session.scalars(select(Ticket)).one(), agent))
    assert carrier.sent()[0].items() >= {"To": f"whatsapp:{SAM}", "From": f"whatsapp:{OURS}"}.items()


def upload(agent: Agent, name: str = "dial.png", kind: str = "image/png", size: int = 100) -> int:
    made = uploads.add(agent, name, kind, b"\x89PNG" + bytes(size - 4))
    db.session.commit()
    return made.id


def test_files_go_with_a_text_by_links_that_are_soon_over(
    client: FlaskClient, ticket: Ticket, agent: Agent, carrier: Carrier
) -> None:
    ids = [upload(agent), upload(agent, "guide.pdf", "application/pdf")]
    message = replies.reply(ticket, agent, "Turn this dial.", upload_ids=ids)
    db.session.commit()
    assert [file.name for file in message.attachments] == ["dial.png", "guide.pdf"]
    delivery.deliver(db.session.scalars(select(Outgoing.id).where(Outgoing.message_id == message.id)).one())
    links = [value for name, value in carrier.asked[-1][2] if name == "MediaUrl"]
    assert [link.startswith(f"{PUBLIC}/twilio/texts/files/") for link in links] == [True, True]
    with client.get(links[1].removeprefix(PUBLIC)) as found:
        assert (found.status_code, found.mimetype, len(found.data)) == (200, "application/pdf", 100)
    assert client.get(links[0].removeprefix(PUBLIC)[::-1].swapcase()[::-1]).status_code == 404
    with time_machine.travel(clock.now() + timedelta(hours=3)):
        assert client.get(links[0].removeprefix(PUBLIC)).status_code == 404


@pytest.mark.parametrize(
    ("files", "transport", "why"),
    [
        ([{"name": "setup.exe", "kind": "application/x-msdownload"}], "", "“setup.exe” cannot go with a text"),
        ([{"size": 6 * 1024 * 1024}], "", "at most 5 MB together"),
        ([{}] * 11, "", "At most 10 files"),
        ([{}, {}], "whatsapp:", "One file can go with a WhatsApp message"),
        ([{"size": 6 * 1024 * 1024}], "whatsapp:", ""),
    ],
)
def test_what_the_carrier_would_refuse_is_said_before_anything_is_written(
    client: FlaskClient, number: PhoneNumber, agent: Agent, files: list[dict[str, Any]], transport: str, why: str
) -> None:
    twilio.text(client, "My kettle leaks", sender=f"{transport}{SAM}", to=f"{transport}{OURS}")
    ticket = db.session.scalars(select(Ticket)).one()
    ids = [upload(agent, **file) for file in files]
    if why:
        with pytest.raises(Invalid, match=why):
            replies.reply(ticket, agent, "Here", upload_ids=ids)
        assert len(db.session.scalars(select(Message.id)).all()) == 1
    else:
        assert len(replies.reply(ticket, agent, "Here", upload_ids=ids).attachments) == 1


def test_a_text_that_is_too_long_is_refused_with_a_sentence(ticket: Ticket, agent: Agent) -> None:
    with pytest.raises(Invalid, match="1600 characters; this one has 1601"):
        replies.reply(ticket, agent, "x" * 1601)
    assert row(reply(ticket, agent, "€" * 800)).segments == 11


def test_a_ticket_begins_with_a_text_to_a_number(
    queue: Queue, number: PhoneNumber, agent: Agent, carrier: Carrier, client: FlaskClient
) -> None:
    ticket = replies.start(None, "0151 12345678", "", "Your fridge is ready", queue, agent)
    db.session.commit()
    delivery.deliver(db.session.scalars(select(Outgoing.id)).one())
    assert (ticket.channel, ticket.subject, carrier.bodies) == ("sms", "Your fridge is ready", ["Your fridge is ready"])
    twilio.text(client, "Thanks!")
    assert db.session.scalars(select(Message.ticket_id).where(Message.text == "Thanks!")).one() == ticket.id


@pytest.mark.parametrize("order", list(permutations(["sending", "sent", "delivered"])))
def test_receipts_in_any_order_end_at_the_furthest(
    client: FlaskClient, ticket: Ticket, agent: Agent, carrier: Carrier, order: tuple[str, ...]
) -> None:
    one = reply(ticket, agent)
    delivery.deliver(one)
    for word in (*order, *order):
        assert twilio.status(client, one, f"SM{1:032d}", word).status_code == 204
    assert (row(one).state, row(one).rank) == (OutgoingState.DELIVERED, 4)
    twilio.status(client, one, f"SM{1:032d}", "read")
    assert row(one).state is OutgoingState.READ


def test_a_receipt_may_overtake_the_answer_to_our_own_request(
    client: FlaskClient, ticket: Ticket, agent: Agent, carrier: Carrier
) -> None:
    one = reply(ticket, agent)
    carrier.faults.append(lambda: Answer(0, b""))
    assert delivery.deliver(one) is OutgoingState.QUEUED
    twilio.status(client, one, f"SM{1:032d}", "delivered")
    due(one)
    assert delivery.deliver(one) is None
    assert (row(one).state, len(carrier.messages)) == (OutgoingState.DELIVERED, 1)


def test_what_is_over_stays_over_and_a_contradiction_is_settled_by_asking(
    client: FlaskClient, ticket: Ticket, agent: Agent, carrier: Carrier
) -> None:
    one, ref = reply(ticket, agent), f"SM{1:032d}"
    delivery.deliver(one)
    twilio.status(client, one, ref, "undelivered", "30005")
    twilio.status(client, one, ref, "sent")
    assert row(one).state is OutgoingState.UNDELIVERED
    twilio.status(client, one, ref, "delivered")
    assert receipts.disputed() == [one]
    carrier.messages[ref]["status"] = "delivered"
    assert receipts.settle(one) is OutgoingState.DELIVERED
    assert (receipts.disputed(), row(one).error) == ([], None)


def test_a_receipt_for_what_is_not_ours_changes_nothing(
    client: FlaskClient, ticket: Ticket, agent: Agent, carrier: Carrier
) -> None:
    one = reply(ticket, agent)
    delivery.deliver(one)
    assert twilio.status(client, 987_654_321, "SMx", "delivered").status_code == 204
    assert twilio.status(client, one, "SM" + "f" * 32, "failed", "30007").status_code == 204
    assert twilio.status(client, one, f"SM{1:032d}", "invented").status_code == 204
    for path in ("", "?o=", "?o=x", "?o=-1", "?o=" + "9" * 40):
        form = [("MessageSid", "SM1"), ("MessageStatus", "delivered")]
        assert twilio.post(client, f"/twilio/texts/status{path}", form).status_code == 204
    assert row(one).state is OutgoingState.SENT


@pytest.mark.parametrize("fault", [Answer(0, b""), Answer(503, b"{}"), Answer(201, b"<html>")])
def test_an_answer_that_never_came_is_looked_for_before_the_text_is_sent_again(
    ticket: Ticket, agent: Agent, carrier: Carrier, fault: Answer
) -> None:
    one = reply(ticket, agent)
    carrier.faults.append(lambda: fault)
    assert delivery.deliver(one) is OutgoingState.QUEUED
    assert row(one).unsure_since is not None
    due(one)
    assert delivery.deliver(one) is OutgoingState.SENT
    assert (len(carrier.messages), row(one).provider_ref) == (1, f"SM{1:032d}")


def test_a_text_that_was_never_heard_is_sent_after_looking(ticket: Ticket, agent: Agent, carrier: Carrier) -> None:
    one = reply(ticket, agent)
    carrier.faults.append(lambda: Answer(503, b"{}"))
    delivery.deliver(one)
    carrier.messages.clear()
    due(one)
    assert delivery.deliver(one) is OutgoingState.SENT
    assert carrier.bodies == ["We send a new one."]


def test_a_sender_that_died_in_the_middle_is_doubted(ticket: Ticket, agent: Agent, carrier: Carrier) -> None:
    one = reply(ticket, agent)
    assert delivery._claim(one) is not None  # … and here its process is killed, the carrier having heard it
    carrier.answer("POST", "/Messages.json", [("To", SAM), ("From", OURS), ("Body", "We send a new one.")], {})
    due(one)
    assert delivery.deliver(one) is OutgoingState.SENT
    assert len(carrier.messages) == 1


def test_a_carrier_without_time_is_asked_again_soon_and_not_doubted(
    ticket: Ticket, agent: Agent, carrier: Carrier
) -> None:
    one = reply(ticket, agent)
    carrier.refuse(429, 20429, "Too many requests")
    assert delivery.deliver(one) is OutgoingState.QUEUED
    assert row(one).due_at - clock.now() < timedelta(seconds=2)
    assert row(one).unsure_since is None
    due(one)
    assert delivery.deliver(one) is OutgoingState.SENT


def test_a_landline_is_said_and_marked(ticket: Ticket, agent: Agent, carrier: Carrier) -> None:
    one = reply(ticket, agent)
    carrier.refuse(400, 21614)
    assert delivery.deliver(one) is OutgoingState.FAILED
    assert sayings.say(row(one).error) == "This number is no mobile phone: it cannot receive texts."
    point = db.session.scalars(select(ContactPoint).execution_options(populate_existing=True)).one()
    assert point.bounced_at is not None


def test_an_opt_out_that_only_the_carrier_knew_is_learnt(ticket: Ticket, agent: Agent, carrier: Carrier) -> None:
    one = reply(ticket, agent)
    carrier.refuse(400, 21610)
    assert delivery.deliver(one) is OutgoingState.FAILED
    assert text_stops.since(SAM) is not None
    with pytest.raises(Invalid, match="opted out"):
        reply(ticket, agent)


def test_a_phone_that_was_off_is_tried_once_more_after_an_hour(
    client: FlaskClient, ticket: Ticket, agent: Agent, carrier: Carrier
) -> None:
    one = reply(ticket, agent)
    delivery.deliver(one)
    twilio.status(client, one, f"SM{1:032d}", "undelivered", "30003")
    assert row(one).state is OutgoingState.QUEUED
    assert row(one).due_at - clock.now() > timedelta(minutes=59)
    due(one)
    delivery.deliver(one)
    twilio.status(client, one, f"SM{1:032d}", "failed", "30003")  # late, of the first try
    assert row(one).state is OutgoingState.SENT
    twilio.status(client, one, f"SM{2:032d}", "undelivered", "30003")
    assert row(one).state is OutgoingState.UNDELIVERED
    assert len(carrier.messages) == 2


def test_the_next_text_of_a_thread_waits_for_the_one_before(
    client: FlaskClient, ticket: Ticket, agent: Agent, carrier: Carrier
) -> None:
    first, second = reply(ticket, agent, "One"), reply(ticket, agent, "Two")
    assert delivery.deliver(second) is None
    assert delivery.deliver(first) is OutgoingState.SENT
    due(second)
    assert delivery.deliver(second) is None
    twilio.status(client, first, f"SM{1:032d}", "sent")
    assert delivery.deliver(second) is OutgoingState.SENT
    assert carrier.bodies == ["One", "Two"]
    assert row(second).attempts == 1


def test_three_seconds_are_enough(ticket: Ticket, agent: Agent, carrier: Carrier) -> None:
    first, second = reply(ticket, agent, "One"), reply(ticket, agent, "Two")
    delivery.deliver(first)
    early = clock.now() - timedelta(seconds=4)
    db.session.execute(update(Outgoing).where(Outgoing.id == first).values(sent_at=early))
    db.session.commit()
    assert delivery.deliver(second) is OutgoingState.SENT


def test_what_failed_is_sent_again_at_an_agents_wish(
    client: FlaskClient, ticket: Ticket, agent: Agent, carrier: Carrier
) -> None:
    one = reply(ticket, agent)
    delivery.deliver(one)
    twilio.status(client, one, f"SM{1:032d}", "failed", "30007")
    replies.retry(db.session.get_one(Message, row(one).message_id), agent)
    db.session.commit()
    assert delivery.deliver(one) is OutgoingState.SENT
    assert row(one).provider_ref == f"SM{2:032d}"


@pytest.mark.parametrize(
    ("word", "state"), [("delivered", "DELIVERED"), ("undelivered", "UNDELIVERED"), ("sent", "SENT")]
)
def test_a_text_of_which_nothing_is_heard_for_a_day_is_asked_about_once(
    client: FlaskClient, ticket: Ticket, agent: Agent, carrier: Carrier, word: str, state: str
) -> None:
    one, ref = reply(ticket, agent), f"SM{1:032d}"
    delivery.deliver(one)
    twilio.status(client, one, ref, "sent")
    assert receipts.unreceipted() == []
    db.session.execute(update(Outgoing).values(sent_at=clock.now() - timedelta(hours=25)))
    db.session.commit()
    assert receipts.unreceipted() == [one]
    carrier.messages[ref]["status"] = word
    assert receipts.ask(one)
    assert (row(one).state, receipts.unreceipted()) == (state, [])
