"""Settings, Queues: the lines of waiting work, their order, team and members, and where web requests go."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from contact_center import access, once
from contact_center.admin import closing, comparing, reading
from contact_center.agents import people, teams
from contact_center.errors import Invalid, Stale
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.queues import settings
from contact_center.queues.models import Queue

blueprint = Blueprint("queues", __name__, url_prefix="/admin/queues")


@blueprint.get("")
@access.administrator
def listing() -> str:
    return render_template(
        "admin/queues.html",
        page="queues",
        all_queues=settings.listed(),
        members=settings.members(),
        loads=closing.loads(),
        all_teams=teams.listed(),
        team_names={team.id: team.name for team in teams.listed()},
    )


@blueprint.post("")
@access.administrator
def create() -> Any:
    queue = once.made(Queue, lambda: settings.create(reading.text("name"), reading.number("team_id"), access.me()))
    _commit()
    return redirect(url_for("queues.queue", queue_id=queue.id), 303)


@blueprint.get("/<int:queue_id>")
@access.administrator
def queue(queue_id: int) -> str:
    found = reading.or_404(Queue, queue_id)
    return render_template(
        "admin/queue.html",
        page="queues",
        queue=found,
        members={agent.id for agent in settings.members().get(queue_id, [])},
        everybody=people.everybody(),
        all_teams=teams.listed(),
        load=closing.load_in(found),
        others=[other for other in settings.listed() if other.is_active and other.id != queue_id],
    )


@blueprint.post("/<int:queue_id>")
@access.administrator
def save(queue_id: int) -> Any:
    """Save name, team and members together, or nothing."""
    found, actor = reading.or_404(Queue, queue_id), access.me()
    team_id = reading.number("team_id")
    try:
        settings.change(found, actor, reading.version(), name=reading.text("name"), team_id=team_id)
    except Stale as stale:
        return comparing.answer(stale, found, _words())
    joined, left = reading.changed("member")
    settings.join(queue_id, joined, actor)
    settings.leave(queue_id, left, actor)
    _commit()
    flash(_("Saved."), "success")
    return redirect(url_for("queues.listing"), 303)


@blueprint.post("/<int:queue_id>/move")
@access.administrator
def move(queue_id: int) -> Any:
    """One place up or down in everybody's list."""
    by = {"up": -1, "down": 1}.get(reading.text("to"))
    if by is None:
        raise Invalid(_("Up or down?"))
    settings.move(reading.or_404(Queue, queue_id), by, access.me())
    _commit()
    return redirect(url_for("queues.listing"), 303)


@blueprint.post("/<int:queue_id>/web-requests")
@access.administrator
def take_web_requests(queue_id: int) -> Any:
    """The request form leads here from now on."""
    found = reading.or_404(Queue, queue_id)
    settings.take_web_requests(found, access.me())
    _commit()
    flash(_("Web requests go to %(name)s from now on.", name=found.name), "success")
    return redirect(url_for("queues.listing"), 303)


@blueprint.post("/<int:queue_id>/deactivate")
@access.administrator
def deactivate(queue_id: int) -> Any:
    """Close the queue; what hangs on it goes where the form says."""
    found = reading.or_404(Queue, queue_id)
    load = closing.close_queue(found, reading.row(Queue, "into"), access.me())
    _commit()
    flash(_moved(_("%(name)s is deactivated.", name=found.name), load.tickets), "success")
    return redirect(url_for("queues.listing"), 303)


@blueprint.post("/<int:queue_id>/empty")
@access.administrator
def empty(queue_id: int) -> Any:
    """Move the tickets that reached an inactive queue."""
    found = reading.or_404(Queue, queue_id)
    moved = closing.empty_queue(found, reading.row(Queue, "into"), access.me())
    _commit()
    flash(_moved("", moved).strip(), "success")
    return redirect(url_for("queues.queue", queue_id=queue_id), 303)


@blueprint.post("/<int:queue_id>/reactivate")
@access.administrator
def reactivate(queue_id: int) -> Any:
    found = reading.or_404(Queue, queue_id)
    settings.reactivate(found, access.me())
    _commit()
    flash(_("%(name)s is reactivated.", name=found.name), "success")
    return redirect(url_for("queues.queue", queue_id=queue_id), 303)


def _words() -> comparing.Words:
    names = {team.id: team.name for team in teams.listed()}
    return {"name": (_("Name"), str), "team_id": (_("Team"), lambda team_id: names.get(team_id, str(_("No team"))))}


def _commit() -> None:
    db.session.commit()
    places.forget()


def _moved(said: str, tickets: int) -> str:
    if not tickets:
        return said
    return said + " " + ngettext("%(num)d ticket was moved.", "%(num)d tickets were moved.", tickets)
