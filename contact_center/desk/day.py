"""My day: promises, tasks and tickets of mine in one list by time. And the sheet that a shift hands to the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, clock, once, pages
from contact_center.agents.models import Agent
from contact_center.desk import asked, work
from contact_center.extensions import db
from contact_center.queues import membership
from contact_center.queues.models import Queue
from contact_center.routing import day, hand_over
from contact_center.routing.day import Item
from contact_center.routing.models import ShiftNote

blueprint = Blueprint("day", __name__, url_prefix="/desk")


@blueprint.get("/day")
@access.agent
def mine() -> str:
    """The page."""
    return render_template("desk/day.html", **work.left(access.me()), groups=_groups(access.me()))


@blueprint.get("/day/list")
@access.agent
def items() -> str:
    """The inside of the list."""
    return render_template("desk/_day.html", groups=_groups(access.me()))


@blueprint.get("/hand-over")
@access.agent
def sheet() -> str:
    """The sheet, of all queues one sees or of one of them; it is made to be printed."""
    agent = access.me()
    queues = membership.queues_of(agent)
    chosen = _queue(queues)
    shown = hand_over.sheet(agent, chosen)
    return render_template("desk/hand_over.html", **work.left(agent), sheet=shown, queues=queues, chosen=chosen)


@blueprint.post("/hand-over/notes")
@access.agent
def note() -> Any:
    """Tell the next shift something."""
    queue = db.session.get(Queue, asked.number("queue"))
    once.made(ShiftNote, lambda: hand_over.note(access.me(), queue, request.form.get("text", "")))
    db.session.commit()
    return redirect(url_for("day.sheet", _anchor="notes"), 303)


@blueprint.post("/hand-over/notes/<int:shift_note_id>/settle")
@access.agent
def settle(shift_note_id: int) -> Any:
    """It is known, or done."""
    row = db.session.get(ShiftNote, shift_note_id) or abort(404)
    if row.queue_id not in {queue.id for queue in membership.queues_of(access.me())}:
        abort(404)
    hand_over.settle(row, access.me())
    db.session.commit()
    return redirect(url_for("day.sheet", _anchor="notes"), 303)


def _queue(queues: Sequence[Queue]) -> Queue | None:
    wanted = asked.number("queue")
    return next((queue for queue in queues if queue.id == wanted), None)


def _groups(agent: Agent) -> list[tuple[str, str, list[Item]]]:
    """The items under their headings, as (key, heading, items); no heading stands over nothing."""
    found: dict[str, tuple[str, list[Item]]] = {}
    for item in day.of(agent):
        key, heading = _heading(item)
        found.setdefault(key, (heading, []))[1].append(item)
    return [(key, heading, items) for key, (heading, items) in found.items()]


def _heading(item: Item) -> tuple[str, str]:
    now = clock.now()
    if item.may_remind:
        return "remind", _("Silent for days: remind them?")
    if item.at is None:
        return ("paused", _("Waiting for the customer")) if item.is_paused else ("any", _("At no certain time"))
    if item.is_overdue(now):
        return "overdue", _("Overdue")
    local, today = item.at.astimezone(pages.zone()).date(), now.astimezone(pages.zone()).date()
    if local == today + timedelta(days=1):
        return "tomorrow", _("Tomorrow")
    return local.isoformat(), pages.day(item.at)
