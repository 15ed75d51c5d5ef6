"""Tasks under a ticket: add, edit, tick off, cancel, open again. Dates are typed in the reader's own zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import to_user_timezone

from contact_center import access, clock, once
from contact_center.agents.models import Agent
from contact_center.desk import asked
from contact_center.errors import IllegalMove, Invalid
from contact_center.extensions import db
from contact_center.satisfaction import recoveries
from contact_center.satisfaction.models import Recovery, RecoveryState
from contact_center.selfservice import visits
from contact_center.tickets import tasks
from contact_center.tickets.models import Task, Ticket

blueprint = Blueprint("tasks", __name__, url_prefix="/<ref>/tasks")
_ACTS: dict[str, Callable[[Task, Ticket, Agent], None]] = {
    "done": tasks.done,
    "cancel": tasks.cancel,
    "reopen": tasks.reopen,
}


@blueprint.get("/new")
@access.agent
def new(ref: str) -> str:
    """The dialogue that adds a task: mine, for tomorrow."""
    ticket = asked.ticket_or_404(ref)
    tomorrow = (to_user_timezone(clock.now()) + timedelta(days=1)).replace(hour=9, minute=0)
    return _dialogue(ticket, None, {"owner": access.me().id, "due": tomorrow.strftime(asked.TYPED)})


@blueprint.get("/<int:task_id>")
@access.agent
def edit(ref: str, task_id: int) -> str:
    """The dialogue that changes a task."""
    ticket = asked.ticket_or_404(ref)
    task = asked.task_or_404(ticket, task_id)
    due = asked.typed(task.due_at) if task.due_at else ""
    return _dialogue(ticket, task, {"title": task.title, "owner": task.owner_id or "", "due": due})


@blueprint.post("")
@access.agent
def add(ref: str) -> Any:
    """Put a task under the ticket."""
    ticket = asked.ticket_or_404(ref)
    title = request.form.get("title", "")
    once.made(Task, lambda: tasks.add(ticket, access.me(), title, owner=asked.owner(), due_at=asked.instant("due")))
    return _finished(ticket)


@blueprint.post("/<int:task_id>")
@access.agent
def change(ref: str, task_id: int) -> Any:
    """Say anew what is to be done, by whom and until when."""
    ticket = asked.ticket_or_404(ref)
    task = asked.task_or_404(ticket, task_id)
    due_at = asked.instant("due")
    if due_at != task.due_at and visits.is_of(task):
        raise Invalid(_visits_date(), {"due": _visits_date()})
    tasks.change(task, ticket, access.me(), title=request.form.get("title", ""), owner=asked.owner(), due_at=due_at)
    return _finished(ticket)


@blueprint.post("/<int:task_id>/<any(done, cancel, reopen):act>")
@access.agent
def settle(ref: str, task_id: int, act: str) -> Any:
    """Tick it off, cancel it, or open it again."""
    ticket = asked.ticket_or_404(ref)
    task = asked.task_or_404(ticket, task_id)
    recovery = recoveries.of_task(task.id)
    if recovery is not None:
        return _on_its_page(recovery)
    _ACTS[act](task, ticket, access.me())
    return _finished(ticket)


def _dialogue(ticket: Ticket, task: Task | None, values: dict[str, Any]) -> str:
    kept = _visits_date() if task is not None and visits.is_of(task) else ""
    said = {"ticket": ticket, "task": task, "values": values, "owners": asked.owners(), "kept": kept}
    return render_template("desk/tickets/_task_form.html", **said)


def _on_its_page(recovery: Recovery) -> Any:
    """The task of a recovery ends with it, where it is said how and why; whoever may not go there is told who may."""
    if not access.me().is_supervisor:
        raise IllegalMove(_("A low answer is to be made good here. A supervisor closes it and says how it ended."))
    page = url_for("recoveries.show", recovery_id=recovery.id)
    if recovery.state is RecoveryState.DONE:
        return asked.done(_("This recovery is closed: add a new task for what is left."), url=page)
    return asked.done(_("Say here how it ended and what it was about: that ticks the task off."), url=page)


def _visits_date() -> str:
    """Why the date stays: with it go the place that is taken and the customer's letter."""
    return str(_("The customer has booked this time. “Move the visit…” beside the task changes it and tells them."))


def _finished(ticket: Ticket) -> Any:
    db.session.commit()
    return asked.done(otherwise=asked.page_of(ticket))
