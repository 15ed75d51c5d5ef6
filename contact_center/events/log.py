"""Record what happened, in the caller's transaction. The only writer of the event table.

After the commit the bus nudges whoever subscribed (see `events.bus`); a rolled-back transaction nudges nobody.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from contact_center import clock
from contact_center.events import bus
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db


def record(name: Name, subject: Any, actor: Any = None, **data: Any) -> None:
    """Add one event about *subject* (any row, or None) done by *actor* (an agent, or None for system and customer).

    Ticket, customer, queue and agent of the subject are taken from it; values in *data* must be JSON.
    """
    record_all([(name, subject, data)], actor)


def record_all(happened: list[tuple[Name, Any, dict[str, Any]]], actor: Any = None) -> None:
    """Add several events, `(name, subject, data)` each, in one statement."""
    rows, now = [], clock.now()
    for name, subject, data in happened:
        ids = ids_of(subject)
        rows.append({
            "name": name,
            "at": now,
            "agent_id": getattr(actor, "id", None),
            "ticket_id": ids.get("ticket"),
            "customer_id": ids.get("customer"),
            "data": data,
        })  # fmt: skip
        bus.after_commit(name, ids)
    if rows:
        db.session.execute(insert(Event), rows)


def ids_of(subject: Any) -> dict[str, int]:
    """Which ticket, customer, queue, agent … a row speaks of: its own id under its table's name, and its references."""
    if subject is None:
        return {}
    ids: dict[str, int] = {}
    for what in ("ticket", "customer", "queue", "assignee", "agent", "message"):
        value = getattr(subject, f"{what}_id", None)
        if value is not None:
            ids[what] = value
    ids[subject.__tablename__] = subject.id
    return ids
