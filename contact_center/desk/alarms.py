"""Notices of deadlines on top of a desk: they stand there until their reader opens the ticket or puts them away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from contact_center import access, pages
from contact_center.desk import asked
from contact_center.extensions import db
from contact_center.tickets import alarms

blueprint = Blueprint("alarms", __name__, url_prefix="/desk/alarms")


@blueprint.get("")
@access.agent
def strip() -> str:
    """The inside of the strip."""
    return render_template("desk/_alarms.html", notices=alarms.unseen(access.me()))


@blueprint.post("/<ref>/seen")
@access.agent
def seen(ref: str) -> Any:
    """Put a notice away; `open` leads on to the ticket."""
    ticket = asked.ticket_or_404(ref)
    alarms.see(ticket, access.me())
    db.session.commit()
    if request.form.get("open"):
        return asked.done(url=asked.page_of(ticket))
    return {} if pages.wants_fragment() else redirect(url_for("desk.home"), 303)
