"""Offers in the story of a ticket: quiet, however often it rang."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.routing import offers
from contact_center.routing.models import OfferState
from contact_center.tickets import conversation, notes
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Ticket
from tests import factories

Enter = Callable[[Agent], FlaskClient]


@pytest.fixture
def ada(app: object) -> Agent:
    return factories.ada()


@pytest.fixture
def bea(app: object) -> Agent:
    return factories.agent("Bea Other")


@pytest.fixture
def queue(ada: Agent, bea: Agent) -> Queue:
    return factories.queue("Service e-mail", ada, bea)


@pytest.fixture
def ticket(queue: Queue) -> Ticket:
    return factories.ticket(queue, sender="bo@andersen.example")


def rings(ticket: Ticket, agent: Agent, end: OfferState) -> None:
    asked = select(Interaction).where(Interaction.ticket_id == ticket.id)
    item = db.session.scalars(asked, execution_options={"populate_existing": True}).one()
    offers.end(factories.ringing(item, agent), end)
    db.session.commit()


def lines(ticket: Ticket) -> list[tuple[str, object]]:
    events = [entry for entry in conversation.entries(ticket) if isinstance(entry, conversation.EventEntry)]
    return [(str(entry.name), entry.data.get("people")) for entry in events]


def test_offers_that_nobody_took_are_one_line(ticket: Ticket, ada: Agent, bea: Agent) -> None:
    rings(ticket, ada, OfferState.TIMED_OUT)
    rings(ticket, bea, OfferState.DECLINED)
    rings(ticket, ada, OfferState.REVOKED)
    assert lines(ticket) == [("offer.declined", [["Ada Brandt", "rang out"], ["Bea Other", "declined"]])]


def test_what_was_said_between_divides_them(ticket: Ticket, ada: Agent) -> None:
    rings(ticket, ada, OfferState.TIMED_OUT)
    notes.add(ticket, ada, "Sorry, I was at the printer.")
    rings(ticket, ada, OfferState.TIMED_OUT)
    assert [people for _name, people in lines(ticket)] == [[["Ada Brandt", "rang out"]]] * 2


def test_accepting_is_told_once(ticket: Ticket, ada: Agent) -> None:
    item = db.session.scalars(select(Interaction).where(Interaction.ticket_id == ticket.id)).one()
    offers.accept(factories.ringing(item, ada).id, ada)
    db.session.commit()
    assert lines(ticket) == [("offer.accepted", None)]


def test_the_page_says_it_in_words(ticket: Ticket, ada: Agent, bea: Agent, enter: Enter) -> None:
    rings(ticket, ada, OfferState.TIMED_OUT)
    rings(ticket, bea, OfferState.DECLINED)
    page = enter(ada).get(f"/desk/tickets/{ticket.ref}").text
    assert "Offered to <b>Ada Brandt (rang out), Bea Other (declined)</b>" in page
