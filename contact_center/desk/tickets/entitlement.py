"""What a ticket's customer is entitled to: the line in its head, another asset, a visit, and what is to be paid."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.desk import asked
from contact_center.entitlements import assets, checks, contracts
from contact_center.errors import IllegalMove, Invalid
from contact_center.extensions import db
from contact_center.tickets import deadlines
from contact_center.tickets.models import Ticket

blueprint = Blueprint("entitlement", __name__, url_prefix="/<ref>/entitlement")


@blueprint.get("/assets")
@access.agent
def menu(ref: str) -> str:
    """The inside of the menu that says which of their things it is about."""
    ticket = asked.ticket_or_404(ref)
    return render_template(
        "desk/tickets/_entitlement_assets.html", ticket=ticket, owned=assets.of(_owners(ticket)),
        check=checks.of(ticket.id),
    )  # fmt: skip


@blueprint.post("/assets")
@access.agent
def choose(ref: str) -> Any:
    """Check again, for the thing that was chosen."""
    ticket = asked.ticket_or_404(ref)
    chosen = asked.number("asset")
    if chosen not in {asset.id for asset in assets.of(_owners(ticket))}:
        raise Invalid(_("Choose one of their devices."))
    checks.again(ticket, asset_id=chosen, by=access.me())
    deadlines.follow(ticket, access.me())
    return _done(ticket)


@blueprint.get("/waive")
@access.agent
def ask_why(ref: str) -> str:
    """The dialogue that asks why nothing has to be paid."""
    return render_template("desk/tickets/_waive.html", ticket=asked.ticket_or_404(ref))


@blueprint.post("/settle")
@access.agent
def settle(ref: str) -> Any:
    """It is paid, a deposit is left, or it is waived."""
    ticket = asked.ticket_or_404(ref)
    checks.settle(ticket, access.me(), request.form.get("how", ""), request.form.get("reason", ""))
    return _done(ticket, _("Noted."), undo=url_for("tickets.entitlement.unsettle", ref=ref))


@blueprint.post("/unsettle")
@access.agent
def unsettle(ref: str) -> Any:
    """Take that back."""
    ticket = asked.ticket_or_404(ref)
    checks.unsettle(ticket, access.me())
    return _done(ticket)


@blueprint.post("/visit")
@access.agent
def use_visit(ref: str) -> Any:
    """Use up one of the visits of the contract that covers it."""
    ticket = asked.ticket_or_404(ref)
    contracts.use_visit(_contract_id(ticket), access.me(), ticket_id=ticket.id)
    return _done(ticket, _("One visit is used."), undo=url_for("tickets.entitlement.return_visit", ref=ref))


@blueprint.post("/visit/return")
@access.agent
def return_visit(ref: str) -> Any:
    """Give it back."""
    ticket = asked.ticket_or_404(ref)
    contracts.return_visit(_contract_id(ticket), access.me(), ticket_id=ticket.id)
    return _done(ticket)


def _contract_id(ticket: Ticket) -> int:
    """The contract that covers it."""
    check = checks.of(ticket.id)
    if check is None or check.contract_id is None:
        raise IllegalMove(_("No contract covers this ticket."))
    return check.contract_id


def _owners(ticket: Ticket) -> list[int]:
    """The customer, and the company they speak for."""
    customer = ticket.customer
    return [owner for owner in (ticket.customer_id, customer.company_id if customer else None) if owner]


def _done(ticket: Ticket, text: str = "", *, undo: str = "") -> Any:
    db.session.commit()
    return asked.done(text, otherwise=asked.page_of(ticket), undo=undo)
