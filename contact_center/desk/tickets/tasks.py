"""Tasks under a ticket: add, edit, tick off, cancel, open again. Dates are typed in the reader's own zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from flask_babel import to_user_timezone
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from contact_center import access, clock, once, pages
from contact_center.agents.models import Agent
from contact_center.desk import asked
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.selfservice import visits
from contact_center.tickets import tasks
from contact_center.tickets.models import Task, Ticket

blueprint = Blueprint("tasks", __name__, url_prefix="/<ref>/tasks")
_TYPED = "%Y-%m-%dT%H:%M"
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
    return _dialogue(ticket, None, {"owner": access.me().id, "due": tomorrow.strftime(_TYPED)})


@blueprint.get("/<int:task_id>")
@access.agent
def edit(ref: str, task_id: int) -> str:
    """The dialogue that changes a task."""
    ticket = asked.ticket_or_404(ref)
    task = asked.task_or_404(ticket, task_id)
    due = to_user_timezone(task.due_at).strftime(_TYPED) if task.due_at else ""
    return _dialogue(ticket, task, {"title": task.title, "owner": task.owner_id or "", "due": due})


@blueprint.post("")
@access.agent
def add(ref: str) -> Any:
    """Put a task under the ticket."""
    ticket = asked.ticket_or_404(ref)
    title = request.form.get("title", "")
    once.made(Task, lambda: tasks.add(ticket, access.me(), title, owner=_owner(), due_at=_due()))
    return _finished(ticket)


@blueprint.post("/<int:task_id>")
@access.agent
def change(ref: str, task_id: int) -> Any:
    """Say anew what is to be done, by whom and until when."""
    ticket = asked.ticket_or_404(ref)
    task = asked.task_or_404(ticket, task_id)
    due_at = _due()
    if due_at != task.due_at and visits.is_of(task):
        raise Invalid(_visits_date(), {"due": _visits_date()})
    tasks.change(task, ticket, access.me(), title=request.form.get("title", ""), owner=_owner(), due_at=due_at)
    return _finished(ticket)


@blueprint.post("/<int:task_id>/<any(done, cancel, reopen):act>")
@access.agent
def settle(ref: str, task_id: int, act: str) -> Any:
    """Tick it off, cancel it, or open it again."""
    ticket = asked.ticket_or_404(ref)
    _ACTS[act](asked.task_or_404(ticket, task_id), ticket, access.me())
    return _finished(ticket)


def _dialogue(ticket: Ticket, task: Task | None, values: dict[str, Any]) -> str:
    active = select(Agent).where(Agent.active).order_by(Agent.name).options(lazyload(Agent.roles))
    owners = [(agent.id, agent.name) for agent in db.session.scalars(active)]
    kept = _visits_date() if task is not None and visits.is_of(task) else ""
    return render_template(
        "desk/tickets/_task_form.html", ticket=ticket, task=task, values=values, owners=owners, kept=kept
    )


def _visits_date() -> str:
    """Why the date stays: with it go the place that is taken and the customer's letter."""
    return str(_("The customer has booked this time. “Move the visit…” beside the task changes it and tells them."))


def _owner() -> Agent | None:
    chosen = asked.number("owner")
    return (db.session.get(Agent, chosen) or abort(404)) if chosen else None


def _due() -> datetime | None:
    """The moment that was typed, on the reader's clock."""
    typed = request.form.get("due", "").strip()
    if not typed:
        return None
    try:
        return datetime.strptime(typed[:16], _TYPED).replace(tzinfo=pages.zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        sentence = _("Write the date and the time, or leave it empty.")
        raise Invalid(sentence, {"due": sentence}) from None


def _finished(ticket: Ticket) -> Any:
    db.session.commit()
    return asked.done(otherwise=asked.page_of(ticket))
