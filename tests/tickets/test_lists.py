"""Lists: what is on a page, in which order, and where the next one begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets import conditions, lifecycle, lists, viewing, windows
from contact_center.tickets.lists import NOBODY, Filter, Sort
from contact_center.tickets.models import UNSETTLED, Priority, RequestKind, Ticket, TicketState
from tests import factories

pytestmark = pytest.mark.usefixtures("app")
NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)


def opened(queue: Queue, *subjects: str) -> list[Ticket]:
    """A ticket a minute, from noon."""
    tickets = []
    for minute, subject in enumerate(subjects):
        at = NOON + timedelta(minutes=minute)
        with clock.standing_at(at):
            tickets.append(factories.ticket(queue, subject=subject, received_at=at))
    return tickets


def subjects(agent: Agent, wanted: Filter | None = None, **asked: object) -> list[str]:
    return [row.subject for row in lists.page(agent, wanted, **asked).rows]  # type: ignore[arg-type]


def test_it_shows_the_newest_change_first() -> None:
    ada = factories.ada()
    one, *_ = opened(factories.queue("Service", ada), "One", "Two", "Three")
    assert subjects(ada) == ["Three", "Two", "One"]
    lifecycle.take(one, ada)
    assert subjects(ada) == ["One", "Three", "Two"]


def test_it_shows_what_a_row_needs() -> None:
    ada, greta = factories.ada(), factories.greta()
    [ticket] = opened(factories.queue("Service", ada), "Fridge")
    lifecycle.take(ticket, ada)
    [row] = lists.page(ada).rows
    assert (row.ref, row.subject, row.channel, row.state) == (ticket.ref, "Fridge", "email", TicketState.OPEN)
    assert (row.customer, row.customer_id, row.queue) == ("Greta Lindqvist", greta.id, "Service")
    assert (row.assignee, row.assignee_initials) == ("Ada Brandt", "AB")
    assert row.waiting_since == NOON


def test_it_merges_queues_and_own_tickets_elsewhere_into_one_order() -> None:
    ada, lee = factories.ada(), factories.lee()
    one, two, foreign = (factories.queue("One", ada), factories.queue("Two", ada), factories.queue("Accounts"))
    made = [
        ticket
        for minute, queue in enumerate((one, two, foreign, one, foreign, two))
        for ticket in [factories.ticket(queue, subject=str(minute), received_at=NOON + timedelta(minutes=minute))]
    ]
    with clock.standing_at(NOON + timedelta(hours=1)):
        lifecycle.assign(made[2], ada, lee)
    assert subjects(ada) == ["2", "5", "3", "1", "0"]


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("role", ["agent", "administrator"])
def test_it_pages_through_everything_once_and_back_again(sort: Sort, role: str) -> None:
    reader = factories.ada() if role == "agent" else factories.root()
    for name in ("One", "Two"):
        queue = factories.queue(name, reader)
        for minute in range(5):
            at = NOON + timedelta(minutes=minute)  # ties between the queues: the id decides
            with clock.standing_at(at):
                factories.ticket(queue, subject=f"{name} {minute}", received_at=at)
    whole = subjects(reader, sort=sort)
    assert len(set(whole)) == 10
    there, pages, cursor = [], [], None
    while page := lists.page(reader, after=cursor, limit=3, sort=sort):
        there += [row.subject for row in page.rows]
        pages.append(page)
        if (cursor := page.next) is None:
            break
    assert there == whole
    assert pages[0].previous is None
    back = lists.page(reader, before=pages[2].previous, limit=3, sort=sort)
    assert [row.subject for row in back.rows] == whole[3:6]
    assert lists.page(reader, before=back.previous, limit=3, sort=sort).previous is None


def test_it_begins_at_the_beginning_for_a_cursor_that_makes_no_sense() -> None:
    ada = factories.ada()
    opened(factories.queue("Service", ada), "One")
    for nonsense in ("", "x", "x-1", "20269999T000000.000000Z-1", "infinity-x", "-", "1-" + "9" * 30):
        assert subjects(ada, after=nonsense) == ["One"]


def test_it_counts_how_many_rows_are_newer() -> None:
    ada = factories.ada()
    queue = factories.queue("Service", ada)
    opened(queue, "One", "Two")
    top = lists.page(ada).rows[0].cursor(Sort.CHANGED)
    assert lists.newer_than(ada, top) == 0
    with clock.standing_at(NOON + timedelta(hours=1)):
        factories.ticket(queue, subject="Three", received_at=clock.now())
    assert lists.newer_than(ada, top) == 1
    assert lists.newer_than(ada, top, Filter(states=(TicketState.RESOLVED,))) == 0
    assert lists.newer_than(ada, "nonsense") == 0


def test_it_puts_who_has_waited_longest_first_and_who_waits_for_nothing_last() -> None:
    ada = factories.ada()
    _, two, _ = opened(factories.queue("Service", ada), "One", "Two", "Three")
    lifecycle.resolve(two, ada)
    lifecycle.open_again(two, ada)
    assert subjects(ada, sort=Sort.WAITING) == ["One", "Three", "Two"]


def test_it_leaves_settled_tickets_out_of_the_order_of_waiting() -> None:
    ada = factories.ada()
    one, _ = opened(factories.queue("Service", ada), "One", "Two")
    lifecycle.resolve(one, ada)
    assert subjects(ada, sort=Sort.WAITING) == ["Two"]
    assert subjects(ada, Filter(states=(TicketState.RESOLVED,)), sort=Sort.WAITING) == ["One"]


def test_it_filters_by_everything_at_once_and_by_each_alone() -> None:
    ada, greta = factories.ada(), factories.greta()
    queue, other = factories.queue("Service", ada), factories.queue("Parts", ada)
    [ticket] = opened(queue, "Fridge not cooling")
    [elsewhere] = opened(other, "Hood too wide")
    elsewhere.customer_id, elsewhere.channel = None, "web"
    ticket.kind, ticket.priority, ticket.tags = RequestKind.REPAIR, Priority.HIGH, ["vip"]
    lifecycle.take(ticket, ada)
    alone = [
        Filter(states=(TicketState.OPEN,)), Filter(queue_ids=(queue.id,)), Filter(assignee=ada.id),
        Filter(customer=greta.id), Filter(channel="email"), Filter(kind=RequestKind.REPAIR),
        Filter(priority=Priority.HIGH), Filter(tag="vip"), Filter(text="fridge"), Filter(text="fri"),
        Filter(text=ticket.ref),
        Filter(states=UNSETTLED, queue_ids=(queue.id,), assignee=ada.id, tag="vip", text="cooling"),
    ]  # fmt: skip
    for wanted in alone:
        assert subjects(ada, wanted) == ["Fridge not cooling"], wanted
    assert subjects(ada, Filter(assignee=NOBODY)) == ["Hood too wide"]
    assert subjects(ada, Filter(opened_since=NOON + timedelta(days=1))) == []
    assert subjects(ada, Filter(text="?!")) == []


@pytest.mark.parametrize("wanted", [Filter(), Filter(text="secret"), Filter(tag="vip"), Filter(assignee=NOBODY)])
def test_it_never_lists_what_the_reader_may_not_see(wanted: Filter) -> None:
    ada = factories.ada()
    factories.queue("Service", ada)
    [foreign] = opened(factories.queue("Accounts"), "Secret")
    foreign.tags = ["vip"]
    assert subjects(ada, wanted) == []
    assert subjects(ada, Filter(queue_ids=(foreign.queue_id,))) == []
    assert subjects(ada, Filter(customer=foreign.customer_id)) == []
    assert lists.by_ids(ada, [foreign.id]) == []
    assert lists.newer_than(ada, "20200101T000000.000000Z-1") == 0


def test_it_marks_unread_what_came_in_after_the_reader_looked() -> None:
    ada = factories.ada()
    [ticket] = opened(factories.queue("Service", ada), "One")
    assert lists.page(ada).rows[0].is_unread
    viewing.mark_seen(ticket, ada)
    assert not lists.page(ada).rows[0].is_unread


def test_it_lists_my_work_by_who_has_waited_longest() -> None:
    ada, lee = factories.ada(), factories.lee()
    one, two, three, four = opened(factories.queue("Service", ada, lee), "One", "Two", "Three", "Four")
    for ticket in (three, one, four):
        lifecycle.take(ticket, ada)
    lifecycle.take(two, lee)
    lifecycle.resolve(four, ada)
    assert [row.subject for row in lists.work(ada)] == ["One", "Three"]


def test_it_gives_rows_by_id_in_the_order_asked_for() -> None:
    ada = factories.ada()
    one, two, three = opened(factories.queue("Service", ada), "One", "Two", "Three")
    assert [row.subject for row in lists.by_ids(ada, [two.id, three.id, one.id])] == ["Two", "Three", "One"]
    assert lists.by_ids(ada, []) == []


def test_it_counts_what_is_mine_and_what_waits_in_each_queue() -> None:
    ada, lee = factories.ada(), factories.lee()
    service, parts = factories.queue("Service", ada, position=1), factories.queue("Parts", ada, position=2)
    foreign = factories.queue("Accounts")
    one, _, three = opened(service, "One", "Two", "Three")
    [elsewhere] = opened(foreign, "Elsewhere")
    lifecycle.take(one, ada)
    lifecycle.resolve(three, lee)
    lifecycle.assign(elsewhere, ada, lee)
    counts = lists.counts(ada)
    assert (counts.mine, counts.mine_unread, counts.elsewhere) == (2, 2, 1)
    assert (counts.unsettled, counts.unassigned, counts.waiting) == (3, 1, 1)
    first, second = counts.queues
    assert (first.name, first.waiting, first.unsettled, first.unassigned) == ("Service", 1, 2, 1)
    assert first.longest_since == NOON + timedelta(minutes=1)
    assert (second.name, second.waiting, second.longest_since) == ("Parts", 0, None)
    assert second.id == parts.id


def test_it_counts_for_somebody_without_queues() -> None:
    counts = lists.counts(factories.nils())
    assert (counts.mine, counts.queues, counts.unsettled) == (0, [], 0)


def test_it_counts_a_queue_that_is_out_of_use_only_while_something_is_left_in_it() -> None:
    ada = factories.ada()
    fax = factories.queue("Fax", ada, is_active=False)
    assert lists.counts(ada).queues == []
    opened(fax, "One")
    db.session.flush()
    assert [queue.name for queue in lists.counts(ada).queues] == ["Fax"]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of a few rows, and statistics by which nothing is rare."""
    for name in ("OF_A_QUEUE", "OF_UNSETTLED", "OF_ONES_OWN", "OF_ALL"):
        monkeypatch.setattr(windows, name, 4)
    monkeypatch.setattr(conditions, "RARE", -1)


def mixed(*readers: Agent) -> None:
    """Thirty tickets in three queues, some the readers' own elsewhere; every state, every third one tagged."""
    queues = [factories.queue("One", *readers), factories.queue("Two", *readers), factories.queue("Elsewhere")]
    for n, ticket in enumerate(opened(queues[n % 3], f"{n}")[0] for n in range(30)):
        ticket.tags = ["vip"] if n % 7 == 1 else []
        ticket.channel = "web" if n % 5 == 0 else "email"
        ticket.opened_at, ticket.changed_at = NOON + timedelta(minutes=n), NOON + timedelta(minutes=n * 17 % 30)
        ticket.state = list(TicketState)[n % 5]
        is_settled = ticket.state not in UNSETTLED
        ticket.resolved_at = NOON if is_settled else None
        ticket.closed_at = NOON if ticket.state is TicketState.CLOSED else None
        ticket.waiting_since = None if is_settled or n % 4 == 0 else ticket.opened_at
        ticket.due_at = None if is_settled or n % 4 == 1 else NOON + timedelta(minutes=n * 13 % 30)
        ticket.assignee_id = readers[0].id if n % 6 == 2 else None
    db.session.flush()


def through(reader: Agent, wanted: Filter, sort: Sort, *, backward: bool = False) -> tuple[list[str], bool]:
    """All subjects that going on from page to page shows, and whether looking has ever stopped."""
    is_rising = sort in (Sort.WAITING, Sort.DUE) and bool(set(wanted.states or UNSETTLED) & set(UNSETTLED))
    end = "infinity-" + "9" * 18 if is_rising else "20000101T000000.000000Z-0"
    found: list[str] = []
    cursor, was_cut = end if backward else None, False
    for _ in range(100):
        asked = {"before": cursor} if backward else {"after": cursor}
        page = lists.page(reader, wanted, limit=5 if backward else 3, sort=sort, **asked)  # over a window and under
        here = [row.subject for row in page.rows]
        found = here + found if backward else found + here
        was_cut = was_cut or page.is_cut
        cursor = page.previous if backward else page.next
        if cursor is None:
            return found, was_cut
    raise AssertionError("it never ends")


NARROWED = (
    Filter(tag="vip"), Filter(channel="web"), Filter(states=UNSETTLED, channel="web"), Filter(tag="none"),
    Filter(states=(TicketState.CLOSED,), tag="vip"), Filter(states=(TicketState.OPEN, TicketState.RESOLVED)),
    Filter(states=(TicketState.NEW,)), Filter(states=UNSETTLED, assignee=NOBODY), Filter(assignee=NOBODY, tag="vip"),
    Filter(opened_since=NOON + timedelta(minutes=11), channel="email"), Filter(priority=Priority.NORMAL, tag="vip"),
    Filter(due_before=NOON + timedelta(minutes=14)), Filter(text="1"),
    Filter(states=(TicketState.RESOLVED, TicketState.CLOSED), channel="web"),
)  # fmt: skip


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("role", ["agent", "administrator"])
def test_it_finds_everything_in_order_however_short_a_look_is(
    request: pytest.FixtureRequest, sort: Sort, role: str
) -> None:
    ada = factories.ada()
    mixed(ada)
    reader = ada if role == "agent" else factories.root()
    whole = {wanted: subjects(reader, wanted, sort=sort) for wanted in NARROWED}
    request.getfixturevalue("narrow")
    for wanted, backward in product(NARROWED, (False, True)):
        found, _ = through(reader, wanted, sort, backward=backward)
        assert found == whole[wanted], (wanted, backward)


def test_a_filter_that_is_rarely_met_stops_looking_and_says_so(narrow: None) -> None:
    ada = factories.ada()
    mixed(ada)
    page = lists.page(ada, Filter(tag="none"))
    assert page.rows == []
    assert page.is_cut
    assert page.next is not None
    assert lists.count(ada, Filter(tag="none")) == (0, False)
    assert through(ada, Filter(tag="none"), Sort.CHANGED) == ([], True)


def test_what_an_index_knows_is_never_cut_short(narrow: None) -> None:
    ada = factories.ada()
    mixed(ada)
    for wanted in (Filter(), Filter(states=UNSETTLED), Filter(states=(TicketState.CLOSED,)), Filter(customer=1)):
        assert not lists.page(ada, wanted, limit=3).is_cut, wanted
        assert lists.count(ada, wanted)[1], wanted
