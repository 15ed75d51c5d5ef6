"""A customer with a number, and two products, as the ERP knows them."""

from __future__ import annotations

import pytest

from contact_center.customers.models import Customer
from contact_center.orders import products
from tests import factories


@pytest.fixture
def greta(app: object) -> Customer:
    greta = factories.greta()
    greta.external_id = "C-1"
    products.put("P-1", name="Fridge", model="KX-200", warranty_months=24, unit_cost="400", cost_currency="EUR")
    products.put("P-2", name="Filter")
    return greta
