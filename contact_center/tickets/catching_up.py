"""Deadlines of tickets that nothing has happened to, while something that sets them has: a contract, or an upgrade.

Jobs call `under_contract` and `under_changed_contracts`, a release's migration `begin_missing`; each finds the tickets
and lets `deadlines` follow. Twice is as good as once. Verbs never commit.
"""

from __future__ import annotations

from datetime import datetime

from contact_center.statement import Statement
from contact_center.tickets import alarms, deadlines

# By way of whose tickets they can be: checks are found by their ticket.
_UNDER = """
    SELECT t.id FROM service_contract s
    CROSS JOIN LATERAL (
        SELECT s.customer_id AS id UNION ALL SELECT p.id FROM customer p WHERE p.company_id = s.customer_id
    ) c
    JOIN ticket t ON t.customer_id = c.id AND t.state IN ('NEW', 'OPEN', 'WAITING')
    JOIN entitlement_check e ON e.ticket_id = t.id AND e.contract_id = s.id
"""
_OF_CONTRACT = Statement(f"{_UNDER} WHERE s.id = :contract_id ORDER BY t.id")
_OF_CHANGED = Statement(f"""
    {_UNDER} WHERE s.changed_at > :since AND t.id > :beyond ORDER BY t.id LIMIT :limit
""")
_WITHOUT = Statement("""
    SELECT t.id FROM ticket t
    WHERE t.state IN ('NEW', 'OPEN', 'WAITING') AND t.id > :beyond
    AND NOT EXISTS (SELECT FROM deadline d WHERE d.ticket_id = t.id)
    ORDER BY t.id LIMIT :limit
""")


def under_contract(contract_id: int) -> int:
    """Let the deadlines of open tickets follow what their contract says now; returns how many tickets."""
    ids = [row.id for row in _OF_CONTRACT.rows({"contract_id": contract_id})]
    deadlines.follow_all(ids)
    return len(ids)


def under_changed_contracts(since: datetime, beyond: int = 0, limit: int = 200) -> int:
    """The same for all contracts that changed after *since*; returns the last ticket, 0 when none is left.

    Call it with what it returned, and commit, until 0.
    """
    ids = [row.id for row in _OF_CHANGED.rows({"since": since, "beyond": beyond, "limit": limit})]
    deadlines.follow_all(ids)
    return max(ids, default=0)


def begin_missing(beyond: int = 0, limit: int = 200) -> int:
    """Give deadlines to open tickets that never had any; returns the last ticket, 0 when none is left.

    What is late by now was late before anybody promised: it stands there, and nobody is told. Call it with what it
    returned, and commit, until 0.
    """
    ids = [row.id for row in _WITHOUT.rows({"beyond": beyond, "limit": limit})]
    deadlines.follow_all(ids)
    alarms.pass_over(ids)
    return max(ids, default=0)
