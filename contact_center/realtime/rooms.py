"""Which rooms a person's socket sits in, and which rooms hear of an event."""

from __future__ import annotations

from sqlalchemy import select

from contact_center.agents.models import Agent
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues import membership
from contact_center.queues.models import Queue
from contact_center.tickets.models import Ticket

# Which ids of an event name a room; a ticket's change is heard by its queue, its assignee and whoever looks at it.
_ROOMS = {"ticket": "ticket", "queue": "queue", "assignee": "agent", "agent": "agent", "customer": "customer"}

_BOARD = "board"  # who is here

# What no screen shows: on record, but no desk need fetch anything because of it.
SILENT = frozenset({
    Name.TICKET_VIEWED, Name.CUSTOMER_VIEWED, Name.OUTGOING_QUEUED, Name.OUTGOING_SENT, Name.OUTGOING_FAILED,
    Name.AGENT_SIGNED_IN, Name.AGENT_SIGNED_OUT, Name.AGENT_PASSWORD_CHANGED, Name.AGENT_INVITED,
    Name.AGENT_INVITATION_REVOKED, Name.CANNED_REPLY_CHANGED, Name.AWAY_REASON_CHANGED,
})  # fmt: skip


def rooms_of(agent: Agent) -> list[str]:
    """The rooms every desk of *agent* listens in: their own, and one per queue they see.

    Supervisors also sit on the board, and on the floor of each queue: what rings there is nobody else's business.
    """
    asked = select(Queue.id) if agent.is_administrator else membership.ids_of(agent)
    ids = list(db.session.scalars(asked))
    watched = [_BOARD, *(f"floor:{queue_id}" for queue_id in ids)] if agent.is_supervisor else []
    return [f"agent:{agent.id}", *(f"queue:{queue_id}" for queue_id in ids), *watched]


def rooms_at(ticket: Ticket) -> list[str]:
    """The rooms of whoever has *ticket* open: its own, and that of the customer beside it."""
    return [f"ticket:{ticket.id}", *([f"customer:{ticket.customer_id}"] if ticket.customer_id else [])]


def rooms_for(ids: dict[str, int]) -> list[str]:
    """The rooms that hear of an event about *ids*; of an offer: whose it is, who watches, who has the ticket open."""
    if "offer" in ids:
        return [f"agent:{ids['agent']}", f"ticket:{ids['ticket']}", f"floor:{ids['queue']}"]
    heard_by = [f"{_ROOMS[what]}:{value}" for what, value in ids.items() if what in _ROOMS]
    return [*heard_by, _BOARD] if ids.keys() & {"presence", "channel_pause"} else heard_by
