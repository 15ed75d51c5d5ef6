"""Everything said with a customer, newest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from contact_center import clock
from contact_center.card import tickets, timeline
from contact_center.customers import records
from contact_center.tickets.inbound import Automatic, InboundFile
from contact_center.tickets.messages import Direction
from tests import factories

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_it_goes_through_all_contacts_page_by_page(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    queue = factories.queue("Mail", ada)
    for number in range(7):
        with clock.standing_at(NOON + timedelta(minutes=number // 2)):
            factories.ticket(queue, text=f"word {number}", received_at=clock.now())
    page, gists = timeline.page(greta, ada, limit=3), []
    while True:
        gists += [entry.gist for entry in page.interactions]
        if page.next is None:
            break
        page = timeline.page(greta, ada, limit=3, after=page.next)
    assert gists == [f"word {number}" for number in reversed(range(7))]


def test_it_shows_what_was_said_in_a_contact_and_how_much_more(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    queue = factories.queue("Mail", ada)
    first = factories.mail(text="a" * 400, attachments=(InboundFile("a.txt", "text/plain", b"a"),))
    filed = factories.filed(queue, first)
    for number in range(5):
        again = factories.mail(text=f"again {number}", thread_keys=(first.external_id,))
        assert factories.filed(queue, again).ticket_id == filed.ticket_id
    (entry,) = timeline.page(greta, ada).interactions
    assert (len(entry.said), entry.more, entry.direction) == (timeline.SAID, 2, Direction.IN)
    assert (len(entry.said[0].text), entry.said[0].files, entry.said[1].text) == (timeline.SHOWN, 1, "again 0")


def test_it_marks_automatic_messages(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    factories.ticket(factories.queue("Mail", ada), automatic=Automatic.REPLY)
    (entry,) = timeline.page(greta, ada).interactions
    assert entry.said[0].is_automatic


def test_it_falls_back_to_the_subject_where_nothing_was_said(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    factories.ticket(factories.queue("Mail", ada), subject="Fridge", text=" ")
    assert timeline.page(greta, ada).interactions[0].gist == "Fridge"


def test_it_counts_contacts_in_tickets_of_others_and_shows_none(app: Flask) -> None:
    ada, nils, root, greta = factories.ada(), factories.nils(), factories.root(), factories.greta()
    factories.ticket(factories.queue("Mail", ada), text="open words")
    factories.ticket(factories.queue("Lawyers"), text="secret words")
    assert [c.gist for c in timeline.page(greta, ada).interactions] == ["open words"]
    assert [tickets.count(greta, reader) for reader in (ada, nils, root)] == [(1, 1), (0, 2), (2, 0)]
    assert len(tickets.page(greta, ada).rows) == 1
    assert tickets.page(greta, nils).rows == []


def test_it_merges_what_the_contact_persons_of_a_company_said(app: Flask) -> None:
    ada, greta, bo = factories.ada(), factories.greta(), factories.bo()
    hotel = records.open_customer("Hotel Sonne GmbH", ada, kind="COMPANY")
    queue = factories.queue("Mail", ada)
    for number, person in enumerate((greta, bo, greta, bo)):
        if number < 2:
            records.set_company(person, hotel, ada)
        with clock.standing_at(NOON + timedelta(minutes=number)):
            factories.ticket(queue, sender=person.points[0].value, text=f"{number}", received_at=clock.now())
    assert [c.gist for c in timeline.page(hotel, ada, limit=3).interactions] == ["3", "2", "1"]
    assert [c.customer for c in timeline.page(hotel, ada).interactions] == [bo.name, greta.name] * 2
    assert [c.gist for c in timeline.page(greta, ada).interactions] == ["2", "0"]


def test_it_pages_through_tickets_of_all_states(app: Flask) -> None:
    ada, greta = factories.ada(), factories.greta()
    queue = factories.queue("Mail", ada)
    made = [factories.ticket(queue, text=f"{number}").id for number in range(5)]
    first = tickets.page(greta, ada, limit=3)
    second = tickets.page(greta, ada, limit=3, before=first.next)
    assert [row.id for row in (*first.rows, *second.rows)] == made[::-1]
    assert second.next is None


@pytest.mark.parametrize("cursor", ["", "!", "MjAyNg", "bnVsbCBudWxs", "\x00"])
def test_it_begins_again_after_a_damaged_cursor(app: Flask, cursor: str) -> None:
    ada, greta = factories.ada(), factories.greta()
    factories.ticket(factories.queue("Mail", ada))
    assert len(timeline.page(greta, ada, after=cursor).interactions) == 1
