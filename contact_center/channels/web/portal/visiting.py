"""Choosing, moving and cancelling the visit of a ticket of one's own.

`wiring` registers the blueprint.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access
from contact_center.channels.web import forms
from contact_center.channels.web.portal import door
from contact_center.errors import AlreadyTaken, IllegalMove
from contact_center.extensions import db
from contact_center.selfservice import own_tickets, visits
from contact_center.tickets.models import UNSETTLED, Ticket

blueprint = Blueprint("my_visits", __name__, url_prefix="/my/requests/<ref>/visit")
door.prepare(blueprint)


@blueprint.get("")
@access.customer
def choose(ref: str) -> Response:
    """The times that can be had."""
    return _page(_ticket(ref))


@blueprint.post("")
@access.customer
@door.keeps_what_was_typed
def book(ref: str) -> AnyResponse:
    """Take the chosen time; a visit that is booked already is moved there."""
    ticket = _ticket(ref)
    if door.is_expired():
        return _page(ticket, door.expired(), 400)
    if "look" in request.form:
        return _page(ticket)
    if not request.form.get("slot"):
        return _page(ticket, _("Choose a time for the visit."), 422)
    try:
        visits.book(ticket, _region(), request.form["slot"])
        db.session.commit()
    except (AlreadyTaken, IllegalMove) as refused:
        db.session.rollback()
        return _page(ticket, refused.sentence, refused.status)
    flash(_("The visit is booked."), "success")
    return redirect(url_for("my_requests.show", ref=ref), 303)


@blueprint.post("/cancel")
@access.customer
def cancel(ref: str) -> AnyResponse:
    """Give the time back."""
    ticket = _ticket(ref)
    try:
        is_cancelled = visits.cancel(ticket)
        db.session.commit()
    except IllegalMove as refused:
        db.session.rollback()
        flash(refused.sentence, "error")
    else:
        flash(_("The visit is cancelled.") if is_cancelled else _("No visit is booked."), "success")
    return redirect(url_for("my_requests.show", ref=ref), 303)


def _ticket(ref: str) -> Ticket:
    ticket = own_tickets.one(door.me().ids, ref)
    return ticket if ticket is not None and ticket.state in UNSETTLED else abort(404)


def _region() -> str:
    me = door.me()
    own = me.customer.region or (me.company.region if me.company else None) or ""
    return forms.clean(request.values.get("region", ""), is_line=True)[:200] or own


def _page(ticket: Ticket, problem: str = "", status: int = 200) -> Any:
    page = render_template(
        "portal/visit.html",
        me=door.me(),
        ticket=ticket,
        booked=visits.of(ticket.id),
        slots=visits.slots(_region()),
        regions=visits.regions(),
        region=_region(),
        chosen=request.form.get("slot", ""),
        problem=problem,
    )
    return make_response(page, status)
