"""Notices of complaints and of missed promises on top of a desk, until their reader opens the ticket or goes on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from contact_center import access, pages
from contact_center.desk import asked
from contact_center.extensions import db
from contact_center.routing import promises
from contact_center.routing.models import Promise
from contact_center.tickets import complaints
from contact_center.tickets.models import Ticket

blueprint = Blueprint("complaints", __name__, url_prefix="/desk/complaints")


@blueprint.get("")
@access.agent
def strip() -> str:
    """The inside of the strip."""
    agent = access.me()
    said = {"notices": complaints.unseen(agent), "missed": promises.unseen(agent)}
    return render_template("desk/_complaints.html", **said)


@blueprint.post("/<ref>/seen")
@access.agent
def seen(ref: str) -> Any:
    """Put a notice away; `open` leads on to the ticket."""
    ticket = asked.ticket_or_404(ref)
    complaints.see(ticket, access.me())
    db.session.commit()
    return _put_away(ticket)


@blueprint.post("/promises/<int:promise_id>/seen")
@access.agent
def seen_promise(promise_id: int) -> Any:
    """Put the alarm of a missed promise away; `open` leads on to its ticket."""
    promise = db.session.get(Promise, promise_id) or abort(404)
    ticket = asked.ticket_or_404(str(promise.ticket_id))
    promises.see(promise, access.me())
    db.session.commit()
    return _put_away(ticket)


def _put_away(ticket: Ticket) -> Any:
    if request.form.get("open"):
        return asked.done(url=asked.page_of(ticket))
    return {} if pages.wants_fragment() else redirect(url_for("desk.home"), 303)
