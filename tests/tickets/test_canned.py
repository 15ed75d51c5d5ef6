"""Canned replies: which fit a ticket, and what their variables become."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.tickets import canned
from contact_center.tickets.models import CannedReply, Ticket
from tests import factories


@pytest.fixture
def ada(app: object) -> Agent:
    return factories.ada()


@pytest.fixture
def ticket(ada: Agent) -> Ticket:
    factories.greta()
    return factories.ticket(factories.queue("Service", ada), language="en")


def test_it_fills_in_what_the_ticket_knows(ada: Agent, ticket: Ticket) -> None:
    body = "Dear {customer.name}, about {ticket.ref} “{ ticket.subject }”: {agent.name}, {brand}."
    filled = canned.fill(body, ticket, ada)
    assert filled.text == f"Dear Greta Lindqvist, about {ticket.ref} “Fridge not cooling”: Ada Brandt, Norra Care."
    assert (filled.unknown, filled.empty) == ((), ())


def test_it_leaves_alone_and_reports_what_it_cannot_fill(ada: Agent, ticket: Ticket) -> None:
    filled = canned.fill("{customer.nmae} {ticket.order_number} {customer.nmae} {JSON: {}} {}", ticket, ada)
    assert filled.text == "{customer.nmae} {ticket.order_number} {customer.nmae} {JSON: {}} {}"
    assert (filled.unknown, filled.empty) == (("customer.nmae",), ("ticket.order_number",))


def test_it_does_not_fill_what_a_customer_put_into_their_own_words(ada: Agent, ticket: Ticket) -> None:
    ticket.subject = "{agent.email}"
    assert canned.fill("{ticket.subject}", ticket, ada).text == "{agent.email}"


def test_it_writes_the_date_in_the_language_of_the_answer(ada: Agent, ticket: Ticket) -> None:
    assert "年" in canned.fill("{today}", ticket, ada, language="zh_Hans_CN").text
    assert "年" not in canned.fill("{today}", ticket, ada).text


def test_it_offers_the_tickets_language_and_queue(ada: Agent, ticket: Ticket) -> None:
    other = factories.queue("Parts")
    for name, language, queue in (
        ("Hello", "en", None), ("Goodbye", "en", None), ("你好", "zh_Hans_CN", None), ("Parts", "en", other),
        ("Hello", "en", ticket.queue),
    ):  # fmt: skip
        canned.add(ada, name=name, language=language, body=f"{name} for {queue.name if queue else 'all'}", queue=queue)
    assert [row.body for row in canned.of_ticket(ticket)] == ["Hello for Service", "Goodbye for all"]
    assert [row.name for row in canned.of_ticket(ticket, "good ALL")] == ["Goodbye"]
    ticket.language = "zh-CN"
    assert [row.name for row in canned.of_ticket(ticket)] == ["你好"]


def test_it_shows_how_a_reply_will_read(ada: Agent) -> None:
    assert canned.preview("Dear {customer.name} ({ticket.ref})", ada, "en").text == "Dear Greta Lindqvist (CC-1042)"
    assert canned.preview("{customer.name}，您好", ada, "zh_Hans_CN").text == "林晓梅，您好"
    assert canned.preview("{nonsense}", ada, "en").unknown == ("nonsense",)
    every = " ".join(f"{{{name}}}" for name in canned.VARIABLES)
    assert canned.preview(every, ada, "en").empty == ()


def test_it_is_changed_and_thrown_away_on_record(ada: Agent) -> None:
    row = canned.add(ada, name="Hello", language="en", body="Hello {customer.name}")
    canned.change(row, ada, name="Hello", language="en", body="Hi {customer.name}")
    canned.remove(row, ada)
    assert db.session.scalar(select(func.count()).select_from(CannedReply)) == 0
    told = db.session.scalars(
        select(Event.data).where(Event.name == Name.CANNED_REPLY_CHANGED).order_by(Event.id)
    ).all()
    assert [sorted(data) for data in told] == [["added", "canned"], ["canned", "changes"], ["canned", "removed"]]


def test_it_refuses_a_name_twice_and_nameless_empty_or_foreign_ones(ada: Agent) -> None:
    canned.add(ada, name="Hello", language="en", body="Hello")
    canned.add(ada, name="Hello", language="zh_Hans_CN", body="你好")
    for name, language, body, field in (
        ("Hello", "en", "Hello", "name"), ("", "en", "Hello", "name"), ("Hi", "xx", "Hi", "language"),
        ("Hi", "en", " ", "body"), ("Hi", "en", "x" * 20_001, "body"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as error:
            canned.add(ada, name=name, language=language, body=body)
        assert set(error.value.fields) == {field}
