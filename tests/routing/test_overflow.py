"""What an overflow step does: another queue, a promise to call, a letter. Waiting time is kept, nothing circles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.calendars import settings as calendars
from contact_center.customers.models import Customer
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.queues.models import Queue, Skill
from contact_center.routing import enqueue, overflow, promises
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Ticket
from tests import factories


@pytest.fixture
def greta(app: object) -> Customer:
    return factories.greta()


@pytest.fixture
def ticket(mailbox: Mailbox, service: Queue, greta: Customer) -> Ticket:
    return factories.ticket(service, language="en")


@pytest.fixture
def waiting(ticket: Ticket) -> Interaction:
    found = db.session.scalars(select(Interaction).where(Interaction.ticket_id == ticket.id)).one()
    enqueue.place([found.id])
    db.session.refresh(found)
    return found


def told(ticket: Ticket) -> dict[str, Any]:
    asked = select(Event.data).where(Event.ticket_id == ticket.id, Event.name == Name.INTERACTION_OVERFLOWED)
    return db.session.scalars(asked.order_by(Event.id.desc()).limit(1)).one()


def letters(ticket: Ticket) -> list[Outgoing]:
    asked = select(Outgoing).where(Outgoing.ticket_id == ticket.id, Outgoing.purpose == Purpose.DELAY)
    return list(db.session.scalars(asked))


def test_another_queue_gets_it_with_its_waiting_time_and_only_the_skills_of_its_rule(
    waiting: Interaction, ticket: Ticket, seniors: Queue
) -> None:
    skills = [Skill(name=name) for name in ("French", "Fridges", "Seniority")]
    db.session.add_all(skills)
    db.session.flush()
    french, fridges, seniority = (skill.id for skill in skills)
    waiting.placed_by, waiting.asked = {"rule": 1, "asked": f"{french}:4"}, f"{french}:4 {fridges}:2"
    seniors.asks = {str(seniority): 2}
    db.session.flush()
    since = waiting.queued_at
    assert overflow.take(waiting, {"when": "wait", "at": 600, "to": "queue", "queue_id": seniors.id})
    db.session.refresh(waiting)
    assert (waiting.queue_id, ticket.queue_id, waiting.queued_at) == (seniors.id, seniors.id, since)
    assert (waiting.asked, waiting.overflowed, waiting.order_at is not None) == (f"{french}:4 {seniority}:2", 0, True)
    assert (told(ticket)["queue"], told(ticket)["was"], told(ticket)["when"]) == ("Seniors", "Service e-mail", "wait")


def test_no_step_leads_back_to_where_it_was(
    waiting: Interaction, ticket: Ticket, service: Queue, seniors: Queue
) -> None:
    assert overflow.take(waiting, {"to": "queue", "queue_id": seniors.id})
    assert not overflow.take(waiting, {"to": "queue", "queue_id": service.id})
    assert (waiting.queue_id, waiting.overflowed, told(ticket)["why_not"]) == (seniors.id, 1, "been")


def test_a_step_to_a_deactivated_queue_counts_as_taken_and_says_why_nothing_happened(
    waiting: Interaction, ticket: Ticket, seniors: Queue
) -> None:
    seniors.is_active = False
    db.session.flush()
    assert not overflow.take(waiting, {"to": "queue", "queue_id": seniors.id})
    assert (waiting.overflowed, told(ticket)["why_not"]) == (1, "inactive")


def test_what_somebody_took_meanwhile_is_left_alone(waiting: Interaction, ticket: Ticket, ada: Agent) -> None:
    lifecycle.take(ticket, ada)
    assert not overflow.take(waiting, {"to": "message"})
    assert (waiting.overflowed, letters(ticket)) == (0, [])


def test_a_call_back_is_a_promise_in_working_time_that_the_customer_is_told_of(
    waiting: Interaction, ticket: Ticket, service: Queue
) -> None:
    assert overflow.take(waiting, {"when": "wait", "at": 60, "to": "callback", "within": 90})
    (promise,) = promises.of(ticket)
    due_at = calendars.hours(service.calendar_id).add(clock.now(), 90)
    assert abs(promise.due_at - due_at) < timedelta(seconds=30)
    (letter,) = letters(ticket)
    assert (letter.recipient, letter.subject) == ("greta@lindqvist.example", f"We will call you [{ticket.ref}]")
    assert waiting.state == "WAITING"
    assert not overflow.take(waiting, {"to": "callback"})
    assert (told(ticket)["why_not"], len(promises.of(ticket))) == ("promised", 1)


def test_whom_nobody_can_call_keeps_their_place(mailbox: Mailbox, service: Queue) -> None:
    ticket = factories.ticket(service, sender=factories.SAM)
    found = db.session.scalars(select(Interaction).where(Interaction.ticket_id == ticket.id)).one()
    assert not overflow.take(found, {"to": "callback"})
    assert (told(ticket)["why_not"], promises.of(ticket)) == ("no_number", [])


@pytest.mark.parametrize(
    ("language", "step", "said"),
    [
        ("en", {}, "you keep your place in the queue"),
        ("en", {"text": "Storm damage: we are slower.", "text_zh": "台风"}, "Storm damage: we are slower."),
        ("zh", {"text": "Storm damage", "text_zh": "因台风影响，回复会慢一些。"}, "因台风影响，回复会慢一些。"),
        ("zh", {"text": "Storm damage: we are slower."}, "Storm damage: we are slower."),
    ],
)
def test_a_letter_says_once_in_the_customers_language_that_it_takes_longer(
    waiting: Interaction, ticket: Ticket, language: str, step: dict[str, str], said: str
) -> None:
    ticket.language = language
    db.session.flush()
    assert overflow.take(waiting, {"to": "message", **step})
    assert not overflow.take(waiting, {"to": "message", **step})
    (letter,) = letters(ticket)
    assert (said in letter.text, letter.payload["automatic"]) == (True, True)
    assert told(ticket)["why_not"] == "told"
