"""Where a message belongs: "not this ticket", "add it to that one", and taking either back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.desk import asked
from contact_center.extensions import db
from contact_center.tickets import joining

blueprint = Blueprint("linked", __name__, url_prefix="/<ref>")


@blueprint.post("/messages/<int:message_id>/separate")
@access.agent
def separate(ref: str, message_id: int) -> Any:
    """Take a message, and what its sender wrote later, out into a ticket of its own."""
    ticket, message = asked.ticket_or_404(ref), asked.message_or_404(message_id)
    opened = joining.separate(message, access.me())
    db.session.commit()
    back = url_for("tickets.linked.add", ref=opened.ref, other=ticket.ref, stay=1)
    return asked.done(_("Split off into %(ref)s.", ref=opened.ref), undo=back, otherwise=asked.page_of(ticket))


@blueprint.post("/add-to/<other>")
@access.agent
def add(ref: str, other: str) -> Any:
    """Add everything said here to *other*, and go there; `stay` for whoever is there already."""
    ticket, into = asked.ticket_or_404(ref), asked.ticket_or_404(other)
    joining.join(ticket, into, access.me())
    db.session.commit()
    if request.args.get("stay"):
        return asked.done(otherwise=asked.page_of(into))
    text = _("%(ref)s is merged into %(other)s.", ref=ticket.ref, other=into.ref)
    return asked.done(text, url=asked.page_of(into))
