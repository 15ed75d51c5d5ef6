"""Greta owns a fridge under warranty; Bo has a contract for his freezer; Ada answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.entitlements import assets, contracts
from contact_center.orders import products
from contact_center.queues.models import Queue
from tests import factories

NOON = datetime(2026, 3, 11, 11, tzinfo=UTC)  # a Wednesday, noon in the installation's zone


@pytest.fixture(autouse=True)
def wednesday() -> object:
    with clock.standing_at(NOON):
        yield


@pytest.fixture
def ada(app: object) -> Agent:
    return factories.ada()


@pytest.fixture
def queue(ada: Agent) -> Queue:
    return factories.queue("Service e-mail", ada)


@pytest.fixture
def greta(app: object) -> Customer:
    greta = factories.greta()
    greta.external_id = "C-1"
    products.put("P-1", name="Fridge KX-200", model="KX-200", warranty_months=24)
    products.put("P-2", name="Freezer FZ-9", model="FZ-9", warranty_months=12)
    assets.put("A-1", customer="C-1", product="P-1", serial="kx 77 0012", bought_on="2025-03-12")
    return greta


@pytest.fixture
def bo(greta: Customer) -> Customer:
    bo = factories.bo()
    bo.external_id = "C-2"
    assets.put("A-2", customer="C-2", product="P-2", serial="FZ900111", bought_on="2023-01-01")
    contracts.put(
        "K-1", customer="C-2", name="Comfort", valid_from="2026-01-01", valid_until="2026-12-31", hours="working",
        response_minutes=240, resolution_minutes=1020, visits_included=2, kinds="REPAIR, QUESTION", assets="A-2",
    )  # fmt: skip
    return bo
