"""What a customer is to us: a prospect, active, or former. A former customer stays on file and is found like any other.

Called by the desk, and by whoever hears of a first order. Verbs never commit.
"""

from __future__ import annotations

from collections.abc import Collection

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers import records, upserts
from contact_center.customers.models import Customer, CustomerStatus
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.statement import Statement


def activate(customer: Customer, agent: Agent | None, because: str = "") -> bool:
    """They buy from us, or do so again; False if nothing changed."""
    return _become(customer, agent, CustomerStatus.ACTIVE, because)


def retire(customer: Customer, agent: Agent | None, because: str = "") -> bool:
    """They do not buy from us any more; *because* is why, in a person's words."""
    return _become(customer, agent, CustomerStatus.FORMER, because)


def doubt(customer: Customer, agent: Agent | None, because: str = "") -> bool:
    """They have not bought yet after all."""
    return _become(customer, agent, CustomerStatus.PROSPECT, because)


def bought(customer_ids: Collection[int]) -> int:
    """Prospects and former customers who have just bought are active from now on; returns how many became so."""
    now = clock.now()
    rows = _BOUGHT.rows({"ids": list(customer_ids), "now": now}) if customer_ids else []
    log.record_all(
        [
            (Name.CUSTOMER_CHANGED, _Subject(row.id), {"changes": {"status": [row.was, CustomerStatus.ACTIVE]}})
            for row in rows
        ],
        quietly=len(rows) > upserts.NUDGED,
    )
    return len(rows)


def _become(customer: Customer, agent: Agent | None, status: CustomerStatus, because: str) -> bool:
    return records.change(customer, agent, customer.version, because=because, status=status)


class _Subject:
    """A row that was written past the ORM."""

    __tablename__ = "customer"

    def __init__(self, row_id: int) -> None:
        self.id = row_id


_BOUGHT = Statement("""
    WITH new AS (
        SELECT id, status FROM customer WHERE id = ANY(:ids) AND status <> 'ACTIVE' ORDER BY id FOR UPDATE
    )
    UPDATE customer c SET status = 'ACTIVE', version = version + 1, changed_at = :now
    FROM new WHERE c.id = new.id RETURNING c.id, new.status AS was
""")
