"""The private page: what its holder sees and may do, and what nobody sees there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.channels.models import RawMessageRow
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets import lifecycle, replies
from contact_center.tickets.messages import Message
from contact_center.tickets.models import LinkReason, Ticket, TicketLink, TicketState
from tests import factories
from tests.channels.web.visits import PHOTO, Visitor, errors_of, messages, newest, page_of, tickets, value_of, words_of


@pytest.fixture
def ada(queue: Queue) -> Agent:
    return factories.ada()


@pytest.fixture
def ticket(visit: Visitor) -> Ticket:
    """Sam's request, with a photo."""
    visit.ask(PHOTO)
    return newest()


def shown(visit: Visitor, ticket: Ticket) -> str:
    db.session.flush()
    return words_of(visit.get(page_of(ticket)).text)


def test_it_shows_the_request_and_how_far_it_is(visit: Visitor, ticket: Ticket) -> None:
    page = shown(visit, ticket)
    for part in (ticket.ref, "My fridge hums.", "All night long.", "Repair", "Received", "label.jpg"):
        assert part in page


def test_it_shows_our_answer_and_that_it_is_the_customers_turn(visit: Visitor, ticket: Ticket, ada: Agent) -> None:
    replies.reply(ticket, ada, "Which model is it? See https://norra.example/models", then="WAITING")
    page = shown(visit, ticket)
    assert "Ada Brandt" in page
    assert "Which model is it?" in page
    assert "Waiting for you" in page
    assert '<a href="https://norra.example/models" rel="' in visit.get(page_of(ticket)).text


def test_it_waits_for_somebody_else_without_troubling_the_customer(visit: Visitor, ticket: Ticket, ada: Agent) -> None:
    lifecycle.take(ticket, ada)
    lifecycle.wait(ticket, ada)
    assert "Waiting for you" not in shown(visit, ticket)
    assert "In progress" in shown(visit, ticket)


def test_it_says_when_the_request_is_solved(visit: Visitor, ticket: Ticket, ada: Agent) -> None:
    lifecycle.take(ticket, ada)
    lifecycle.resolve(ticket, ada)
    assert "Not solved after all?" in shown(visit, ticket)


def test_it_never_shows_notes_or_what_we_exchange_with_others(visit: Visitor, ticket: Ticket, ada: Agent) -> None:
    replies.note(ticket, ada, "Sam is always angry.")
    replies.reply(ticket, ada, "Where is the spare part?", to=["carrier@freight.example"], then=None)
    factories.filed(
        db.session.get_one(Queue, ticket.queue_id),
        factories.mail(
            "carrier@freight.example", "Re", text="It fell off the lorry.", thread_keys=(f"token:{ticket.token}",)
        ),
    )
    assert len(messages(ticket)) == 4
    page = visit.get(page_of(ticket)).text
    for secret in ("always angry", "spare part", "fell off", "freight.example", "ada@norra.example"):
        assert secret not in page


def test_it_shows_what_somebody_else_wrote_to_the_customer_too(visit: Visitor, ticket: Ticket, ada: Agent) -> None:
    replies.reply(
        ticket, ada, "Carrier, please tell Sam.", to=["carrier@freight.example"], copies=[ticket_opener(ticket)]
    )
    page = visit.get(page_of(ticket)).text
    assert "Carrier, please tell Sam." in page
    assert "freight.example" not in page


def test_a_script_in_a_message_is_only_words(visit: Visitor) -> None:
    visit.ask(text="<script>alert(1)</script>", name="<img src=x onerror=alert(1)>")
    page = visit.get(page_of(newest())).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize(
    "token", ["x", "a" * 24, "A" * 24, "%00", "%ff%fe", "../../etc", "a" * 5000, "1001", "CC-1001", "' OR 1=1 --"]
)
def test_a_guessed_link_is_not_found(visit: Visitor, ticket: Ticket, token: str) -> None:
    for path in (f"/r/{token}", f"/r/{token}/conversation", f"/r/{token}/files/1"):
        assert visit.get(path).status_code == 404
    assert visit.post(f"/r/{token}", text="x").status_code == 404


def test_the_number_the_reply_token_or_a_capital_letter_open_nothing(visit: Visitor, ticket: Ticket) -> None:
    for token in (str(ticket.id), ticket.token, ticket.portal_token.upper()):
        assert visit.get(f"/r/{token}").status_code == 404


def test_it_is_neither_indexed_nor_cached_nor_passed_on(visit: Visitor, ticket: Ticket) -> None:
    page = visit.get(page_of(ticket))
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex, nofollow">' in page.text


def test_a_reply_joins_the_ticket_and_wakes_it(visit: Visitor, ticket: Ticket, ada: Agent) -> None:
    replies.reply(ticket, ada, "Which model?", then="WAITING")
    db.session.commit()
    sent = visit.reply(page_of(ticket), ("type.pdf", b"%PDF-1.7"), text="It is a KF-90.")
    assert (sent.status_code, sent.location) == (303, page_of(ticket))
    db.session.expire_all()
    last = messages(ticket)[-1]
    assert (last.text, last.sender, last.because["rule"]) == ("It is a KF-90.", "sam@stranger.example", "token")
    assert [part.name for part in last.attachments] == ["type.pdf"]
    assert ticket.state is TicketState.OPEN
    assert "Your reply has been added." in shown(visit, ticket)


def test_a_reply_reopens_a_solved_ticket(visit: Visitor, ticket: Ticket, ada: Agent) -> None:
    lifecycle.take(ticket, ada)
    lifecycle.resolve(ticket, ada)
    db.session.commit()
    visit.reply(page_of(ticket), text="It hums again.")
    db.session.expire_all()
    assert (ticket.state, ticket.reopened) == (TicketState.OPEN, 1)


def test_a_reply_to_a_closed_ticket_opens_a_linked_one_and_goes_there(visit: Visitor, ticket: Ticket) -> None:
    long_ago = clock.now() - timedelta(days=60)
    closed = {"state": TicketState.CLOSED, "resolved_at": long_ago, "closed_at": long_ago}
    db.session.execute(update(Ticket).where(Ticket.id == ticket.id).values(closed))
    db.session.commit()
    assert "What you write now opens a new request" in shown(visit, ticket)
    sent = visit.reply(page_of(ticket), text="It hums again.")
    new = newest()
    assert new.id != ticket.id
    assert sent.location == page_of(new)
    link = db.session.get_one(TicketLink, (new.id, ticket.id))
    assert link.reason is LinkReason.FOLLOWS
    assert f"opened a new one: {new.ref}" in shown(visit, new)


def test_a_reply_by_phone_number_only_joins_too(visit: Visitor) -> None:
    visit.ask(email="", phone="030 123456")
    ticket = newest()
    visit.reply(page_of(ticket), text="Call me after five.")
    assert [message.sender for message in messages(ticket)] == ["+4930123456"] * 2


def test_a_double_click_adds_one_reply(visit: Visitor, ticket: Ticket) -> None:
    token = visit.token(page_of(ticket))
    for _ in range(2):
        visit.reply(page_of(ticket), token=token, text="Once.")
    assert [message.text for message in messages(ticket)][1:] == ["Once."]


def test_an_empty_reply_keeps_its_files_and_gets_a_sentence(visit: Visitor, ticket: Ticket) -> None:
    page = visit.reply(page_of(ticket), ("type.pdf", b"%PDF-1.7"), text=" ")
    assert page.status_code == 422
    assert "text" in errors_of(page.text)
    assert "type.pdf" in page.text
    again = {"token": value_of("token", page.text), "kept": value_of("kept", page.text), "text": "Here."}
    visit.post(page_of(ticket), **again)
    assert [part.name for part in messages(ticket)[-1].attachments] == ["type.pdf"]


def test_the_other_language_keeps_the_reply_that_is_being_typed(visit: Visitor, ticket: Ticket) -> None:
    page = visit.reply(page_of(ticket), text="Half a sent", language="zh_Hans_CN")
    assert page.status_code == 200
    assert '<html lang="zh-CN"' in page.text
    assert "Half a sent" in page.text
    assert len(messages(ticket)) == 1


def test_the_token_of_another_form_adds_nothing(visit: Visitor, ticket: Ticket) -> None:
    visit.ask(email="other@stranger.example")
    for token in (visit.token("/request"), visit.token(page_of(newest())), "forged"):
        page = visit.reply(page_of(ticket), token=token, text="Typed with care.")
        assert page.status_code == 400
        assert "Typed with care." in page.text
    assert len(messages(ticket)) == 1


def test_a_post_from_another_site_adds_nothing(visit: Visitor, ticket: Ticket) -> None:
    token = visit.token(page_of(ticket))
    visit.browser.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    assert visit.reply(page_of(ticket), token=token, text="x").status_code == 400
    assert len(messages(ticket)) == 1


def test_twenty_replies_in_ten_minutes_are_enough(visit: Visitor, ticket: Ticket) -> None:
    token = visit.token(page_of(ticket))
    for n in range(20):
        assert visit.reply(page_of(ticket), token=token, text=f"Reply {n}").status_code == 303
    page = visit.reply(page_of(ticket), token=token, text="Reply 20")
    assert page.status_code == 429
    assert "Reply 20" in page.text


@pytest.mark.parametrize("body", [b"", b"{}", b"--x\r\nbroken", b"text=\x00\xff&token=%00"])
def test_a_body_that_is_no_form_is_an_empty_reply(visit: Visitor, ticket: Ticket, body: bytes) -> None:
    for content_type in (
        "application/x-www-form-urlencoded",
        "application/json",
        "multipart/form-data; boundary=x",
        "",
    ):
        assert visit.browser.post(page_of(ticket), data=body, content_type=content_type).status_code == 422


def test_a_file_is_always_a_download(visit: Visitor, ticket: Ticket) -> None:
    visit.reply(page_of(ticket), ("page.html", b"<html><script>alert(1)</script>"), text="See this page.")
    links = re.findall(r'href="(/r/[^"]+/files/\d+)"', visit.get(page_of(ticket)).text)
    photo, page = (visit.get(link) for link in links)
    assert (photo.status_code, photo.content_type, photo.data) == (200, "image/jpeg", PHOTO[1])
    assert page.content_type == "application/octet-stream"
    for answer in (photo, page):
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_file_of_another_ticket_or_of_a_note_is_not_found(visit: Visitor, ticket: Ticket) -> None:
    visit.ask(("other.txt", b"secret"), email="other@stranger.example")
    other = messages(newest())[0].attachments[0].id
    for wrong in (other, 0, 10**30):
        assert visit.get(f"{page_of(ticket)}/files/{wrong}").status_code == 404
    mine = messages(ticket)[0].attachments[0].id
    assert visit.get(f"{page_of(ticket)}/files/{mine}").status_code == 200
    db.session.execute(update(Message).where(Message.id == messages(ticket)[0].id).values(author="NOTE"))
    assert visit.get(f"{page_of(ticket)}/files/{mine}").status_code == 404


def test_an_open_page_hears_only_of_news(visit: Visitor, ticket: Ticket, ada: Agent) -> None:
    ask = re.search(r'data-again="([^"]+)"', visit.get(page_of(ticket)).text)
    assert ask
    assert visit.get(ask[1]).status_code == 204
    replies.reply(ticket, ada, "Which model?", then="WAITING")
    db.session.flush()
    news = visit.get(ask[1])
    assert news.status_code == 200
    assert re.findall(r'^<\w+ id="([\w-]+)"', news.text, re.MULTILINE) == ["conversation", "progress", "reply-hint"]
    assert "Which model?" in news.text
    assert "<textarea" not in news.text


def test_a_long_conversation_is_shown_page_by_page(visit: Visitor, ticket: Ticket) -> None:
    queue = db.session.get_one(Queue, ticket.queue_id)
    for n in range(120):
        factories.filed(
            queue, factories.mail(ticket_opener(ticket), text=f"Word {n}.", thread_keys=(f"token:{ticket.token}",))
        )
    page = visit.get(page_of(ticket)).text
    assert "Word 119." in page
    assert "Word 19." not in page
    earlier = re.search(r'href="([^"]+before=\d+)"', page)
    assert earlier
    older = visit.get(earlier[1]).text
    assert "Word 19." in older
    assert "My fridge hums." in older
    assert "Word 20." not in older


@pytest.mark.parametrize("query", ["before=x", "before=-1", "before=9999999999999999999999", "shown=%00", "language=x"])
def test_an_odd_question_is_answered(visit: Visitor, ticket: Ticket, query: str) -> None:
    assert visit.get(f"{page_of(ticket)}?{query}").status_code == 200
    assert visit.get(f"{page_of(ticket)}/conversation?{query}").status_code == 200


def test_the_link_works_for_a_mail_ticket_too(app: Flask, visit: Visitor, queue: Queue) -> None:
    ticket = factories.ticket(queue, factories.mail("greta@lindqvist.example"))
    db.session.flush()
    visit.reply(page_of(ticket), text="From the page.")
    assert [message.channel for message in messages(ticket)] == ["email", "web"]


def test_a_reply_keeps_no_secret_but_the_tickets_own_token(visit: Visitor, ticket: Ticket) -> None:
    visit.reply(page_of(ticket), text="Hello.")
    payloads = [row.payload for row in db.session.query(RawMessageRow)]
    assert not any(ticket.portal_token.encode() in payload for payload in payloads)
    assert len(tickets()) == 1


def ticket_opener(ticket: Ticket) -> str:
    return messages(ticket)[0].sender or ""
