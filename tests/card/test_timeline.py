"""Everything said with a customer, newest first."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement, Executable

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.card import edges, tickets, timeline
from contact_center.card.entries import GROUPS, EntryKind
from contact_center.customers import merging, records
from contact_center.customers.models import Customer
from contact_center.entitlements import contracts
from contact_center.extensions import db
from contact_center.orders import payments, settlements
from contact_center.putting.rows import Known
from contact_center.queues.models import Queue
from contact_center.satisfaction.models import AskedBy, Survey, SurveyState
from contact_center.selfservice.models import Visit, VisitWindow
from contact_center.tickets import scope
from contact_center.tickets.inbound import Automatic, InboundFile, Kind
from contact_center.tickets.messages import Direction, Interaction, InteractionState
from contact_center.tickets.models import Ticket, TicketState
from contact_center.tiers.models import Rule as TierRule
from contact_center.tiers.models import TierChange
from tests import factories

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


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


def happened(app: Flask) -> Customer:
    """Greta, and one of everything that a timeline knows."""
    greta, ada = factories.greta(), factories.ada()
    ticket = factories.ticket(factories.queue("Mail", ada), text="It rattles", received_at=clock.now())
    order = factories.order(greta)
    order.shipments[0].shipped_at, order.shipments[0].delivered_at = NOON - 2 * DAY, NOON - DAY
    factories.order(greta, "K7-2", delivered_at=NOON - timedelta(hours=30))
    factories.invoice(greta)
    factories.asset(greta)
    payments.put("P-1", customer=Known(greta.id), currency="EUR", amount="10.50", received_at="2026-11-20T10:00:00Z")
    settlements.put(
        "S-1", customer=Known(greta.id), kind="RETURN", currency="EUR", amount="5", at="2026-11-21T10:00:00Z"
    )
    plan = {"valid_from": "2026-11-01", "valid_until": "2027-10-31"}
    contract = contracts.put("K-1", customer=Known(greta.id), name="Care Plus", visits_included="2", **plan).row
    contracts.use_visit(contract.id)
    window = VisitWindow(weekday=1, begins=time(8), ends=time(10), capacity=1)
    db.session.add(window)
    db.session.flush()
    db.session.add_all([
        Visit(ticket_id=ticket.id, customer_id=greta.id, window_id=window.id, on=NOON.date(), booked_at=NOON,
              begins_at=NOON - timedelta(hours=4), ends_at=NOON),
        Survey(token_hash=b"x", ticket_id=ticket.id, resolved_at=NOON, customer_id=greta.id, queue_id=ticket.queue_id,
               channel="email", language="en", asked_by=AskedBy.EMAIL, asked_at=NOON, expires_at=NOON,
               state=SurveyState.ANSWERED, score=5, comment="Thanks", answered_at=NOON),
        TierChange(customer_id=greta.id, old="C", new="B", rule=TierRule.RANK, at=NOON - 3 * DAY),
    ])  # fmt: skip
    merging.merge(greta.id, factories.customer("Greta L.").id, ada)
    return greta


def test_it_tells_one_of_everything_the_newest_first(app: Flask) -> None:
    with clock.standing_at(NOON):
        greta = happened(app)
        found = timeline.page(greta, factories.root(), limit=50)
    assert {entry.kind for entry in found.entries} == set(EntryKind)
    assert [entry.at for entry in found.entries] == sorted((entry.at for entry in found.entries), reverse=True)
    amounts = {entry.kind: entry.facts["amount"] for entry in found.entries if "amount" in getattr(entry, "facts", ())}
    assert amounts == {EntryKind.INVOICE: "599.00", EntryKind.PAYMENT: "10.50", EntryKind.SETTLEMENT: "5.00"}


def test_it_shows_only_the_kinds_that_are_asked_for(app: Flask) -> None:
    with clock.standing_at(NOON):
        greta, root = happened(app), factories.root()
        for kinds in (GROUPS["orders"], GROUPS["money"], (), (EntryKind.SURVEY,)):
            found = timeline.page(greta, root, limit=50, kinds=kinds)
            assert {entry.kind for entry in found.entries} == set(kinds)
        assert {entry.kind for entry in timeline.page(greta, root, channel="email").entries} == {EntryKind.INTERACTION}
        assert timeline.page(greta, root, channel="phone").entries == []


def test_it_shows_nothing_of_a_ticket_that_the_reader_may_not_see(app: Flask) -> None:
    with clock.standing_at(NOON):
        greta, nils = happened(app), factories.nils()
        found = timeline.page(greta, nils, limit=50)
    hidden = {EntryKind.INTERACTION, EntryKind.SURVEY, EntryKind.VISIT}
    assert {entry.kind for entry in found.entries} == set(EntryKind) - hidden
    assert "Thanks" not in str(found)


@pytest.mark.parametrize("seed", range(4))
def test_it_loses_and_repeats_nothing_while_more_comes_in(app: Flask, seed: int) -> None:
    chance, greta, root = random.Random(seed), factories.greta(), factories.root()
    with clock.standing_at(NOON):

        def come_in() -> None:
            at = NOON - chance.choice((timedelta(0), DAY, chance.randint(0, 99) * timedelta(hours=1)))
            number = f"N-{chance.random()}"
            if chance.random() < 0.4:
                factories.invoice(greta, number, issued_on=at.date())
            else:
                factories.order(greta, number, placed_at=at, delivered_at=chance.choice((None, at)))

        for _ in range(15):
            come_in()
        before = {(entry.kind, entry.id) for entry in timeline.page(greta, root, limit=200).entries}
        seen, after = [], None
        while True:
            page = timeline.page(greta, root, limit=3, after=after)
            seen += [(entry.kind, entry.id) for entry in page.entries]
            come_in()
            if page.next is None:
                break
            after = page.next
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def many(customer: Customer, queue: Queue, number: int, first: datetime) -> None:
    """So many interactions with *customer* in one ticket of *queue*, a minute apart, back from *first*."""
    ticket = Ticket(
        subject="Many", customer_id=customer.id, queue_id=queue.id, state=TicketState.OPEN, channel="email",
        token=f"t{queue.id}-{first}", portal_token=f"p{queue.id}-{first}", opened_at=first, changed_at=first, search="",
    )  # fmt: skip
    db.session.add(ticket)
    db.session.flush()
    db.session.add_all(
        Interaction(
            ticket_id=ticket.id, customer_id=customer.id, queue_id=queue.id, channel="email", kind=Kind.MAIL,
            direction=Direction.IN, state=InteractionState.DONE, queued_at=first - timedelta(minutes=minute),
        )
        for minute in range(number)
    )  # fmt: skip
    db.session.flush()


def all_pages(customer: Customer, reader: Agent, limit: int = 3) -> tuple[list[tuple[EntryKind, int]], int]:
    """Everything by following the cursors, and in how many pages."""
    seen, after, pages = [], None, 0
    while True:
        page, pages = timeline.page(customer, reader, limit=limit, after=after), pages + 1
        assert len(page.entries) <= limit
        seen += [(entry.kind, entry.id) for entry in page.entries]
        if page.next is None:
            return seen, pages
        after = page.next


@pytest.mark.parametrize("seed", range(4))
def test_where_looking_stops_nothing_is_lost_or_out_of_order(
    app: Flask, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance, ada, greta, root = random.Random(seed), factories.ada(), factories.greta(), factories.root()
    hotel = records.open_customer("Hotel Sonne GmbH", ada, kind="COMPANY")
    records.set_company(greta, hotel, ada)
    mine, others = factories.queue("Mail", ada), factories.queue("Lawyers")
    with clock.standing_at(NOON):
        for _ in range(6):
            first = NOON - chance.randint(0, 90) * timedelta(minutes=1)
            many(chance.choice((greta, hotel)), chance.choice((mine, others, others)), chance.randint(1, 12), first)
            factories.invoice(greta, f"N-{chance.random()}")
            factories.order(hotel, f"K-{chance.random()}", placed_at=first)
        whole = [(entry.kind, entry.id) for entry in timeline.page(hotel, root, limit=500).entries]
        theirs = {(entry.kind, entry.id) for entry in timeline.page(hotel, ada, limit=500).entries}
        monkeypatch.setattr(timeline, "WALKED", chance.randint(1, 7))
        seen, _pages = all_pages(hotel, ada)
    assert seen == [entry for entry in whole if entry in theirs]


def test_a_page_reads_so_many_rows_however_many_there_are_that_the_reader_may_not_see(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, greta = factories.ada(), factories.greta()
    many(greta, factories.queue("Lawyers"), 900, NOON)
    many(greta, factories.queue("Mail", ada), 2, NOON - DAY)
    db.session.execute(db.text("ANALYZE interaction"))
    monkeypatch.setattr(timeline, "WALKED", 50)
    asked = timeline._asked(scope.Reader(False, False), greta.kind, (EntryKind.INTERACTION,), False, 4, 50)
    [plan] = db.session.execute(Explained(asked), timeline._values(greta, ada, None, 21, None)).scalar_one()
    assert 50 <= rows_read(plan["Plan"], "interaction") <= 110
    seen, pages = all_pages(greta, ada)
    assert (len(seen), pages) == (2, 900 // 50 + 1)


def test_tickets_are_all_found_however_many_others_lie_between(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, greta = factories.ada(), factories.greta()
    mine, others = factories.queue("Mail", ada), factories.queue("Lawyers")
    monkeypatch.setattr(tickets, "WALKED", 4)
    made = [factories.ticket(mine if number % 7 == 0 else others, text=f"{number}").id for number in range(20)]
    seen, before = [], None
    while (page := tickets.page(greta, ada, limit=2, before=before)).next is not None:
        seen, before = [*seen, *page.rows], page.next
    assert [row.id for row in (*seen, *page.rows)] == made[::7][::-1]


class Explained(Executable, ClauseElement):
    """A statement run for its plan, with the rows that it really read."""

    inherit_cache = False

    def __init__(self, asked: Any) -> None:
        self.asked = asked


@compiles(Explained)
def _explained(element: Explained, compiler: Any, **more: Any) -> str:
    return "EXPLAIN (ANALYZE, FORMAT JSON) " + compiler.process(element.asked, **more)


def rows_read(plan: dict[str, Any], table: str) -> int:
    """How many rows of *table* its scans have looked at, those thrown away included."""
    own = 0
    if plan.get("Relation Name") == table:
        own = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return int(own) + sum(rows_read(part, table) for part in plan.get("Plans", ()))


LAST_DAY = edges.cursor(datetime.max.replace(tzinfo=UTC), 1, 1)


@pytest.mark.parametrize("cursor", ["", "!", "MjAyNg", "bnVsbCBudWxs", "\x00", "WzEsMiwzXQ", "W10", LAST_DAY])
def test_it_begins_again_after_a_damaged_cursor(app: Flask, cursor: str) -> None:
    ada, greta = factories.ada(), factories.greta()
    factories.ticket(factories.queue("Mail", ada))
    assert len(timeline.page(greta, ada, after=cursor).interactions) == 1
