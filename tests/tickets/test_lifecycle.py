"""From new to closed: what each verb leaves in the ticket, its interactions and its history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import AlreadyTaken, IllegalMove, Invalid
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.tickets import lifecycle
from contact_center.tickets.messages import Interaction, InteractionState, Message
from contact_center.tickets.models import Ticket, TicketState
from tests import factories

pytestmark = pytest.mark.usefixtures("app")


def interaction_of(ticket: Ticket) -> Interaction:
    asked = select(Interaction).where(Interaction.ticket_id == ticket.id).execution_options(populate_existing=True)
    return db.session.scalars(asked).one()


def last_event(ticket: Ticket) -> Event:
    asked = select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id.desc()).limit(1)
    return db.session.scalars(asked).one()


def taken_ticket(agent: Agent) -> Ticket:
    ticket = factories.ticket(factories.queue("Service e-mail", agent))
    lifecycle.take(ticket, agent)
    return ticket


def test_it_gives_a_new_ticket_to_whoever_takes_it() -> None:
    ada = factories.ada()
    ticket = factories.ticket(factories.queue("Service e-mail", ada))
    lifecycle.take(ticket, ada)
    assert (ticket.state, ticket.assignee_id, ticket.version) == (TicketState.OPEN, ada.id, 2)
    handled = interaction_of(ticket)
    assert (handled.state, handled.agent_id) == (InteractionState.HANDLING, ada.id)
    assert handled.accepted_at is not None


def test_it_writes_old_and_new_into_the_history() -> None:
    ada = factories.ada()
    event = last_event(taken_ticket(ada))
    assert (event.name, event.agent_id) == (Name.TICKET_TAKEN, ada.id)
    assert event.data["changes"] == {"state": ["NEW", "OPEN"], "assignee": [None, "Ada Brandt"]}


def test_it_tells_who_was_first() -> None:
    ada, lee = factories.ada(), factories.lee()
    ticket = taken_ticket(ada)
    with pytest.raises(AlreadyTaken, match="Ada Brandt"):
        lifecycle.take(ticket, lee)


def test_it_does_nothing_when_one_takes_what_is_ones_own() -> None:
    ada = factories.ada()
    ticket = taken_ticket(ada)
    lifecycle.take(ticket, ada)
    assert ticket.version == 2


def test_it_does_not_let_anybody_take_what_is_resolved() -> None:
    ada = factories.ada()
    ticket = taken_ticket(ada)
    lifecycle.resolve(ticket, ada)
    with pytest.raises(IllegalMove, match="resolved"):
        lifecycle.take(ticket, ada)


def test_it_hands_a_ticket_over_with_a_note() -> None:
    ada, lee = factories.ada(), factories.lee()
    ticket = taken_ticket(ada)
    lifecycle.assign(ticket, lee, ada, note="Please call her back.")
    assert ticket.assignee_id == lee.id
    assert interaction_of(ticket).agent_id == lee.id
    notes = db.session.scalars(
        select(Message.text).where(Message.ticket_id == ticket.id, Message.author == "NOTE")
    ).all()
    assert notes == ["Please call her back."]


def test_it_does_not_hand_over_to_somebody_who_has_left() -> None:
    ada = factories.ada()
    gone = factories.agent("Gone Away")
    gone.active = False
    with pytest.raises(Invalid, match="Gone Away"):
        lifecycle.assign(taken_ticket(ada), gone, ada)


def test_it_gives_a_ticket_back_to_its_queue_with_the_wait_it_had() -> None:
    ada = factories.ada()
    ticket = taken_ticket(ada)
    queued_at = interaction_of(ticket).queued_at
    lifecycle.assign(ticket, None, ada)
    assert (ticket.state, ticket.assignee_id) == (TicketState.NEW, None)
    waiting = interaction_of(ticket)
    assert (waiting.state, waiting.agent_id, waiting.accepted_at) == (InteractionState.WAITING, None, None)
    assert waiting.queued_at == queued_at
    assert last_event(ticket).name == Name.TICKET_RELEASED


def test_it_puts_a_moved_ticket_into_the_line_of_the_other_queue() -> None:
    ada = factories.ada()
    ticket = taken_ticket(ada)
    parts = factories.queue("Parts")
    lifecycle.move(ticket, parts, ada)
    assert (ticket.queue_id, ticket.assignee_id, ticket.state) == (parts.id, None, TicketState.NEW)
    waiting = interaction_of(ticket)
    assert (waiting.queue_id, waiting.state) == (parts.id, InteractionState.WAITING)
    assert last_event(ticket).data["changes"]["queue"] == ["Service e-mail", "Parts"]


def test_it_leaves_a_moved_ticket_with_an_assignee_who_serves_the_other_queue_too() -> None:
    ada = factories.ada()
    ticket = taken_ticket(ada)
    lifecycle.move(ticket, factories.queue("Parts", ada), ada)
    assert (ticket.assignee_id, ticket.state) == (ada.id, TicketState.OPEN)
    assert interaction_of(ticket).state is InteractionState.HANDLING


def test_it_does_not_move_into_a_queue_that_is_out_of_use() -> None:
    ada = factories.ada()
    ticket = taken_ticket(ada)
    with pytest.raises(Invalid, match="Fax"):
        lifecycle.move(ticket, factories.queue("Fax", is_active=False), ada)


def test_it_lets_a_ticket_wait_and_open_again() -> None:
    ada = factories.ada()
    ticket = taken_ticket(ada)
    lifecycle.wait(ticket, ada)
    assert ticket.state is TicketState.WAITING
    lifecycle.open_again(ticket, ada)
    assert (ticket.state, ticket.reopened) == (TicketState.OPEN, 0)


def test_it_ends_what_waited_when_the_matter_is_done() -> None:
    ada = factories.ada()
    ticket = taken_ticket(ada)
    lifecycle.resolve(ticket, ada, disposition="spam")
    assert ticket.state is TicketState.RESOLVED
    assert ticket.resolved_at is not None
    assert ticket.waiting_since is None
    ended = interaction_of(ticket)
    assert (ended.state, ended.disposition, ended.answered_at) == (InteractionState.DONE, "spam", None)
    assert ended.ended_at is not None


def test_it_gives_a_ticket_that_nobody_had_to_whoever_resolves_it() -> None:
    ada = factories.ada()
    ticket = factories.ticket(factories.queue())
    lifecycle.resolve(ticket, ada)
    assert ticket.assignee_id == ada.id


def test_it_resolves_only_once() -> None:
    ada = factories.ada()
    ticket = taken_ticket(ada)
    lifecycle.resolve(ticket, ada)
    with pytest.raises(IllegalMove):
        lifecycle.resolve(ticket, ada)


def test_it_counts_how_often_a_resolved_ticket_was_reopened() -> None:
    ada = factories.ada()
    ticket = taken_ticket(ada)
    lifecycle.resolve(ticket, ada)
    lifecycle.open_again(ticket, ada)
    assert (ticket.state, ticket.reopened, ticket.resolved_at) == (TicketState.OPEN, 1, None)
    assert last_event(ticket).name == Name.TICKET_REOPENED


def test_it_closes_what_was_resolved_long_ago_and_nothing_else() -> None:
    ada = factories.ada()
    long_ago, lately = taken_ticket(ada), factories.ticket(factories.queue("Parts"))
    with clock.standing_at(clock.now() - timedelta(days=8)):
        lifecycle.resolve(long_ago, ada)
    lifecycle.resolve(lately, ada)
    assert lifecycle.close_due(clock.now() - timedelta(days=7)) == 1
    assert lifecycle.close_due(clock.now() - timedelta(days=7)) == 0
    db.session.expire_all()
    assert (long_ago.state, lately.state) == (TicketState.CLOSED, TicketState.RESOLVED)
    assert long_ago.closed_at is not None
    assert last_event(long_ago).name == Name.TICKET_CLOSED


def test_it_closes_in_batches() -> None:
    ada, queue = factories.ada(), factories.queue()
    with clock.standing_at(clock.now() - timedelta(days=8)):
        for subject in ("One", "Two", "Three"):
            lifecycle.resolve(factories.ticket(queue, subject=subject), ada)
    now = clock.now()
    assert [lifecycle.close_due(now, limit=2) for _ in range(3)] == [2, 1, 0]


def test_it_keeps_what_is_closed_closed() -> None:
    ada = factories.ada()
    ticket = taken_ticket(ada)
    lifecycle.resolve(ticket, ada)
    lifecycle.close_due(clock.now() + timedelta(seconds=1))
    db.session.refresh(ticket)
    for verb in (lifecycle.open_again, lifecycle.wait, lifecycle.resolve, lifecycle.take):
        with pytest.raises(IllegalMove, match="closed for good"):
            verb(ticket, ada)


def test_it_ends_no_call_when_the_ticket_is_resolved() -> None:
    ada = factories.ada()
    ticket = taken_ticket(ada)
    db.session.execute(text("UPDATE interaction SET kind = 'CALL'"))
    lifecycle.resolve(ticket, ada)
    assert interaction_of(ticket).state is InteractionState.HANDLING
