"""What an agent is typing into a ticket, saved while they type: one reply and one note for each agent and ticket.

The desk saves and loads; sending discards. A draft is nobody else's to see and makes no event.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.tickets.models import Draft, Ticket

MAX_BODY = 200_000


def save(
    ticket: Ticket, agent: Agent, body: str, *, is_note: bool = False, fields: dict[str, Any] | None = None
) -> None:
    """Keep *body* and *fields* (to, copies, upload_ids) as they are now; an empty draft is no draft."""
    body = _storable(body)[:MAX_BODY]
    fields = {name: [_storable(each) for each in some] for name, some in (fields or {}).items()}
    if not body.strip() and not any(fields.values()):
        discard(ticket, agent, is_note=is_note)
        return
    values = {"body": body, "fields": fields, "saved_at": clock.now()}
    row = insert(Draft).values(ticket_id=ticket.id, agent_id=agent.id, is_note=is_note, **values)
    db.session.execute(row.on_conflict_do_update(index_elements=["ticket_id", "agent_id", "is_note"], set_=values))


def find(ticket: Ticket, agent: Agent, *, is_note: bool = False) -> Draft | None:
    """The draft as it was last saved."""
    asked = select(Draft).where(Draft.ticket_id == ticket.id, Draft.agent_id == agent.id, Draft.is_note == is_note)
    return db.session.scalar(asked.execution_options(populate_existing=True))


def of(ticket: Ticket, agent: Agent) -> dict[bool, Draft]:
    """Both drafts as they were last saved, by `is_note`."""
    asked = select(Draft).where(Draft.ticket_id == ticket.id, Draft.agent_id == agent.id)
    return {draft.is_note: draft for draft in db.session.scalars(asked.execution_options(populate_existing=True))}


def discard(ticket: Ticket, agent: Agent, *, is_note: bool = False) -> None:
    """Forget it: sent, or not wanted any more."""
    mine = (Draft.ticket_id == ticket.id) & (Draft.agent_id == agent.id) & (Draft.is_note == is_note)
    db.session.execute(delete(Draft).where(mine))


def waiting(agent: Agent, limit: int = 50) -> list[tuple[Draft, Ticket]]:
    """Unsent drafts of *agent* with their tickets, the newest first."""
    asked = select(Draft, Ticket).join(Ticket, Ticket.id == Draft.ticket_id).where(Draft.agent_id == agent.id)
    return [(draft, ticket) for draft, ticket in db.session.execute(asked.order_by(Draft.saved_at.desc()).limit(limit))]


def _storable(typed: Any) -> Any:
    """A text without what the database refuses; numbers as they are."""
    return typed.replace("\x00", "").encode("utf-8", "replace").decode("utf-8") if isinstance(typed, str) else typed
