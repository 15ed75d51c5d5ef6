"""A queue with its mailbox, Ada who serves it, and her browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from contact_center.agents.models import Agent
from contact_center.queues.models import Queue
from tests import factories


@pytest.fixture
def ada(app: object) -> Agent:
    return factories.ada()


@pytest.fixture
def queue(ada: Agent) -> Queue:
    made = factories.queue("Service e-mail", ada)
    factories.mailbox(made)
    return made


@pytest.fixture
def desk(ada: Agent, queue: Queue, enter: Callable[[Agent], FlaskClient]) -> FlaskClient:
    """Ada's browser."""
    return enter(ada)
