"""The page of one ticket and the pieces of it that refresh themselves: head, conversation, composer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request

from contact_center import access
from contact_center.agents.models import Agent
from contact_center.desk import asked, due_words, work
from contact_center.desk.tickets import beside, composer
from contact_center.entitlements import checks
from contact_center.extensions import db
from contact_center.routing import promises
from contact_center.selfservice import visits
from contact_center.tickets import conversation, deadlines, links, tasks, viewing
from contact_center.tickets.models import UNSETTLED, Priority, RequestKind, TaskState, Ticket, TicketState

blueprint = Blueprint("page", __name__, url_prefix="/<ref>")


@blueprint.get("")
@access.agent
def show(ref: str) -> Any:
    """The whole page. The customer's card is fetched beside it, by its own rules."""
    ticket, agent = asked.ticket_or_404(ref), access.me()
    if ref != ticket.ref:
        return redirect(asked.page_of(ticket))
    return render_template(
        "desk/tickets/ticket.html",
        **work.left(agent, ticket.id),
        **_head(ticket, agent),
        **composer.context(ticket, agent),
        asks=beside.asking(ticket),
        entries=conversation.entries(ticket),
    )


@blueprint.get("/head")
@access.agent
def head(ref: str) -> str:
    """The inside of the head: title, facts, tasks, links."""
    ticket = asked.ticket_or_404(ref)
    return render_template("desk/tickets/_head.html", **_head(ticket, access.me()))


@blueprint.get("/conversation")
@access.agent
def said(ref: str) -> str:
    """The inside of the conversation, its newest page."""
    ticket = asked.ticket_or_404(ref)
    return render_template("desk/tickets/_conversation.html", ticket=ticket, entries=conversation.entries(ticket))


@blueprint.get("/earlier")
@access.agent
def earlier(ref: str) -> str:
    """The page of the conversation before another one."""
    ticket = asked.ticket_or_404(ref)
    entries = conversation.entries(ticket, before=request.args.get("before"))
    return render_template("desk/tickets/_conversation.html", ticket=ticket, entries=entries, is_more=True)


@blueprint.get("/composer")
@access.agent
def write(ref: str) -> str:
    """The inside of the composer's place."""
    ticket = asked.ticket_or_404(ref)
    return render_template("desk/tickets/_write.html", ticket=ticket, **composer.context(ticket, access.me()))


@blueprint.post("/seen")
@access.agent
def seen(ref: str) -> Any:
    """The page says that it is open before somebody's eyes."""
    viewing.mark_seen(asked.ticket_or_404(ref), access.me())
    db.session.commit()
    return "", 204


def _head(ticket: Ticket, agent: Agent) -> dict[str, Any]:
    listed = tasks.of(ticket)
    booked = visits.of(ticket.id) if any(task.state is TaskState.OPEN for task in listed) else None
    return {
        "ticket": ticket,
        "tasks": listed,
        "visit_task": booked.task_id if booked else None,
        "promises": promises.of(ticket),
        "links": links.of(ticket, agent),
        "entitlement": checks.of(ticket.id) if ticket.customer_id else None,
        "due": due_words.shown(deadlines.of(ticket)),
        "is_mine": ticket.assignee_id == agent.id,
        "is_unsettled": ticket.state in UNSETTLED,
        "states": TicketState,
        "kinds": RequestKind,
        "priorities": Priority,
    }
