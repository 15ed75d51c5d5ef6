"""Notices on top of a desk, until their reader opens what they are about or goes on: of complaints, of missed promises,
and of low answers that are to be made good."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from contact_center import access, pages
from contact_center.desk import asked
from contact_center.extensions import db
from contact_center.routing import promises
from contact_center.routing.models import Promise
from contact_center.satisfaction import recoveries, recovery_lists, scales
from contact_center.tickets import complaints
from contact_center.tickets.models import Ticket

blueprint = Blueprint("complaints", __name__, url_prefix="/desk/complaints")


@blueprint.get("")
@access.agent
def strip() -> str:
    """The inside of the strip."""
    agent = access.me()
    said = {"notices": complaints.unseen(agent), "missed": promises.unseen(agent)}
    made_good = recovery_lists.unseen(agent) if agent.is_supervisor else ()
    return render_template("desk/_complaints.html", **said, recoveries=made_good, shown=scales.shown)


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


@blueprint.post("/recoveries/<int:recovery_id>/seen")
@access.supervisor
def seen_recovery(recovery_id: int) -> Any:
    """Put the notice of a low answer away; `open` leads on to its page."""
    agent = access.me()
    recoveries.see(recovery_lists.one(agent, recovery_id) or abort(404), agent)
    db.session.commit()
    if request.form.get("open"):
        return asked.done(url=url_for("recoveries.show", recovery_id=recovery_id))
    return {} if pages.wants_fragment() else redirect(url_for("desk.home"), 303)


def _put_away(ticket: Ticket) -> Any:
    if request.form.get("open"):
        return asked.done(url=asked.page_of(ticket))
    return {} if pages.wants_fragment() else redirect(url_for("desk.home"), 303)
