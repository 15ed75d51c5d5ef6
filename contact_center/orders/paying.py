"""What of an invoice is paid, and when the last of it came in: always the sum of its payments, whoever races whom.

Called by `payments` and `invoices` in the transaction that changed either.
"""

from __future__ import annotations

from collections.abc import Collection

from contact_center.statement import Statement

# The sums are taken in a statement of its own, after the lock: it then sees what whoever held the lock has committed.
_LOCK = Statement("SELECT id FROM invoice WHERE id = ANY(CAST(:ids AS bigint[])) ORDER BY id FOR NO KEY UPDATE")
_SETTLE = Statement("""
    WITH running AS (
        SELECT invoice_id, received_at,
               sum(amount) OVER (PARTITION BY invoice_id ORDER BY received_at, id) AS so_far
        FROM payment WHERE invoice_id = ANY(CAST(:ids AS bigint[]))
    ), paid AS (
        SELECT i.id, coalesce(max(r.so_far), 0) AS sum, min(r.received_at) FILTER (WHERE r.so_far >= i.amount) AS at
        FROM invoice i LEFT JOIN running r ON r.invoice_id = i.id
        WHERE i.id = ANY(CAST(:ids AS bigint[])) GROUP BY i.id, i.amount
    )
    UPDATE invoice SET paid = paid.sum, paid_at = paid.at FROM paid
    WHERE invoice.id = paid.id AND (invoice.paid, invoice.paid_at) IS DISTINCT FROM (paid.sum, paid.at)
""")


def settle(invoice_ids: Collection[int]) -> None:
    """Bring these invoices in line with their payments."""
    if invoice_ids:
        _LOCK.run({"ids": list(invoice_ids)})
        _SETTLE.run({"ids": list(invoice_ids)})
