"""Outside hours the portal says when an answer comes, by the calendar that the deadline itself counts in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contact_center import clock
from contact_center.queues.models import Queue
from contact_center.tickets import replies
from contact_center.tickets.models import Ticket
from tests import factories

FRIDAY = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # 16:30 in Berlin; work ends at 18:00


@pytest.fixture
def queue(app: Flask) -> Queue:
    row = factories.queue("Web requests", takes_web_requests=True)
    factories.mailbox(row)
    return row


@pytest.fixture
def ticket(queue: Queue) -> Ticket:
    with clock.standing_at(FRIDAY):
        return factories.ticket(queue, factories.mail(received_at=FRIDAY))


def page(client: FlaskClient, ticket: Ticket, *, hours: float) -> str:
    with clock.standing_at(FRIDAY + timedelta(hours=hours)):
        return client.get(f"/r/{ticket.portal_token}").text


def test_it_says_by_when_an_answer_comes(client: FlaskClient, ticket: Ticket) -> None:
    told = page(client, ticket, hours=1)
    assert "You have our answer by <b>Wed 25 Nov 13:30</b> at the latest." in told
    assert "We are closed" not in told


def test_it_says_when_we_are_back(client: FlaskClient, ticket: Ticket) -> None:
    told = page(client, ticket, hours=5)
    assert "We are closed at the moment and back at work <b>Mon 23 Nov 09:00</b>." in told


def test_it_promises_nothing_that_is_late_or_answered(client: FlaskClient, ticket: Ticket) -> None:
    assert "at the latest" not in page(client, ticket, hours=24 * 20)
    with clock.standing_at(FRIDAY + timedelta(hours=1)):
        replies.reply(ticket, factories.ada(), "On its way.")
    assert "We are closed" not in page(client, ticket, hours=5)
