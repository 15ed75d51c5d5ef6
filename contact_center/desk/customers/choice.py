"""Who is this? Choosing the customer of a ticket among candidates, by searching, or a new one; and taking it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.card import candidates
from contact_center.customers import search
from contact_center.desk.customers import card, fragments
from contact_center.extensions import db
from contact_center.tickets import customer_choice
from contact_center.tickets.models import Ticket

blueprint = Blueprint("choice", __name__, url_prefix="/choice/<ref>")


@blueprint.get("")
@access.agent
def ask(ref: str) -> Any:
    """The question itself in the card's place, also for a ticket that has a customer already."""
    ticket = fragments.ticket_or_404(ref)
    return _question(ticket)


@blueprint.get("/find")
@access.agent
def find(ref: str) -> Any:
    """Customers for what is typed, each with a button that chooses them."""
    ticket, asked = fragments.ticket_or_404(ref), request.args.get("q", "")[:200]
    found = search.find(asked, limit=6)
    return fragments.fragment("customers/_choice_found.html", ticket=ticket, found=found, asked=asked.strip())


@blueprint.post("")
@access.agent
def choose(ref: str) -> Any:
    """Make `customer_id` the ticket's customer, and show their card with a way back."""
    ticket, customer = fragments.ticket_or_404(ref), fragments.customer_or_404(fragments.number("customer_id"))
    customer_choice.choose(ticket, customer, access.me())
    db.session.commit()
    back = url_for("customers.choice.undo", ref=ticket.ref)
    text = _("%(ref)s now belongs to %(name)s", ref=ticket.ref, name=customer.name)
    return _card(ticket, toast=fragments.undo(text, back, "customer-card"))


@blueprint.post("/undo")
@access.agent
def undo(ref: str) -> Any:
    """Take the last choice back."""
    ticket = fragments.ticket_or_404(ref)
    customer_choice.undo(ticket, access.me())
    db.session.commit()
    return _card(ticket)


def _card(ticket: Ticket, **more: Any) -> Any:
    return fragments.fragment("_card.html", **card.of_ticket(ticket, access.me()), **more)


def _question(ticket: Ticket) -> Any:
    found, sender = candidates.of(ticket), candidates.sender(ticket)
    return fragments.fragment("_card.html", card=None, ticket=ticket, candidates=found, sender=sender, is_asked=True)
