"""The desk itself: my work, the queues and my tasks on the left, and what to do when nothing is open."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access, clock
from contact_center.agents.models import Agent
from contact_center.desk import asked, due_words, linking, taking, telling, words
from contact_center.errors import AlreadyTaken, IllegalMove
from contact_center.extensions import db
from contact_center.live import pulling
from contact_center.tickets import in_hand as hands
from contact_center.tickets import lifecycle, lists, scope, tasks
from contact_center.tickets.lists import NOBODY, Filter, Row, Sort
from contact_center.tickets.models import UNSETTLED, Ticket

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
for name, speak in (words.FILTERS | due_words.FILTERS | telling.FILTERS | linking.FILTERS).items():
    blueprint.add_app_template_filter(speak, name)
blueprint.add_app_template_global(taking.may_pull)
blueprint.add_app_template_global(taking.may_pick)

TASKS_SHOWN = 8
GOES_ON_FOR = timedelta(minutes=30)  # whoever comes back sooner finds the ticket they were at
_TRIES = 10  # how many colleagues may be faster before one is told that nothing is left


@blueprint.get("")
@access.agent
def home() -> Any:
    """The first thing to do; without work a page that says what waits."""
    agent = access.me()
    work = lists.work(agent)
    if work:
        return redirect(url_for("tickets.page.show", ref=_to_open(work).ref))
    return render_template("desk/home.html", **left(agent, work=work))


@blueprint.get("/left")
@access.agent
def left_column() -> str:
    """The inside of the left column; `on` is the ticket that is open beside it."""
    return render_template("desk/_left.html", **left(access.me(), asked.number("on")))


@blueprint.get("/waiting")
@access.agent
def waiting() -> str:
    """The inside of the page without work."""
    return render_template("desk/_waiting.html", counts=lists.counts(access.me()))


@blueprint.post("/next")
@access.agent
def take_next() -> Any:
    """Take what is served first of what waits in one's queues and fits one."""
    taking.check_pull()
    agent = access.me()
    ticket = _take_first(agent)
    if ticket is None:
        return asked.done(_("Nothing is waiting at present."))
    return asked.done(url=asked.page_of(ticket))


def left(agent: Agent, on: int = 0, *, work: list[Row] | None = None) -> dict[str, Any]:
    """What the left column shows beside the ticket *on*, in four statements."""
    return {
        "work": lists.work(agent) if work is None else work,
        "counts": lists.counts(agent),
        "in_hand": hands.of(agent),
        "my_tasks": tasks.mine(agent, limit=TASKS_SHOWN),
        "on": on,
    }


def _to_open(work: list[Row]) -> Row:
    """What one was at a moment ago, else what has waited longest."""
    lately = clock.now() - GOES_ON_FOR
    seen = [row for row in work if row.seen_at and row.seen_at > lately]
    return max(seen, key=lambda row: str(row.seen_at)) if seen and request.args.get("first") is None else work[0]


def _take_first(agent: Agent) -> Ticket | None:
    """In the order of service; then tickets that have lost their owner and wait in no queue."""
    free = Filter(states=UNSETTLED, assignee=NOBODY)
    rest = (row.id for row in lists.page(agent, free, sort=Sort.WAITING, limit=_TRIES).rows)
    for ticket_id in chain(pulling.fitting(agent)[:_TRIES], rest):
        try:
            ticket = scope.get(agent, ticket_id)
            lifecycle.take(ticket, agent)
        except (AlreadyTaken, IllegalMove, scope.NotVisible):
            db.session.rollback()
            continue
        db.session.commit()
        return ticket
    return None
