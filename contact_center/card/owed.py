"""What we still owe a customer: open promises, open tasks under unresolved tickets, whether the part for one came in.

Called by `summary`. A part came in when a product that the task names by its model or number is on stock, and was
counted there after the task was added, or when the order that the ticket names has been delivered since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, Select, bindparam, false, literal_column, null, select, true, union_all

from contact_center.agents.models import Agent
from contact_center.card import whose
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.orders import accounts
from contact_center.putting import reading
from contact_center.routing.models import Promise, PromiseState
from contact_center.tickets import scope
from contact_center.tickets.models import UNSETTLED, Task, TaskState, Ticket, ref_of

MOST = 20
# The words of a title; of a model they are compared without case. As an array, of which a planner expects few: one
# that expects a thousand reads the whole store for each task.
CAME_IN = """
    (SELECT max(came.at) FROM (
        SELECT s.changed_at AS at
        FROM unnest(regexp_split_to_array(lower(task.title), '[\\s,;:()“”"]+')) AS word
        JOIN product p ON lower(p.model) = word AND p.model <> ''
        JOIN stock s ON s.product_id = p.id AND s.quantity > 0 AND s.changed_at > task.added_at
        UNION ALL
        SELECT s.changed_at
        FROM unnest(regexp_split_to_array(task.title, '[\\s,;:()“”"]+')) AS word
        JOIN product p ON p.external_id = word
        JOIN stock s ON s.product_id = p.id AND s.quantity > 0 AND s.changed_at > task.added_at
        UNION ALL
        SELECT coalesce(o.delivered_at, (SELECT max(delivered_at) FROM shipment WHERE order_id = o.id))
        FROM "order" o
        WHERE o.external_id = ticket.order_number AND o.state = 'DELIVERED'
          AND o.customer_id IN (ticket.customer_id, (SELECT company_id FROM customer WHERE id = ticket.customer_id))
          AND coalesce(o.delivered_at, (SELECT max(delivered_at) FROM shipment WHERE order_id = o.id)) > task.added_at
    ) came)
"""


@dataclass(frozen=True, slots=True)
class Owed:
    """A promise or an open task; `part_days`: so many days ago the part for it came in, None: nothing is known."""

    id: int
    title: str
    due_at: datetime | None
    owner: str | None
    ticket_id: int
    due_days: int | None
    part_days: int | None
    is_promise: bool = False

    @property
    def ref(self) -> str:
        return ref_of(self.ticket_id)


def open_(customer: Customer, agent: Agent) -> Sequence[Owed]:
    """What a customer is owed as far as *agent* may see it, the most pressing first."""
    today, zone = accounts.today(), reading.zone()

    def days(instant: datetime | None) -> date | None:
        return instant.astimezone(zone).date() if instant else None

    def made(row: Any) -> Owed:
        due, came = days(row.due_at), days(row.came)
        due_days, part_days = (due - today).days if due else None, (today - came).days if came else None
        return Owed(row.id, row.title, row.due_at, row.name, row.ticket_id, due_days, part_days, row.is_promise)

    both = union_all(_tasks(customer, agent), _promises(customer, agent)).subquery()
    asked = select(both).order_by(both.c.due_at.nulls_last(), both.c.is_promise.desc(), both.c.id).limit(MOST)
    return [made(row) for row in db.session.execute(asked)]


def _tasks(customer: Customer, agent: Agent) -> Select[*tuple[Any, ...]]:
    came_in = literal_column(CAME_IN, DateTime(timezone=True)).label("came")
    asked = select(
        Task.id,
        Task.title.label("title"),
        Task.due_at,
        Agent.name,
        Task.ticket_id,
        came_in,
        false().label("is_promise"),
    )
    return (
        asked.join(Ticket, Ticket.id == Task.ticket_id)
        .outerjoin(Agent, Agent.id == Task.owner_id)
        .where(
            whose.includes(customer, Ticket.customer_id), scope.state_in(UNSETTLED), scope.visible_to(agent),
            Task.state == bindparam("open", TaskState.OPEN, literal_execute=True),
        )
        .order_by(Task.due_at.nulls_last(), Task.id)
        .limit(MOST)
    )  # fmt: skip


def _promises(customer: Customer, agent: Agent) -> Select[*tuple[Any, ...]]:
    """Of settled tickets as well: what was promised is owed all the same."""
    came = null().cast(DateTime(timezone=True)).label("came")
    asked = select(Promise.id, Promise.words, Promise.due_at, Agent.name, Promise.ticket_id, came, true())
    return (
        asked.join(Ticket, Ticket.id == Promise.ticket_id)
        .outerjoin(Agent, Agent.id == Promise.owner_id)
        .where(
            whose.includes(customer, Ticket.customer_id), scope.visible_to(agent),
            Promise.state == bindparam("promised", PromiseState.OPEN, literal_execute=True),
        )
        .order_by(Promise.due_at, Promise.id)
        .limit(MOST)
    )  # fmt: skip
