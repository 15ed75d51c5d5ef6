"""What we still owe a customer: open tasks under their unresolved tickets, and whether the part for one has come in.

Called by `summary`. A part came in when a product that the task names by its model or number is on stock, and was
counted there after the task was added, or when the order that the ticket names has been delivered since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, bindparam, literal_column, select

from contact_center.agents.models import Agent
from contact_center.card import whose
from contact_center.customers.models import Customer
from contact_center.extensions import db
from contact_center.orders import accounts
from contact_center.putting import reading
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
class Promise:
    """An open task; `part_days`: so many days ago the part for it came in, None: nothing is known of one."""

    id: int
    title: str
    due_at: datetime | None
    owner: str | None
    ticket_id: int
    due_days: int | None
    part_days: int | None

    @property
    def ref(self) -> str:
        return ref_of(self.ticket_id)


def open_(customer: Customer, agent: Agent) -> Sequence[Promise]:
    """The open tasks of a customer that *agent* may see, the most pressing first."""
    today, zone = accounts.today(), reading.zone()

    def days(instant: datetime | None) -> date | None:
        return instant.astimezone(zone).date() if instant else None

    def made(row: Any) -> Promise:
        due, came = days(row.due_at), days(row.came)
        due_days, part_days = (due - today).days if due else None, (today - came).days if came else None
        return Promise(row.id, row.title, row.due_at, row.name, row.ticket_id, due_days, part_days)

    came_in = literal_column(CAME_IN, DateTime(timezone=True)).label("came")
    asked = (
        select(Task.id, Task.title, Task.due_at, Agent.name, Task.ticket_id, came_in)
        .join(Ticket, Ticket.id == Task.ticket_id)
        .outerjoin(Agent, Agent.id == Task.owner_id)
        .where(
            whose.includes(customer, Ticket.customer_id), scope.state_in(UNSETTLED), scope.visible_to(agent),
            Task.state == bindparam("open", TaskState.OPEN, literal_execute=True),
        )
        .order_by(Task.due_at.nulls_last(), Task.id)
        .limit(MOST)
    )  # fmt: skip
    return [made(row) for row in db.session.execute(asked)]
