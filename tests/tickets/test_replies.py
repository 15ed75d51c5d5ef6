"""Answering: who gets it, what it says, what leaves, and what it does to the ticket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import TSQUERY

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import IllegalMove, Invalid
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.models import Mailbox
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.queues.models import Queue
from contact_center.tickets import addressing, drafts, intake, lifecycle, replies, uploads
from contact_center.tickets.inbound import Automatic, InboundMessage
from contact_center.tickets.intake import Filed
from contact_center.tickets.messages import (
    Attachment,
    Author,
    Direction,
    Interaction,
    InteractionState,
    Message,
    Upload,
)
from contact_center.tickets.models import Draft, Participant, Ticket, TicketState
from tests import factories
from tests.factories import mail

GRETA = "greta@lindqvist.example"


@pytest.fixture
def ada(app: Flask) -> Agent:
    """Ada, with a queue and its mailbox support@norra.example."""
    row = factories.ada()
    factories.mailbox(factories.queue("Service e-mail", row))
    return row


def arrived(sender: str | None = GRETA, **fields: Any) -> Ticket:
    """A ticket in that queue."""
    return db.session.get_one(Ticket, file(mail(sender, **fields)).ticket_id)


def file(message: InboundMessage) -> Filed:
    mailbox = next(iter(places.mailboxes().values()))
    return intake.file(message, places.find("email", mailbox.id))


def outgoing_of(message: Message) -> Outgoing:
    return db.session.scalars(select(Outgoing).where(Outgoing.message_id == message.id)).one()


def test_it_answers_whoever_wrote_last(ada: Agent) -> None:
    message = replies.reply(arrived(), ada, "Good morning.")
    left = outgoing_of(message)
    assert (left.recipient, left.state, left.channel) == (GRETA, OutgoingState.QUEUED, "email")
    assert (message.author, message.agent_id, message.recipients) == (Author.AGENT, ada.id, [GRETA])
    assert message.external_id == left.external_id
    assert left.external_id.endswith("@norra.example>")


def test_it_answers_to_the_address_that_the_customer_asked_for(ada: Agent) -> None:
    message = replies.reply(arrived(fields={"reply_to": "Greta@Work.example"}), ada, "Good morning.")
    assert message.recipients == ["greta@work.example"]


def test_it_does_not_answer_a_machine(ada: Agent) -> None:
    ticket = arrived()
    file(
        mail(
            automatic=Automatic.REPLY,
            fields={"reply_to": "robot@vendor.example"},
            thread_keys=(f"token:{ticket.token}",),
        )
    )
    assert replies.reply(ticket, ada, "Hello.").recipients == [GRETA]


def test_it_keeps_the_last_copies_and_never_adds_ourselves(ada: Agent) -> None:
    factories.mailbox(factories.queue("Parts"), "parts@norra.example")
    ticket = arrived(
        recipients=("support@norra.example", "henrik@lindqvist.example"),
        copies=("Boss@lindqvist.example", "parts@norra.example", "support+cc-abcdefgh@norra.example", GRETA),
    )
    message = replies.reply(ticket, ada, "Hello.")
    assert message.copies == ["henrik@lindqvist.example", "boss@lindqvist.example"]
    assert outgoing_of(message).payload["copies"] == message.copies


def test_it_writes_to_whom_the_agent_chose(ada: Agent) -> None:
    ticket = arrived()
    message = replies.reply(
        ticket,
        ada,
        "Hello.",
        to=["Bo@Andersen.example", "x@y.example", "support@norra.example"],
        copies=["z@y.example"],
    )
    left = outgoing_of(message)
    assert (left.recipient, left.payload["also_to"], left.payload["copies"]) == (
        "bo@andersen.example", ["x@y.example"], ["z@y.example"],
    )  # fmt: skip


def test_it_lets_those_it_writes_to_take_part_but_no_copy(ada: Agent) -> None:
    ticket = arrived()
    replies.reply(ticket, ada, "Hello.", to=["bo@andersen.example"], copies=["z@y.example"])
    parts = db.session.scalars(select(Participant.value).where(Participant.ticket_id == ticket.id)).all()
    assert sorted(parts) == ["bo@andersen.example", GRETA]


def test_it_names_the_field_with_the_wrong_address(ada: Agent) -> None:
    with pytest.raises(Invalid) as error:
        replies.reply(arrived(), ada, "Hello.", to=["nobody"], copies=["a@b.example", "also wrong\r\nBcc: x@y.example"])
    assert set(error.value.fields) == {"to", "copies"}
    assert "nobody" in error.value.fields["to"]


def test_it_refuses_to_write_to_nobody(ada: Agent) -> None:
    with pytest.raises(Invalid) as error:
        replies.reply(arrived(sender=None), ada, "Hello.")
    assert "to" in error.value.fields


def test_it_writes_to_the_customers_best_address_when_nobody_wrote_by_mail(ada: Agent) -> None:
    greta = factories.greta()
    ticket = arrived(sender=None)
    ticket.customer_id = greta.id
    db.session.flush()
    assert addressing.proposed(ticket, frozenset()).to == (GRETA,)


def test_it_refuses_a_mail_to_half_the_world(ada: Agent) -> None:
    with pytest.raises(Invalid):
        replies.reply(arrived(), ada, "Hello.", copies=[f"a{i}@b.example" for i in range(25)])


@pytest.mark.parametrize("text", ["", "  \n\t ", "\x00", "x" * 100_001])
def test_it_refuses_an_empty_or_an_endless_text(ada: Agent, text: str) -> None:
    ticket = arrived()
    with pytest.raises(Invalid) as error:
        replies.reply(ticket, ada, text)
    assert "text" in error.value.fields
    assert db.session.scalar(select(func.count()).select_from(Outgoing)) == 0


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Fridge not cooling", "Re: Fridge not cooling"),
        ("RE: AW: Re[2]: Fridge", "Re: Fridge"),
        ("回复：冰箱", "Re: 冰箱"),
        ("Re: Fridge [CC-77]", "Re: Fridge"),
        ("Fwd: Fridge", "Re: Fwd: Fridge"),
        ("Regarding the fridge", "Re: Regarding the fridge"),
    ],
)
def test_it_keeps_the_customers_subject_with_one_re_and_our_reference(ada: Agent, theirs: str, ours: str) -> None:
    ticket = arrived(subject=theirs)
    assert replies.reply(ticket, ada, "Hello.").subject == f"{ours} [{ticket.ref}]"


def test_it_does_not_tell_the_customer_how_we_call_the_ticket(ada: Agent) -> None:
    ticket = arrived(subject="Fridge")
    ticket.subject = "Angry customer, beware"
    assert "Angry" not in replies.reply(ticket, ada, "Hello.").subject


def test_it_carries_the_ticket_in_the_reply_address_and_the_thread_in_its_references(ada: Agent) -> None:
    ticket = arrived(external_id="<first@mail.example>")
    first = replies.reply(ticket, ada, "Hello.")
    assert outgoing_of(first).payload["reply_to"] == f"support+cc-{ticket.token}@norra.example"
    assert outgoing_of(first).payload["references"] == ["<first@mail.example>"]
    second = replies.reply(ticket, ada, "One more thing.")
    assert outgoing_of(second).payload["references"] == [first.external_id, "<first@mail.example>"], "answered one last"


def test_it_takes_the_answer_to_its_answer_into_the_same_ticket(ada: Agent) -> None:
    ticket = arrived()
    message = replies.reply(ticket, ada, "Hello.")
    back = file(mail(thread_keys=(message.external_id or "",)))
    assert back.ticket_id == ticket.id


def test_it_writes_text_and_html_with_signatures_and_the_last_words_quoted(ada: Agent) -> None:
    db.session.scalars(select(Mailbox)).one().signature = "Norra Care\nHamburg"
    db.session.flush()
    places.forget()
    ada.signature = "Ada Brandt"
    at = datetime(2026, 11, 24, 12, 12, tzinfo=UTC)
    ticket = arrived(text="It is 11 °C.\n\nStill <b>warm</b>.", sender_name="Greta", received_at=at, language="en")
    message = replies.reply(ticket, ada, "See https://norra.example/help?a=1&b=2.\n\nBest")
    assert message.text == "See https://norra.example/help?a=1&b=2.\n\nBest"
    assert message.full_text == (
        "See https://norra.example/help?a=1&b=2.\n\nBest\n\n-- \nAda Brandt\nNorra Care\nHamburg\n\n"
        "On 24 Nov 2026, 13:12, Greta wrote:\n> It is 11 °C.\n>\n> Still <b>warm</b>.\n"
    )
    assert (
        '<a href="https://norra.example/help?a=1&amp;b=2">https://norra.example/help?a=1&amp;b=2</a>.' in message.html
    )
    assert "Still &lt;b&gt;warm&lt;/b&gt;." in message.html
    assert "Norra Care<br>\nHamburg" in message.html
    left = outgoing_of(message)
    assert (left.text, left.html) == (message.full_text, message.html)


def test_it_introduces_the_quote_in_the_language_of_the_ticket_whatever_the_agent_reads(ada: Agent) -> None:
    at = datetime(2026, 11, 24, 12, 12, tzinfo=UTC)
    ticket = arrived(text="冰箱不制冷。", sender_name="林晓梅", received_at=at, language="zh")
    with force_locale("en"):
        message = replies.reply(ticket, ada, "您好。")
    assert "2026年11月24日 13:12" in message.full_text
    assert outgoing_of(message).payload["language"] == "zh_Hans_CN"


def test_it_shows_the_time_on_the_customers_clock(ada: Agent) -> None:
    greta = factories.greta()
    greta.time_zone = "Asia/Shanghai"
    ticket = arrived(received_at=datetime(2026, 11, 24, 12, 12, tzinfo=UTC))
    assert "24 Nov 2026, 20:12" in replies.reply(ticket, ada, "Hello.").full_text


def test_it_survives_a_time_zone_that_does_not_exist(ada: Agent) -> None:
    greta = factories.greta()
    greta.time_zone = "../etc/passwd"
    assert replies.reply(arrived(), ada, "Hello.").id


def test_it_quotes_no_more_than_is_decent(ada: Agent) -> None:
    message = replies.reply(arrived(text="long line\n" * 5000), ada, "Hello.")
    assert len(message.full_text) < 15_000
    assert "[…]" in message.full_text


def test_it_ends_what_waited_and_takes_the_ticket(ada: Agent) -> None:
    ticket = arrived()
    message = replies.reply(ticket, ada, "Hello.")
    assert (ticket.state, ticket.assignee_id, ticket.waiting_since) == (TicketState.WAITING, ada.id, None)
    assert ticket.last_outbound_at is not None
    ended = db.session.get_one(Interaction, message.interaction_id)
    assert (ended.direction, ended.state, ended.agent_id) == (Direction.IN, InteractionState.DONE, ada.id)
    assert ended.answered_at == ended.ended_at
    assert ended.accepted_at is not None


def test_it_opens_an_outbound_interaction_when_nothing_waited(ada: Agent) -> None:
    ticket = arrived()
    first = replies.reply(ticket, ada, "Hello.")
    second = replies.reply(ticket, ada, "One more thing.")
    assert second.interaction_id != first.interaction_id
    outbound = db.session.get_one(Interaction, second.interaction_id)
    assert (outbound.direction, outbound.state) == (Direction.OUT, InteractionState.DONE)


def test_it_resolves_with_the_answer_if_asked_to(ada: Agent) -> None:
    ticket = arrived()
    replies.reply(ticket, ada, "Done.", then="RESOLVED")
    assert ticket.state is TicketState.RESOLVED
    assert ticket.resolved_at is not None


def test_it_leaves_the_state_alone_if_asked_to_but_what_is_new_is_open_now(ada: Agent) -> None:
    ticket = arrived()
    replies.reply(ticket, ada, "We are looking into it.", then=None)
    assert ticket.state is TicketState.OPEN


def test_it_wakes_a_resolved_ticket_that_now_waits_for_an_answer(ada: Agent) -> None:
    ticket = arrived()
    lifecycle.resolve(ticket, ada)
    replies.reply(ticket, ada, "Is it still cold?")
    assert (ticket.state, ticket.resolved_at) == (TicketState.WAITING, None)


def test_it_does_not_answer_in_a_closed_ticket(ada: Agent) -> None:
    ticket = arrived()
    lifecycle.resolve(ticket, ada)
    lifecycle.close_due(clock.now() + timedelta(seconds=1))
    with pytest.raises(IllegalMove):
        replies.reply(ticket, ada, "Hello.")


@pytest.mark.parametrize("then", ["CLOSED", "NEW", "nonsense"])
def test_it_leaves_a_ticket_in_no_state_that_an_answer_cannot_bring(ada: Agent, then: str) -> None:
    with pytest.raises(Invalid):
        replies.reply(arrived(), ada, "Hello.", then=then)


def test_it_tells_the_history_once_what_the_answer_did(ada: Agent) -> None:
    ticket = arrived()
    replies.reply(ticket, ada, "Hello.")
    told = {event.name: event.data for event in db.session.scalars(select(Event).where(Event.agent_id == ada.id))}
    assert set(told) == {Name.MESSAGE_QUEUED, Name.TICKET_TAKEN}
    assert told[Name.TICKET_TAKEN]["changes"] == {"state": ["NEW", "WAITING"], "assignee": [None, "Ada Brandt"]}


def test_it_makes_attachments_of_the_agents_uploads(ada: Agent) -> None:
    ticket = arrived()
    upload = uploads.add(ada, "guide.pdf", "application/pdf", b"%PDF guide")
    message = replies.reply(ticket, ada, "See the guide.", upload_ids=[upload.id])
    [attachment] = db.session.scalars(select(Attachment).where(Attachment.message_id == message.id)).all()
    assert (attachment.name, attachment.size) == ("guide.pdf", 10)
    assert outgoing_of(message).payload["file_ids"] == [[attachment.file_id, "guide.pdf", "application/pdf"]]
    assert db.session.scalar(select(func.count()).select_from(Upload)) == 0


def test_it_does_not_attach_a_colleagues_file(ada: Agent) -> None:
    lee, ticket = factories.lee(), arrived()
    upload = uploads.add(lee, "salaries.xls", "application/vnd.ms-excel", b"secret")
    with pytest.raises(Invalid) as error:
        replies.reply(ticket, ada, "Hello.", upload_ids=[upload.id])
    assert "files" in error.value.fields
    with pytest.raises(Invalid):
        replies.note(ticket, ada, "Hello.", upload_ids=[upload.id])


def test_it_refuses_more_files_than_one_mail_can_carry(ada: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = arrived()
    ids = [uploads.add(ada, f"{i}.txt", "text/plain", b"x").id for i in range(21)]
    with pytest.raises(Invalid):
        replies.reply(ticket, ada, "Hello.", upload_ids=ids)
    large = uploads.add(ada, "film.mp4", "video/mp4", b"film")
    large.size = 10**9
    db.session.flush()
    with pytest.raises(Invalid, match="MB"):
        replies.reply(ticket, ada, "Hello.", upload_ids=[large.id])


def test_it_forgets_the_draft_that_was_sent_and_keeps_the_note(ada: Agent) -> None:
    ticket = arrived()
    drafts.save(ticket, ada, "Hel")
    drafts.save(ticket, ada, "To self", is_note=True)
    replies.reply(ticket, ada, "Hello.")
    assert db.session.scalars(select(Draft.body)).all() == ["To self"]


def test_it_can_be_found_by_what_the_agent_wrote(ada: Agent) -> None:
    message = replies.reply(arrived(), ada, "The start relay is on its way.")
    asked = select(Message.id).where(Message.search.op("@@")(cast("'relay' & 'way'", TSQUERY)))
    assert db.session.scalars(asked).all() == [message.id]


def test_it_starts_a_ticket_by_writing_to_a_customer(ada: Agent) -> None:
    greta, queue = factories.greta(), db.session.scalars(select(Queue)).one()
    ticket = replies.start(
        greta, "Greta@Lindqvist.example", " Your part\r\nBcc: x@y.example ", "It has come.", queue, ada
    )
    assert (ticket.state, ticket.assignee_id, ticket.customer_id) == (TicketState.WAITING, ada.id, greta.id)
    assert ticket.subject == "Your part Bcc: x@y.example"
    message = db.session.scalars(select(Message).where(Message.ticket_id == ticket.id)).one()
    assert (message.subject, message.recipients) == (f"{ticket.subject} [{ticket.ref}]", [GRETA])
    assert db.session.get_one(Interaction, message.interaction_id).direction is Direction.OUT
    back = file(mail(thread_keys=(f"token:{ticket.token}",)))
    assert back.ticket_id == ticket.id


def test_it_starts_nothing_without_a_subject_a_text_or_an_address(ada: Agent) -> None:
    queue = db.session.scalars(select(Queue)).one()
    for address, subject, text, field in (
        ("x", "Hi", "Hi", "to"),
        (GRETA, " ", "Hi", "subject"),
        (GRETA, "Hi", "", "text"),
    ):
        with pytest.raises(Invalid) as error:
            replies.start(None, address, subject, text, queue, ada)
        assert field in error.value.fields


def test_it_says_so_when_there_is_no_mailbox_to_answer_from(ada: Agent) -> None:
    ticket = arrived()
    db.session.scalars(select(Mailbox)).one().is_active = False
    db.session.flush()
    places.forget()
    with pytest.raises(Invalid, match="mailbox"):
        replies.reply(ticket, ada, "Hello.")


def test_it_tries_a_failed_mail_again_under_its_own_name(ada: Agent) -> None:
    message = replies.reply(arrived(), ada, "Hello.")
    left = outgoing_of(message)
    left.state, left.error, left.attempts = OutgoingState.FAILED, "No such user", 5
    db.session.flush()
    name = left.external_id
    replies.retry(message, ada)
    db.session.refresh(left)
    assert (left.state, left.error, left.attempts, left.external_id) == (OutgoingState.QUEUED, None, 0, name)


def test_it_tries_nothing_again_that_has_not_failed(ada: Agent) -> None:
    message = replies.reply(arrived(), ada, "Hello.")
    with pytest.raises(IllegalMove):
        replies.retry(message, ada)


def test_it_writes_a_note_that_moves_nothing_and_leaves_nothing_in_the_outbox(ada: Agent) -> None:
    ticket = arrived()
    note = replies.note(ticket, ada, "She is right, you know.")
    assert (note.author, ticket.state) == (Author.NOTE, TicketState.NEW)
    assert db.session.scalar(select(func.count()).select_from(Outgoing)) == 0
