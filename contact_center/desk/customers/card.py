"""The card at the side of a ticket. The desk renders `desk/_card.html` with `of_ticket()` and refetches it here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from contact_center import access
from contact_center.agents.models import Agent
from contact_center.calls import whose
from contact_center.card import candidates, summary
from contact_center.card.prompts import showing
from contact_center.customers import history
from contact_center.customers.models import Customer
from contact_center.desk.customers import fragments
from contact_center.extensions import db
from contact_center.tickets import customer_choice
from contact_center.tickets.models import Ticket

blueprint = Blueprint("card", __name__)


def of_ticket(ticket: Ticket, agent: Agent) -> dict[str, Any]:
    """What `desk/_card.html` needs beside a ticket: its customer's card, or the question who it is."""
    if ticket.customer is not None:
        return of_customer(ticket.customer, agent, ticket)
    found = candidates.of(ticket, agent)
    return {"card": None, "ticket": ticket, "candidates": found, "sender": candidates.sender(ticket)}


def of_customer(customer: Customer, agent: Agent, ticket: Ticket | None = None) -> dict[str, Any]:
    """The same for a customer, beside *ticket* or by itself."""
    more: dict[str, Any] = {}
    if ticket is not None and ticket.customer_id == customer.id:
        more = {"may_undo": customer_choice.may_undo(ticket), "is_theirs": True}
        if ticket.candidate_ids:
            more["people"] = candidates.of(ticket, agent)
        if ticket.number_id is not None:
            more["match"] = whose.match(ticket)
    return {"card": summary.of(customer, agent), "ticket": ticket, **more}


@blueprint.get("/card/<ref>")
@access.agent
def of(ref: str) -> str:
    """The card beside a ticket, whoever its customer is by now."""
    ticket = fragments.ticket_or_404(ref)
    return _shown(of_ticket(ticket, access.me()))


@blueprint.get("/<int:customer_id>/card")
@access.agent
def show(customer_id: int) -> str:
    """A customer's card; `ticket` says beside which ticket it stands."""
    customer, ref = fragments.customer_or_404(customer_id), request.args.get("ticket")
    return _shown(of_customer(customer, access.me(), fragments.ticket_or_404(ref) if ref else None))


def _shown(context: dict[str, Any]) -> str:
    """The card as it is before somebody's eyes: the look and its prompts are noted."""
    page = render_template("desk/_card.html", **context)
    if context["card"] is not None:
        history.record_look(context["card"].customer, access.me())
        showing.record(context["card"])
        db.session.commit()
    return page
