"""Closing what work still hangs on: an account with tickets and tasks, a queue with tickets and mailboxes.

The screens ask first how much there is and say where it goes; then all of it moves in the one transaction that closes.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from contact_center.agents import accounts
from contact_center.agents.models import Agent
from contact_center.errors import Invalid
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.mailboxes.models import Mailbox
from contact_center.queues import settings
from contact_center.queues.models import Queue
from contact_center.tickets import lifecycle, tasks
from contact_center.tickets.models import UNSETTLED, Task, TaskState, Ticket

_MOST_TASKS = 10_000


@dataclass(frozen=True, slots=True)
class Load:
    """What hangs on an account or a queue."""

    tickets: int
    tasks: int = 0
    mailboxes: int = 0
    web_requests: bool = False

    def __bool__(self) -> bool:
        return bool(self.tickets or self.tasks or self.mailboxes or self.web_requests)


def load_of(agent: Agent) -> Load:
    """What *agent* has in hand."""
    open_tasks = select(func.count()).where(Task.owner_id == agent.id, Task.state == TaskState.OPEN)
    return Load(_count(Ticket.assignee_id == agent.id), tasks=db.session.scalar(open_tasks) or 0)


def close_account(agent: Agent, actor: Agent) -> Load:
    """Deactivate *agent*; tickets go back to their queues, tasks to whoever takes them. Returns what was moved."""
    load = load_of(agent)
    accounts.deactivate(agent, actor)
    for ticket in _unsettled(Ticket.assignee_id == agent.id):
        lifecycle.assign(ticket, None, actor)
    for task, ticket in tasks.mine(agent, limit=_MOST_TASKS):
        tasks.change(task, ticket, actor, title=task.title, owner=None, due_at=task.due_at)
    return load


def load_in(queue: Queue) -> Load:
    """What hangs on *queue*."""
    feeding = select(func.count()).where(Mailbox.queue_id == queue.id)
    mailboxes = db.session.scalar(feeding) or 0
    return Load(_count(Ticket.queue_id == queue.id), mailboxes=mailboxes, web_requests=queue.takes_web_requests)


def loads() -> dict[int, Load]:
    """What hangs on each queue, by queue id; two statements."""
    tickets = dict(_grouped(Ticket.queue_id, Ticket.state.in_(UNSETTLED)))
    mailboxes = dict(_grouped(Mailbox.queue_id, Mailbox.is_active.is_(True)))
    return {
        queue_id: Load(tickets.get(queue_id, 0), mailboxes=mailboxes.get(queue_id, 0))
        for queue_id in {*tickets, *mailboxes}
    }


def close_queue(queue: Queue, into: Queue | None, actor: Agent) -> Load:
    """Deactivate *queue*; its tickets, mailboxes and web requests move *into* another. Returns what was moved.

    Raises Invalid where something hangs on it and *into* is not an active other queue.
    """
    db.session.refresh(queue, with_for_update=True)
    load = load_in(queue)
    if load:
        _move(queue, _destination(queue, into), actor)
    settings.deactivate(queue, actor)
    places.forget()
    return load


def empty_queue(queue: Queue, into: Queue | None, actor: Agent) -> int:
    """Move the tickets that reached an inactive queue *into* another; returns how many."""
    destination, moved = _destination(queue, into), 0
    for ticket in _unsettled(Ticket.queue_id == queue.id):
        lifecycle.move(ticket, destination, actor)
        moved += 1
    return moved


def _destination(queue: Queue, into: Queue | None) -> Queue:
    if into is None or into.id == queue.id or not into.is_active:
        sentence = _("Choose the queue where its work goes.")
        raise Invalid(sentence, {"into": sentence})
    return into


def _move(queue: Queue, into: Queue, actor: Agent) -> None:
    if queue.takes_web_requests:
        settings.take_web_requests(into, actor)
        db.session.refresh(queue)
    for mailbox in db.session.scalars(select(Mailbox).where(Mailbox.queue_id == queue.id).with_for_update()):
        mailbox.queue_id = into.id
        mailbox.version += 1
        changes = {"queue": [queue.name, into.name]}
        log.record(Name.MAILBOX_CHANGED, mailbox, actor, address=mailbox.address, changes=changes)
    empty_queue(queue, into, actor)


def _grouped(column: InstrumentedAttribute[int], condition: ColumnElement[bool]) -> list[tuple[int, int]]:
    return [
        (key, number)
        for key, number in db.session.execute(select(column, func.count()).where(condition).group_by(column))
    ]


def _count(condition: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).where(condition, Ticket.state.in_(UNSETTLED))) or 0


def _unsettled(condition: ColumnElement[bool]) -> list[Ticket]:
    asked = select(Ticket).where(condition, Ticket.state.in_(UNSETTLED)).order_by(Ticket.id)
    return list(db.session.scalars(asked.with_for_update()))
