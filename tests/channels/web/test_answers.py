"""The story of a request by phone number only: nobody can be mailed, so the answer stands on the private page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.channels import delivery
from contact_center.customers import points
from contact_center.errors import Invalid
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.models import Mailbox
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.queues.models import Queue, QueueMember
from contact_center.text.addresses import Address, Scheme
from contact_center.tickets import conversation, replies, uploads
from contact_center.tickets.messages import Interaction, InteractionState, Message
from contact_center.tickets.models import Ticket, TicketState
from tests import factories
from tests.channels.web.visits import Visitor, newest, page_of, words_of

ANNA = "030 123456"
Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}


@pytest.fixture
def ada(queue: Queue) -> Agent:
    row = factories.ada()
    db.session.add(QueueMember(queue_id=queue.id, agent_id=row.id))
    db.session.flush()
    return row


@pytest.fixture
def ticket(visit: Visitor) -> Ticket:
    """Anna's request; she leaves a phone number and nothing else."""
    visit.ask(name="Anna Weiss", email="", phone=ANNA)
    return newest()


def page(visit: Visitor, ticket: Ticket) -> str:
    db.session.commit()
    return words_of(visit.get(page_of(ticket)).text)


def composer(enter: Enter, agent: Agent, ticket: Ticket) -> str:
    return words_of(enter(agent).get(f"/desk/tickets/{ticket.ref}/composer").text)


def send(enter: Enter, agent: Agent, ticket: Ticket, **typed: str) -> int:
    form = {"kind": "reply", "text": "It is the relay.", "to": "", "cc": "", **typed}
    return enter(agent).post(f"/desk/tickets/{ticket.ref}/answer", data=form, headers=JSON).status_code


def test_the_answer_stands_on_her_page_and_on_nobody_elses(
    visit: Visitor, enter: Enter, ada: Agent, ticket: Ticket
) -> None:
    visit.ask(name="Somebody Else", email="", phone="030 654321")
    other = newest()
    assert "Anna Weiss reads this on their private page" in composer(enter, ada, ticket)
    assert send(enter, ada, ticket) == 200
    assert "Ada Brandt" in page(visit, ticket)
    assert "It is the relay." in page(visit, ticket)
    assert "Waiting for you" in page(visit, ticket)
    assert "relay" not in page(visit, other)


def test_she_can_go_on_from_there(visit: Visitor, ada: Agent, ticket: Ticket) -> None:
    replies.reply(ticket, ada, "Which model is it?")
    db.session.commit()
    visit.reply(page_of(ticket), text="It is a KF-90.")
    db.session.refresh(ticket)
    assert ticket.state is TicketState.OPEN
    assert "It is a KF-90." in page(visit, ticket)


def test_it_does_to_the_ticket_what_a_mail_does(ada: Agent, ticket: Ticket) -> None:
    message = replies.reply(ticket, ada, "It is the relay.")
    assert (ticket.state, ticket.assignee_id, ticket.waiting_since) == (TicketState.WAITING, ada.id, None)
    ended = db.session.get_one(Interaction, message.interaction_id)
    assert (ended.channel, ended.state, ended.agent_id) == ("web", InteractionState.DONE, ada.id)
    told = set(db.session.scalars(select(Event.name).where(Event.agent_id == ada.id)))
    assert told == {Name.MESSAGE_QUEUED, Name.TICKET_TAKEN}


def test_it_is_sent_without_any_mail(ada: Agent, ticket: Ticket) -> None:
    message = replies.reply(ticket, ada, "It is the relay.")
    left = db.session.scalars(select(Outgoing).where(Outgoing.message_id == message.id)).one()
    assert (left.channel, left.recipient) == ("web", "+4930123456")
    db.session.commit()
    assert delivery.deliver(left.id) is OutgoingState.SENT
    [entry] = [each for each in conversation.entries(ticket) if each.what == "message" and each.is_ours]
    assert (entry.channel, entry.delivery and entry.delivery.state) == ("web", OutgoingState.SENT)
    assert db.session.scalar(select(Event.id).where(Event.name == Name.MESSAGE_SENT)) is not None


def test_her_page_offers_the_files_of_the_answer(visit: Visitor, ada: Agent, ticket: Ticket) -> None:
    guide = uploads.add(ada, "guide.pdf", "application/pdf", b"%PDF guide")
    replies.reply(ticket, ada, "See the guide.", upload_ids=[guide.id])
    assert "guide.pdf" in page(visit, ticket)


def test_it_needs_no_mailbox(enter: Enter, ada: Agent, ticket: Ticket) -> None:
    for row in db.session.scalars(select(Mailbox)):
        row.is_active = False
    db.session.commit()
    places.forget()
    assert send(enter, ada, ticket) == 200
    left = db.session.scalars(select(Outgoing).where(Outgoing.ticket_id == ticket.id)).one()
    assert delivery.deliver(left.id) is OutgoingState.SENT


def test_an_answer_to_a_request_by_mail_goes_by_mail_and_stands_on_the_page(visit: Visitor, ada: Agent) -> None:
    visit.ask(email="sam@stranger.example", phone=ANNA)
    ticket = newest()
    message = replies.reply(ticket, ada, "It is the relay.")
    assert (message.channel, message.recipients) == ("email", ["sam@stranger.example"])
    assert "It is the relay." in page(visit, ticket)


def test_once_she_has_an_address_answers_are_mailed_and_still_stand_on_her_page(
    visit: Visitor, ada: Agent, ticket: Ticket
) -> None:
    assert ticket.customer is not None
    points.add(ticket.customer, Address(Scheme.EMAIL, "anna@weiss.example"), ada)
    message = replies.reply(ticket, ada, "It is the relay.")
    assert (message.channel, message.recipients) == ("email", ["anna@weiss.example"])
    assert "It is the relay." in page(visit, ticket)


def test_a_mail_to_a_customer_we_knew_is_not_shown_to_whoever_typed_their_number(
    visit: Visitor, enter: Enter, ada: Agent
) -> None:
    factories.customer("Greta Lindqvist", "greta@lindqvist.example", phone="+4930123456")
    db.session.commit()
    visit.ask(name="Greta", email="", phone=ANNA)
    ticket = newest()
    assert "an e-mail is not shown on its private page" in composer(enter, ada, ticket)
    message = replies.reply(ticket, ada, "Your address is Elm Street 4.")
    assert message.recipients == ["greta@lindqvist.example"]
    assert "Elm Street" not in page(visit, ticket)


def test_the_agent_may_choose_the_page_by_writing_to_nobody(visit: Visitor, enter: Enter, ada: Agent) -> None:
    factories.customer("Greta Lindqvist", "greta@lindqvist.example", phone="+4930123456")
    db.session.commit()
    visit.ask(name="Greta", email="", phone=ANNA)
    ticket = newest()
    assert send(enter, ada, ticket, text="Which order is it?") == 200
    assert "Which order is it?" in page(visit, ticket)


@pytest.mark.parametrize("typed", [{"to": "support@norra.example"}, {"to": "nonsense"}, {"cc": "boss@weiss.example"}])
def test_whom_the_agent_typed_is_never_passed_over(
    enter: Enter, ada: Agent, ticket: Ticket, typed: dict[str, str]
) -> None:
    assert send(enter, ada, ticket, **typed) == 422
    assert list(db.session.scalars(select(Message.id).where(Message.agent_id == ada.id))) == []


def test_a_mail_without_an_address_has_no_page_to_be_read_on(ada: Agent, queue: Queue, mailbox: object) -> None:
    ticket = factories.ticket(queue, sender=None)
    with pytest.raises(Invalid):
        replies.reply(ticket, ada, "Hello.")
