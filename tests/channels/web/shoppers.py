"""A customer on the portal: asks for a code, reads it in their mail, signs in, and goes about; without scripts."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.outbox.models import Outgoing, Purpose
from contact_center.selfservice import codes
from tests import browsers
from tests.channels.web.visits import value_of


class Shopper:
    """One browser with its cookies; signed in as *customer* if there is one."""

    def __init__(self, app: Flask, customer: Customer | None = None, network: str = "203.0.113.7") -> None:
        self.browser = browsers.customer(app, customer) if customer else browsers.visitor(app)
        self.browser.environ_base.update(REMOTE_ADDR=network, HTTP_ACCEPT_LANGUAGE="en")

    def get(self, path: str) -> TestResponse:
        return self.browser.get(path, buffered=True)

    def post(self, path: str, **typed: Any) -> TestResponse:
        return self.browser.post(path, data=typed, buffered=True)

    def ask_for_code(self, email: str = "greta@lindqvist.example") -> TestResponse:
        """Ask, and let the job write the letter."""
        answer = self.post("/my/sign-in", email=email)
        for code_id in codes.unwritten():
            codes.write(code_id)
        db.session.commit()
        return answer

    def fill(self, page: str, **typed: Any) -> TestResponse:
        """Open a form and send it with its token."""
        return self.post(page.partition("?")[0], token=value_of("token", self.get(page).text), **typed)


def code_in_mail() -> str:
    """The digits of the newest letter."""
    newest = select(Outgoing.text).where(Outgoing.purpose == Purpose.ACCOUNT).order_by(Outgoing.id.desc()).limit(1)
    found = re.search(r"\b(\d{6})\b", db.session.scalars(newest).one())
    assert found
    return found[1]
