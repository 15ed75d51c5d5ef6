"""Record what happened, in the caller's transaction. The only writer of the event table.

After the commit the bus nudges whoever subscribed (see `events.bus`); a rolled-back transaction nudges nobody.
"""

from __future__ import annotations

import json
from typing import Any

from contact_center import clock
from contact_center.events import bus
from contact_center.events.names import Name
from contact_center.statement import Statement, array


def record(name: Name, subject: Any, actor: Any = None, **data: Any) -> None:
    """Add one event about *subject* (any row, or None) done by *actor* (an agent, or None for system and customer).

    Ticket, customer, queue and agent of the subject are taken from it; values in *data* must be JSON.
    """
    record_all([(name, subject, data)], actor)


_INSERT = Statement("""
    INSERT INTO event (name, at, agent_id, ticket_id, customer_id, data)
    SELECT e.name, :at, CAST(:agent_id AS bigint), e.ticket_id, e.customer_id, CAST(e.data AS jsonb)
    FROM unnest(CAST(:names AS text[]), CAST(:tickets AS bigint[]), CAST(:customers AS bigint[]), CAST(:data AS text[]))
         AS e (name, ticket_id, customer_id, data)
""")


def record_all(happened: list[tuple[Name, Any, dict[str, Any]]], actor: Any = None, *, quietly: bool = False) -> None:
    """Add several events, `(name, subject, data)` each, in one statement; *quietly* nudges nobody."""
    if not happened:
        return
    ids = [ids_of(subject) for _, subject, _ in happened]
    rows = {
        "at": clock.now(),
        "agent_id": getattr(actor, "id", None),
        "names": array(name for name, _, _ in happened),
        "tickets": array(about.get("ticket") for about in ids),
        "customers": array(about.get("customer") for about in ids),
        "data": array(json.dumps(data, ensure_ascii=False) for _, _, data in happened),
    }
    _INSERT.run(rows)
    if quietly:
        return
    for (name, _, _), about in zip(happened, ids, strict=True):
        bus.after_commit(name, about)


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
