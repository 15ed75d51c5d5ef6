"""The supervisor's live page: queues with what waits in them, agents with what they do; moving, assigning, raising.

Its parts refresh themselves by nudges. What is done here can be taken back: the answer carries the way.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import access, clock, pages
from contact_center.customers.models import TIERS
from contact_center.extensions import db
from contact_center.floor import live_words
from contact_center.live import agents, queues, waiting
from contact_center.queues import membership
from contact_center.queues.models import Queue
from contact_center.routing import enqueue, seats
from contact_center.tickets import changes, scope
from contact_center.tickets.messages import Interaction
from contact_center.tickets.models import Priority, Ticket

blueprint = Blueprint("live", __name__, url_prefix="/floor/live")
for name, speak in live_words.FILTERS.items():
    blueprint.add_app_template_filter(speak, name)

_RAISED = {Priority.LOW: Priority.NORMAL, Priority.NORMAL: Priority.HIGH, Priority.HIGH: Priority.URGENT}


@blueprint.get("")
@access.supervisor
def show() -> str:
    """The whole page; `open` is the queue that stands open, `find` a part of agents' names."""
    seated = seats.taken()
    lines = _queues(seated)
    opened = _opened() or (lines[0].queue.id if len(lines) == 1 else 0)
    return render_template("floor/live.html", lines=lines, opened=opened, tiers=TIERS, **_agents(seated))


@blueprint.get("/queues")
@access.supervisor
def queue_lines() -> str:
    """The inside of the table of queues."""
    return render_template("floor/_live_queues.html", lines=_queues(seats.taken()), opened=_opened(), tiers=TIERS)


@blueprint.get("/queues/<int:queue_id>")
@access.supervisor
def queue(queue_id: int) -> str:
    """What waits in one queue, in the order of service."""
    watched = waiting.watched(access.me(), queue_id) or abort(404)
    return render_template("floor/_live_waiting.html", queue=watched, items=waiting.of(watched), most=waiting.SHOWN)


@blueprint.get("/agents")
@access.supervisor
def agent_lines() -> str:
    """The inside of the list of agents."""
    return render_template("floor/_live_agents.html", **_agents(seats.taken()))


@blueprint.get("/<int:interaction_id>/agents")
@access.supervisor
def people(interaction_id: int) -> str:
    """The inside of the menu that assigns it: who serves its queue, with what they do now."""
    item = item_of(interaction_id)
    doing = {line.id: line for line in agents.lines(access.me(), seats.taken())}
    serving = sorted(membership.agents_of(item.queue_id), key=lambda agent: agent.id not in doing)
    return render_template("floor/_live_people.html", item=item, serving=serving, doing=doing)


@blueprint.get("/<int:interaction_id>/queues")
@access.supervisor
def destinations(interaction_id: int) -> str:
    """The inside of the menu that moves it: all queues, for it may be somebody else's business."""
    active = select(Queue).where(Queue.is_active).order_by(Queue.position, Queue.name)
    return render_template(
        "floor/_live_destinations.html", item=item_of(interaction_id), queues=db.session.scalars(active)
    )


@blueprint.post("/<int:interaction_id>/raise")
@access.supervisor
def raise_(interaction_id: int) -> Any:
    """Raise its ticket's priority by one step, or set it `to`: what waits finds its place anew."""
    ticket = ticket_of(interaction_id)
    before = ticket.priority
    wanted = request.values.get("to") or _RAISED.get(before, before)
    changes.change(ticket, access.me(), ticket.version, priority=wanted)
    words = {
        Priority.LOW: _("low"),
        Priority.NORMAL: _("normal"),
        Priority.HIGH: _("high"),
        Priority.URGENT: _("urgent"),
    }
    said = _("Priority of %(ref)s: %(priority)s.", ref=ticket.ref, priority=words[ticket.priority])
    return done(ticket, said, url_for(".raise_", interaction_id=interaction_id, to=before))


def _opened() -> int:
    return request.args.get("open", 0, type=int)


def _queues(seated: list[Any]) -> list[queues.QueueLine]:
    return queues.lines(access.me(), seated, since=_midnight())


def _agents(seated: list[Any]) -> dict[str, Any]:
    find = request.args.get("find", "").replace("\0", "").strip()[:80]
    return {
        "people": agents.lines(access.me(), seated, find),
        "find": find,
        "most": agents.SHOWN,
        "doings": agents.Doing,
    }


def _midnight() -> datetime:
    """When the reader's day began."""
    return clock.now().astimezone(pages.zone()).replace(hour=0, minute=0, second=0, microsecond=0)


def item_of(interaction_id: int) -> Interaction:
    """The interaction, if the viewer may see its ticket; another's is as if it were missing."""
    item = db.session.get(Interaction, interaction_id)
    return item if item is not None and scope.sees(access.me(), item.ticket_id) else abort(404)


def ticket_of(interaction_id: int) -> Ticket:
    return scope.get(access.me(), item_of(interaction_id).ticket_id)


def done(ticket: Ticket, said: str, undo: str = "") -> Any:
    """Place anew what waits, commit, and answer with the way back, unless the viewer cannot go it any more."""
    enqueue.place_ticket(ticket.id)
    db.session.commit()
    if not pages.wants_fragment():
        return redirect(url_for("live.show"), 303)
    back = {"undo": undo, "label": _("Undo")} if undo and scope.sees(access.me(), ticket.id) else {}
    return jsonify({"toast": {"text": said} | back})
