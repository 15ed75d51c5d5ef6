"""From the mailbox's setting to what a ticket says about a sender; and which names an administrator is offered."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.channels import inbox
from contact_center.channels.email import forms, vouching
from contact_center.channels.email.adapter import Parcel
from contact_center.channels.models import RawMessageRow
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.mailboxes.models import Mailbox
from contact_center.tickets.messages import Message
from contact_center.tickets.models import ref_of
from tests import factories
from tests.browsers import signed_in

Arrive = Callable[..., str]
GENUINE = "Authentication-Results: mx.norra.example; dmarc=pass header.from=lindqvist.example\r\n"
FORGED = "Authentication-Results: mx.norra.example; dmarc=fail (p=none) header.from=lindqvist.example\r\n"
WARNING = "This mail fails DMARC: it may not come from lindqvist.example."


def eml(headers: str) -> bytes:
    return (
        f"{headers}From: Greta <greta@lindqvist.example>\r\nTo: support@norra.example\r\nSubject: Fridge\r\n"
        f"Message-ID: <{uuid.uuid4().hex}@lindqvist.example>\r\n\r\nWarm.\r\n"
    ).encode()


@pytest.fixture
def ada(app: Flask) -> Agent:
    return factories.ada()


@pytest.fixture
def box(ada: Agent) -> Mailbox:
    return factories.mailbox(factories.queue("Service", ada), authserv_id="mx.norra.example")


@pytest.fixture
def arrive(box: Mailbox) -> Arrive:
    """Hand a mail with these headers over by SMTP; the reference of its ticket."""

    def hand_over(headers: str, via: str = "smtp") -> str:
        [outcome] = inbox.accept("email", Parcel(via, box.id, eml(headers)))
        assert outcome.ticket_id
        return ref_of(outcome.ticket_id)

    return hand_over


@pytest.fixture
def desk(app: Flask, ada: Agent) -> FlaskClient:
    return signed_in(app, ada)


def original(desk: FlaskClient) -> str:
    newest = db.session.scalar(select(Message.id).order_by(Message.id.desc()).limit(1))
    return desk.get(f"/desk/messages/{newest}/original").text


@pytest.mark.parametrize("via", ["smtp", "pipe"])
def test_a_proven_sender_is_said_in_the_details(arrive: Arrive, desk: FlaskClient, via: str) -> None:
    ref = arrive(GENUINE, via)
    assert "Proven by our mail server" in original(desk)
    assert "DMARC" not in desk.get(f"/desk/tickets/{ref}").text


def test_a_sender_that_fails_dmarc_is_warned_of_on_the_ticket(arrive: Arrive, desk: FlaskClient) -> None:
    ref = arrive(FORGED)
    assert WARNING in desk.get(f"/desk/tickets/{ref}").text
    assert "Fails DMARC" in original(desk)


def test_where_nobody_has_checked_that_is_what_is_said(arrive: Arrive, desk: FlaskClient) -> None:
    ref = arrive(GENUINE.replace("mx.norra", "mx.other"))
    assert "Unknown: no mail server of ours has checked it" in original(desk)
    assert "DMARC" not in desk.get(f"/desk/tickets/{ref}").text


def test_a_forged_result_below_our_servers_own_is_not_believed(arrive: Arrive, desk: FlaskClient) -> None:
    ref = arrive(FORGED + GENUINE)
    assert WARNING in desk.get(f"/desk/tickets/{ref}").text


def test_without_the_setting_no_header_is_believed(arrive: Arrive, box: Mailbox, desk: FlaskClient) -> None:
    box.authserv_id = None
    db.session.flush()
    factories.places.forget()
    arrive(GENUINE)
    assert "Unknown" in original(desk)
    assert "authserv_id" not in db.session.scalars(select(RawMessageRow.facts)).one()


def test_a_proven_stranger_does_not_get_into_a_ticket(arrive: Arrive, desk: FlaskClient) -> None:
    """That a sender is genuine says who wrote, not that they take part."""
    ref = arrive(GENUINE)
    stranger = f"Subject: Re: Fridge [{ref}]\r\n" + GENUINE.replace("lindqvist", "stranger")
    assert arrive(stranger.replace("From: Greta <greta@lindqvist", "From: Sam <sam@stranger")) != ref


def test_the_screen_offers_the_names_on_the_newest_mails(arrive: Arrive, box: Mailbox, app: Flask) -> None:
    for headers in (GENUINE, FORGED + "Authentication-Results: mx.inner.example; none\r\n", ""):
        arrive(headers)
    arrive("Authentication-Results: mx.once.example; none\r\n")
    assert vouching.speakers(box.id) == {"mx.norra.example": 2, "mx.once.example": 1, None: 1}
    page = signed_in(app, factories.root()).get(f"/admin/mailboxes/{box.id}").text
    assert '<option value="mx.norra.example">' in page
    assert "once.example" not in page


def test_the_names_are_those_of_this_mailbox(arrive: Arrive, box: Mailbox) -> None:
    arrive(GENUINE)
    other = factories.mailbox(factories.queue("Other"), "sales@norra.example")
    assert not vouching.speakers(other.id)
    assert vouching.finding(other) == ""


def test_doctor_compares_the_setting_with_the_mails(arrive: Arrive, box: Mailbox) -> None:
    arrive(GENUINE)
    arrive("")
    assert vouching.finding(box) == "mx.norra.example has checked 1 of the newest 2 mails."
    box.authserv_id = "mx.wrong.example"
    assert "None of the newest 2 mails has a result of mx.wrong.example" in vouching.finding(box)
    box.authserv_id = None
    assert "mx.norra.example" in vouching.finding(box)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  MX.Google.com ", "mx.google.com"),
        ("mx.qq.com,gz*-mx-mtada-*", "mx.qq.com, gz*-mx-mtada-*"),
        ("-", "-"),
        ("", None),
    ],
)
def test_a_setting_is_kept_in_one_form(box: Mailbox, typed: str, kept: str | None) -> None:
    assert forms.read({**forms.form_of(box), "authserv_id": typed})["authserv_id"] == kept


@pytest.mark.parametrize("typed", ["*", "*.*", "*.com", "mx.example.com; dmarc=pass", "[a-z]*.example.com", "<x>"])
def test_a_setting_that_would_believe_anybody_is_refused(box: Mailbox, typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        forms.read({**forms.form_of(box), "authserv_id": typed})
    assert list(refused.value.fields) == ["authserv_id"]
