"""Whose ticket it is: choosing among candidates, attaching to another customer, and taking that back."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center.customers import points, records
from contact_center.customers.models import ContactPoint, Customer, PointSource
from contact_center.errors import AlreadyTaken, IllegalMove
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.tickets import customer_choice, notes
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Author, Interaction, Message
from contact_center.tickets.models import Ticket
from tests import factories


def owners(ticket: Ticket) -> set[int | None]:
    """Whose the ticket, its contacts and its customers' words are."""
    said = select(Message.customer_id).where(Message.ticket_id == ticket.id, Message.author == Author.CUSTOMER)
    contacts = select(Interaction.customer_id).where(Interaction.ticket_id == ticket.id)
    return {ticket.customer_id, *db.session.scalars(said), *db.session.scalars(contacts)}


def shared_address(app: Flask) -> tuple[Any, Customer, Customer, Ticket]:
    """A mail from an address that two customers have."""
    ada, greta, bo = factories.ada(), factories.greta(), factories.bo()
    points.add(bo, points.read("greta@lindqvist.example"), ada)
    return ada, greta, bo, factories.ticket(factories.queue("Mail", ada))


def test_it_gives_everything_said_to_the_chosen_candidate(app: Flask) -> None:
    ada, greta, bo, ticket = shared_address(app)
    assert (ticket.customer_id, ticket.candidate_ids) == (None, [greta.id, bo.id])
    note = notes.add(ticket, ada, "Sounds like Bo")
    version = ticket.version
    choice = customer_choice.choose(ticket, bo, ada)
    assert owners(ticket) == {bo.id}
    assert (ticket.customer, ticket.candidate_ids, ticket.version) == (bo, [], version + 1)
    assert choice.added == ()
    db.session.refresh(note)
    assert note.customer_id is None
    chosen = db.session.scalars(select(Event).where(Event.name == Name.TICKET_CUSTOMER_CHOSEN)).one()
    assert chosen.data["changes"] == {"customer_id": [None, bo.id]}
    assert (chosen.ticket_id, chosen.customer_id, chosen.agent_id) == (ticket.id, bo.id, ada.id)


def test_it_claims_the_senders_address_for_the_chosen_customer(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    queue = factories.queue("Mail", ada)
    known = records.open_customer("Sam", ada, points=[points.read(factories.SAM)])
    ticket = factories.ticket(queue, sender=factories.SAM, kind=Kind.FORM)
    assert ticket.customer == known
    added = customer_choice.choose(ticket, greta, ada).added
    assert [(p.customer_id, p.value, p.source, p.verified_at) for p in added] == [
        (greta.id, factories.SAM, PointSource.FORM, None)
    ]
    assert db.session.get(Customer, known.id) is known


def test_it_takes_a_prospect_nobody_touched_off_the_books(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    queue = factories.queue("Mail", ada)
    ticket = factories.ticket(queue, sender=factories.SAM)
    prospect = ticket.customer_id
    choice = customer_choice.choose(ticket, greta, ada)
    assert choice.has_removed_prospect
    assert db.session.get(Customer, prospect) is None
    assert factories.ticket(queue, sender=factories.SAM, text="And another thing").customer == greta


@pytest.mark.parametrize("touch", ["ticket", "note", "change", "point"])
def test_it_keeps_a_prospect_that_has_a_life_of_its_own(app: Flask, touch: str) -> None:
    ada, greta = factories.ada(), factories.greta()
    queue = factories.queue("Mail", ada)
    ticket = factories.ticket(queue, sender=factories.SAM)
    prospect = ticket.customer
    if touch == "ticket":
        factories.ticket(queue, sender=factories.SAM, text="Something else")
    elif touch == "note":
        from contact_center.customers import notes as customer_notes

        customer_notes.add(prospect, ada, "Called back")
    elif touch == "change":
        records.change(prospect, ada, 1, city="Bremen")
    else:
        points.verify(prospect.points[0], ada, points.Proof.CALLED)
    assert not customer_choice.choose(ticket, greta, ada).has_removed_prospect
    assert db.session.get(Customer, prospect.id) is prospect


def test_it_takes_a_choice_among_candidates_back(app: Flask) -> None:
    ada, greta, bo, ticket = shared_address(app)
    customer_choice.choose(ticket, bo, ada)
    assert customer_choice.may_undo(ticket)
    customer_choice.undo(ticket, ada)
    assert owners(ticket) == {None}
    assert ticket.candidate_ids == [greta.id, bo.id]
    assert not customer_choice.may_undo(ticket)


def test_it_brings_prospect_and_addresses_back(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    ticket = factories.ticket(factories.queue("Mail", ada), sender=factories.SAM)
    prospect = ticket.customer_id
    before = {p.value: p.added_at for p in ticket.customer.points}
    customer_choice.choose(ticket, greta, ada)
    customer_choice.undo(ticket, ada)
    assert owners(ticket) == {prospect}
    assert {p.value: p.added_at for p in db.session.get(Customer, prospect).points} == before
    mine = db.session.scalars(select(ContactPoint.value).where(ContactPoint.customer_id == greta.id))
    assert factories.SAM not in set(mine)


def test_it_leaves_others_words_alone_when_taking_back(app: Flask) -> None:
    ada, greta, bo = factories.ada(), factories.greta(), factories.bo()
    ticket = factories.ticket(factories.queue("Mail", ada))
    words = Message(
        ticket_id=ticket.id, customer_id=bo.id, author=Author.CUSTOMER, channel="email", at=ticket.opened_at
    )
    db.session.add(words)
    db.session.flush()
    customer_choice.choose(ticket, bo, ada)
    customer_choice.undo(ticket, ada)
    db.session.refresh(words)
    assert (ticket.customer_id, words.customer_id) == (greta.id, bo.id)


def test_it_keeps_an_address_that_was_verified_before_the_choice_was_taken_back(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    ticket = factories.ticket(factories.queue("Mail", ada), sender=factories.SAM)
    (added,) = customer_choice.choose(ticket, greta, ada).added
    points.verify(added, ada, points.Proof.ANSWERED)
    customer_choice.undo(ticket, ada)
    assert db.session.get(ContactPoint, added.id) is added


def test_it_does_not_take_back_what_was_chosen_anew(app: Flask) -> None:
    ada, greta, bo, ticket = shared_address(app)
    with pytest.raises(IllegalMove):
        customer_choice.undo(ticket, ada)
    customer_choice.choose(ticket, bo, ada)
    db.session.execute(Ticket.__table__.update().where(Ticket.id == ticket.id).values(customer_id=greta.id))
    db.session.refresh(ticket)
    with pytest.raises(IllegalMove):
        customer_choice.undo(ticket, ada)


def test_it_lets_only_one_of_two_people_choose(app: Flask) -> None:
    ada, greta, bo, ticket = shared_address(app)
    elsewhere = Ticket.__table__.update().where(Ticket.id == ticket.id).values(customer_id=greta.id)
    db.session.execute(elsewhere)
    with pytest.raises(AlreadyTaken):
        customer_choice.choose(ticket, bo, ada)
    assert ticket.customer_id == greta.id


def test_it_changes_nothing_when_the_customer_is_chosen_already(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    ticket = factories.ticket(factories.queue("Mail", ada))
    version = ticket.version
    customer_choice.choose(ticket, greta, ada)
    assert ticket.version == version
    assert db.session.scalar(select(Event.id).where(Event.name == Name.TICKET_CUSTOMER_CHOSEN)) is None
