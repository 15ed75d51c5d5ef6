"""Why this agent, why not me: the trace of a ticket, and whose names one may read in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.agents import open_desks, presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.extensions import db
from contact_center.queues import skills
from contact_center.queues.models import Queue, QueueMember
from contact_center.routing import enqueue, offers, recovery
from contact_center.routing.models import Offer, OfferState
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Ticket
from tests import factories

Enter = Callable[[Agent], FlaskClient]


@pytest.fixture
def bea(queue: Queue) -> Agent:
    """Serves the same queue, and is at her desk."""
    made = factories.agent("Bea Other")
    db.session.add(QueueMember(queue_id=queue.id, agent_id=made.id))
    presence.set_presence(made, PresenceState.AVAILABLE)
    open_desks.opened("desk of Bea", made.id)
    db.session.flush()
    return made


@pytest.fixture
def ticket(queue: Queue) -> Ticket:
    factories.customer("Greta Lindqvist", "greta@lindqvist.example", tier="A")
    with clock.standing_at(clock.now() - timedelta(minutes=12)):
        made = factories.ticket(queue, sender="greta@lindqvist.example")
    enqueue.place([_item(made).id])
    db.session.commit()
    return made


def _item(ticket: Ticket) -> Interaction:
    asked = select(Interaction).where(Interaction.ticket_id == ticket.id)
    return db.session.scalars(asked, execution_options={"populate_existing": True}).one()


def ring(ticket: Ticket, agent: Agent, decision: dict[str, Any]) -> Offer:
    offer = factories.ringing(_item(ticket), agent, decision)
    db.session.commit()
    return offer


def _page(client: FlaskClient, ticket: Ticket) -> str:
    return client.get(f"/desk/tickets/{ticket.ref}/why").text


def test_what_waits_says_who_could_take_it_now_and_why_not_oneself(
    desk: FlaskClient, ticket: Ticket, bea: Agent
) -> None:
    page = _page(desk, ticket)
    assert "It is the next to be served." in page
    assert "1. Bea Other" in page
    assert "Can take it now, the best first" in page
    presence.set_presence(bea, PresenceState.OFFLINE)
    db.session.commit()
    assert "Everybody who serves this queue is offline." in _page(desk, ticket)


def test_missing_skills_are_said_of_oneself_and_of_others(
    desk: FlaskClient, ada: Agent, ticket: Ticket, bea: Agent
) -> None:
    presence.set_presence(ada, PresenceState.AVAILABLE)
    open_desks.opened("desk of Ada", ada.id)
    item = _item(ticket)
    item.asked = item.asks = f"{skills.add('French', ada).id}:4"
    db.session.commit()
    page = _page(desk, ticket)
    assert "Not you: it asks for skills that you do not have at that level." in page
    assert "French 4+" in page
    assert "Ada Brandt, Bea Other" in page


def test_the_head_start_is_told_part_by_part(desk: FlaskClient, ticket: Ticket) -> None:
    item = _item(ticket)
    item.bonus, item.order_at = {"tier": 60, "priority": -20}, item.queued_at - timedelta(minutes=40)
    db.session.commit()
    page = _page(desk, ticket)
    assert "Tier A +60 min" in page
    assert "Priority −20 min" in page
    assert "served as if it had come in at" in page


def test_each_offer_tells_to_whom_how_it_ended_and_who_else_could(
    desk: FlaskClient, ada: Agent, ticket: Ticket, bea: Agent
) -> None:
    ranked = [[bea.id, 4, 0, 0.0], [ada.id, 3, 1, 0.0]]
    offer = ring(ticket, bea, {"winner": bea.id, "ranked": ranked, "could": 2, "out": {}})
    offers.decline(offer.id, bea, "Not my field")
    db.session.commit()
    ring(ticket, ada, {"winner": ada.id, "ranked": [ranked[1]], "could": 1, "out": {"DECLINED": [bea.id]}})
    page = _page(desk, ticket)
    assert "declined after 0 seconds: “Not my field”" in page
    assert "You: number 2 of 2." in page
    assert "Declined it lately" in page


def test_an_offer_that_was_withdrawn_says_why_in_words(desk: FlaskClient, ticket: Ticket, bea: Agent) -> None:
    for reason in ("gone", "cancelled", "", "some other day"):
        offers.end(ring(ticket, bea, {"ranked": [[bea.id, 3, 0, 0.0]], "out": {}}), OfferState.REVOKED, reason=reason)
    db.session.commit()
    page = _page(desk, ticket)
    assert "withdrawn after 0 seconds: not at the desk any more" in page
    assert "withdrawn after 0 seconds: the promise was settled or moved" in page
    assert "withdrawn after 0 seconds: it was put elsewhere by hand" in page
    assert ("“gone”" in page, "some other day" in page) == (False, False)


def test_the_work_of_a_vanished_agent_tells_who_was_gone_and_that_it_came_back(
    desk: FlaskClient, ticket: Ticket, bea: Agent
) -> None:
    ring(ticket, bea, {"ranked": [[bea.id, 3, 0, 0.0]], "out": {}})
    offer = offers.ringing(bea)
    assert offer is not None
    offers.accept(offer.id, bea)
    presence.set_presence(bea, PresenceState.OFFLINE, because="vanished")
    db.session.commit()
    assert recovery.left_work() == 1
    db.session.commit()
    page = _page(desk, ticket)
    assert "Bea Other was gone: it came back into the queue and has waited since it came in" in page
    assert "Returned to the queue +30 min" in page
    told = desk.get(f"/desk/tickets/{ticket.ref}").text
    assert "<b>Bea Other</b> was gone: it went back to the queue" in told


def test_what_was_asked_for_at_an_offer_is_told_where_it_had_eased(
    desk: FlaskClient, ticket: Ticket, bea: Agent
) -> None:
    skill = skills.add("French", bea).id
    item = _item(ticket)
    item.asked, item.asks = f"{skill}:4", f"{skill}:3"
    db.session.commit()
    ring(ticket, bea, {"ranked": [[bea.id, 3, 0, 0.0]], "out": {}, "asks": f"{skill}:3"})
    page = _page(desk, ticket)
    assert "eased to French 3+" in page
    assert "Asked for by then: French 3+" in page


def test_who_took_it_by_hand_needs_no_offer(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    lifecycle.take(ticket, ada)
    db.session.commit()
    assert "somebody took it by hand" in _page(desk, ticket)


def test_colleagues_of_another_queue_stay_nameless(
    ada: Agent, ticket: Ticket, bea: Agent, enter: Enter, queue: Queue
) -> None:
    ring(ticket, bea, {"winner": bea.id, "ranked": [[bea.id, 3, 0, 0.0]], "could": 1, "out": {"AWAY": [ada.id]}})
    outsider = factories.agent("Otto Outside")
    lifecycle.take(ticket, outsider)
    db.session.commit()
    page = _page(enter(outsider), ticket)
    assert "a colleague of that queue" in page
    assert "Bea Other" not in page
    assert "Ada Brandt" not in page
    assert "1 more" in page


def test_the_menu_of_the_ticket_leads_there(desk: FlaskClient, ticket: Ticket) -> None:
    assert f"/desk/tickets/{ticket.ref}/why" in desk.get(f"/desk/tickets/{ticket.ref}").text
