"""How a message is shown as it came: its HTML under lock, its quoted history, its file; and trying again."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.channels.models import RawMessageRow
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, OutgoingState
from contact_center.queues.models import Queue
from contact_center.tickets import replies
from contact_center.tickets.inbound import InboundFile
from contact_center.tickets.messages import Message
from tests import factories

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def _message(queue: Queue, **fields: object) -> Message:
    return db.session.get_one(Message, factories.filed(queue, **fields).message_id)


def test_html_is_a_document_that_can_do_nothing(desk: FlaskClient, queue: Queue) -> None:
    message = _message(queue, html="<p>Hello <b>there</b></p>")
    page = desk.get(f"/desk/messages/{message.id}/html")
    policy = page.headers["Content-Security-Policy"]
    assert "<p>Hello <b>there</b></p>" in page.text
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert policy.startswith("sandbox ")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "<script" not in page.text


def test_pictures_that_came_along_are_ours_to_serve(desk: FlaskClient, queue: Queue) -> None:
    picture = InboundFile("photo.png", "image/png", PNG, content_id="one&two@mail", inline=True)
    markup = '<p><img src="cid:one&amp;two@mail"> <img alt="x" src="cid:unknown"> <img data-remote="http://x.example/p.gif"></p>'
    message = _message(queue, html=markup, attachments=(picture,))
    [attachment] = message.attachments
    page = desk.get(f"/desk/messages/{message.id}/html").text
    assert f'<img src="/desk/attachments/{attachment.id}/picture">' in page
    assert 'src="http' not in page
    assert desk.get(f"/desk/attachments/{attachment.id}/picture", buffered=True).mimetype == "image/png"
    assert "1 remote picture was not loaded." in desk.get(f"/desk/messages/{message.id}/original").text


def test_the_original_tells_everything_and_offers_the_file(desk: FlaskClient, queue: Queue) -> None:
    raw = RawMessageRow(
        channel="email", external_id="<raw@mail.example>", payload=b"Subject: =?x?=\r\n\r\n\xff", size=18,
        received_at=clock.now(),
    )  # fmt: skip
    db.session.add(raw)
    message = _message(queue, recipients=("support@norra.example",), copies=("a@b.example",), full_text="All\n> quoted")
    db.session.flush()
    message.raw_id = raw.id
    db.session.commit()
    original = desk.get(f"/desk/messages/{message.id}/original").text
    for told in ("support@norra.example", "a@b.example", "Fridge not cooling", "> quoted", str(message.external_id)):
        assert html.escape(told) in original
    file = desk.get(f"/desk/messages/{message.id}/raw")
    assert file.data == b"Subject: =?x?=\r\n\r\n\xff"
    assert file.headers["Content-Disposition"] == f'attachment; filename="message-{message.id}.eml"'
    assert (file.mimetype, file.headers["X-Content-Type-Options"]) == ("message/rfc822", "nosniff")


def test_only_what_stands_below_ones_words_is_quoted(desk: FlaskClient, queue: Queue) -> None:
    message = _message(queue, text="My words.", full_text="My words.\n\n> Yours <b>\n> and more")
    quoted = desk.get(f"/desk/messages/{message.id}/quoted").text
    assert "My words." not in quoted
    assert "&gt; Yours &lt;b&gt;" in quoted


def test_a_web_request_has_no_file_to_download(desk: FlaskClient, queue: Queue) -> None:
    raw = RawMessageRow(channel="web", external_id="form", payload=b"{}", size=2, received_at=clock.now())
    db.session.add(raw)
    message = _message(queue, channel="web")
    db.session.flush()
    message.raw_id = raw.id
    db.session.commit()
    assert desk.get(f"/desk/messages/{message.id}/raw").status_code == 404


@pytest.mark.parametrize("part", ["html", "quoted", "original", "raw"])
def test_another_teams_message_is_a_404(enter: Enter, queue: Queue, part: str) -> None:
    message = _message(queue, html="<p>A secret</p>", full_text="A secret\n> more")
    answer = enter(factories.nils()).get(f"/desk/messages/{message.id}/{part}")
    assert answer.status_code == 404
    assert "A secret" not in answer.text


def test_a_failed_mail_says_why_and_is_tried_again(desk: FlaskClient, ada: Agent, queue: Queue) -> None:
    ticket = factories.ticket(queue)
    message = replies.reply(ticket, ada, "It is the relay.")
    db.session.execute(update(Outgoing).values(state=OutgoingState.FAILED, error="550 no such mailbox <here>"))
    db.session.commit()
    said = desk.get(f"/desk/tickets/{ticket.ref}/conversation").text
    assert "550 no such mailbox &lt;here&gt;" in said
    assert "Try again" in said
    assert desk.post(f"/desk/messages/{message.id}/retry", headers=JSON).json == {}
    assert db.session.scalars(select(Outgoing.state)).all() == [OutgoingState.QUEUED]
    assert desk.post(f"/desk/messages/{message.id}/retry", headers=JSON).status_code == 409


def test_nobody_else_tries_it_again(enter: Enter, ada: Agent, queue: Queue) -> None:
    message = replies.reply(factories.ticket(queue), ada, "It is the relay.")
    db.session.commit()
    assert enter(factories.nils()).post(f"/desk/messages/{message.id}/retry").status_code == 404
