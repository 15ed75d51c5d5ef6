"""Where agents say whether they are here and what they take, and where supervisors see and change who is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, clock, pages
from contact_center.agents import board as standings
from contact_center.agents import channel_pauses, presence
from contact_center.agents.models import Agent, PresenceState
from contact_center.desk import day_sheet
from contact_center.desk.day_sheet import Day
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.routing import occupancy

blueprint = Blueprint("presence", __name__, url_prefix="/desk/presence")
_BY_HAND = (PresenceState.AVAILABLE, PresenceState.FINISHING, PresenceState.AWAY, PresenceState.OFFLINE)


@blueprint.get("")
@access.agent
def menu() -> str:
    """The pill in the top bar."""
    agent = access.me()
    return render_template(
        "desk/presence_menu.html",
        presence=presence.current(agent),
        reasons=presence.reasons(),
        channels=channel_pauses.CHANNELS,
        paused=channel_pauses.of(agent),
    )


@blueprint.post("")
@access.agent
def choose() -> Any:
    """Take `AVAILABLE`, `FINISHING`, `AWAY:Lunch` or `OFFLINE`; scripts then fetch the pill anew."""
    state, reason = _wanted("presence")
    presence.set_presence(access.me(), state, reason)
    return _done()


@blueprint.post("/channels")
@access.agent
def choose_channels() -> Any:
    """Take no new work over the channel that `pause` names, or again over the one that `resume` names."""
    agent = access.me()
    if channel := request.form.get("pause"):
        channel_pauses.pause(agent, channel)
    else:
        channel_pauses.resume(agent, request.form.get("resume", ""))
    return _done()


@blueprint.get("/bar")
@access.agent
def bar() -> str:
    """What stands across the desk while something about one's presence must not be overlooked."""
    return render_template("desk/_presence_bar.html", presence=presence.current(access.me()))


@blueprint.get("/board")
@access.supervisor
def board() -> str:
    """Who is here, of the people one looks after, and how their day went so far."""
    return render_template("desk/presence_board.html", page="board", **_board())


@blueprint.get("/board/lines")
@access.supervisor
def board_lines() -> str:
    """The inside of the board."""
    return render_template("desk/_presence_lines.html", **_board())


@blueprint.get("/mine")
@access.agent
def mine() -> str:
    """One's own day."""
    return _sheet("desk/presence_mine.html", access.me(), url_for("presence.mine"))


@blueprint.get("/<int:agent_id>")
@access.supervisor
def ledger(agent_id: int) -> str:
    """One person's day: presence, offers, what they had in hand."""
    url = url_for("presence.ledger", agent_id=agent_id)
    return _sheet("desk/presence_ledger.html", _looked_after(agent_id), url)


@blueprint.get("/<int:agent_id>/change")
@access.supervisor
def ask(agent_id: int) -> str:
    """The dialogue in which a supervisor changes somebody's state."""
    person = _looked_after(agent_id)
    return render_template(
        "desk/_presence_change.html", person=person, presence=presence.current(person), reasons=presence.reasons()
    )


@blueprint.post("/<int:agent_id>/change")
@access.supervisor
def change(agent_id: int) -> Any:
    """Change somebody's state for them, with a reason that they read."""
    state, reason = _wanted("state")
    presence.set_for(_looked_after(agent_id), state, reason, request.form.get("because", ""), access.me())
    db.session.commit()
    return {} if pages.wants_fragment() else redirect(url_for("presence.board"), 303)


def _wanted(field: str) -> tuple[PresenceState, str | None]:
    word, _colon, reason = request.form.get(field, "").partition(":")
    if word not in _BY_HAND:
        sentence = _("Choose whether you are available, finishing, away or offline.")
        raise Invalid(sentence, {field: sentence})
    return PresenceState(word), reason or None


def _done() -> Any:
    db.session.commit()
    return {} if pages.wants_fragment() else redirect("/desk", 303)


def _board() -> dict[str, Any]:
    start, now = Day.of(clock.now()).begins, clock.now()
    lines = standings.lines(access.me(), since=start)
    ids = [line.agent.id for line in lines]
    return {
        "lines": lines,
        "in_hand": occupancy.in_hand(ids),
        "paused": channel_pauses.paused(ids),
        "occupancy": occupancy.of(ids, start, now),
        "lasted": day_sheet.lasted,
    }


def _sheet(template: str, person: Agent, url: str) -> str:
    day = _day()
    sheet = day_sheet.of(person, day, access.me())
    return render_template(
        template, page="board", person=person, sheet=sheet, day=day, url=url, lasted=day_sheet.lasted
    )


def _day() -> Day:
    """The day that the address names, at most today; without one or with nonsense, today."""
    today = Day.of(clock.now())
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today
    return Day.on(max(min(asked, today.when), today.when - timedelta(days=3650)))


def _looked_after(agent_id: int) -> Agent:
    agent = standings.looked_after(access.me(), agent_id)
    if agent is None:
        abort(404)
    return agent
