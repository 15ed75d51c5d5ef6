"""A server that mail leaves by, and a mailbox of ours that uses it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from contact_center.channels.email import lines
from contact_center.mailboxes import places
from contact_center.mailboxes.models import Encryption, Mailbox
from tests import factories
from tests.channels.email.smtp_server import SmtpServer


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server
        lines.pool.close_idle()


@pytest.fixture
def mailbox(app: Flask, smtp_server: SmtpServer) -> Mailbox:
    """A mailbox of ours whose mail leaves by `smtp_server`."""
    row = factories.mailbox(
        factories.queue(), smtp_host="127.0.0.1", smtp_port=smtp_server.port, smtp_encryption=Encryption.NONE
    )
    places.forget()
    return row
