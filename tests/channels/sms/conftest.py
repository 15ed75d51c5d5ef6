"""Texts over the real protocol: signed requests in, REST over HTTP out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from contact_center.mailboxes import texting
from contact_center.mailboxes.numbers import PhoneNumber
from contact_center.queues.models import Queue
from tests import factories
from tests.channels.sms.carrier import PUBLIC, SID, TOKEN, Carrier, Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def carrier(app: Flask, server: Server, monkeypatch: pytest.MonkeyPatch) -> Carrier:
    found = server.carrier
    for kept in (found.messages, found.media, found.deleted, found.asked, found.faults):
        kept.clear()
    ours = replace(
        app.config["CC"], public_url=PUBLIC, twilio_account_sid=SID, twilio_auth_token=TOKEN,
        twilio_api_base=found.base,
    )  # fmt: skip
    monkeypatch.setitem(app.config, "CC", ours)
    texting.forget()
    return found


@pytest.fixture
def queue(app: Flask) -> Queue:
    return factories.queue("Texts", factories.ada())


@pytest.fixture
def number(carrier: Carrier, queue: Queue) -> PhoneNumber:
    return factories.number(queue, acknowledges=False)
