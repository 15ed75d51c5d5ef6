"""Two queues, a mailbox that feeds the first, and who keeps the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from contact_center.agents.models import Agent
from contact_center.mailboxes.models import Mailbox
from contact_center.queues.models import Queue
from contact_center.routing import placement, rules
from contact_center.routing.models import PlacementRule
from tests import factories


@pytest.fixture
def ada(app: Flask) -> Agent:
    return factories.ada()


@pytest.fixture
def root(app: Flask) -> Agent:
    return factories.root()


@pytest.fixture
def service(ada: Agent) -> Queue:
    return factories.queue("Service e-mail", ada, takes_web_requests=True)


@pytest.fixture
def seniors(ada: Agent) -> Queue:
    return factories.queue("Seniors", ada)


@pytest.fixture
def mailbox(service: Queue) -> Iterator[Mailbox]:
    yield factories.mailbox(service)
    factories.places.forget()


@pytest.fixture
def rule(root: Agent, service: Queue) -> Iterator[Callable[..., PlacementRule]]:
    """Adds a rule: `rule("VIP", queue_id=…, tiers=["A"])`."""

    def add(name: str = "A rule", **typed: Any) -> PlacementRule:
        return rules.add(rules.read({"name": name, "is_active": True, **typed}), root)

    yield add
    placement.forget()
