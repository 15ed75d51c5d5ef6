"""Settings, Queues: the lines of waiting work, their order, team, members, and how each is served."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user

from contact_center import access, once, rows
from contact_center.admin import closing, comparing, queue_words, reading
from contact_center.agents import people, teams
from contact_center.errors import Stale
from contact_center.extensions import db
from contact_center.mailboxes import places
from contact_center.queues import asking, serving, settings
from contact_center.queues.models import Queue

blueprint = Blueprint("queues", __name__, url_prefix="/admin/queues")
MOST_FIELDS = 5000  # of a form: with some hundred members each has four


@blueprint.url_value_preprocessor
def take_many_fields(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form: of an administrator's."""
    if endpoint in ("queues.save", "queues.say") and current_user.is_authenticated and current_user.is_administrator:
        request.max_form_parts = MOST_FIELDS


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
    others = [other for other in settings.listed() if other.id != queue_id]
    return render_template(
        "admin/queue.html",
        page="queues",
        queue=found,
        members={agent.id for agent in settings.members().get(queue_id, [])},
        levels=settings.levels(queue_id),
        everybody=people.everybody(),
        all_teams=teams.listed(),
        load=closing.load_in(found),
        others=[other for other in others if other.is_active],
        warnings=serving.warnings(found),
        **queue_words.shown(found, others),
    )


@blueprint.post("/<int:queue_id>")
@access.administrator
def save(queue_id: int) -> Any:
    """Save name, team, members and how the queue is served together, or nothing."""
    found, actor = reading.or_404(Queue, queue_id), access.me()
    served = serving.read(request.form, found)
    name, team_id = reading.text("name"), reading.number("team_id")
    try:
        settings.change(found, actor, reading.version(), name=name, team_id=team_id, **served)
    except Stale as stale:
        return comparing.answer(stale, found, queue_words.compared())
    joined, left = reading.changed("member")
    settings.join(queue_id, joined, actor)
    settings.leave(queue_id, left, actor)
    settings.set_levels(queue_id, _levels(), actor)
    _commit()
    flash(_("Saved."), "success")
    return redirect(url_for("queues.queue", queue_id=queue_id), 303)


@blueprint.post("/<int:queue_id>/said/<any(skills, overflow):part>")
@access.administrator
def say(queue_id: int, part: str) -> str:
    """What is typed so far, in words."""
    found = reading.or_404(Queue, queue_id)
    said = (
        queue_words.typed_skills(found, request.form)
        if part == "skills"
        else queue_words.typed_overflow(found, request.form)
    )
    return render_template("admin/_queue_said.html", said=said)


@blueprint.post("/<int:queue_id>/move")
@access.administrator
def move(queue_id: int) -> Any:
    """One place up or down in everybody's list."""
    settings.move(reading.or_404(Queue, queue_id), reading.step(), access.me())
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


def _levels() -> dict[int, int]:
    """The members' levels that this person changed: what others did in the meantime stays."""
    form = request.form
    typed = {agent_id: form[f"level_{agent_id}"] for agent_id in asking.numbered(form, "level")}
    return {
        agent_id: rows.number(level) or 0
        for agent_id, level in typed.items()
        if level != form.get(f"level_before_{agent_id}", "3")
    }


def _commit() -> None:
    db.session.commit()
    places.forget()


def _moved(said: str, tickets: int) -> str:
    if not tickets:
        return said
    return said + " " + ngettext("%(num)d ticket was moved.", "%(num)d tickets were moved.", tickets)
