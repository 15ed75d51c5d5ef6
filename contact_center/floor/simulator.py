"""The simulator's page: a day played by the product's own routing, and beside it what would be otherwise.

It only reads and computes, within the request: days of more arrivals than `simulator_form.MOST` are the command's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import access, clock, pages
from contact_center.customers.models import TIERS
from contact_center.extensions import db
from contact_center.floor import day_lines, simulator_form
from contact_center.floor.simulator_form import MADE, MOST, Asked, Played
from contact_center.queues.models import Queue
from contact_center.simulator import erlang, recorded, whatif
from contact_center.simulator.figures import Figure
from contact_center.simulator.setting import Setting
from contact_center.simulator.whatif import Outcome
from contact_center.text import durations
from contact_center.tickets import scope

blueprint = Blueprint("simulator", __name__, url_prefix="/floor/simulator")
_LATELY = timedelta(days=60)
_NOTHING = Setting({}, {}, ())


@blueprint.get("")
@access.supervisor
def show() -> str:
    """The form, and with it the figures of the day it asks for."""
    days = recorded.days(pages.zone(), clock.now() - _LATELY)
    asked = simulator_form.read(request.args, days)
    visible = set(db.session.scalars(select(Queue.name).where(Queue.id.in_(scope.queue_ids(access.me())))))
    base = simulator_form.base(asked, pages.zone()) if not asked.problems else Played([], _NOTHING, None)
    other = simulator_form.changed(asked, base.setting)
    db.session.rollback()  # nothing is read while it is played
    return render_template(
        "floor/simulator.html",
        page="simulator",
        asked=asked,
        days=days,
        days_words=[(day.isoformat(), _said(day, came.number)) for day, came in days.items()],
        visible=visible,
        is_made=asked.day == MADE,
        made=MADE,
        most=MOST,
        number=len(base.arrivals),
        base=base.setting,
        tiers=TIERS,
        needed=_needed(asked) if asked.day == MADE and not asked.problems else None,
        has_agents=bool(base.setting.agents),
        spell=spell,
        **_figures(asked, base, other, visible),
    )


def spell(seconds: float | None) -> str:
    """A wait in words: the longer, the rounder."""
    if seconds is None:
        return "–"
    step = 1 if seconds < 600 else 60 if seconds < 10 * 3600 else 3600
    return durations.say(step * round(seconds / step))


def _said(day: date, number: int) -> str:
    return str(_("%(day)s: %(number)s came in", day=format_date(day, "medium"), number=format_decimal(number)))


def _figures(asked: Asked, base: Played, other: Any, visible: set[str]) -> dict[str, Any]:
    """What was played, for the template; nothing where there is nothing to play."""
    if asked.problems or not base.arrivals or len(base.arrivals) > MOST:
        return {"outcome": None}
    outcome = whatif.play(base.arrivals, base.setting, other)
    then = outcome.other or outcome.report
    slots = then.slots if outcome.other else ()
    return {
        "outcome": outcome,
        "then": then,
        "waits": day_lines.waits(outcome.report.slots, slots),
        "busy": day_lines.busy(outcome.report.slots, slots),
        "tier_rows": list(zip(outcome.report.tiers, then.tiers, strict=True)),
        "queue_rows": _queue_rows(outcome, None if asked.day == MADE else visible),
    }


def _queue_rows(outcome: Outcome, visible: set[str] | None) -> Sequence[tuple[Figure, Figure]]:
    """Of the queues that the viewer sees, those in which something was."""
    then = outcome.other or outcome.report
    rows = zip(outcome.report.queues, then.queues, strict=True)
    return [(a, b) for a, b in rows if a.offered and (visible is None or a.name in visible)]


def _needed(asked: Asked) -> int | None:
    """How many agents calls alone would need to answer 80 % within 20 s, by Erlang C."""
    numbers = asked.numbers
    return erlang.servers_needed(numbers["calls"] / 3600, 60 * numbers["call_minutes"], 0.8, 20, most=1000)
