"""Who is this? Choosing the customer of a ticket among candidates, by searching, or a new one; and taking it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.calls import whose
from contact_center.card import candidates
from contact_center.customers import search
from contact_center.desk import asked
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
    """Customers for what is typed, each with a button that chooses them: in the card's place, or in a call's `bar`."""
    ticket, asked_for = fragments.ticket_or_404(ref), request.args.get("q", "")[:200]
    return fragments.fragment(
        "customers/_choice_found.html", ticket=ticket, found=search.find(asked_for, limit=6), asked=asked_for.strip(),
        is_bar="bar" in request.args,
    )  # fmt: skip


@blueprint.post("")
@access.agent
def choose(ref: str) -> Any:
    """Make `customer_id` the ticket's customer, and its calls'. `instead_of` is whom the page showed there."""
    ticket, customer = fragments.ticket_or_404(ref), fragments.customer_or_404(fragments.number("customer_id"))
    seen = fragments.number("instead_of") if "instead_of" in request.form else None
    whose.choose(ticket, customer, access.me(), instead_of=seen)
    db.session.commit()
    return _done(ticket, _("%(ref)s now belongs to %(name)s", ref=ticket.ref, name=customer.name))


@blueprint.post("/undo")
@access.agent
def undo(ref: str) -> Any:
    """It is not them: take the last choice back, or who was found by the address alone."""
    ticket = fragments.ticket_or_404(ref)
    whose.undo(ticket, access.me())
    db.session.commit()
    name = ticket.customer.name if ticket.customer else None
    if name is not None:
        return _done(ticket, _("%(ref)s now belongs to %(name)s", ref=ticket.ref, name=name))
    return _done(ticket, _("%(ref)s: who it is from is open again", ref=ticket.ref))


def _done(ticket: Ticket, text: str) -> Any:
    """The card as it is now, or, for a form elsewhere on the desk, a word in the corner; with the way back."""
    back = url_for("customers.choice.undo", ref=ticket.ref) if customer_choice.may_undo(ticket) else ""
    if request.headers.get("HX-Request") != "true":
        return asked.done(text, undo=back, otherwise=asked.page_of(ticket))
    toast = fragments.undo(text, back, "customer-card") if back else {"text": text}
    return fragments.fragment("_card.html", **card.of_ticket(ticket, access.me()), toast=toast)


def _question(ticket: Ticket) -> Any:
    found, sender = candidates.of(ticket, access.me()), candidates.sender(ticket)
    return fragments.fragment("_card.html", card=None, ticket=ticket, candidates=found, sender=sender, is_asked=True)
