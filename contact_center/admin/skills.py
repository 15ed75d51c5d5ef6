"""Settings, Skills: the skills there are, who has them how well, and both as a table that comes and goes."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from contact_center import access, once, rows
from contact_center.admin import comparing, reading
from contact_center.agents import people, teams
from contact_center.agents.models import Agent
from contact_center.errors import Invalid, Stale, Unreadable
from contact_center.extensions import db
from contact_center.importing import sniffing, tables
from contact_center.queues import skill_sheets, skills
from contact_center.queues.models import Skill
from contact_center.queues.skill_sheets import Sheet
from contact_center.routing.models import PlacementRule

blueprint = Blueprint("skills", __name__, url_prefix="/admin/skills")
PAGE = 50  # people on one page of the grid
MOST_BYTES = 2 * 1024 * 1024


@blueprint.get("")
@access.administrator
def grid() -> str:
    """Skills × people: of a team, or of whose name contains what is looked for."""
    text, team_id = request.args.get("q", "").replace("\0", "").strip()[:100], rows.number(request.args.get("team", ""))
    after = rows.number(request.args.get("after", "")) or 0
    everybody = people.everybody()
    in_team = {agent.id for agent in teams.members().get(team_id, [])} if team_id else None
    found = [
        agent for agent in everybody if text.lower() in agent.name.lower() and (in_team is None or agent.id in in_team)
    ]
    shown = found[after : after + PAGE]
    return render_template(
        "admin/skills.html",
        page="skills",
        skills=skills.listed(),
        people=shown,
        levels=skills.levels([agent.id for agent in shown]),
        holders=skills.holders(),
        teams=teams.listed(),
        text=text,
        team_id=team_id,
        total=len(found),
        after=after,
        step=PAGE,
    )


@blueprint.post("")
@access.administrator
def add() -> Any:
    once.made(Skill, lambda: skills.add(reading.text("name"), access.me()))
    return _done()


@blueprint.post("/<int:skill_id>")
@access.administrator
def rename(skill_id: int) -> Any:
    skill = reading.or_404(Skill, skill_id)
    try:
        skills.rename(skill, reading.text("name"), access.me(), reading.version())
    except Stale as stale:
        return comparing.answer(stale, skill, {"name": (_("Skill"), str)})
    flash(_("Saved."), "success")
    return _done()


@blueprint.post("/<int:skill_id>/remove")
@access.administrator
def remove(skill_id: int) -> Any:
    skill = reading.or_404(Skill, skill_id)
    asking = (
        select(PlacementRule.name).where(PlacementRule.asks.has_key(str(skill_id))).order_by(PlacementRule.position)
    )
    skills.remove(skill, access.me(), db.session.scalars(asking).all())
    return _done()


@blueprint.post("/<int:skill_id>/people/<int:agent_id>")
@access.administrator
def rate(skill_id: int, agent_id: int) -> Any:
    """Save one cell of the grid; the answer is the cell. `was` is the level that the person saw there."""
    skill, agent = reading.or_404(Skill, skill_id), reading.or_404(Agent, agent_id)
    cell, wrong = (agent_id, skill_id), ""
    try:
        skills.set_levels({cell: _level(reading.text("level"))}, {cell: reading.number("was") or 0}, access.me())
        db.session.commit()
    except (Invalid, Stale) as error:
        db.session.rollback()
        wrong = error.sentence
    level = skills.levels([agent_id]).get(cell)
    answer = render_template("admin/_skill_cell.html", skill=skill, person=agent, level=level, wrong=wrong, is_new=True)
    if not wrong:
        return answer
    return answer, 422, {"HX-Trigger": json.dumps({"cc:toast": {"text": wrong}})}


@blueprint.get("/export")
@access.administrator
def export() -> Response:
    """The whole grid as CSV."""
    head = {"Content-Disposition": 'attachment; filename="skills.csv"', "Cache-Control": "no-store"}
    return Response(skill_sheets.written(), mimetype="text/csv", headers=head)


@blueprint.get("/import")
@access.administrator
def choose() -> str:
    return render_template("admin/skills_import.html", page="skills", sheet=None)


@blueprint.post("/import")
@access.administrator
def preview() -> str:
    """What a file would change, and what in it cannot be understood; nothing is changed."""
    sheet = _read(adds=request.form.get("adds") == "1")
    changes = [[one.agent_id, one.skill, one.old, one.new] for one in sheet.changes]
    return render_template("admin/skills_import.html", page="skills", sheet=sheet, changes=json.dumps(changes))


@blueprint.post("/apply")
@access.administrator
def apply() -> Any:
    """Do what was previewed, all of it or nothing."""
    changes, actor = _previewed(reading.text("changes")), access.me()
    known = {skill.name: skill.id for skill in skills.listed()}
    for name in dict.fromkeys(skill for _agent, skill, _old, _new in changes):
        if name not in known:
            known[name] = skills.add(name, actor).id
    wanted = {(agent_id, known[skill]): new for agent_id, skill, _old, new in changes}
    seen = {(agent_id, known[skill]): old for agent_id, skill, old, _new in changes}
    try:
        changed = skills.set_levels(wanted, seen, actor)
    except Stale as stale:
        raise Invalid(_("Somebody changed skills since the file was checked. Check it once more.")) from stale
    db.session.commit()
    flash(ngettext("%(num)d level was changed.", "%(num)d levels were changed.", changed), "success")
    return redirect(url_for("skills.grid"), 303)


def _read(*, adds: bool) -> Sheet:
    uploaded = request.files.get("file")
    content = b""
    if uploaded:
        with uploaded.stream as stream:
            content = stream.read(MOST_BYTES + 1)
    if not content:
        raise Invalid(_("Choose a file."), {"file": _("Choose a file.")})
    if len(content) > MOST_BYTES:
        raise Invalid(_("That is too large."), {"file": _("That is too large.")})
    with NamedTemporaryFile(suffix=".table") as file:
        file.write(content)
        file.flush()
        try:
            with tables.reading(Path(file.name), sniffing.sniff(Path(file.name))) as table:
                lines = ((record.line, record.cells, record.reason) for record in table)
                return skill_sheets.read(table.headers, lines, table.header_line, adds=adds)
        except Unreadable as error:
            raise Invalid(error.sentence, {"file": error.sentence}) from None


def _previewed(said: str) -> list[tuple[int, str, int, int]]:
    """The changes that the preview put into its form; whatever else is sent is refused."""
    try:
        changes = [(int(agent), str(skill), int(old), int(new)) for agent, skill, old, new in json.loads(said)]
    except (ValueError, TypeError, RecursionError, OverflowError):
        changes = []
    if not changes or any(abs(agent) >= 2**63 for agent, *_rest in changes):
        raise Invalid(_("There is nothing to change."))
    return changes


def _level(typed: str) -> int:
    typed = typed.strip()
    if typed in ("", "-", "–"):
        return 0
    if len(typed) != 1 or typed not in "012345":
        raise Invalid(_("A level is a number from 1 to 5."), {"level": _("A level is a number from 1 to 5.")})
    return int(typed)


def _done() -> Any:
    db.session.commit()
    return redirect(url_for("skills.grid"), 303)
