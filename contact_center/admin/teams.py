"""Settings, Teams: people who share queues, and whose supervisors see all their tickets."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from contact_center import access, once
from contact_center.admin import reading
from contact_center.agents import people, teams
from contact_center.agents.models import Team
from contact_center.extensions import db
from contact_center.queues import settings

blueprint = Blueprint("teams", __name__, url_prefix="/admin/teams")


@blueprint.get("")
@access.administrator
def listing() -> str:
    queues: dict[int | None, list[str]] = {}
    for queue in settings.listed():
        queues.setdefault(queue.team_id, []).append(queue.name)
    return render_template(
        "admin/teams.html", page="teams", all_teams=teams.listed(), members=teams.members(), queues=queues
    )


@blueprint.post("")
@access.administrator
def create() -> Any:
    team = once.made(Team, lambda: teams.create(reading.text("name"), access.me()))
    db.session.commit()
    return redirect(url_for("teams.team", team_id=team.id), 303)


@blueprint.get("/<int:team_id>")
@access.administrator
def team(team_id: int) -> str:
    found = reading.or_404(Team, team_id)
    return render_template(
        "admin/team.html",
        page="teams",
        team=found,
        members={agent.id for agent in teams.members().get(team_id, [])},
        everybody=people.everybody(),
        queues=[queue for queue in settings.listed() if queue.team_id == team_id],
    )


@blueprint.post("/<int:team_id>")
@access.administrator
def save(team_id: int) -> Any:
    """Save name and members together."""
    found, actor = reading.or_404(Team, team_id), access.me()
    teams.rename(found, reading.text("name"), actor)
    joined, left = reading.changed("member")
    teams.join(team_id, joined, actor)
    teams.leave(team_id, left, actor)
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("teams.listing"), 303)


@blueprint.post("/<int:team_id>/remove")
@access.administrator
def remove(team_id: int) -> Any:
    """Dissolve the team; its people and queues stay."""
    found = reading.or_404(Team, team_id)
    name = found.name
    teams.remove(found, access.me())
    db.session.commit()
    flash(_("The team %(name)s is dissolved.", name=name), "success")
    return redirect(url_for("teams.listing"), 303)
