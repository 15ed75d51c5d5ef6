"""Deadlines on a ticket's page: counting down in its head, explained step by step, told of on the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calendars import settings as calendars
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.sla.models import SlaPolicy
from contact_center.tickets import alarms, deadlines, lifecycle, lists, replies
from contact_center.tickets.models import Ticket
from tests import factories

FRIDAY = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # 16:30 in Berlin


@pytest.fixture
def ada(app: Flask) -> Agent:
    return factories.ada()


@pytest.fixture
def desk(enter: Any, ada: Agent) -> FlaskClient:
    return enter(ada)


@pytest.fixture
def queue(ada: Agent) -> Queue:
    row = factories.queue("Service e-mail", ada)
    factories.mailbox(row)
    for slot in calendars.default().slots:
        slot.ends = 17 * 60
    db.session.flush()
    deadlines.forget()  # the hours, which have changed without a new version
    return row


def opened(queue: Queue, minutes: int = 240, **fields: Any) -> Ticket:
    db.session.add(SlaPolicy(name="Standard", first_response_minutes=minutes, on_breach=["NOTIFY_ASSIGNEE"]))
    db.session.flush()
    with clock.standing_at(FRIDAY):
        return factories.ticket(queue, factories.mail(received_at=FRIDAY, **fields))


def test_it_counts_down_in_the_head(desk: FlaskClient, queue: Queue) -> None:
    ticket = opened(queue)
    page = desk.get(f"/desk/tickets/{ticket.ref}").text
    assert 'data-until="2026-11-23T11:30:00+00:00" data-warn="2026-11-23T10:30:00+00:00"' in page
    assert "First answer" in page


def test_it_explains_friday_afternoon_plus_four_hours(desk: FlaskClient, queue: Queue) -> None:
    ticket = opened(queue)
    page = desk.get(f"/desk/tickets/{ticket.ref}/deadlines").text
    assert "Fri 16:30 + 4 h of working time = Mon 12:30" in page
    assert "Fri 20 Nov 16:30 to 17:00" in page
    assert "30 min" in page
    assert "closed until Mon 23 Nov 09:00: no working day" in page
    assert "3 h 30 min" in page
    assert "policy “Standard”" in page


def test_it_explains_in_chinese(desk: FlaskClient, queue: Queue, ada: Agent) -> None:
    ada.language = "zh_Hans_CN"
    page = desk.get(f"/desk/tickets/{opened(queue).ref}/deadlines").text
    assert "周五 16:30 + 4 小时工作时间 = 周一 12:30" in page


def test_it_shows_old_and_new_after_a_change(desk: FlaskClient, queue: Queue) -> None:
    greta: Customer = factories.greta()
    ticket = opened(queue)
    greta.tier = "A"
    db.session.add(SlaPolicy(name="VIP", tiers=["A"], first_response_minutes=30, position=-1))
    db.session.flush()
    with clock.standing_at(FRIDAY + timedelta(minutes=5)):
        deadlines.retarget_stale()
    page = desk.get(f"/desk/tickets/{ticket.ref}/deadlines").text
    assert "policy “Standard” → policy “VIP” · tier D → A · 4 h → 30 min" in page
    assert "due Mon 23 Nov 12:30 → Fri 20 Nov 17:00" in page
    assert "Deadlines set anew." in desk.get(f"/desk/tickets/{ticket.ref}").text


def test_it_says_that_it_is_paused(desk: FlaskClient, queue: Queue, ada: Agent) -> None:
    ticket = opened(queue)
    with clock.standing_at(FRIDAY + timedelta(minutes=30)):
        replies.reply(ticket, ada, "Please send the serial number.")
    page = desk.get(f"/desk/tickets/{ticket.ref}/deadlines").text
    assert "Fri 20 Nov 17:00: paused, we wait for the customer" in page
    assert "paused, 79 h 30 min left" in page


def test_it_puts_the_notice_on_the_desk_until_it_is_dismissed(desk: FlaskClient, queue: Queue, ada: Agent) -> None:
    ticket = opened(queue)
    lifecycle.take(ticket, ada)
    with clock.standing_at(FRIDAY + timedelta(days=4)):
        alarms.sweep()
    strip = desk.get("/desk/alarms").text
    assert "First answer is late" in strip
    assert ticket.ref in strip
    desk.post(f"/desk/alarms/{ticket.ref}/seen")
    assert ticket.ref not in desk.get("/desk/alarms").text


def test_the_list_of_tickets_is_ordered_and_narrowed_by_what_is_due(desk: FlaskClient, queue: Queue) -> None:
    late, later = opened(queue, 30, subject="Late"), opened_later(queue)
    page = desk.get("/desk/tickets?sort=due").text
    assert page.index("Late") < page.index("Later")
    overdue = desk.get("/desk/tickets?due=overdue").text
    assert late.ref in overdue
    assert later.ref not in overdue


def opened_later(queue: Queue) -> Ticket:
    ticket = factories.ticket(queue, factories.mail(subject="Later ticket", sender="bo@andersen.example"))
    ticket.due_at = clock.now() + timedelta(days=3)
    db.session.flush()
    return ticket


def test_ones_own_work_shows_when_each_is_due(desk: FlaskClient, queue: Queue, ada: Agent) -> None:
    ticket = opened(queue)
    lifecycle.take(ticket, ada)
    assert [row.due_at for row in lists.work(ada)] == [ticket.due_at]
    assert 'data-until="2026-11-23T11:30:00+00:00"' in desk.get("/desk/left").text
