"""What placement would have seen of tickets that are here already: for trying rules out on them.

Tier, cover and products are as they stand now, the hours as they were when the ticket opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contact_center.routing import placement, served_as
from contact_center.routing.conditions import MAX_SAID, Facts, Said
from contact_center.routing.placement import Rule
from contact_center.statement import Statement


@dataclass(frozen=True, slots=True)
class Past:
    """A ticket that opened, where it is now, and its facts. `queue_id` is that of its first interaction."""

    ticket_id: int
    subject: str
    at: datetime
    queue_id: int
    facts: Facts


# The first message of each ticket; of a mailbox that is gone its place is not known any more.
_READ = Statement(f"""
    SELECT t.id, t.subject, t.opened_at, t.channel, t.place_id, t.kind, coalesce(m.language, t.language) AS language,
           coalesce(i.queue_id, t.queue_id) AS queue_id, b.address,
           {served_as.TIER} AS tier, coalesce(e.cover, 'NONE') AS cover,
           m.subject AS said_subject, m.fields, left(m.text, {MAX_SAID}) AS said,
           concat_ws(E'\\n', a.name, a.model,
                     (SELECT string_agg(concat_ws(E'\\n', l.title, p.name, p.model), E'\\n')
                      FROM "order" o JOIN order_line l ON l.order_id = o.id LEFT JOIN product p ON p.id = l.product_id
                      WHERE o.external_id = t.order_number AND o.customer_id IN (c.id, c.company_id))) AS named
    FROM ticket t
    JOIN LATERAL (SELECT * FROM message WHERE ticket_id = t.id ORDER BY id LIMIT 1) m ON m.author = 'CUSTOMER'
    LEFT JOIN interaction i ON i.id = m.interaction_id
    LEFT JOIN mailbox b ON b.id = t.place_id AND t.channel = 'email'
    LEFT JOIN customer c ON c.id = t.customer_id
    LEFT JOIN entitlement_check e ON e.ticket_id = t.id
    LEFT JOIN asset a ON a.id = e.asset_id
    WHERE t.id = ANY(:ids)
    ORDER BY t.id DESC
""")  # noqa: S608 (a constant)


def read(ticket_ids: Sequence[int], rules: Sequence[Rule]) -> list[Past]:
    """Those of the tickets that a customer opened, with what *rules* need to know of them."""
    return [_past(row, rules) for row in _READ.rows({"ids": list(ticket_ids)})]


def _past(row: Any, rules: Sequence[Rule]) -> Past:
    facts = Facts(
        row.channel,
        row.place_id if row.channel == "email" else None,
        row.address or "",
        row.fields.get("kind") or None,
        row.language,
        Said(placement.said(row.said_subject, row.fields, row.said)),
        Said(row.named),
        row.tier,
        row.cover,
        placement.open_hours(rules, row.opened_at),
    )
    return Past(row.id, row.subject, row.opened_at, row.queue_id, facts)
