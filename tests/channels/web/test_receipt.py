"""The mail with the private link: when it goes, to whom, and that nobody can speak through it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from contact_center.customers.models import ContactPoint
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, Purpose
from tests import factories
from tests.channels.web.visits import Visitor, newest, page_of, tickets, words_of


def mails() -> list[Outgoing]:
    return list(db.session.scalars(select(Outgoing).order_by(Outgoing.id)))


def test_it_mails_the_number_and_the_link(visit: Visitor, app: Flask) -> None:
    visit.ask()
    [mail] = mails()
    ticket = newest()
    assert (mail.purpose, mail.recipient, mail.ticket_id) == (Purpose.STATUS_LINK, "sam@stranger.example", ticket.id)
    assert ticket.ref in mail.subject
    assert f"{app.config['CC'].public_url}{page_of(ticket)}" in mail.text
    assert mail.payload["reply_to"] == f"support+cc-{ticket.token}@norra.example"
    assert mail.payload["automatic"]


def test_it_holds_nothing_that_anybody_typed(visit: Visitor) -> None:
    evil = "BUY-PILLS http://evil.example"
    visit.ask(text=evil, name=evil, order_number=evil)
    [mail] = mails()
    assert "evil" not in f"{mail.subject} {mail.text} {mail.html} {mail.payload}"
    assert "PILLS" not in f"{mail.subject} {mail.text} {mail.html} {mail.payload}"


def test_an_address_that_is_not_proven_gets_one_mail_a_day(visit: Visitor, app: Flask) -> None:
    for n in range(12):
        Visitor(app, network=f"2001:db8:0:{n:x}::1").ask(text=f"Request {n}")
    assert len(mails()) == 1
    assert len(tickets()) == 5
    suppressed = db.session.scalars(select(Event).where(Event.name == Name.OUTGOING_SUPPRESSED)).all()
    assert len(suppressed) == 4


def test_who_gets_no_second_mail_sees_the_link_in_the_browser_that_wrote(visit: Visitor) -> None:
    visit.ask()
    thanks = visit.get(visit.ask(text="And it leaks.").location).text
    assert page_of(newest()) in thanks
    assert tickets()[0].portal_token not in thanks


def test_a_customers_own_address_never_shows_a_link_to_whoever_typed_it(visit: Visitor) -> None:
    factories.greta()
    db.session.execute(update(ContactPoint).values(verified_at=None))
    visit.ask(email="greta@lindqvist.example")
    thanks = visit.get(visit.ask(email="greta@lindqvist.example", text="Second.").location).text
    assert len(mails()) == 1
    assert newest().ref in thanks
    assert newest().portal_token not in thanks
    assert "to protect you" in words_of(thanks)


def test_a_proven_address_gets_every_mail(visit: Visitor) -> None:
    factories.greta()
    for n in range(3):
        visit.ask(email="greta@lindqvist.example", text=f"Request {n}")
    assert [mail.recipient for mail in mails()] == ["greta@lindqvist.example"] * 3


def test_an_address_that_bounces_gets_none(visit: Visitor) -> None:
    greta = factories.greta()
    db.session.execute(update(ContactPoint).where(ContactPoint.customer_id == greta.id).values(bounced_at=greta.since))
    visit.ask(email="greta@lindqvist.example")
    assert mails() == []


def test_a_phone_number_alone_gets_no_mail(visit: Visitor) -> None:
    visit.ask(email="", phone="030 123456")
    assert mails() == []


def test_a_suspected_robot_causes_no_mail(visit: Visitor) -> None:
    visit.ask(website="x")
    assert mails() == []


def test_our_own_address_gets_none(visit: Visitor) -> None:
    visit.ask(email="support@norra.example")
    assert mails() == []


def test_a_reply_on_the_private_page_is_not_answered_by_mail(visit: Visitor) -> None:
    visit.ask()
    visit.reply(page_of(newest()), text="One more thing.")
    assert len(mails()) == 1


@pytest.mark.parametrize(("accepted", "language"), [("zh-CN,zh;q=0.9", "zh_Hans_CN"), ("en", "en"), ("de", "en")])
def test_it_is_written_in_the_language_of_the_form(visit: Visitor, app: Flask, accepted: str, language: str) -> None:
    Visitor(app, language=accepted).ask()
    assert mails()[0].payload["language"] == language
