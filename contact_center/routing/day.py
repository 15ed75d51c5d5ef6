"""One's own day in one list by time: promises, tasks, tickets with what is due on them, and who could be reminded.

The desk's page "My day" reads here. Each item says what it is; grouping into days is the door's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.routing import promises
from contact_center.sla.models import Deadline, DeadlineState, Target
from contact_center.tickets import lists, tasks
from contact_center.tickets.lists import Row
from contact_center.tickets.models import TicketState, ref_of

REMIND_AFTER = timedelta(days=3)  # of silence while the customer owes an answer


@dataclass(frozen=True, slots=True)
class Item:
    """Something of one's day. `at`: when it is due; None: at no certain time. `since`: somebody waits since then."""

    what: str  # "promise", "task", "ticket"
    id: int
    ticket_id: int
    title: str
    at: datetime | None = None
    since: datetime | None = None
    target: Target | None = None  # what of the ticket is due
    customer: str = ""
    tier: str | None = None
    channel: str = ""
    is_paused: bool = False  # the customer owes an answer
    may_remind: bool = False

    @property
    def ref(self) -> str:
        return ref_of(self.ticket_id)

    def is_overdue(self, now: datetime) -> bool:
        return self.at is not None and self.at < now


def of(agent: Agent) -> list[Item]:
    """All of it: what is due by its time, then who waits by how long, then the rest by tier."""
    items = [*_promises(agent), *_tasks(agent), *_tickets(lists.work(agent))]
    last = datetime.max.replace(tzinfo=clock.now().tzinfo)
    return sorted(items, key=lambda i: (i.at or last, i.is_paused, i.since or last, i.tier or "E", i.what, i.id))


def _promises(agent: Agent) -> Iterator[Item]:
    for promise in promises.mine(agent):
        who = promise.ticket.customer
        named = (who.name, who.tier) if who else ("", None)
        yield Item("promise", promise.id, promise.ticket_id, promise.words, promise.due_at, None, None, *named)


def _tasks(agent: Agent) -> Iterator[Item]:
    for task, ticket in tasks.mine(agent):
        yield Item("task", task.id, ticket.id, task.title, task.due_at)


def _tickets(rows: Sequence[Row]) -> Iterator[Item]:
    due, tiers, now = _due([row.id for row in rows]), _tiers(rows), clock.now()
    for row in rows:
        at, target = due.get(row.id, (None, None))
        is_paused = row.state is TicketState.WAITING
        yield Item(
            "ticket", row.id, row.id, row.subject, at, row.waiting_since, target, row.customer or "",
            tiers.get(row.customer_id or 0), row.channel, is_paused,
            may_remind=is_paused and row.changed_at < now - REMIND_AFTER,
        )  # fmt: skip


def _due(ticket_ids: Sequence[int]) -> dict[int, tuple[datetime, Target]]:
    """What is due next on each of them."""
    asked = select(Deadline.ticket_id, Deadline.due_at, Deadline.target)
    running = asked.where(Deadline.ticket_id.in_(ticket_ids), Deadline.state == DeadlineState.RUNNING)
    found: dict[int, tuple[datetime, Target]] = {}
    for ticket_id, due_at, target in db.session.execute(running.order_by(Deadline.due_at)):
        found.setdefault(ticket_id, (due_at, target))
    return found


def _tiers(rows: Sequence[Row]) -> dict[int, str | None]:
    ids = {row.customer_id for row in rows if row.customer_id}
    return {
        row.id: row.tier for row in db.session.execute(select(Customer.id, Customer.tier).where(Customer.id.in_(ids)))
    }
