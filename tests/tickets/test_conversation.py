"""The conversation: everything that was said and done, in order, in three statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, insert, select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.tickets import conversation, lifecycle, replies, uploads
from contact_center.tickets.conversation import EventEntry, MessageEntry
from contact_center.tickets.inbound import InboundFile
from contact_center.tickets.messages import Author, Message
from contact_center.tickets.models import Ticket
from tests import factories
from tests.factories import mail

pytestmark = pytest.mark.usefixtures("app")
NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def ada(app: object) -> Agent:
    row = factories.ada()
    factories.mailbox(factories.queue("Service e-mail", row))
    return row


def arrived(ada: Agent, **fields: object) -> Ticket:
    from contact_center.queues import membership

    return factories.ticket(membership.queues_of(ada)[0], mail(**fields))  # type: ignore[arg-type]


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    engine = db.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def messages(ticket: Ticket) -> list[MessageEntry]:
    return [entry for entry in conversation.entries(ticket) if isinstance(entry, MessageEntry)]


def test_it_tells_the_story_in_order(ada: Agent) -> None:
    with clock.standing_at(NOON):
        ticket = arrived(ada, received_at=NOON)
    for minute, step in enumerate(
        (
            lambda: lifecycle.take(ticket, ada),
            lambda: replies.note(ticket, ada, "Flicker, no fan."),
            lambda: replies.reply(ticket, ada, "The relay is on its way.", then=None),
            lambda: lifecycle.resolve(ticket, ada),
        ),
        start=1,
    ):
        with clock.standing_at(NOON + timedelta(minutes=minute)):
            step()
    told = [(e.what, e.name if isinstance(e, EventEntry) else e.text) for e in conversation.entries(ticket)]
    assert told == [
        ("message", "It is 11 degrees in there."),
        ("event", Name.TICKET_TAKEN),
        ("note", "Flicker, no fan."),
        ("message", "The relay is on its way."),
        ("event", Name.TICKET_RESOLVED),
    ]


def test_it_says_who_did_what(ada: Agent) -> None:
    ticket = arrived(ada, sender_name="Greta Lindqvist")
    lifecycle.take(ticket, ada)
    said, done = conversation.entries(ticket)
    assert isinstance(said, MessageEntry)
    assert isinstance(done, EventEntry)
    assert (said.name, said.initials, said.is_ours) == ("Greta Lindqvist", "GL", False)
    assert (done.agent, done.changes["assignee"]) == ("Ada Brandt", [None, "Ada Brandt"])


def test_it_shows_how_far_an_answer_has_got(ada: Agent) -> None:
    ticket = arrived(ada)
    message = replies.reply(ticket, ada, "Hello.")
    delivery = messages(ticket)[1].delivery
    assert delivery
    assert (delivery.state, delivery.is_underway, delivery.has_failed) == (OutgoingState.QUEUED, True, False)
    left = db.session.scalars(select(Outgoing).where(Outgoing.message_id == message.id)).one()
    left.state, left.error = OutgoingState.FAILED, "No such user"
    db.session.flush()
    delivery = messages(ticket)[1].delivery
    assert delivery
    assert (delivery.has_failed, delivery.can_be_retried, delivery.error) == (True, True, "No such user")


def test_it_folds_what_we_wrote_once_the_customer_has_answered_it(ada: Agent) -> None:
    ticket = arrived(ada)
    answer = replies.reply(ticket, ada, "Hello.")
    assert not messages(ticket)[1].is_collapsed
    factories.filed(ticket.queue, thread_keys=(f"token:{ticket.token}",))
    assert [entry.is_collapsed for entry in messages(ticket)] == [False, True, False]
    left = db.session.scalars(select(Outgoing).where(Outgoing.message_id == answer.id)).one()
    left.state = OutgoingState.FAILED
    db.session.flush()
    assert not messages(ticket)[1].is_collapsed, "what has not arrived stays in sight"


def test_it_says_why_a_message_joined(ada: Agent) -> None:
    ticket = arrived(ada)
    answer = replies.reply(ticket, ada, "Hello.")
    factories.filed(ticket.queue, thread_keys=(answer.external_id or "",))
    first, ours, joined = messages(ticket)
    assert first.because is not None
    assert first.because.rule == "new"
    assert ours.because is None
    assert joined.because is not None
    assert (joined.because.rule, joined.because.message_id, joined.because.author) == (
        "issued",
        answer.id,
        Author.AGENT,
    )
    assert joined.because.at == answer.at


def test_it_names_the_ticket_that_a_stranger_wrote_about(ada: Agent) -> None:
    ticket = arrived(ada)
    other = factories.ticket(ticket.queue, sender=factories.SAM, thread_keys=(f"number:{ticket.id}",))
    because = messages(other)[0].because
    assert because
    assert (because.rule, because.earlier, because.link) == ("number", ticket.ref, "POSSIBLY_RELATED")


def test_it_counts_the_lines_that_are_quoted(ada: Agent) -> None:
    ticket = arrived(ada, text="Yes.\nThanks!", full_text="Yes.\nThanks!\n\nOn Monday Ada wrote:\n> Is it cold?")
    assert messages(ticket)[0].quoted_lines == 3
    assert messages(arrived(ada, text="Plain."))[0].quoted_lines == 0


def test_it_gives_every_message_its_files(ada: Agent) -> None:
    photo = InboundFile("label.jpg", "image/jpeg", b"jpeg")
    ticket = arrived(ada, attachments=(photo,))
    upload = uploads.add(ada, "guide.pdf", "application/pdf", b"%PDF")
    replies.reply(ticket, ada, "See the guide.", upload_ids=[upload.id])
    assert [[file.name for file in entry.attachments] for entry in messages(ticket)] == [["label.jpg"], ["guide.pdf"]]


def test_it_leaves_out_who_looked_and_what_is_a_message_anyway(ada: Agent) -> None:
    ticket = arrived(ada)
    log.record(Name.TICKET_VIEWED, ticket, ada)
    replies.note(ticket, ada, "A note.")
    assert [entry.what for entry in conversation.entries(ticket)] == ["message", "note"]


def test_it_shows_nothing_of_another_ticket(ada: Agent) -> None:
    ticket, other = arrived(ada), arrived(ada, subject="Another")
    lifecycle.take(other, ada)
    assert [entry.what for entry in conversation.entries(ticket)] == ["message"]


def told(ada: Agent, ticket: Ticket, messages: int, events: int) -> None:
    """A long story, the two kinds mixed up in time."""
    common = {"ticket_id": ticket.id, "author": Author.NOTE, "channel": "note", "search": ""}
    rows = [{**common, "text": f"m{i}", "at": NOON + timedelta(minutes=7 * i)} for i in range(messages)]
    if rows:
        db.session.execute(insert(Message), rows)
    for i in range(events):
        with clock.standing_at(NOON + timedelta(minutes=11 * i)):
            log.record(Name.TICKET_CHANGED, ticket, ada, number=i)


def test_it_needs_three_statements_however_long_the_story_is(ada: Agent) -> None:
    ticket = arrived(ada)
    told(ada, ticket, 300, 50)
    db.session.flush()
    with counted() as statements:
        conversation.entries(ticket)
    assert len(statements) == 3


@pytest.mark.parametrize(("said", "done"), [(450, 300), (10, 460), (460, 10), (200, 0), (0, 230)])
def test_it_turns_the_pages_without_losing_or_repeating_anything(ada: Agent, said: int, done: int) -> None:
    ticket = arrived(ada, received_at=NOON - timedelta(days=1))
    told(ada, ticket, said, done)
    pages, cursor = [], None
    while True:
        page = conversation.entries(ticket, before=cursor)
        pages.append(list(page))
        cursor = page.earlier
        if cursor is None:
            break
    assert all(len(page) == conversation.PAGE for page in pages[:-1])
    whole = [entry for page in reversed(pages) for entry in page]
    assert len(whole) == said + done + 1
    assert len({(entry.what == "event", entry.id) for entry in whole}) == len(whole)
    assert [entry.at for entry in whole] == sorted(entry.at for entry in whole)


@pytest.mark.parametrize("nonsense", ["", "x", ".", "1.x", "9" * 40, "-1.-1"])
def test_it_begins_with_the_newest_page_for_a_cursor_that_makes_no_sense(ada: Agent, nonsense: str) -> None:
    ticket = arrived(ada)
    if nonsense == "1.x":
        assert list(conversation.entries(ticket, before=nonsense)) == [], "half a cursor is one"
        return
    assert len(conversation.entries(ticket, before=nonsense)) == 1
