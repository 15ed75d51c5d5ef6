"""The card beside a ticket."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import event

from contact_center import clock
from contact_center.card import summary
from contact_center.customers import notes, points, records
from contact_center.extensions import db
from contact_center.tickets import lifecycle
from tests import factories


def test_it_shows_who_how_what_and_what_was_last(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    records.change(greta, ada, 1, owner_id=ada.id, city="Hamburg")
    queue = factories.queue("Mail", ada)
    first = factories.ticket(queue, text="The fridge is warm.\nHelp!")
    notes.add(greta, ada, "Has a dog")
    card = summary.of(greta, ada)
    assert (card.customer, card.owner, card.company, card.people) == (greta, ada, None, [])
    assert [row.ref for row in card.tickets.rows] == [first.ref]
    assert [(c.gist, c.ref) for c in card.interactions] == [("The fridge is warm. Help!", first.ref)]
    assert (card.drawers.interaction_count, [note.text for note in card.drawers.notes]) == (1, ["Has a dog"])


def test_it_puts_preferred_before_verified_before_claimed_before_bounced_addresses(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    bounced, claimed = greta.points
    bounced.bounced_at = clock.now()
    verified = points.add(greta, points.read("a@x.example"), ada)
    points.verify(verified, ada, points.Proof.CALLED)
    preferred = points.add(greta, points.read("b@x.example"), ada)
    points.prefer(preferred, ada)
    assert summary.of(greta, ada).points == [preferred, verified, claimed, bounced]


def test_it_counts_what_the_reader_may_not_see_and_shows_none_of_it(app: Flask) -> None:
    ada, nils, root, greta = factories.ada(), factories.nils(), factories.root(), factories.greta()
    hers, secret = factories.queue("Mail", ada), factories.queue("Lawyers")
    for queue in (hers, secret, secret):
        factories.ticket(queue, subject=f"For {queue.name}", text=f"{queue.name} {queue.id} {clock.now()}")
    for reader, visible in ((ada, 1), (nils, 0), (root, 3)):
        card = summary.of(greta, reader)
        assert (len(card.tickets.rows), card.tickets.visible, card.tickets.hidden) == (visible, visible, 3 - visible)
        assert (len(card.interactions), card.drawers.interaction_count) == (visible, 3)
        assert reader is root or "Lawyers" not in f"{card.tickets.rows}{card.interactions}"


def test_it_leaves_settled_tickets_out_of_the_open_ones(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    ticket = factories.ticket(factories.queue("Mail", ada))
    lifecycle.take(ticket, ada)
    lifecycle.resolve(ticket, ada)
    card = summary.of(greta, ada)
    assert (card.tickets.rows, len(card.interactions)) == ((), 1)


def test_it_shows_a_company_with_what_its_contact_persons_wrote(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    hotel = records.open_customer("Hotel Sonne GmbH", ada, kind="COMPANY")
    records.set_company(greta, hotel, ada)
    ticket = factories.ticket(factories.queue("Mail", ada))
    card = summary.of(hotel, ada)
    assert ([person.name for person in card.people], card.drawers.interaction_count) == (["Greta Lindqvist"], 1)
    assert [(row.ref, row.customer) for row in card.tickets.rows] == [(ticket.ref, "Greta Lindqvist")]
    assert summary.of(greta, ada).company == hotel


def test_it_needs_eight_statements_however_much_there_is(app: Flask) -> None:
    ada, greta, bo = factories.ada(), factories.greta(), factories.bo()
    hotel = records.open_customer("Hotel Sonne GmbH", ada, kind="COMPANY", owner_id=ada.id)
    queue = factories.queue("Mail", ada)
    for person in (greta, bo):
        records.set_company(person, hotel, ada)
    for number in range(8):
        with clock.standing_at(clock.now() - timedelta(hours=number)):
            factories.ticket(
                queue, sender=("greta@lindqvist.example", "bo@andersen.example")[number % 2], text=str(number)
            )
        notes.add(hotel, ada, f"note {number}")
    db.session.commit()
    statements: list[str] = []
    event.listen(db.session.get_bind(), "before_cursor_execute", lambda *args: statements.append(args[2]))
    db.session.refresh(hotel)
    ada.is_administrator  # noqa: B018 (loads roles, which every request does once)
    statements.clear()
    card = summary.of(hotel, ada)
    assert (len(card.tickets.rows), card.tickets.visible, len(card.interactions), len(card.drawers.notes)) == (6, 8, 3, 4)
    assert [c.gist for c in card.interactions] == ["0", "1", "2"]
    assert card.owner.name == "Ada Brandt"
    assert len(statements) <= 8
