"""A survey's row, with whom and what it is about as columns of the moment. Who asks, or is answered, keeps it here."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.satisfaction.models import AskedBy, Scale, Survey
from contact_center.statement import Statement
from contact_center.tickets.messages import Direction, Interaction
from contact_center.tickets.models import Ticket

# The product of the device that the request is about, else the dearest thing of the order that it names.
_PRODUCT = Statement("""
    SELECT coalesce(a.product_id, (
        SELECT l.product_id FROM "order" o JOIN order_line l ON l.order_id = o.id
        WHERE o.external_id = t.order_number AND o.customer_id IN (c.id, c.company_id) AND l.product_id IS NOT NULL
        ORDER BY l.amount DESC, l.position LIMIT 1)) AS id
    FROM ticket t LEFT JOIN customer c ON c.id = t.customer_id
    LEFT JOIN entitlement_check e ON e.ticket_id = t.id LEFT JOIN asset a ON a.id = e.asset_id
    WHERE t.id = :ticket
""")


def keep(ticket: Ticket, token: str, scale: Scale, asked_by: AskedBy, language: str, **values: Any) -> Survey | None:
    """The new row; None if there is one about the same end. *values*: `resolved_at`, `expires_at` and what differs."""
    last = last_interaction(ticket)
    row = {
        "token_hash": hashlib.sha256(token.encode()).digest(), "ticket_id": ticket.id, "scale": scale,
        "interaction_id": last.id if last else None, "customer_id": ticket.customer_id,
        "agent_id": (last.agent_id if last else None) or ticket.assignee_id, "queue_id": ticket.queue_id,
        "channel": channel_of(ticket, last), "kind": ticket.kind, "product_id": product_of(ticket.id),
        "language": language, "asked_by": asked_by, "asked_at": clock.now(), **values,
    }  # fmt: skip
    row["tier"] = select(Customer.tier).where(Customer.id == row["customer_id"]).scalar_subquery()
    row["team_id"] = select(Queue.team_id).where(Queue.id == row["queue_id"]).scalar_subquery()
    added = db.session.scalar(insert(Survey).values(row).on_conflict_do_nothing().returning(Survey.id))
    return None if added is None else db.session.get_one(Survey, added)


def channel_of(ticket: Ticket, last: Interaction | None) -> str:
    """Over what the contact came that is asked about."""
    return last.channel if last else ticket.channel


def last_interaction(ticket: Ticket) -> Interaction | None:
    """What the customer's contact ended with: the last one that came in and somebody handled."""
    asked = select(Interaction).where(Interaction.ticket_id == ticket.id, Interaction.direction == Direction.IN)
    return db.session.scalars(asked.order_by(Interaction.agent_id.is_(None), Interaction.id.desc()).limit(1)).first()


def product_of(ticket_id: int) -> int | None:
    """What a ticket is about; None where nothing says so."""
    found = _PRODUCT.one({"ticket": ticket_id})
    return None if found is None else found.id
