"""The ring: what it shows, and what accepting and declining answer, early, late, twice and by somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.routing import offers
from contact_center.routing.models import Offer, OfferState
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import Interaction, InteractionState
from contact_center.tickets.models import Ticket
from tests import factories
from tests.desk.statements import counted

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}


@pytest.fixture
def ticket(queue: Queue) -> Ticket:
    greta = factories.greta()
    greta.tier = "A"
    return factories.ticket(queue, sender="greta@lindqvist.example", text="It is 11 degrees in there.\nWhat now?")


def ring(ticket: Ticket, agent: Agent, decision: dict[str, Any] | None = None) -> Offer:
    """Offer the ticket's open interaction to *agent* for twenty seconds."""
    offer = factories.ringing(_interaction(ticket), agent, decision)
    db.session.commit()
    return offer


def _interaction(ticket: Ticket) -> Interaction:
    return db.session.scalars(select(Interaction).where(Interaction.ticket_id == ticket.id)).one()


def test_nothing_rings_mostly(desk: FlaskClient) -> None:
    desk.get("/desk/offers")
    with counted() as statements:
        assert desk.get("/desk/offers").text == ""
    assert len(statements) <= 4  # who asks, and what rings


def test_the_ring_shows_who_it_is_and_what_they_wrote(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    ring(ticket, ada)
    shown = desk.get("/desk/offers").text
    for part in (
        "Greta Lindqvist",
        "tier-A",
        "Fridge not cooling",
        "It is 11 degrees in there. What now?",
        "Service e-mail",
    ):
        assert part in shown
    assert 'data-of="20.0"' in shown
    assert "Nobody else could take it now." in shown


def test_the_ring_costs_few_statements(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    ring(ticket, ada)
    desk.get("/desk/offers")
    with counted() as statements:
        desk.get("/desk/offers")
    assert len(statements) <= 9, "\n".join(statements)  # the card's prepared ones are not among them


def test_somebody_unknown_rings_as_well(desk: FlaskClient, ada: Agent, queue: Queue) -> None:
    unknown = factories.ticket(queue, sender=None, subject="")
    ring(unknown, ada)
    shown = desk.get("/desk/offers").text
    assert "Unknown sender" in shown


@pytest.mark.parametrize(
    ("ranked", "sentence"),
    [
        ([[0, 4, 1, 5.0], [1, 3, 0, 1.0]], "you are the most proficient (4 of 5)"),
        ([[0, 3, 0, 5.0], [1, 3, 2, 1.0]], "you have the least in hand"),
        ([[0, 3, 1, 1.0], [1, 3, 1, 5.0]], "you have been free the longest"),
    ],
)
def test_it_says_why_it_came_to_oneself(
    desk: FlaskClient, ada: Agent, ticket: Ticket, ranked: list[list[float]], sentence: str
) -> None:
    ranked[0][0] = ada.id
    ring(ticket, ada, {"winner": ada.id, "ranked": ranked, "could": 2, "out": {}})
    assert sentence in desk.get("/desk/offers").text


def test_whoever_is_asked_first_is_told_that_they_know_the_customer(
    desk: FlaskClient, ada: Agent, ticket: Ticket
) -> None:
    _interaction(ticket).held_for = [ada.id]
    ring(ticket, ada)
    assert "You know this customer" in desk.get("/desk/offers").text


def test_it_rings_for_nobody_else(ada: Agent, ticket: Ticket, enter: Enter, queue: Queue) -> None:
    offer = ring(ticket, ada)
    other = enter(factories.agent("Bea Other"))
    assert other.get("/desk/offers").text == ""
    assert other.post(f"/desk/offers/{offer.id}/accept", headers=JSON).status_code == 404
    assert other.post(f"/desk/offers/{offer.id}/decline", headers=JSON).status_code == 404


def test_accepting_leads_to_the_ticket_and_the_ring_is_over(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    offer = ring(ticket, ada)
    answer = desk.post(f"/desk/offers/{offer.id}/accept", headers=JSON)
    assert answer.json == {"url": f"/desk/tickets/{ticket.ref}"}
    db.session.refresh(ticket)
    assert ticket.assignee_id == ada.id
    assert _interaction(ticket).state is InteractionState.HANDLING
    assert desk.get("/desk/offers").text == ""


def test_accepting_twice_leads_there_twice(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    offer = ring(ticket, ada)
    answers = [desk.post(f"/desk/offers/{offer.id}/accept", headers=JSON) for _tab in range(2)]
    assert [answer.json for answer in answers] == [{"url": f"/desk/tickets/{ticket.ref}"}] * 2


def test_whoever_is_too_late_is_told_that_it_waits_again(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    offer = ring(ticket, ada)
    with clock.standing_at(clock.now() + timedelta(seconds=21)):
        offers.end(offer, OfferState.TIMED_OUT)
        db.session.commit()
    answer = desk.post(f"/desk/offers/{offer.id}/accept", headers=JSON)
    assert answer.status_code == 409
    assert answer.json == {"error": "It rang out before you answered; it waits for the next one."}


def test_whoever_is_too_late_is_told_who_has_it(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    offer, bea = ring(ticket, ada), factories.agent("Bea Other")
    offers.end(offer, OfferState.REVOKED)
    lifecycle.take(ticket, bea)
    db.session.commit()
    answer = desk.post(f"/desk/offers/{offer.id}/accept", headers=JSON)
    assert answer.json == {"error": "Bea Other has taken it already."}


def test_declining_keeps_the_wait_and_the_reason(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    offer, since = ring(ticket, ada), _interaction(ticket).queued_at
    assert desk.post(f"/desk/offers/{offer.id}/decline", data={"reason": "Not my field"}, headers=JSON).json == {}
    db.session.refresh(offer)
    assert (offer.state, offer.reason) == (OfferState.DECLINED, "Not my field")
    waiting = _interaction(ticket)
    db.session.refresh(waiting)
    assert (waiting.state, waiting.queued_at) == (InteractionState.WAITING, since)
    assert desk.get("/desk/offers").text == ""


def test_a_browser_without_scripts_is_led_on(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    offer = ring(ticket, ada)
    assert desk.post(f"/desk/offers/{offer.id}/accept").location == f"/desk/tickets/{ticket.ref}"
