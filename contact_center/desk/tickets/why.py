"""Why this agent, why not me: the trace of a ticket through rules, queue and offers, for whoever may see the ticket."""

from __future__ import annotations

from flask import Blueprint, render_template

from contact_center import access
from contact_center.desk import asked, why_words, work
from contact_center.live import trace

blueprint = Blueprint("why", __name__, url_prefix="/<ref>/why")
for name, speak in why_words.FILTERS.items():
    blueprint.add_app_template_filter(speak, name)


@blueprint.get("")
@access.agent
def show(ref: str) -> str:
    """The whole page."""
    ticket, agent = asked.ticket_or_404(ref), access.me()
    stories = trace.of(ticket, agent)
    return render_template("desk/tickets/why.html", ticket=ticket, stories=stories, **work.left(agent, ticket.id))


@blueprint.get("/stories")
@access.agent
def stories(ref: str) -> str:
    """The inside of the page."""
    ticket = asked.ticket_or_404(ref)
    return render_template("desk/tickets/_why.html", ticket=ticket, stories=trace.of(ticket, access.me()))
