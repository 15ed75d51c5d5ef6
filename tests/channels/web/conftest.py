"""What the portal's tests start from: a queue for web requests, our mailbox, a visitor, and fresh limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from contact_center.extensions import limiter
from contact_center.mailboxes.models import Mailbox
from contact_center.queues.models import Queue
from tests import factories
from tests.channels.web.visits import Visitor


@pytest.fixture
def queue(app: Flask) -> Queue:
    return factories.queue("Web requests", takes_web_requests=True)


@pytest.fixture
def mailbox(queue: Queue) -> Mailbox:
    return factories.mailbox(queue)


@pytest.fixture
def visit(app: Flask, mailbox: Mailbox) -> Iterator[Visitor]:
    """Somebody on the portal, whom nobody has counted yet."""
    limiter.reset()
    yield Visitor(app)
    limiter.reset()
