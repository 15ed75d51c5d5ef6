"""Change a ticket only from where it stands: the conditional UPDATE under every verb that people may race for.

Called by the verbs of this room. Writes no event: the verb knows what its change is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select, update

from contact_center import clock
from contact_center.events import bus
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.statement import Statement
from contact_center.tickets.models import Ticket, TicketState

_NAME = Statement("SELECT name FROM agent WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Before:
    """Where the ticket stood in the instant before it was changed."""

    state: TicketState
    queue_id: int
    assignee_id: int | None


def make(ticket: Ticket, *guards: ColumnElement[bool], **values: Any) -> Before | None:
    """Set *values* if every guard holds now, else do nothing and return None. *ticket* shows the truth afterwards.

    The row is locked by the inner select, so what is returned is what was replaced, whoever else was at it.
    """
    old = (
        select(Ticket.id, Ticket.state, Ticket.queue_id, Ticket.assignee_id)
        .where(Ticket.id == ticket.id)
        .with_for_update()
        .subquery("old")
    )
    changed = (
        update(Ticket)
        .where(Ticket.id == old.c.id, *guards)
        .values(version=Ticket.version + 1, changed_at=clock.now(), **values)
        .returning(old.c.state, old.c.queue_id, old.c.assignee_id, Ticket)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    row = db.session.execute(changed).one_or_none()
    if row is None:
        db.session.refresh(ticket)
    return Before(*row[:3]) if row else None


def difference(ticket: Ticket, before: Before) -> dict[str, list[str | None]]:
    """Old and new of what was changed, as people call it: events outlive the rows they name."""
    changes: dict[str, list[str | None]] = {}
    if before.state != ticket.state:
        changes["state"] = [before.state, ticket.state]
    if before.assignee_id != ticket.assignee_id:
        changes["assignee"] = [agent_name(before.assignee_id), agent_name(ticket.assignee_id)]
    if before.queue_id != ticket.queue_id:
        old = db.session.get(Queue, before.queue_id)
        changes["queue"] = [old.name if old else None, ticket.queue.name]
    return changes


def agent_name(agent_id: int | None) -> str | None:
    """What somebody is called, for an event or a sentence."""
    row = _NAME.one({"id": agent_id}) if agent_id else None
    return row.name if row else None


def tell_former(name: Name, ticket: Ticket, before: Before) -> None:
    """Nudge the queue and the agent that have lost the ticket: the event itself goes to those who have it now."""
    ids = {"ticket": ticket.id}
    if before.queue_id != ticket.queue_id:
        ids["queue"] = before.queue_id
    if before.assignee_id and before.assignee_id != ticket.assignee_id:
        ids["assignee"] = before.assignee_id
    if len(ids) > 1:
        bus.after_commit(name, ids)
