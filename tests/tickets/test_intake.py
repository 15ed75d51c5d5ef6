"""Filing: who wrote, which ticket, what stands in the rows afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from contact_center import clock
from contact_center.customers.models import ContactPoint, Customer, CustomerStatus
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.tickets.inbound import Automatic, Kind
from contact_center.tickets.messages import Interaction, InteractionState, Message
from contact_center.tickets.models import LinkReason, Participant, Ticket, TicketLink, TicketState
from contact_center.tickets.threading import Rule
from tests import factories
from tests.factories import SAM, mail

pytestmark = pytest.mark.usefixtures("app")


def test_it_opens_a_ticket_for_a_known_customer() -> None:
    greta, queue = factories.greta(), factories.queue()
    filed = factories.filed(queue)
    ticket = db.session.get_one(Ticket, filed.ticket_id)
    assert (ticket.customer_id, ticket.queue_id, ticket.state) == (greta.id, queue.id, TicketState.NEW)
    assert ticket.subject == "Fridge not cooling"
    assert db.session.get_one(Message, filed.message_id).text == "It is 11 degrees in there."
    assert db.session.get_one(Interaction, filed.interaction_id).state is InteractionState.WAITING
    assert db.session.scalars(select(Participant.value)).all() == ["greta@lindqvist.example"]


def test_it_opens_a_prospect_named_from_the_message_for_a_stranger() -> None:
    filed = factories.filed(factories.queue(), sender=SAM, sender_name="Sam Stranger")
    customer = db.session.get_one(Customer, filed.customer_id)
    assert (customer.name, customer.status) == ("Sam Stranger", CustomerStatus.PROSPECT)
    point = db.session.scalars(select(ContactPoint).where(ContactPoint.customer_id == customer.id)).one()
    assert (point.value, point.verified_at) == (SAM, None)


def test_it_leaves_the_choice_to_the_agent_when_several_customers_share_an_address() -> None:
    one, two = factories.customer("Anna", "shared@home.example"), factories.customer("Ben", "shared@home.example")
    ticket = factories.ticket(factories.queue(), sender="shared@home.example")
    assert ticket.customer_id is None
    assert set(ticket.candidate_ids) == {one.id, two.id}


def test_it_matches_nobody_for_a_sender_without_an_address() -> None:
    factories.greta()
    ticket = factories.ticket(factories.queue(), sender=None)
    assert ticket.customer_id is None
    assert ticket.candidate_ids == []
    assert db.session.scalar(select(func.count()).select_from(Participant)) == 0


def test_it_joins_by_token_when_the_sender_takes_part() -> None:
    queue = factories.queue()
    ticket = factories.ticket(queue)
    again = factories.filed(queue, mail(thread_keys=(f"token:{ticket.token}",), subject="something else"))
    assert (again.ticket_id, again.decision.rule) == (ticket.id, Rule.TOKEN)


def test_it_does_not_let_a_stranger_with_a_stolen_token_into_the_ticket() -> None:
    queue = factories.queue()
    ticket = factories.ticket(queue)
    forged = factories.filed(queue, mail(SAM, thread_keys=(f"token:{ticket.token}",)))
    assert forged.ticket_id != ticket.id
    link = db.session.get_one(TicketLink, (forged.ticket_id, ticket.id))
    assert link.reason is LinkReason.POSSIBLY_RELATED


def test_it_only_links_when_all_there_is_is_a_number_in_the_subject() -> None:
    queue = factories.queue()
    ticket = factories.ticket(queue)
    later = factories.filed(queue, mail(thread_keys=(f"number:{ticket.id}",)))
    assert later.ticket_id != ticket.id
    assert later.decision.earlier_id == ticket.id


def test_it_joins_by_the_customers_own_earlier_message_id() -> None:
    queue = factories.queue()
    first = mail()
    ticket = factories.ticket(queue, first)
    assert factories.filed(queue, mail(thread_keys=(first.external_id,))).ticket_id == ticket.id


def test_an_unknown_message_id_connects_nothing() -> None:
    queue = factories.queue()
    ticket = factories.ticket(queue)
    other = factories.filed(queue, mail(thread_keys=("<never@seen.example>",)))
    assert other.ticket_id != ticket.id
    assert other.decision.rule is Rule.NEW


def test_a_second_message_joins_the_interaction_that_still_waits() -> None:
    queue = factories.queue()
    first = mail()
    opened = factories.filed(queue, first)
    joined = factories.filed(queue, mail(thread_keys=(first.external_id,)))
    assert joined.interaction_id == opened.interaction_id


def test_a_reply_reopens_a_resolved_ticket_inside_the_window() -> None:
    queue, first = factories.queue(), mail()
    ticket = factories.ticket(queue, first)
    _resolve(ticket, days_ago=3)
    filed = factories.filed(queue, mail(thread_keys=(first.external_id,)))
    db.session.refresh(ticket)
    assert (filed.ticket_id, filed.is_reopened) == (ticket.id, True)
    assert (ticket.state, ticket.resolved_at, ticket.reopened) == (TicketState.NEW, None, 1)


def test_a_reply_after_the_window_opens_a_linked_new_ticket() -> None:
    queue, first = factories.queue(), mail()
    ticket = factories.ticket(queue, first)
    _resolve(ticket, days_ago=30)
    filed = factories.filed(queue, mail(thread_keys=(first.external_id,)))
    assert filed.ticket_id != ticket.id
    assert db.session.get_one(TicketLink, (filed.ticket_id, ticket.id)).reason is LinkReason.FOLLOWS
    db.session.refresh(ticket)
    assert ticket.state is TicketState.RESOLVED


def test_an_automatic_reply_is_kept_but_never_reopens() -> None:
    queue, first = factories.queue(), mail()
    ticket = factories.ticket(queue, first)
    _resolve(ticket, days_ago=1)
    filed = factories.filed(queue, mail(thread_keys=(first.external_id,), automatic=Automatic.REPLY))
    db.session.refresh(ticket)
    assert (filed.ticket_id, filed.interaction_id) == (ticket.id, None)
    assert ticket.state is TicketState.RESOLVED


def test_an_answer_to_a_taken_ticket_is_its_agents_work() -> None:
    ada, first = factories.ada(), mail()
    queue = factories.queue("Service", ada)
    ticket = factories.ticket(queue, first)
    ticket.assignee_id, ticket.state = ada.id, TicketState.WAITING
    db.session.execute(update(Interaction).values(state=InteractionState.DONE))
    db.session.flush()
    filed = factories.filed(queue, mail(thread_keys=(first.external_id,)))
    db.session.refresh(ticket)
    interaction = db.session.get_one(Interaction, filed.interaction_id)
    assert ticket.state is TicketState.OPEN
    assert (interaction.state, interaction.agent_id) == (InteractionState.HANDLING, ada.id)


def test_a_stranger_whose_mail_is_proven_genuine_is_a_stranger_all_the_same() -> None:
    queue = factories.queue()
    ticket = factories.ticket(queue)
    proven = mail(SAM, thread_keys=(f"token:{ticket.token}",), authenticated=True)
    assert factories.filed(queue, proven).ticket_id != ticket.id


def test_a_link_of_the_portal_joins_whoever_writes() -> None:
    queue = factories.queue()
    ticket = factories.ticket(queue)
    by_link = mail(SAM, thread_keys=(f"token:{ticket.token}",), authenticated=True, channel="web", kind=Kind.FORM)
    assert factories.filed(queue, by_link).ticket_id == ticket.id


def test_it_tells_what_happened() -> None:
    filed = factories.filed(factories.queue(), sender=SAM)
    names = db.session.scalars(select(Event.name).where(Event.ticket_id == filed.ticket_id).order_by(Event.id)).all()
    assert names == ["customer.opened", "ticket.opened", "message.received"]


def test_it_takes_the_first_line_as_title_when_there_is_no_subject() -> None:
    ticket = factories.ticket(factories.queue(), mail(subject=" ", text="\n冰箱不制冷\n请帮忙"))
    assert ticket.subject == "冰箱不制冷"


def _resolve(ticket: Ticket, *, days_ago: int) -> None:
    ticket.state = TicketState.RESOLVED
    ticket.resolved_at = clock.now() - timedelta(days=days_ago)
    db.session.execute(update(Interaction).values(state=InteractionState.DONE))
    db.session.flush()
