"""Where agents say whether they are here, and where supervisors see who is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import to_user_timezone

from contact_center import access, clock, pages
from contact_center.agents import presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.errors import Invalid
from contact_center.extensions import db

blueprint = Blueprint("presence", __name__, url_prefix="/desk/presence")
_DAYS_OF_LEDGER = 7


@blueprint.get("")
@access.agent
def menu() -> str:
    """The pill in the top bar."""
    agent = access.me()
    return render_template("desk/presence_menu.html", presence=presence.current(agent), reasons=presence.reasons())


@blueprint.post("")
@access.agent
def choose() -> Any:
    """Take `AVAILABLE`, `AWAY:Lunch` or `OFFLINE`; scripts then fetch the pill anew."""
    word, _colon, reason = request.form.get("presence", "").partition(":")
    if word not in PresenceState.__members__:
        raise Invalid(_("Choose whether you are available, away or offline."))
    presence.set_presence(access.me(), PresenceState(word), reason or None)
    db.session.commit()
    return {} if pages.wants_fragment() else redirect("/desk", 303)


@blueprint.get("/board")
@access.supervisor
def board() -> str:
    """Who is here, of the people one looks after, and how their day went so far."""
    return render_template("desk/presence_board.html", page="board", lines=_lines())


@blueprint.get("/board/lines")
@access.supervisor
def board_lines() -> str:
    """The inside of the board."""
    return render_template("desk/_presence_lines.html", lines=_lines())


@blueprint.get("/<int:agent_id>")
@access.supervisor
def ledger(agent_id: int) -> str:
    """One person's stretches of the last days."""
    person = _looked_after(agent_id)
    since = _midnight() - timedelta(days=_DAYS_OF_LEDGER - 1)
    stretches = presence.ledger(person, since=since)
    return render_template("desk/presence_ledger.html", page="board", person=person, stretches=stretches, lasted=lasted)


@blueprint.post("/<int:agent_id>/offline")
@access.supervisor
def set_offline(agent_id: int) -> Any:
    """Set somebody offline who forgot to."""
    presence.set_presence(_looked_after(agent_id), PresenceState.OFFLINE, actor=access.me())
    db.session.commit()
    return redirect(url_for("presence.board"), 303)


def lasted(period: timedelta) -> str:
    """A period in hours and minutes."""
    minutes = int(period.total_seconds() // 60)
    if minutes < 60:
        return str(_("%(minutes)d min", minutes=minutes))
    return str(_("%(hours)d h %(minutes)02d", hours=minutes // 60, minutes=minutes % 60))


def _lines() -> list[dict[str, Any]]:
    return [
        {"standing": line, "available_for": lasted(line.available_for), "away_for": lasted(line.away_for)}
        for line in presence.board(access.me(), since=_midnight())
    ]


def _looked_after(agent_id: int) -> Agent:
    agent = presence.looked_after(access.me(), agent_id)
    if agent is None:
        abort(404)
    return agent


def _midnight() -> datetime:
    """When the reader's day began."""
    return to_user_timezone(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
