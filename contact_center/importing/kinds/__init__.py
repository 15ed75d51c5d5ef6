"""Everything that can be brought in, in the order in which a new firm would: what refers to others comes after them."""

from __future__ import annotations

from contact_center.importing.fields import Kind
from contact_center.importing.kinds.customers import CUSTOMERS
from contact_center.importing.kinds.goods import ORDERS, PRODUCTS, SHIPMENTS
from contact_center.importing.kinds.money import INVOICES, PAYMENTS, SETTLEMENTS
from contact_center.importing.kinds.owned import ASSETS, CONTRACTS

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (CUSTOMERS, PRODUCTS, ORDERS, SHIPMENTS, INVOICES, PAYMENTS, SETTLEMENTS, ASSETS, CONTRACTS)
}
