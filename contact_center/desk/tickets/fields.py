"""What a ticket says of itself, edited where it stands: subject, kind, priority, order number, tags."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import access
from contact_center.agents.models import Agent
from contact_center.desk import asked, sentences
from contact_center.errors import Stale
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.tickets import changes, tags
from contact_center.tickets.models import Ticket

blueprint = Blueprint("fields", __name__, url_prefix="/<ref>")
EDITED = ("subject", "kind", "priority", "order_number", "language")


@blueprint.post("/change")
@access.agent
def change(ref: str) -> Any:
    """Set the fields that the form carries. A stale save is answered with whose change it met, and both values."""
    ticket = asked.ticket_or_404(ref)
    wanted = {name: request.form[name] for name in EDITED if name in request.form}
    if not wanted:
        abort(400)
    try:
        changes.change(ticket, access.me(), asked.number("version"), **wanted)
    except Stale as stale:
        return _refused(ticket, stale)
    db.session.commit()
    shown = getattr(ticket, next(iter(wanted)))
    return asked.done(otherwise=asked.page_of(ticket), text_now=shown or "", version=ticket.version)


@blueprint.get("/tags")
@access.agent
def tag_menu(ref: str) -> str:
    """The inside of the menu that adds a tag."""
    ticket = asked.ticket_or_404(ref)
    known = [tag for tag in tags.suggestions(access.me(), limit=30) if tag not in ticket.tags]
    return render_template("desk/tickets/_tags.html", ticket=ticket, known=known)


@blueprint.post("/tags")
@access.agent
def tag(ref: str) -> Any:
    """Put the tag `add` on, or take `remove` off; of two people who do this at once nobody loses anything."""
    ticket = asked.ticket_or_404(ref)
    kept = [each for each in ticket.tags if each != request.form.get("remove")]
    changes.change(ticket, access.me(), ticket.version, tags=[*kept, request.form.get("add", "")])
    db.session.commit()
    return asked.done(otherwise=asked.page_of(ticket))


def _refused(ticket: Ticket, stale: Stale) -> Any:
    """Theirs and yours in words, and the version on which yours could be saved all the same."""
    difference = {
        name: [sentences.value_word(name, yours), sentences.value_word(name, now)]
        for name, (yours, now) in stale.difference.items()
    }
    labels = {name: sentences.field_word(name) for name in difference}
    name, version = _last_editor(ticket), ticket.version
    db.session.rollback()
    sentence = _("%(name)s has changed this meanwhile. What you typed is kept.", name=name) if name else stale.sentence
    answer = {"error": sentence, "difference": difference, "labels": labels, "version": version}
    return jsonify(answer), stale.status


def _last_editor(ticket: Ticket) -> str | None:
    asked_for = select(Agent.name).join(Event, Event.agent_id == Agent.id)
    changed = asked_for.where(Event.ticket_id == ticket.id, Event.name == Name.TICKET_CHANGED)
    return db.session.scalar(changed.order_by(Event.id.desc()).limit(1))
