"""Settings: addresses that we take nothing from."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.channels.models import RawMessageRow, RawState
from contact_center.customers import blocked
from contact_center.customers.blocked import BlockedAddress
from contact_center.extensions import db
from contact_center.tickets.models import Ticket
from tests import factories
from tests.channels.test_inbox import arrive, eml

SAM = "+4915112345678"


def rows() -> list[BlockedAddress]:
    return list(db.session.scalars(select(BlockedAddress).execution_options(populate_existing=True)))


def block(browser: FlaskClient, address: str, days: str = "0", reason: str = "Shouts at everybody") -> int:
    return browser.post("/admin/blocked", data={"address": address, "reason": reason, "days": days}).status_code


def test_an_address_is_blocked_as_people_write_it_found_and_unblocked(browser: FlaskClient) -> None:
    factories.customer("Sam Stranger", phone=SAM)
    assert block(browser, "0151 12345678") == 303
    assert block(browser, "Pest@Spam.Example", days="7") == 303
    number, mailbox = rows()
    assert (number.value, number.until, mailbox.value) == (SAM, None, "pest@spam.example")
    browser.get("/admin/blocked")  # says once what was done
    page = browser.get("/admin/blocked?q=spam").text
    assert re.search(r">\d{1,2} [A-Z][a-z]{2} \d{4}</time>", page)
    assert "pest@spam.example" in page
    assert SAM not in page
    assert "Sam Stranger" in browser.get("/admin/blocked").text
    assert browser.post(f"/admin/blocked/{number.id}/unblock").status_code == 303
    assert [one.value for one in rows()] == ["pest@spam.example"]


@pytest.mark.parametrize(
    ("address", "reason", "days", "field"),
    [("anonymous", "Why", "0", "address"), ("", "Why", "0", "address"), ("a b@", "Why", "0", "address"),
     (SAM, " ", "0", "reason"), (SAM, "x" * 300, "0", "reason"), (SAM, "Why", "5000", "days"),
     (SAM, "Why", "", "days")],
)  # fmt: skip
def test_what_cannot_be_blocked_is_said_and_nothing_that_was_typed_is_lost(
    browser: FlaskClient, address: str, reason: str, days: str, field: str
) -> None:
    answer = browser.post("/admin/blocked", data={"address": address, "reason": reason, "days": days})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert f'value="{address}"' in answer.text or not address
    assert rows() == []


def test_nothing_is_blocked_twice(browser: FlaskClient) -> None:
    assert block(browser, SAM) == 303
    assert block(browser, SAM) == 422
    assert len(rows()) == 1


def test_the_menu_of_a_ticket_leads_to_its_sender_filled_in(browser: FlaskClient) -> None:
    ticket = factories.ticket(factories.queue(), factories.mail(sender="pest@spam.example"))
    db.session.commit()
    assert 'value="pest@spam.example"' in browser.get(f"/admin/blocked?ticket={ticket.ref}").text
    assert browser.get("/admin/blocked?ticket=CC-999999").status_code == 404


def test_a_mail_is_kept_aside_counted_and_opens_no_ticket_until_its_time_is_over(
    app: Flask, browser: FlaskClient
) -> None:
    place = factories.mailbox(factories.queue())
    block(browser, factories.SAM, days="1")
    arrive(eml(), place)
    kept = db.session.scalars(select(RawMessageRow)).one()
    assert (kept.state, rows()[0].met) == (RawState.IGNORED, 1)
    assert db.session.scalars(select(Ticket)).all() == []
    assert "We take nothing from this address" in browser.get(f"/admin/mail/{kept.id}").text
    rows()[0].until = clock.now() - timedelta(seconds=1)
    db.session.commit()
    arrive(eml(subject="Toaster"), place)
    assert [ticket.subject for ticket in db.session.scalars(select(Ticket))] == ["Toaster"]
    assert blocked.lift_due() == 1
    assert rows() == []
