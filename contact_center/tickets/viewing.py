"""How far each person has read a ticket, for the unread marks; and the record of who looked at it.

The desk calls it when it shows a ticket. Who is looking at this moment is not a row: see `realtime.viewers`.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.tickets.models import Seen, Ticket

LOOKS_AGAIN = timedelta(minutes=30)  # until then it is one and the same look


def mark_seen(ticket: Ticket, agent: Agent) -> None:
    """Note that *agent* has read everything up to now; a look after a while is an event (who saw what is on record)."""
    now = clock.now()
    former = db.session.scalar(select(Seen.at).where(Seen.ticket_id == ticket.id, Seen.agent_id == agent.id))
    row = insert(Seen).values(ticket_id=ticket.id, agent_id=agent.id, at=now)
    newer = {"at": func.greatest(Seen.at, row.excluded.at)}
    db.session.execute(row.on_conflict_do_update(index_elements=["ticket_id", "agent_id"], set_=newer))
    if former is None or now - former > LOOKS_AGAIN:
        log.record(Name.TICKET_VIEWED, ticket, agent)
