"""How a ticket's deadlines came about: the steps through the calendar, who set them, what they were before."""

from __future__ import annotations

from flask import Blueprint, render_template

from contact_center import access
from contact_center.desk import asked, due_words
from contact_center.tickets import deadlines

blueprint = Blueprint("due", __name__, url_prefix="/<ref>/deadlines")


@blueprint.get("")
@access.agent
def explain(ref: str) -> str:
    """The dialogue that explains each of them."""
    ticket = asked.ticket_or_404(ref)
    return render_template(
        "desk/tickets/_deadlines.html", ticket=ticket, explained=due_words.explained(deadlines.of(ticket))
    )
