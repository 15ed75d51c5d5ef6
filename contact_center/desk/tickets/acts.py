"""What one does with a ticket as a whole: take, assign, hand over, give back, move, and change its state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from contact_center import access
from contact_center.agents.models import Agent
from contact_center.desk import asked, taking
from contact_center.desk.tickets import promises
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.queues import membership
from contact_center.queues.models import Queue
from contact_center.tickets import lifecycle, scope
from contact_center.tickets.models import Ticket, TicketState

blueprint = Blueprint("acts", __name__, url_prefix="/<ref>")
_MOVES: dict[str, Callable[[Ticket, Agent], None]] = {
    TicketState.OPEN: lifecycle.open_again,
    TicketState.WAITING: lifecycle.wait,
    TicketState.RESOLVED: lifecycle.resolve,
}


@blueprint.post("/take")
@access.agent
def take(ref: str) -> Any:
    """Make it one's own."""
    ticket = asked.ticket_or_404(ref)
    taking.check_pick(ticket)
    lifecycle.take(ticket, access.me())
    return _finished(ticket)


@blueprint.post("/assign")
@access.agent
def assign(ref: str) -> Any:
    """Give it to `agent_id`, with a `note` for them; without one give it back to its queue."""
    ticket = asked.ticket_or_404(ref)
    _as_seen(ticket)
    to = _chosen_agent()
    if to is not None and to.id == access.me().id:
        taking.check_pick(ticket)
    lifecycle.assign(ticket, to, access.me(), note=request.form.get("note", ""))
    return _finished(ticket)


@blueprint.post("/move")
@access.agent
def move(ref: str) -> Any:
    """Put it into the queue `queue_id`."""
    ticket = asked.ticket_or_404(ref)
    queue = db.session.get(Queue, asked.number("queue_id")) or abort(404)
    lifecycle.move(ticket, queue, access.me())
    return _finished(ticket)


@blueprint.post("/state")
@access.agent
def state(ref: str) -> Any:
    """Set it to the state `to`."""
    ticket = asked.ticket_or_404(ref)
    change = _MOVES.get(request.form.get("to", "")) or abort(400)
    taking.check_pick(ticket)
    change(ticket, access.me())
    return _finished(ticket, **promises.left_open(ticket))


@blueprint.get("/people")
@access.agent
def people(ref: str) -> str:
    """The inside of the menu of owners."""
    ticket = asked.ticket_or_404(ref)
    return render_template("desk/tickets/_people.html", ticket=ticket, **_people(ticket))


@blueprint.get("/queues")
@access.agent
def queues(ref: str) -> str:
    """The inside of the menu of queues: all of them, for a ticket may be somebody else's business."""
    active = select(Queue).where(Queue.is_active).order_by(Queue.position, Queue.name)
    ticket = asked.ticket_or_404(ref)
    return render_template("desk/tickets/_queues.html", ticket=ticket, queues=db.session.scalars(active).all())


@blueprint.get("/hand-over")
@access.agent
def hand_over(ref: str) -> str:
    """The dialogue that gives the ticket to somebody with a note."""
    ticket = asked.ticket_or_404(ref)
    return render_template("desk/tickets/_hand_over.html", ticket=ticket, **_people(ticket))


def _people(ticket: Ticket) -> dict[str, list[Agent]]:
    """Who may get it: those of its queue first, then everybody else."""
    active = select(Agent).where(Agent.active).order_by(Agent.name).options(lazyload(Agent.roles))
    serving = {agent.id for agent in membership.agents_of(ticket.queue_id)}
    everybody = list(db.session.scalars(active))
    return {
        "serving": [agent for agent in everybody if agent.id in serving],
        "others": [agent for agent in everybody if agent.id not in serving],
    }


def _chosen_agent() -> Agent | None:
    chosen = request.form.get("agent_id", "")
    if chosen == "":
        return None
    agent = db.session.get(Agent, asked.whole(chosen))
    if agent is None:
        sentence = _("Choose somebody from the list.")
        raise Invalid(sentence, {"agent_id": sentence})
    return agent


def _as_seen(ticket: Ticket) -> None:
    """The page says whom it showed as the owner: the verb refuses if that is not so any more."""
    if "owner_id" in request.form:
        seen = asked.number("owner_id") or None
        if seen != ticket.assignee_id:
            raise lifecycle.beaten(ticket)


def _finished(ticket: Ticket, **said: str) -> Any:
    """Commit and say so; whoever does not see the ticket any more is told that, and goes on with the rest."""
    db.session.commit()
    if scope.sees(access.me(), ticket.id):
        return asked.done(otherwise=asked.page_of(ticket), **said)
    return asked.done(_("%(ref)s has another owner now.", ref=ticket.ref), url=url_for("desk.home", first=1))
