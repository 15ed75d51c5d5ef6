"""The numbers of the left column: my work, the lists, and each queue with what waits in it. One statement.

Called by the desk whenever something moved; `lists.counts` is its public name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, all_, and_, func, or_, select, true

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.tickets import scope
from contact_center.tickets.messages import Interaction, InteractionState
from contact_center.tickets.models import UNSETTLED, Seen, Ticket


@dataclass(frozen=True, slots=True)
class QueueCount:
    """A queue: interactions that nobody has taken, how long the first waits, and tickets that need somebody."""

    id: int
    name: str
    waiting: int
    longest_since: datetime | None
    unsettled: int
    unassigned: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What one agent has and sees. `elsewhere` is theirs too, but lies in queues that they do not see."""

    mine: int
    mine_unread: int
    elsewhere: int
    queues: list[QueueCount]

    @property
    def unsettled(self) -> int:
        return sum(queue.unsettled for queue in self.queues) + self.elsewhere

    @property
    def unassigned(self) -> int:
        return sum(queue.unassigned for queue in self.queues)

    @property
    def waiting(self) -> int:
        return sum(queue.waiting for queue in self.queues)


def counts(agent: Agent) -> Counts:
    """Count what *agent* sees; queues in their order, those out of use only while something is left in them."""
    own, queues = _own(agent).subquery("own"), _queues(agent).subquery("queues")
    # One row even for somebody without queues: their own work is counted all the same.
    asked = select(own, queues).select_from(own.outerjoin(queues, true())).order_by(queues.c.position, queues.c.name)
    rows = db.session.execute(asked).all()
    return Counts(rows[0].mine, rows[0].mine_unread, rows[0].elsewhere, [_queue(row) for row in rows if _counts(row)])


def _counts(row: Row[Any]) -> bool:
    return row.id is not None and bool(row.is_active or row.unsettled)


def _queue(row: Row[Any]) -> QueueCount:
    return QueueCount(row.id, row.name, row.waiting, row.longest_since, row.unsettled, row.unassigned)


def _own(agent: Agent) -> Select[*tuple[Any, ...]]:
    is_unseen = or_(Seen.at.is_(None), Seen.at < Ticket.last_inbound_at)
    is_unread = and_(Ticket.waiting_since.is_not(None), Ticket.last_inbound_at.is_not(None), is_unseen)
    is_elsewhere = Ticket.queue_id != all_(scope.queues_array(agent))
    return (
        select(
            func.count().label("mine"),
            func.count().filter(is_unread).label("mine_unread"),
            func.count().filter(is_elsewhere).label("elsewhere"),
        )
        .select_from(Ticket)
        .outerjoin(Seen, and_(Seen.ticket_id == Ticket.id, Seen.agent_id == agent.id))
        .where(Ticket.assignee_id == agent.id, scope.state_in(UNSETTLED))
    )


def _queues(agent: Agent) -> Select[*tuple[Any, ...]]:
    here = and_(Ticket.queue_id == Queue.id, scope.state_in(UNSETTLED))
    unsettled = select(func.count().label("n")).select_from(Ticket).where(here).lateral("unsettled")
    nobodys = select(func.count().label("n")).select_from(Ticket)
    unassigned = nobodys.where(here, Ticket.assignee_id.is_(None)).lateral("unassigned")
    waiting = (
        select(func.count().label("n"), func.min(Interaction.queued_at).label("since"))
        .where(Interaction.queue_id == Queue.id, Interaction.state == InteractionState.WAITING)
        .lateral("waiting")
    )
    return (
        select(
            Queue.id, Queue.name, Queue.position, Queue.is_active, waiting.c.n.label("waiting"),
            waiting.c.since.label("longest_since"), unsettled.c.n.label("unsettled"),
            unassigned.c.n.label("unassigned"),
        )
        .select_from(Queue)
        .join(waiting, true())
        .join(unsettled, true())
        .join(unassigned, true())
        .where(Queue.id.in_(scope.queue_ids(agent)))
    )  # fmt: skip
