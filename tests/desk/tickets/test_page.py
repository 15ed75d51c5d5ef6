"""The page of one ticket: what is on it, for whom, and at what cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets import conversation, joining, lifecycle, replies, tasks
from contact_center.tickets.models import Seen, Ticket
from tests import factories
from tests.desk.statements import counted

Enter = Callable[[Agent], FlaskClient]
PIECES = ("", "/head", "/conversation", "/earlier", "/composer", "/people", "/queues", "/tags", "/hand-over")
GETS = (*PIECES, "/tasks/new", "/canned", "/address")
POSTS = ("/take", "/assign", "/move", "/state", "/change", "/tags", "/answer", "/draft", "/address", "/tasks", "/seen")


@pytest.fixture
def ticket(queue: Queue) -> Ticket:
    return factories.ticket(queue, subject="Fridge not cooling")


def test_it_shows_what_was_said_and_who_it_is_from(desk: FlaskClient, ticket: Ticket) -> None:
    page = desk.get(f"/desk/tickets/{ticket.ref}").text
    assert "<title>CC-" in page
    assert "It is 11 degrees in there." in page
    assert f'data-src="/desk/customers/card/{ticket.ref}"' in page
    assert 'value="greta@lindqvist.example"' in page


def test_another_spelling_of_its_number_leads_to_it(desk: FlaskClient, ticket: Ticket) -> None:
    for spelling in (ticket.id, f"cc-{ticket.id}", f"CC%20{ticket.id}"):
        assert desk.get(f"/desk/tickets/{spelling}").location == f"/desk/tickets/{ticket.ref}"


@pytest.mark.parametrize("path", GETS)
def test_another_teams_ticket_is_the_same_404_as_none(enter: Enter, ticket: Ticket, path: str) -> None:
    browser = enter(factories.nils())
    theirs, none = browser.get(f"/desk/tickets/{ticket.ref}{path}"), browser.get(f"/desk/tickets/CC-99999{path}")
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert "Fridge" not in theirs.text


@pytest.mark.parametrize("path", POSTS)
def test_nothing_can_be_done_to_another_teams_ticket(enter: Enter, ticket: Ticket, path: str) -> None:
    version = ticket.version
    data = {"text": "x", "subject": "x", "title": "x", "to": "RESOLVED", "add": "x", "queue_id": str(ticket.queue_id)}
    assert enter(factories.nils()).post(f"/desk/tickets/{ticket.ref}{path}", data=data).status_code == 404
    db.session.refresh(ticket)
    assert ticket.version == version


def test_days_part_the_conversation_and_events_are_told(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    lifecycle.take(ticket, ada)
    replies.note(ticket, ada, "Start relay, batch 24-W18.")
    said = desk.get(f"/desk/tickets/{ticket.ref}/conversation").text
    assert said.count('class="day"') == 1
    assert "Today" in said
    assert "<b>Ada Brandt</b> took the ticket" in said
    assert said.index("It is 11 degrees") < said.index("took the ticket") < said.index("Start relay")
    assert "internal note" in said


def test_what_has_been_answered_since_is_folded_and_the_rest_is_not(
    desk: FlaskClient, ada: Agent, ticket: Ticket
) -> None:
    replies.reply(ticket, ada, "Please send a photo.")
    before = desk.get(f"/desk/tickets/{ticket.ref}/conversation").text
    assert "item-mini" not in before
    factories.filed(ticket.queue, factories.mail(text="Here it is.", thread_keys=(f"token:{ticket.token}",)))
    after = desk.get(f"/desk/tickets/{ticket.ref}/conversation").text
    assert after.count("item-mini") == 1
    assert "joined because it came to this ticket’s own address" in after
    assert "not right?" in after


def test_the_first_message_is_not_disputed(desk: FlaskClient, ticket: Ticket) -> None:
    assert "not right?" not in desk.get(f"/desk/tickets/{ticket.ref}/conversation").text


def test_earlier_pages_are_fetched_when_they_are_asked_for(
    desk: FlaskClient, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "PAGE", 3)
    for number in range(5):
        sent = factories.mail(text=f"Number {number}.", thread_keys=(f"token:{ticket.token}",))
        factories.filed(ticket.queue, sent)
    newest = desk.get(f"/desk/tickets/{ticket.ref}/conversation").text
    assert "Number 4." in newest
    assert "Number 1." not in newest
    link = newest.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    earlier = desk.get(link).text
    assert "Number 1." in earlier
    assert "data-keep" not in earlier.split("<article")[0]  # it is put into the place that refreshes leave alone
    assert "Number 4." not in earlier


def test_tasks_and_links_stand_above_the_conversation(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    tasks.add(ticket, ada, "Order the relay", owner=ada)
    sent = factories.mail("sam@stranger.example", f"About [{ticket.ref}]", thread_keys=(f"number:{ticket.id}",))
    related = factories.ticket(ticket.queue, sent)
    head = desk.get(f"/desk/tickets/{ticket.ref}/head").text
    assert "Order the relay" in head
    assert related.ref in head
    assert "Merge it here" in head
    assert f"Merge into {ticket.ref}" in desk.get(f"/desk/tickets/{related.ref}/head").text


def test_links_name_nothing_that_the_reader_may_not_see(enter: Enter, ada: Agent, ticket: Ticket) -> None:
    secret = factories.queue("Elsewhere")
    sent = factories.mail("sam@stranger.example", "A secret", thread_keys=(f"number:{ticket.id}",))
    factories.ticket(secret, sent)
    head = enter(ada).get(f"/desk/tickets/{ticket.ref}/head").text
    assert "A secret" not in head


def test_a_stub_leads_to_where_everything_is_now(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    sent = factories.mail("sam@stranger.example", "Again", thread_keys=(f"number:{ticket.id}",))
    related = factories.ticket(ticket.queue, sent)
    joining.join(related, ticket, ada)
    page = desk.get(f"/desk/tickets/{related.ref}").text
    assert "Merged into" in page
    assert "closed for good" in page


def test_it_is_read_when_the_page_says_so(desk: FlaskClient, ada: Agent, ticket: Ticket) -> None:
    desk.get(f"/desk/tickets/{ticket.ref}")
    assert db.session.get(Seen, (ticket.id, ada.id)) is None
    assert desk.post(f"/desk/tickets/{ticket.ref}/seen").status_code == 204
    assert db.session.get(Seen, (ticket.id, ada.id)) is not None


@pytest.mark.parametrize("messages", [1, 40])
def test_the_page_costs_the_same_however_long_the_story(
    desk: FlaskClient, ada: Agent, ticket: Ticket, messages: int
) -> None:
    lee = factories.lee()
    lifecycle.assign(ticket, lee, lee)
    for number in range(messages):
        sent = factories.mail(text=f"Number {number}.", thread_keys=(f"token:{ticket.token}",))
        factories.filed(ticket.queue, sent)
        replies.note(ticket, lee, f"Note {number}")
        tasks.add(ticket, lee, f"Task {number}", owner=ada)
    address = f"/desk/tickets/{ticket.ref}"
    db.session.commit()
    with counted() as statements:
        page = desk.get(address)
    assert page.text.count("<article") == 2 * messages + 1
    assert len(statements) <= 21, statements  # with open tasks one more: whether one of them is a visit
