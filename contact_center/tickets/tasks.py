"""Tasks: pieces of work under a ticket with an owner, a due date and a state: a visit, a part to order, a call to make.

The desk and the customer card call the verbs; `mine` is the owner's list. A task moves no ticket.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.errors import IllegalMove, Invalid
from contact_center.events import bus, log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.text import lines
from contact_center.tickets import scope
from contact_center.tickets.models import Task, TaskState, Ticket

MAX_TITLE = 200


def add(
    ticket: Ticket, agent: Agent | None, title: str, *, owner: Agent | None = None, due_at: datetime | None = None,
    **data: Any,
) -> Task:  # fmt: skip
    """Put a task under *ticket*, for *owner* or for whoever comes; *agent* is None for the customer. Raises Invalid.

    With visit=True in *data*, here and in `change` and `cancel`, a line of its own tells the story (`conversation`).
    """
    _check_owner(owner, ticket)
    task = Task(
        ticket_id=ticket.id, title=_title(title), owner_id=owner.id if owner else None, due_at=due_at,
        state=TaskState.OPEN, added_at=clock.now(),
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    _tell(Name.TASK_ADDED, ticket, task, agent, **data)
    return task


def change(
    task: Task, ticket: Ticket, agent: Agent | None, *, title: str, owner: Agent | None, due_at: datetime | None,
    **data: Any,
) -> None:  # fmt: skip
    """Say anew what is to be done, by whom and until when. Raises Invalid, IllegalMove if it is not open any more."""
    if task.state is not TaskState.OPEN:
        raise IllegalMove(_("The task is not open any more."))
    if owner is not None and owner.id != task.owner_id:
        _check_owner(owner, ticket)
    former, former_owner = task.owner_id, task.owner
    new = {"title": _title(title), "owner": owner.name if owner else None, "due_at": _written(due_at)}
    old = {"title": task.title, "owner": former_owner.name if former_owner else None, "due_at": _written(task.due_at)}
    changes = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
    if not changes:
        return
    task.title, task.owner, task.due_at = new["title"] or "", owner, due_at
    db.session.flush()
    _tell(Name.TASK_CHANGED, ticket, task, agent, former, changes=changes, **data)


def done(task: Task, ticket: Ticket, agent: Agent) -> None:
    """Tick it off. Raises IllegalMove if somebody did before."""
    _move(task, (TaskState.OPEN,), TaskState.DONE, clock.now())
    _tell(Name.TASK_DONE, ticket, task, agent)


def cancel(task: Task, ticket: Ticket, agent: Agent | None, **data: Any) -> None:
    """Say that it need not be done. Raises IllegalMove if it is not open."""
    _move(task, (TaskState.OPEN,), TaskState.CANCELLED, None)
    _tell(Name.TASK_CANCELLED, ticket, task, agent, **data)


def reopen(task: Task, ticket: Ticket, agent: Agent) -> None:
    """It is to be done after all. Raises IllegalMove if it is open."""
    _move(task, (TaskState.DONE, TaskState.CANCELLED), TaskState.OPEN, None)
    _tell(Name.TASK_REOPENED, ticket, task, agent)


def of(ticket: Ticket) -> list[Task]:
    """The tasks of *ticket*: open ones by their date, then the others."""
    is_settled = Task.state != TaskState.OPEN
    asked = select(Task).where(Task.ticket_id == ticket.id).options(joinedload(Task.owner).lazyload(Agent.roles))
    return list(db.session.scalars(asked.order_by(is_settled, Task.due_at.nulls_last(), Task.id)))


def mine(agent: Agent, *, limit: int = 100) -> list[tuple[Task, Ticket]]:
    """Open tasks of *agent* with their tickets, the most pressing first."""
    asked = select(Task, Ticket).join(Ticket, Ticket.id == Task.ticket_id)
    asked = asked.where(Task.owner_id == agent.id, Task.state == TaskState.OPEN)
    rows = db.session.execute(asked.order_by(Task.due_at.nulls_last(), Task.id).limit(limit))
    return [(task, ticket) for task, ticket in rows]


def get(agent: Agent, task_id: int) -> tuple[Task, Ticket]:
    """A task under a ticket that *agent* may see, with that ticket; raises `scope.NotVisible`."""
    asked = select(Task, Ticket).join(Ticket, Ticket.id == Task.ticket_id)
    row = db.session.execute(asked.where(Task.id == task_id, scope.visible_to(agent))).one_or_none()
    if row is None:
        raise scope.NotVisible(task_id)
    return row[0], row[1]


def _move(task: Task, origin: tuple[TaskState, ...], to: TaskState, done_at: datetime | None) -> None:
    moved = (
        update(Task)
        .where(Task.id == task.id, Task.state.in_(origin))
        .values(state=to, done_at=done_at)
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    )
    is_moved = db.session.scalar(moved) is not None
    db.session.refresh(task)
    if not is_moved:
        raise IllegalMove(_("Somebody else has changed this task. You see it as it is now."))


def _title(title: str) -> str:
    try:
        title = lines.one_line(title, MAX_TITLE)
    except ValueError as error:
        raise Invalid(str(error), {"title": str(error)}) from None
    if not title:
        sentence = _("Please write what is to be done.")
        raise Invalid(sentence, {"title": sentence})
    return title


def _check_owner(owner: Agent | None, ticket: Ticket) -> None:
    if owner is not None and not (owner.active and scope.sees(owner, ticket.id)):
        sentence = _("%(name)s cannot see this ticket.", name=owner.name)
        raise Invalid(sentence, {"owner": sentence})


def _written(due_at: datetime | None) -> str | None:
    return due_at.isoformat() if due_at else None


def _tell(name: Name, ticket: Ticket, task: Task, agent: Agent | None, former: int | None = None, **data: Any) -> None:
    """The event, and a nudge for those whose list it changes."""
    log.record(name, ticket, agent, task=task.id, title=task.title, **data)
    for owner_id in filter(None, {task.owner_id, former}):
        bus.after_commit(name, {"ticket": ticket.id, "agent": owner_id})
