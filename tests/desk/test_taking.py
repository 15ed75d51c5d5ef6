"""Who may help themselves: next and taking by hand, where work comes by offers; and the end of a wrap-up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.agents import presence
from contact_center.agents.models import Agent, PresenceState, RoleName
from contact_center.extensions import db
from contact_center.queues import skills
from contact_center.queues.models import Queue, QueueMember, WrapUp
from contact_center.routing import settings
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import Interaction, InteractionState
from contact_center.tickets.models import Ticket
from tests import factories

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}


@pytest.fixture
def ticket(queue: Queue) -> Ticket:
    return factories.ticket(queue, sender="bo@andersen.example")


@pytest.fixture
def offers_only(app: object) -> None:
    row = settings.current()
    row.agents_may_pick = row.agents_may_pull = False
    db.session.commit()


def _item(ticket: Ticket) -> Interaction:
    asked = select(Interaction).where(Interaction.ticket_id == ticket.id)
    return db.session.scalars(asked, execution_options={"populate_existing": True}).one()


@pytest.mark.usefixtures("offers_only")
def test_where_work_is_offered_only_nobody_is_shown_another_way(desk: FlaskClient, ticket: Ticket) -> None:
    home, page = desk.get("/desk").text, desk.get(f"/desk/tickets/{ticket.ref}").text
    assert "Take the next one" not in home
    assert "what waits is offered to you in turn" in home
    assert f"/desk/tickets/{ticket.ref}/take" not in page


@pytest.mark.usefixtures("offers_only")
@pytest.mark.parametrize(
    ("path", "form"),
    [("take", {}), ("state", {"to": "RESOLVED"}), ("assign", {"agent_id": "me"}), ("answer", {"text": "Hello"})],
)
def test_where_work_is_offered_only_nobody_takes_it_by_hand(
    desk: FlaskClient, ada: Agent, ticket: Ticket, path: str, form: dict[str, str]
) -> None:
    sent = {name: str(ada.id) if value == "me" else value for name, value in form.items()}
    answer = desk.post(f"/desk/tickets/{ticket.ref}/{path}", data=sent, headers=JSON)
    assert answer.status_code == 403
    db.session.refresh(ticket)
    assert ticket.assignee_id is None
    assert desk.post("/desk/next", headers=JSON).status_code == 403


@pytest.mark.usefixtures("offers_only")
def test_a_note_may_be_written_and_ones_own_work_gone_on_with(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    assert (
        desk.post(f"/desk/tickets/{ticket.ref}/answer", data={"kind": "note", "text": "Seen"}, headers=JSON).json == {}
    )
    lifecycle.take(ticket, ada)
    db.session.commit()
    assert desk.post(f"/desk/tickets/{ticket.ref}/state", data={"to": "WAITING"}, headers=JSON).json == {}


@pytest.mark.usefixtures("offers_only")
def test_supervisors_always_may(enter: Enter, queue: Queue, ticket: Ticket) -> None:
    lee = factories.agent("Lee Wong", RoleName.SUPERVISOR)
    db.session.add(QueueMember(queue_id=queue.id, agent_id=lee.id))
    desk = enter(lee)
    assert "Take the next one" in desk.get("/desk").text
    assert desk.post(f"/desk/tickets/{ticket.ref}/take", headers=JSON).status_code == 200


def test_the_next_one_is_what_is_served_first_of_what_fits(desk: FlaskClient, ada: Agent, queue: Queue) -> None:
    presence.set_presence(ada, PresenceState.AVAILABLE)
    french, gold, plain = (
        factories.ticket(queue, sender=f"{name}@home.example", subject=name) for name in ("french", "gold", "plain")
    )
    now = clock.now()
    for ticket, minutes in ((french, 90), (gold, 60), (plain, 10)):
        _item(ticket).order_at = now - timedelta(minutes=minutes)
    _item(french).asks = f"{skills.add('French', ada).id}:3"
    db.session.commit()
    assert desk.post("/desk/next", headers=JSON).json == {"url": f"/desk/tickets/{gold.ref}"}


def _wrapping(ticket: Ticket, ada: Agent, mode: WrapUp) -> Interaction:
    lifecycle.take(ticket, ada)
    ticket.queue.wrap_up, item = mode, _item(ticket)
    item.state, item.ended_at = InteractionState.WRAPPING, clock.now()
    item.wrap_until = None if mode is WrapUp.MANDATORY else clock.now() + timedelta(seconds=45)
    db.session.commit()
    return item


def test_a_wrap_up_stands_on_top_until_it_is_done(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    item = _wrapping(ticket, ada, WrapUp.TIMEOUT)
    assert f'id="wrap-{item.id}"' in desk.get("/desk/left").text
    assert desk.post(f"/desk/wrapping/{item.id}/done", headers=JSON).json == {}
    assert _item(ticket).state is InteractionState.DONE
    assert f'id="wrap-{item.id}"' not in desk.get("/desk/left").text


def test_a_mandatory_wrap_up_asks_how_it_ended(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    item = _wrapping(ticket, ada, WrapUp.MANDATORY)
    assert "How did it end?" in desk.get("/desk/left").text
    refused = desk.post(f"/desk/wrapping/{item.id}/done", headers=JSON)
    assert refused.status_code == 422
    too_long = {"disposition": "x" * 101}
    assert desk.post(f"/desk/wrapping/{item.id}/done", data=too_long, headers=JSON).status_code == 422
    desk.post(f"/desk/wrapping/{item.id}/done", data={"disposition": "Part ordered"}, headers=JSON)
    assert (_item(ticket).state, _item(ticket).disposition) == (InteractionState.DONE, "Part ordered")


def test_a_forced_wrap_up_ends_by_itself(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    item = _wrapping(ticket, ada, WrapUp.FORCED)
    assert "ends by itself" in desk.get("/desk/left").text
    assert desk.post(f"/desk/wrapping/{item.id}/done", headers=JSON).status_code == 409


def test_where_it_is_left_to_the_agent_the_time_may_be_taken(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    lifecycle.take(ticket, ada)
    ticket.queue.wrap_up = WrapUp.OPTIONAL
    db.session.commit()
    lifecycle.resolve(ticket, ada)
    db.session.commit()
    item = _item(ticket)
    assert "Take time to wrap up" in desk.get("/desk/left").text
    assert desk.post(f"/desk/wrapping/{item.id}/begin", headers=JSON).json == {}
    assert _item(ticket).state is InteractionState.WRAPPING
    assert "Take time to wrap up" not in desk.get("/desk/left").text
    desk.post(f"/desk/wrapping/{item.id}/done", headers=JSON)
    assert f'id="wrap-{item.id}"' not in desk.get("/desk/left").text


def test_nobody_ends_the_wrap_up_of_another(ada: Agent, ticket: Ticket, enter: Enter) -> None:
    item = _wrapping(ticket, ada, WrapUp.TIMEOUT)
    other = enter(factories.agent("Bea Other"))
    assert other.post(f"/desk/wrapping/{item.id}/done", headers=JSON).status_code == 404


def test_what_is_set_aside_is_marked(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    lifecycle.take(ticket, ada)
    _item(ticket).set_aside_at = clock.now()
    db.session.commit()
    assert "set aside" in desk.get("/desk/left").text
