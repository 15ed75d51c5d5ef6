"""Taking, giving, moving and changing the state, as the buttons do it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import Ticket
from tests import factories

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}


@pytest.fixture
def ticket(queue: Queue) -> Ticket:
    return factories.ticket(queue)


@pytest.fixture
def lee(queue: Queue) -> Agent:
    return factories.lee()


def _now(ticket: Ticket) -> Ticket:
    db.session.refresh(ticket)
    return ticket


def test_one_takes_it_and_the_page_stays(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    assert desk.post(f"/desk/tickets/{ticket.ref}/take", headers=JSON).json == {}
    assert (_now(ticket).assignee_id, ticket.state) == (ada.id, "OPEN")


def test_without_scripts_one_is_sent_back_to_the_page(desk: FlaskClient, ticket: Ticket) -> None:
    assert desk.post(f"/desk/tickets/{ticket.ref}/take").location == f"/desk/tickets/{ticket.ref}"


def test_of_two_the_second_is_told_who_was_first(desk: FlaskClient, lee: Agent, ticket: Ticket) -> None:
    lifecycle.take(ticket, lee)
    answer = desk.post(f"/desk/tickets/{ticket.ref}/take", headers=JSON)
    assert (answer.status_code, answer.json) == (409, {"error": "Lee Wong has taken it already."})


def test_it_is_handed_over_with_a_note(desk: FlaskClient, ada: Agent, lee: Agent, ticket: Ticket) -> None:
    lifecycle.take(ticket, ada)
    data = {"agent_id": str(lee.id), "owner_id": str(ada.id), "note": "He will call back at ten."}
    assert desk.post(f"/desk/tickets/{ticket.ref}/assign", data=data, headers=JSON).json == {}
    assert _now(ticket).assignee_id == lee.id
    note = db.session.scalars(
        select(Message).where(Message.ticket_id == ticket.id, Message.author == Author.NOTE)
    ).one()
    assert note.text == "He will call back at ten."


def test_it_is_given_back_to_its_queue(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    lifecycle.take(ticket, ada)
    desk.post(f"/desk/tickets/{ticket.ref}/assign", data={"agent_id": "", "owner_id": str(ada.id)})
    assert (_now(ticket).assignee_id, ticket.state) == (None, "NEW")


def test_what_somebody_took_meanwhile_is_not_given_away(
    desk: FlaskClient, ada: Agent, lee: Agent, ticket: Ticket
) -> None:
    lifecycle.take(ticket, lee)
    answer = desk.post(
        f"/desk/tickets/{ticket.ref}/assign", data={"agent_id": str(ada.id), "owner_id": ""}, headers=JSON
    )
    assert answer.status_code == 409
    assert _now(ticket).assignee_id == lee.id


def test_giving_it_to_nobody_there_is_refused_at_the_field(desk: FlaskClient, ticket: Ticket) -> None:
    answer = desk.post(f"/desk/tickets/{ticket.ref}/assign", data={"agent_id": "999999"}, headers=JSON)
    assert answer.status_code == 422
    assert answer.json is not None
    assert list(answer.json["fields"]) == ["agent_id"]


def test_whoever_moves_it_out_of_sight_goes_on_with_the_rest(desk: FlaskClient, ticket: Ticket) -> None:
    elsewhere = factories.queue("Elsewhere")
    answer = desk.post(f"/desk/tickets/{ticket.ref}/move", data={"queue_id": str(elsewhere.id)}, headers=JSON)
    assert answer.json == {"toast": {"text": f"{ticket.ref} has another owner now."}, "url": "/desk?first=1"}
    assert _now(ticket).queue_id == elsewhere.id


def test_a_queue_that_is_none_is_a_404(desk: FlaskClient, ticket: Ticket) -> None:
    assert desk.post(f"/desk/tickets/{ticket.ref}/move", data={"queue_id": "x"}, headers=JSON).status_code == 404


@pytest.mark.parametrize("to", ["WAITING", "RESOLVED"])
def test_its_state_is_set_and_set_back(desk: FlaskClient, ada: Agent, ticket: Ticket, to: str) -> None:
    lifecycle.take(ticket, ada)
    desk.post(f"/desk/tickets/{ticket.ref}/state", data={"to": to})
    assert _now(ticket).state == to
    desk.post(f"/desk/tickets/{ticket.ref}/state", data={"to": "OPEN"})
    assert _now(ticket).state == "OPEN"


@pytest.mark.parametrize("to", ["", "CLOSED", "NEW", "NONSENSE"])
def test_other_states_are_nobodys_to_set(desk: FlaskClient, ticket: Ticket, to: str) -> None:
    answer = desk.post(f"/desk/tickets/{ticket.ref}/state", data={"to": to}, headers=JSON)
    assert answer.status_code == 400
    assert _now(ticket).state == "NEW"


def test_the_menus_offer_people_of_the_queue_first(desk: FlaskClient, lee: Agent, ticket: Ticket) -> None:
    menu = desk.get(f"/desk/tickets/{ticket.ref}/people").text
    assert menu.index("Ada Brandt") < menu.index("Others") < menu.index("Lee Wong")


def test_a_forged_request_does_nothing(app: object, ada: Agent, ticket: Ticket, enter: Enter) -> None:
    browser = enter(ada)
    del browser.environ_base["HTTP_X_CSRFTOKEN"]
    assert browser.post(f"/desk/tickets/{ticket.ref}/take").status_code == 400
    assert _now(ticket).assignee_id is None
