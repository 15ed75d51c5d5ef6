"""What a ticket says of itself, edited in place; and the save that came too late."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets import changes
from contact_center.tickets.models import Ticket
from tests import factories

JSON = {"Accept": "application/json"}


@pytest.fixture
def ticket(queue: Queue) -> Ticket:
    return factories.ticket(queue, subject="Oven door")


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        ("subject", "  Oven   door hinge ", "Oven door hinge"),
        ("kind", "REPAIR", "REPAIR"),
        ("kind", "", None),
        ("priority", "URGENT", "URGENT"),
        ("order_number", "10482", "10482"),
        ("order_number", " ", None),
    ],
)
def test_each_field_is_saved_and_answered_as_it_stands_now(
    desk: FlaskClient, ticket: Ticket, field: str, typed: str, stored: str | None
) -> None:
    data = {field: typed, "version": str(ticket.version)}
    answer = desk.post(f"/desk/tickets/{ticket.ref}/change", data=data, headers=JSON)
    db.session.refresh(ticket)
    assert getattr(ticket, field) == stored
    assert answer.json == {"text_now": stored or "", "version": ticket.version}


@pytest.mark.parametrize(("field", "typed"), [("subject", " "), ("subject", "x" * 301), ("priority", "LOUD")])
def test_what_cannot_be_is_said_beside_the_field(desk: FlaskClient, ticket: Ticket, field: str, typed: str) -> None:
    answer = desk.post(f"/desk/tickets/{ticket.ref}/change", data={field: typed, "version": "1"}, headers=JSON)
    assert answer.status_code == 422
    assert answer.json is not None
    assert list(answer.json["fields"]) == [field]
    db.session.refresh(ticket)
    assert ticket.subject == "Oven door"


def test_a_stale_save_is_answered_with_both_values_in_words(desk: FlaskClient, ticket: Ticket) -> None:
    lee, seen = factories.lee(), ticket.version
    changes.change(ticket, lee, seen, priority="HIGH", subject="Oven door glass")
    data = {"priority": "LOW", "subject": "Oven door hinge", "version": str(seen)}
    answer = desk.post(f"/desk/tickets/{ticket.ref}/change", data=data, headers=JSON)
    assert answer.status_code == 409
    assert answer.json == {
        "error": "Lee Wong has changed this meanwhile. What you typed is kept.",
        "difference": {
            "priority": ["Low", "High"],
            "subject": ["Oven door hinge", "Oven door glass"],
        },
        "labels": {"priority": "Priority", "subject": "Subject"},
        "version": ticket.version,
    }
    db.session.refresh(ticket)
    assert (ticket.subject, ticket.priority) == ("Oven door glass", "HIGH")


def test_it_is_saved_all_the_same_over_what_one_has_seen(desk: FlaskClient, ticket: Ticket) -> None:
    seen = ticket.version
    changes.change(ticket, factories.lee(), seen, subject="Oven door glass")
    late = desk.post(f"/desk/tickets/{ticket.ref}/change", data={"subject": "Mine", "version": str(seen)}, headers=JSON)
    assert late.json is not None
    data = {"subject": "Mine", "version": str(late.json["version"])}
    assert desk.post(f"/desk/tickets/{ticket.ref}/change", data=data, headers=JSON).status_code == 200
    db.session.refresh(ticket)
    assert ticket.subject == "Mine"


def test_two_people_tag_at_once_and_nobody_loses_anything(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    changes.change(ticket, factories.lee(), ticket.version, tags=["relay"])
    desk.post(f"/desk/tickets/{ticket.ref}/tags", data={"add": "VIP"})
    db.session.refresh(ticket)
    assert ticket.tags == ["relay", "vip"]
    desk.post(f"/desk/tickets/{ticket.ref}/tags", data={"remove": "relay"})
    db.session.refresh(ticket)
    assert ticket.tags == ["vip"]


def test_the_tag_menu_offers_what_is_in_use_elsewhere(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    other = factories.ticket(ticket.queue, sender="bo@andersen.example")
    changes.change(other, ada, other.version, tags=["relay", "vip"])
    changes.change(ticket, ada, ticket.version, tags=["vip"])
    menu = desk.get(f"/desk/tickets/{ticket.ref}/tags").text
    assert 'value="relay"' in menu
    assert 'value="vip"' not in menu


def test_a_form_without_any_field_is_refused(desk: FlaskClient, ticket: Ticket) -> None:
    assert desk.post(f"/desk/tickets/{ticket.ref}/change", data={"state": "CLOSED"}, headers=JSON).status_code == 400
