"""The supervisor's live page: what waits in the order of service, who does what, and acts that can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from contact_center import clock
from contact_center.agents import open_desks, presence
from contact_center.agents.models import Agent, PresenceState, RoleName
from contact_center.calls.models import Call, CallState
from contact_center.extensions import db
from contact_center.queues import skills
from contact_center.queues.models import Queue
from contact_center.routing import enqueue, offers, promised_work, promises
from contact_center.routing.models import Offer, OfferState
from contact_center.tickets import lifecycle
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Direction, Interaction, InteractionState
from contact_center.tickets.models import Priority, Ticket
from tests import factories
from tests.desk.statements import counted

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}


@dataclass
class Floor:
    """Lee leads the team of the queue that Ada serves."""

    lee: Agent
    ada: Agent
    queue: Queue
    page: FlaskClient


@pytest.fixture
def floor(app: object, enter: Enter) -> Floor:
    lee, ada = factories.lee(), factories.ada()
    team = factories.team("Service", lee, ada)
    queue = factories.queue("Service e-mail", ada, team_id=team.id)
    return Floor(lee, ada, queue, enter(lee))


def waiting(queue: Queue, name: str = "Greta Lindqvist", tier: str = "A", minutes: int = 12) -> Interaction:
    """What somebody wrote some minutes ago, placed."""
    email = f"{name.split(maxsplit=1)[0].lower()}@home.example"
    factories.customer(name, email, tier=tier)
    with clock.standing_at(clock.now() - timedelta(minutes=minutes)):
        ticket = factories.ticket(queue, sender=email, subject=f"Of {name}")
    item = db.session.scalars(select(Interaction).where(Interaction.ticket_id == ticket.id)).one()
    enqueue.place([item.id])
    db.session.commit()
    db.session.refresh(item)
    return item


def here(agent: Agent) -> None:
    """Available, with a desk open."""
    presence.set_presence(agent, PresenceState.AVAILABLE)
    open_desks.opened(f"desk of {agent.id}", agent.id)
    db.session.commit()


def _toast(answer: TestResponse) -> dict[str, str]:
    assert answer.json
    return dict(answer.json["toast"])


def ring(item: Interaction, agent: Agent) -> Offer:
    offer = factories.ringing(item, agent)
    db.session.commit()
    return offer


def _ticket(item: Interaction) -> Ticket:
    return db.session.get_one(Ticket, item.ticket_id, populate_existing=True)


def test_an_empty_floor_teaches(enter: Enter) -> None:
    page = enter(factories.lee()).get("/floor/live").text
    assert "No queue to watch" in page
    assert "Nobody is here" in page


def test_each_queue_shows_what_waits_and_who_is_there(floor: Floor) -> None:
    waiting(floor.queue)
    waiting(floor.queue, "Bo Andersen", "D", 40)
    here(floor.ada)
    page = floor.page.get("/floor/live").text
    row = page[page.index(f'id="line-{floor.queue.id}"') : page.index(f'id="waiting-{floor.queue.id}"')]
    assert row.count('<td class="num live-tier">1</td>') == 2
    assert "Ada Brandt" in page
    assert "Free" in page


def test_the_level_is_of_who_was_answered_or_gave_up_as_in_the_reports(floor: Floor) -> None:
    with clock.standing_at(clock.now().astimezone(factories.ZONE).replace(hour=12)):
        answered, gone, _waits = (waiting(floor.queue, name, minutes=30) for name in ("Greta X", "Bo Y", "Ann Z"))
        answered.answered_at, answered.state = answered.queued_at + timedelta(seconds=10), InteractionState.DONE
        gone.ended_at, gone.state = gone.queued_at + timedelta(seconds=90), InteractionState.ABANDONED
        db.session.commit()
        assert "50 %" in floor.page.get("/floor/live/queues").text


def test_a_queue_lists_what_waits_in_the_order_of_service_with_its_parts(floor: Floor) -> None:
    greta, bo = waiting(floor.queue, minutes=12), waiting(floor.queue, "Bo Andersen", "D", 40)
    greta.bonus, greta.order_at = {"tier": 60, "complaint": 30}, greta.queued_at - timedelta(minutes=90)
    db.session.commit()
    shown = floor.page.get(f"/floor/live/queues/{floor.queue.id}").text
    assert shown.index(f"item-{greta.id}") < shown.index(f"item-{bo.id}")
    assert "waited 12 min + tier A 60 + complaint 30 = 102" in shown


def test_what_eases_and_for_whom_it_is_kept_is_said(floor: Floor) -> None:
    item = waiting(floor.queue)
    french = skills.add("French", floor.lee)
    item.asks, item.held_for, item.eases_at = f"{french.id}:4", [floor.ada.id], clock.now() + timedelta(seconds=24)
    db.session.commit()
    shown = floor.page.get(f"/floor/live/queues/{floor.queue.id}").text
    assert "asks for French 4+" in shown
    assert "kept for Ada Brandt" in shown
    assert "then easier in" in shown


def test_what_rings_stands_on_top_with_whom_it_rings_at(floor: Floor) -> None:
    waiting(floor.queue, "Bo Andersen", "D", 40)
    item = waiting(floor.queue)
    here(floor.ada)
    ring(item, floor.ada)
    shown = floor.page.get(f"/floor/live/queues/{floor.queue.id}").text
    assert "rings at Ada Brandt" in shown
    assert "Ringing" in floor.page.get("/floor/live/agents").text


def test_agents_stand_by_what_they_do(floor: Floor) -> None:
    here(floor.ada)
    assert ">Free<" in floor.page.get("/floor/live/agents").text
    lifecycle.take(_ticket(item := waiting(floor.queue)), floor.ada)
    db.session.commit()
    busy = floor.page.get("/floor/live/agents").text
    assert ">Busy<" in busy
    assert _ticket(item).ref in busy
    presence.set_presence(floor.ada, PresenceState.NOT_RESPONDING, because="rang out")
    db.session.commit()
    assert "Not responding" in floor.page.get("/floor/live/agents").text


def test_who_keeps_a_promise_is_busy(floor: Floor) -> None:
    here(floor.ada)
    ticket = factories.ticket(floor.queue)
    lifecycle.take(ticket, floor.lee)
    promises.make(ticket, floor.ada, "Call back", clock.now() + timedelta(minutes=1), floor.ada)
    promised_work.sweep()
    item = db.session.scalars(select(Interaction).where(Interaction.kind == Kind.PROMISE)).one()
    offers.accept(ring(item, floor.ada).id, floor.ada)
    db.session.commit()
    shown = floor.page.get("/floor/live/agents").text
    assert ">Busy<" in shown
    assert ticket.ref in shown


def test_somebody_who_is_available_without_a_desk_is_told_apart(floor: Floor) -> None:
    presence.set_presence(floor.ada, PresenceState.AVAILABLE)
    db.session.commit()
    assert "No desk open" in floor.page.get("/floor/live/agents").text


def test_an_agent_is_found_by_a_part_of_the_name(floor: Floor) -> None:
    here(floor.ada)
    assert "Ada Brandt" in floor.page.get("/floor/live/agents?find=brAN").text
    assert "Nobody of that name" in floor.page.get("/floor/live/agents?find=%25").text
    assert "Nobody of that name" in floor.page.get("/floor/live?find=zz%00").text


def test_a_supervisor_of_others_sees_and_does_nothing_here(floor: Floor, enter: Enter) -> None:
    item = waiting(floor.queue)
    here(floor.ada)
    mo = factories.agent("Mo Other", RoleName.SUPERVISOR)
    factories.team("Elsewhere", mo)
    elsewhere = enter(mo)
    assert "Service e-mail" not in elsewhere.get("/floor/live").text
    assert "Ada Brandt" not in elsewhere.get("/floor/live").text
    assert elsewhere.get(f"/floor/live/queues/{floor.queue.id}").status_code == 404
    for act in ("assign", "move", "raise"):
        assert elsewhere.post(f"/floor/live/{item.id}/{act}", headers=JSON).status_code == 404


def test_assigning_can_be_taken_back_with_the_wait_kept(floor: Floor) -> None:
    item = waiting(floor.queue)
    answer = floor.page.post(f"/floor/live/{item.id}/assign", data={"agent_id": floor.ada.id}, headers=JSON)
    assert _toast(answer)["text"] == f"{_ticket(item).ref} is with Ada Brandt now."
    assert _ticket(item).assignee_id == floor.ada.id
    since = item.queued_at
    floor.page.post(_toast(answer)["undo"], headers=JSON)
    db.session.refresh(item)
    assert (_ticket(item).assignee_id, item.state, item.queued_at) == (None, InteractionState.WAITING, since)
    assert item.order_at is not None


def test_moving_can_be_taken_back(floor: Floor) -> None:
    item, parts = waiting(floor.queue), factories.queue("Parts", floor.lee)
    answer = floor.page.post(f"/floor/live/{item.id}/move", data={"queue_id": parts.id}, headers=JSON)
    assert "waits in Parts now" in _toast(answer)["text"]
    db.session.refresh(item)
    assert item.queue_id == parts.id
    floor.page.post(_toast(answer)["undo"], headers=JSON)
    db.session.refresh(item)
    assert item.queue_id == floor.queue.id


def test_what_went_where_one_does_not_look_is_not_offered_back(floor: Floor) -> None:
    item, elsewhere = waiting(floor.queue), factories.queue("Elsewhere")
    answer = floor.page.post(f"/floor/live/{item.id}/move", data={"queue_id": elsewhere.id}, headers=JSON)
    assert _toast(answer) == {"text": f"{_ticket(item).ref} waits in Elsewhere now."}


def test_raising_moves_it_forward_and_can_be_taken_back(floor: Floor) -> None:
    item = waiting(floor.queue)
    before = item.order_at
    assert before is not None
    answer = floor.page.post(f"/floor/live/{item.id}/raise", headers=JSON)
    db.session.refresh(item)
    assert (_ticket(item).priority, item.order_at) == (Priority.HIGH, before - timedelta(minutes=20))
    floor.page.post(_toast(answer)["undo"], headers=JSON)
    db.session.refresh(item)
    assert (_ticket(item).priority, item.order_at) == (Priority.NORMAL, before)


@pytest.mark.parametrize("act", ["assign", "move"])
def test_what_rings_stops_ringing_when_it_goes_elsewhere(floor: Floor, act: str) -> None:
    item, parts = waiting(floor.queue), factories.queue("Parts", floor.lee)
    offer = ring(item, floor.ada)
    floor.page.post(f"/floor/live/{item.id}/{act}", data={"agent_id": floor.lee.id, "queue_id": parts.id}, headers=JSON)
    db.session.refresh(offer)
    assert offer.state is OfferState.REVOKED


def test_the_menus_know_who_is_free_and_where_it_may_go(floor: Floor) -> None:
    item = waiting(floor.queue)
    here(floor.ada)
    people = floor.page.get(f"/floor/live/{item.id}/agents").text
    assert "Ada Brandt" in people
    assert "Free" in people
    assert "Service e-mail" in floor.page.get(f"/floor/live/{item.id}/queues").text


def test_what_somebody_has_in_hand_is_put_back_or_given_to_another(floor: Floor) -> None:
    item = waiting(floor.queue)
    here(floor.ada)
    lifecycle.take(_ticket(item), floor.ada)
    db.session.commit()
    assert f"/floor/live/{item.id}/acts" in floor.page.get("/floor/live/agents").text
    menu = floor.page.get(f"/floor/live/{item.id}/acts").text
    assert "Put it back into its queue" in menu
    assert "End the call" not in menu
    answer = floor.page.post(f"/floor/live/{item.id}/assign", data={"agent_id": 0}, headers=JSON)
    assert _ticket(item).assignee_id is None
    floor.page.post(_toast(answer)["undo"], headers=JSON)
    assert _ticket(item).assignee_id == floor.ada.id


def test_somebodys_wrap_up_is_ended_for_them(floor: Floor) -> None:
    item = waiting(floor.queue)
    here(floor.ada)
    lifecycle.take(_ticket(item), floor.ada)
    db.session.refresh(item)
    item.state, item.ended_at = InteractionState.WRAPPING, clock.now()
    db.session.commit()
    assert "End the wrap-up" in floor.page.get(f"/floor/live/{item.id}/acts").text
    floor.page.post(f"/floor/live/{item.id}/end-wrap-up", headers=JSON)
    db.session.refresh(item)
    assert item.state is InteractionState.DONE


def call_behind(item: Interaction, state: CallState, **fields: Any) -> Call:
    """The call of somebody who stands behind *item*."""
    item.channel, item.kind = "phone", Kind.CALL
    call = Call(
        key=f"k{item.id}", provider="test", direction=Direction.IN, state=state, since=clock.now(),
        started_at=clock.now(), interaction_id=item.id, ticket_id=item.ticket_id, **fields,
    )  # fmt: skip
    db.session.add(call)
    db.session.commit()
    return call


def test_a_waiting_caller_rings_first_at_whom_they_are_given_to_and_goes_on_waiting(floor: Floor) -> None:
    item = waiting(floor.queue)
    here(floor.ada)
    call_behind(item, CallState.QUEUED)
    offer = ring(item, floor.ada)
    answer = floor.page.post(f"/floor/live/{item.id}/assign", data={"agent_id": floor.ada.id}, headers=JSON)
    assert _toast(answer)["text"] == f"{_ticket(item).ref} rings at Ada Brandt first."
    db.session.refresh(item)
    db.session.refresh(offer)
    assert (item.state, item.held_for, offer.state) == (InteractionState.WAITING, [floor.ada.id], OfferState.REVOKED)
    assert _ticket(item).assignee_id is None
    floor.page.post(_toast(answer)["undo"], headers=JSON)
    db.session.refresh(item)
    assert item.held_for == []


def test_a_talk_is_ended_or_sent_on_and_its_menu_says_so(floor: Floor) -> None:
    item = waiting(floor.queue)
    here(floor.ada)
    lifecycle.take(_ticket(item), floor.ada)
    db.session.refresh(item)
    call = call_behind(item, CallState.TALKING, agent_id=floor.ada.id)
    menu = floor.page.get(f"/floor/live/{item.id}/acts").text
    assert "End the call" in menu
    assert "Send the caller to" in menu
    assert floor.page.post(f"/floor/live/{item.id}/hang-up", headers=JSON).status_code == 200
    db.session.refresh(call)
    assert call.ending_by == "supervisor"
    other = waiting(floor.queue, "Bo Andersen", "D")
    assert floor.page.post(f"/floor/live/{other.id}/hang-up", headers=JSON).status_code == 404


def test_more_agents_and_more_work_cost_no_more_statements(floor: Floor) -> None:
    queue_id = floor.queue.id

    def asked() -> int:
        with counted() as statements:
            for url in ("/floor/live", f"/floor/live/queues/{queue_id}"):
                assert floor.page.get(url).status_code == 200
        return len(statements)

    waiting(floor.queue)
    here(floor.ada)
    asked()
    few = asked()
    for number in range(5):
        item = waiting(floor.queue, f"Customer{number} X", "C")
        agent = factories.agent(f"Agent{number} X")
        here(agent)
        if number % 2:
            lifecycle.take(_ticket(item), agent)
    db.session.commit()
    assert asked() == few
