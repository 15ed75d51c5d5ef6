"""The card beside a ticket."""

from __future__ import annotations

import json
from datetime import timedelta

from flask import Flask

from contact_center import clock
from contact_center.card import summary
from contact_center.customers import notes, points, records
from contact_center.extensions import db
from contact_center.tickets import lifecycle
from tests import factories
from tests.card.firm import Firm
from tests.desk.statements import counted


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


def test_it_needs_twelve_statements_however_much_there_is(app: Flask) -> None:
    ada = factories.ada()
    with clock.standing_at(clock.now()):
        firm = Firm(5, factories.queue("Mail", ada))
        hotel = firm.customers[0]
        hotel.owner_id = ada.id
        for number in range(4):
            for thing in (firm._asset, firm._contract, firm._invoice, firm._order, firm._ticket):
                thing(hotel)
            notes.add(hotel, ada, f"note {number}")
    db.session.commit()
    ada.is_administrator  # noqa: B018 (loads roles, which every request does once)
    with counted() as statements:
        card = summary.of(hotel, ada)
        said = card.as_json()
    assert card.prompts
    assert len(card.orders) == summary.ORDERS_SHOWN
    assert len(statements) <= 12
    assert json.loads(json.dumps(said))["customer"]["name"] == hotel.name


def test_a_contact_persons_card_shows_what_their_company_ordered_but_not_what_others_said(app: Flask) -> None:
    ada, greta, bo = factories.ada(), factories.greta(), factories.bo()
    hotel = records.open_customer("Hotel Sonne GmbH", ada, kind="COMPANY")
    for person in (greta, bo):
        records.set_company(person, hotel, ada)
    factories.ticket(factories.queue("Mail", ada), sender="bo@andersen.example", text="Mine alone")
    order, invoice, asset = factories.order(hotel), factories.invoice(hotel), factories.asset(hotel)
    card = summary.of(greta, ada)
    assert [seen.number for seen in card.orders] == [order.external_id]
    assert [seen.id for seen in card.drawers.assets] == [asset.id]
    assert card.money["EUR"].open == invoice.amount
    assert (card.interactions, card.tickets.rows) == ([], ())


def test_orders_on_the_way_stand_before_newer_ones_that_have_arrived(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    now = clock.now()
    for number, state in enumerate(("SHIPPED", "DELIVERED", "DELIVERED", "CANCELLED", "DELIVERED")):
        factories.order(greta, f"N-{number}", state=state, placed_at=now - timedelta(days=30 - number))
    assert [seen.number for seen in summary.of(greta, ada).orders] == ["N-0", "N-4", "N-3"]


def test_amounts_of_two_currencies_never_meet(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    factories.invoice(greta, "1", "10.10")
    factories.invoice(greta, "2", "20.20", currency="CNY")
    money = summary.of(greta, ada).as_json()["money"]
    assert {currency: standing["open"] for currency, standing in money.items()} == {"EUR": "10.10", "CNY": "20.20"}
