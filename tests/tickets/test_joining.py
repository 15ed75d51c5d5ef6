"""Not this ticket, and this belongs there: what moves, what stays, and what both tickets say afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.errors import IllegalMove
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.queues.models import Queue
from contact_center.tickets import drafts, intake, joining, lifecycle, replies, tasks
from contact_center.tickets.inbound import InboundFile
from contact_center.tickets.messages import Attachment, Interaction, InteractionState, Message
from contact_center.tickets.models import (
    Draft,
    LinkReason,
    Participant,
    Task,
    Ticket,
    TicketLink,
    TicketState,
)
from tests import factories
from tests.factories import SAM, mail

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)
GRETA = "greta@lindqvist.example"


@pytest.fixture
def ada(app: object) -> Agent:
    row = factories.ada()
    factories.mailbox(factories.queue("Service e-mail", row))
    factories.greta()
    return row


def file(minute: int, sender: str = GRETA, **fields: object) -> Message:
    message = mail(sender, received_at=NOON + timedelta(minutes=minute), **fields)
    filed = intake.file(message, places.find("email", next(iter(places.mailboxes()))))
    return db.session.get_one(Message, filed.message_id)


def answered(minute: int, ticket: Ticket, sender: str = GRETA, **fields: object) -> Message:
    """A mail that joins *ticket* by its token."""
    message = file(minute, sender, thread_keys=(f"token:{ticket.token}",), **fields)
    assert message.ticket_id == ticket.id
    return message


def ticket_of(message: Message) -> Ticket:
    return db.session.get_one(Ticket, message.ticket_id, populate_existing=True)


def texts(ticket: Ticket) -> list[str]:
    return list(db.session.scalars(select(Message.text).where(Message.ticket_id == ticket.id).order_by(Message.id)))


def interactions(ticket: Ticket) -> list[Interaction]:
    asked = select(Interaction).where(Interaction.ticket_id == ticket.id).order_by(Interaction.id)
    return list(db.session.scalars(asked.execution_options(populate_existing=True)))


def participants(ticket: Ticket) -> list[str]:
    return sorted(db.session.scalars(select(Participant.value).where(Participant.ticket_id == ticket.id)))


def names(ticket: Ticket) -> list[str]:
    return list(db.session.scalars(select(Event.name).where(Event.ticket_id == ticket.id).order_by(Event.id)))


def test_it_takes_a_message_and_what_its_sender_wrote_later_into_a_ticket_of_their_own(ada: Agent) -> None:
    ticket = ticket_of(file(0, text="Fridge."))
    replies.reply(ticket, ada, "We are on it.")
    wrong = answered(2, ticket, text="By the way, the hood is too wide.", subject="Hood")
    answered(3, ticket, text="About the hood again.")
    opened = joining.separate(wrong, ada)
    assert texts(ticket) == ["Fridge.", "We are on it."]
    assert texts(opened) == ["By the way, the hood is too wide.", "About the hood again."]
    assert (opened.subject, opened.state, opened.assignee_id) == ("Hood", TicketState.NEW, None)
    assert (opened.queue_id, opened.customer_id) == (ticket.queue_id, ticket.customer_id)


def test_it_links_both_and_tells_both_histories(ada: Agent) -> None:
    ticket = ticket_of(file(0))
    wrong = answered(1, ticket)
    opened = joining.separate(wrong, ada)
    link = db.session.get_one(TicketLink, (opened.id, ticket.id))
    assert link.reason is LinkReason.SEPARATED
    assert names(ticket)[-1] == Name.MESSAGE_SEPARATED
    assert names(opened) == [Name.TICKET_OPENED, Name.TICKET_LINKED]
    assert wrong.because["rule"] == "separated"
    assert wrong.because["was"]["rule"] == "token"


def test_it_leaves_a_common_contact_with_the_old_ticket_and_opens_one_for_the_new(ada: Agent) -> None:
    ticket = ticket_of(file(0))
    wrong = answered(1, ticket)
    assert len(interactions(ticket)) == 1
    opened = joining.separate(wrong, ada)
    [old], [new] = interactions(ticket), interactions(opened)
    assert (old.queued_at, new.queued_at) == (NOON, NOON + timedelta(minutes=1))
    assert new.state is InteractionState.WAITING
    assert (ticket.waiting_since, opened.waiting_since) == (NOON, NOON + timedelta(minutes=1))


def test_it_takes_a_contact_along_that_belongs_to_the_message_alone(ada: Agent) -> None:
    ticket = ticket_of(file(0))
    replies.reply(ticket, ada, "Hello.", then=None)
    wrong = answered(2, ticket)
    taken = wrong.interaction_id
    opened = joining.separate(wrong, ada)
    [moved] = interactions(opened)
    assert (moved.id, moved.state, moved.agent_id) == (taken, InteractionState.WAITING, None)
    assert ticket.waiting_since is None
    assert ticket.last_inbound_at == NOON


def test_it_waits_since_it_was_written_when_it_was_answered_in_the_wrong_place(ada: Agent) -> None:
    ticket = ticket_of(file(0))
    replies.reply(ticket, ada, "Hello.")
    wrong = answered(2, ticket)
    replies.reply(ticket, ada, "That was for another one.")
    opened = joining.separate(wrong, ada)
    [waiting] = interactions(opened)
    assert (waiting.state, opened.waiting_since) == (InteractionState.WAITING, NOON + timedelta(minutes=2))
    assert [each.state for each in interactions(ticket)] == [InteractionState.DONE] * 2, "what was answered stays so"


def test_it_asks_anew_when_the_matter_was_thought_to_be_done(ada: Agent) -> None:
    ticket = ticket_of(file(0))
    replies.reply(ticket, ada, "Hello.")
    wrong = answered(2, ticket)
    lifecycle.resolve(ticket, ada)
    opened = joining.separate(wrong, ada)
    assert [each.state for each in interactions(opened)] == [InteractionState.DONE, InteractionState.WAITING]
    assert opened.waiting_since is not None


def test_it_finds_out_whose_a_strangers_message_is(ada: Agent) -> None:
    ticket = ticket_of(file(0))
    db.session.add(Participant(ticket_id=ticket.id, scheme="EMAIL", value=SAM))
    db.session.flush()
    wrong = answered(1, ticket, SAM)
    assert wrong.customer_id == ticket.customer_id, "until now it went under the name of the ticket's customer"
    opened = joining.separate(wrong, ada)
    customer = db.session.get_one(Customer, opened.customer_id)
    assert customer.name == "Sam"
    db.session.refresh(wrong)
    assert wrong.customer_id == customer.id
    assert participants(opened) == [SAM]
    assert ticket.customer_id != customer.id


def test_it_lets_nobody_take_part_who_has_nothing_left_to_say(ada: Agent) -> None:
    ticket = ticket_of(file(0))
    db.session.add(Participant(ticket_id=ticket.id, scheme="EMAIL", value=SAM))
    db.session.flush()
    wrong = answered(1, ticket, SAM)
    joining.separate(wrong, ada)
    assert participants(ticket) == [GRETA]


def test_it_takes_files_along(ada: Agent) -> None:
    ticket = ticket_of(file(0))
    wrong = answered(1, ticket, attachments=(InboundFile("label.jpg", "image/jpeg", b"jpeg"),))
    opened = joining.separate(wrong, ada)
    asked = select(Attachment.name).join(Message, Message.id == Attachment.message_id)
    assert db.session.scalars(asked.where(Message.ticket_id == opened.id)).all() == ["label.jpg"]


def test_it_does_not_leave_an_empty_ticket_behind(ada: Agent) -> None:
    message = file(0)
    replies.note(ticket_of(message), ada, "A note alone is nothing.")
    with pytest.raises(IllegalMove):
        joining.separate(message, ada)


def test_it_does_not_take_our_own_words_out(ada: Agent) -> None:
    ticket = ticket_of(file(0))
    with pytest.raises(IllegalMove):
        joining.separate(replies.reply(ticket, ada, "Hello."), ada)


def related(ada: Agent) -> tuple[Ticket, Ticket]:
    """Sam's ticket, possibly related to Greta's."""
    other = ticket_of(file(0, text="Fridge."))
    ticket = ticket_of(file(5, SAM, text="I am her neighbour.", thread_keys=(f"number:{other.id}",)))
    assert ticket.id != other.id
    return ticket, other


def test_it_adds_a_related_ticket_with_everything_it_has(ada: Agent) -> None:
    ticket, other = related(ada)
    replies.note(ticket, ada, "Looks trustworthy.")
    tasks.add(ticket, ada, "Call the neighbour")
    drafts.save(ticket, ada, "Dear Sam")
    joining.join(ticket, other, ada)
    assert texts(ticket) == []
    assert texts(other) == ["Fridge.", "I am her neighbour.", "Looks trustworthy."]
    assert participants(other) == [GRETA, SAM]
    assert db.session.scalars(select(Task.ticket_id)).all() == [other.id]
    assert db.session.scalars(select(Draft.ticket_id)).all() == [other.id]


def test_it_leaves_a_closed_stub_that_points_there(ada: Agent) -> None:
    ticket, other = related(ada)
    joining.join(ticket, other, ada)
    assert (ticket.state, ticket.waiting_since) == (TicketState.CLOSED, None)
    assert joining.joined_into(ticket) == other.id
    assert joining.joined_into(other) is None
    assert (names(ticket)[-1], names(other)[-1]) == (Name.TICKET_JOINED, Name.TICKET_JOINED)
    assert db.session.scalars(select(Interaction.id).where(Interaction.ticket_id == ticket.id)).all() == []


def test_it_makes_one_wait_of_two(ada: Agent) -> None:
    ticket, other = related(ada)
    joining.join(ticket, other, ada)
    [waiting] = interactions(other)
    assert waiting.queued_at == NOON
    said = select(func.count()).where(Message.interaction_id == waiting.id)
    assert db.session.scalar(said) == 2
    assert other.last_inbound_at == NOON + timedelta(minutes=5)


@pytest.mark.parametrize("settle", [lifecycle.wait, lifecycle.resolve])
def test_it_wakes_a_ticket_that_rested(ada: Agent, settle: object) -> None:
    ticket, other = related(ada)
    replies.reply(other, ada, "Hello.")
    if settle is lifecycle.resolve:
        lifecycle.resolve(other, ada)
    joining.join(ticket, other, ada)
    assert (other.state, other.resolved_at) == (TicketState.OPEN, None)
    assert other.reopened == (settle is lifecycle.resolve)
    handled = interactions(other)[-1]
    assert (handled.state, handled.agent_id) == (InteractionState.HANDLING, ada.id)


def test_it_takes_answers_to_the_stub_into_the_ticket_it_points_to(ada: Agent) -> None:
    ticket, other = related(ada)
    joining.join(ticket, other, ada)
    assert file(9, SAM, thread_keys=(f"token:{ticket.token}",)).ticket_id == other.id


def test_it_leads_from_stub_to_stub(ada: Agent) -> None:
    ticket, other = related(ada)
    third = ticket_of(file(7, "henrik@aalto.example", thread_keys=(f"number:{other.id}",)))
    joining.join(ticket, other, ada)
    db.session.add(
        TicketLink(ticket_id=other.id, other_id=third.id, reason=LinkReason.POSSIBLY_RELATED, at=clock.now())
    )
    db.session.flush()
    joining.join(other, third, ada)
    assert joining.joined_into(ticket) == third.id
    assert texts(third) == ["Fridge.", "I am her neighbour.", "It is 11 degrees in there."]


def test_it_takes_a_separation_back(ada: Agent) -> None:
    ticket = ticket_of(file(0, text="One."))
    opened = joining.separate(answered(1, ticket, text="Two."), ada)
    joining.join(opened, ticket, ada)
    assert texts(ticket) == ["One.", "Two."]
    [waiting] = interactions(ticket)
    assert waiting.queued_at == NOON
    assert (opened.state, ticket.waiting_since) == (TicketState.CLOSED, NOON)


def test_it_joins_only_what_is_linked(ada: Agent) -> None:
    one, two = ticket_of(file(0)), ticket_of(file(1, SAM))
    with pytest.raises(IllegalMove, match="not linked"):
        joining.join(one, two, ada)


def test_it_joins_nothing_that_is_closed(ada: Agent) -> None:
    ticket, other = related(ada)
    lifecycle.resolve(other, ada)
    lifecycle.close_due(clock.now() + timedelta(seconds=1))
    with pytest.raises(IllegalMove, match=other.ref):
        joining.join(ticket, other, ada)


def test_it_lists_what_is_linked_both_ways(ada: Agent) -> None:
    ticket, other = related(ada)
    assert [found.id for _, found in joining.linked(ticket)] == [other.id]
    assert [found.id for _, found in joining.linked(other)] == [ticket.id]
    assert db.session.scalars(select(Queue.id)).one() == ticket.queue_id
