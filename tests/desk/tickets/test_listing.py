"""The lists of tickets: filters by their address, pages, and the refresh that moves no row."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from contact_center.agents.models import Agent
from contact_center.desk.tickets import listing
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets import changes, lifecycle
from contact_center.tickets.models import Ticket
from tests import factories
from tests.desk.statements import counted

Enter = Callable[[Agent], FlaskClient]


def _tickets(queue: Queue, *subjects: str) -> list[Ticket]:
    return [factories.ticket(queue, sender=f"c{i}@home.example", subject=s) for i, s in enumerate(subjects)]


def _rows(page: str) -> list[int]:
    """The tickets that stand on a page, in their order."""
    return [int(number) for number in re.findall(r'id="ticket-(\d+)"', page)]


def test_it_lists_what_is_open_the_newest_change_first(desk: FlaskClient, ada: Agent, queue: Queue) -> None:
    first, second, done = _tickets(queue, "First", "Second", "Done")
    lifecycle.resolve(done, ada)
    assert _rows(desk.get("/desk/tickets").text) == [second.id, first.id]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("owner=me", ["mine"]),
        ("owner=nobody", ["free", "urgent"]),
        ("state=RESOLVED", ["done"]),
        ("state=all", ["free", "urgent", "mine", "done"]),
        ("priority=URGENT", ["urgent"]),
        ("kind=REPAIR", ["mine"]),
        ("tag=vip", ["mine"]),
        ("channel=web", []),
        ("q=urgent", ["urgent"]),
        ("since=7d", ["free", "urgent", "mine"]),
        ("related=1", []),
        ("state=NONSENSE&kind=x&owner=x&queue=x&since=x&sort=x&after=x", ["free", "urgent", "mine"]),
    ],
)
def test_its_address_says_what_it_is_narrowed_to(
    desk: FlaskClient, ada: Agent, queue: Queue, asked: str, found: list[str]
) -> None:
    named = dict(
        zip(["free", "urgent", "mine", "done"], _tickets(queue, "Free", "Urgent", "Mine", "Done"), strict=True)
    )
    changes.change(named["urgent"], ada, 1, priority="URGENT")
    lifecycle.take(named["mine"], ada)
    changes.change(named["mine"], ada, 2, kind="REPAIR", tags=["vip"])
    lifecycle.resolve(named["done"], ada)
    assert sorted(_rows(desk.get(f"/desk/tickets?{asked}").text)) == sorted(named[name].id for name in found)


@pytest.mark.parametrize("name", ["tag", "q", "queue", "customer", "after"])
@pytest.mark.parametrize("value", ["%00", "a%00b", "9" * 40, "'", "%F0%9F%98%80", "%5C", "("])
def test_rubbish_in_its_address_breaks_nothing(desk: FlaskClient, queue: Queue, name: str, value: str) -> None:
    assert desk.get(f"/desk/tickets?{name}={value}").status_code == 200


def test_each_filter_is_a_chip_that_drops_it(desk: FlaskClient, queue: Queue) -> None:
    _tickets(queue, "Only")
    page = desk.get(f"/desk/tickets?queue={queue.id}&owner=nobody&state=NEW").text
    assert page.count('class="filter"') == 3
    assert "/desk/tickets?owner=nobody&amp;state=NEW" in page or "/desk/tickets?state=NEW&amp;owner=nobody" in page
    assert "Remove the filter Queue" in page


def test_when_nothing_matches_it_names_the_filter_to_drop(desk: FlaskClient, queue: Queue) -> None:
    _tickets(queue, "One", "Two")
    page = desk.get("/desk/tickets?owner=nobody&priority=URGENT").text
    assert "No ticket matches" in page
    assert "Without “Priority: Urgent” there are 2 tickets." in page
    assert 'href="/desk/tickets?owner=nobody"' in page


def test_it_goes_on_by_keyset(desk: FlaskClient, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "ROWS", 2)
    made = [ticket.id for ticket in _tickets(queue, *"ABCDE")]
    seen, address = [], "/desk/tickets?sort=opened"
    while address:
        page = desk.get(address).text
        seen += _rows(page)
        following = re.search(r'href="([^"]+)" class="button" data-key="\]"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert seen == made[::-1]


def test_a_refresh_moves_no_row_and_counts_what_is_newer(desk: FlaskClient, ada: Agent, queue: Queue) -> None:
    first, second = _tickets(queue, "First", "Second")
    shown = f"/desk/tickets/rows?shown={second.id},{first.id}"
    third = factories.ticket(queue, sender="new@home.example", subject="Third")
    lifecycle.take(first, ada)  # the newest change of all
    page = desk.get(shown).text
    assert _rows(page) == [second.id, first.id]
    assert "1 newer" in page
    assert third.subject not in page
    assert page.index("Ada Brandt") > page.index(f"ticket-{first.id}")


def test_a_refresh_leaves_what_does_not_belong_there_any_more_in_its_place(
    desk: FlaskClient, ada: Agent, queue: Queue
) -> None:
    first, second = _tickets(queue, "First", "Second")
    lifecycle.take(first, ada)
    page = desk.get(f"/desk/tickets/rows?owner=nobody&shown={first.id},{second.id}").text
    assert _rows(page) == [first.id, second.id]
    assert page.count("gone") == 1


def test_a_refresh_adds_what_follows_the_last_row(desk: FlaskClient, queue: Queue) -> None:
    first, second = _tickets(queue, "First", "Second")
    page = desk.get(f"/desk/tickets/rows?owner=nobody&shown={first.id}").text
    assert _rows(page) == [first.id, second.id]
    assert "newer" not in page.split("list-filters")[0]


def test_a_refresh_shows_nothing_of_others_whatever_it_is_told(desk: FlaskClient, queue: Queue) -> None:
    [theirs] = _tickets(factories.queue("Elsewhere"), "A secret")
    page = desk.get(f"/desk/tickets/rows?shown={theirs.id},abc,99999999999999999999").text
    assert "A secret" not in page
    assert _rows(page) == []


def test_an_agent_sees_the_queues_they_serve_and_nothing_else(enter: Enter, queue: Queue) -> None:
    [theirs] = _tickets(factories.queue("Elsewhere"), "A secret")
    assert "A secret" not in enter(factories.nils()).get("/desk/tickets?state=all").text
    assert _rows(enter(factories.root()).get("/desk/tickets?state=all").text) == [theirs.id]


def test_the_filter_menu_offers_what_there_is(desk: FlaskClient, ada: Agent, queue: Queue) -> None:
    [ticket] = _tickets(queue, "Only")
    changes.change(ticket, ada, 1, tags=["vip"])
    menu = desk.get("/desk/tickets/filters?owner=me").text
    assert "tag=vip" in menu
    assert "state=RESOLVED" in menu
    assert 'href="/desk/tickets?owner=nobody"' in menu


@pytest.mark.parametrize("rows", [3, 30])
def test_a_page_costs_the_same_however_long_it_is(desk: FlaskClient, ada: Agent, queue: Queue, rows: int) -> None:
    for ticket in _tickets(queue, *(f"Number {i}" for i in range(rows))):
        lifecycle.take(ticket, ada)
    db.session.commit()
    with counted() as sent:
        page = desk.get("/desk/tickets?owner=me")
    assert len(_rows(page.text)) == rows
    assert len(sent) <= 6, sent
