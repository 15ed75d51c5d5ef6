"""How satisfied people are: the page of figures, the rows behind each of them, and both as CSV. For supervisors."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, stream_with_context, url_for

from contact_center import access, clock, pages
from contact_center.extensions import db
from contact_center.floor import chart
from contact_center.queues.models import Queue
from contact_center.satisfaction import figures
from contact_center.satisfaction.figures import Asked, By
from contact_center.satisfaction.models import Survey
from contact_center.text import spreadsheets
from contact_center.tickets import scope
from contact_center.tickets.models import Task

blueprint = Blueprint("satisfaction", __name__, url_prefix="/floor/satisfaction")

PERIODS = (7, 28, 91, 365)  # days
USUAL = 28
PAGE = 50
_LOW_SHOWN = 7
_LONGEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class _Filter:
    """What the address asks for; wrong values fall back to the usual ones."""

    since: date
    until: date  # inclusive
    only: tuple[tuple[By, str], ...] = ()
    low: bool = False
    answered: bool = False

    def asked(self) -> Asked:
        zone = pages.zone()
        start = datetime.combine(self.since, time(), zone)
        end = datetime.combine(self.until + timedelta(days=1), time(), zone)
        return Asked(start, end, self.only, self.low, self.answered)

    def args(self, **more: Any) -> dict[str, Any]:
        """The address's part, with *more* put in; None takes a part out."""
        own: dict[str, Any] = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        own |= {str(by): value for by, value in self.only}
        own |= {"low": "1"} if self.low else {}
        own |= {"answered": "1"} if self.answered else {}
        return {key: value for key, value in (own | more).items() if value is not None}


@blueprint.get("")
@access.supervisor
def show() -> str:
    """The figures of a period, split by everything."""
    viewer, chosen = access.me(), _filter()
    asked = chosen.asked()
    total = figures.total(viewer, asked)
    return render_template(
        "floor/satisfaction.html",
        section="floor", page="satisfaction", chosen=chosen, total=total, queues=_queues(viewer), periods=PERIODS,
        splits={by: figures.split(viewer, asked, by) for by in (By.CHANNEL, By.TIER, By.QUEUE, By.KIND, By.AGENT)},
        scores={figure.key: figure for figure in figures.split(viewer, asked, By.SCORE)},
        line=chart.line(figures.weeks(viewer, asked, str(pages.zone())), url=_answers_of_week(chosen)),
        low=_with_tasks(figures.rows(viewer, replace(asked, low=True), limit=_LOW_SHOWN)),
        enough=figures.ENOUGH, By=By,
    )  # fmt: skip


@blueprint.get("/answers")
@access.supervisor
def answers() -> str:
    """The surveys behind one figure."""
    viewer, chosen = access.me(), _filter()
    after = _after()
    found = figures.rows(viewer, chosen.asked(), after=after, limit=PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return render_template(
        "floor/answers.html",
        section="floor", page="satisfaction", chosen=chosen, rows=_with_tasks(found[:PAGE]),
        total=figures.total(viewer, chosen.asked()), queues=_queues(viewer),
        next=url_for(".answers", **chosen.args(after=f"{last.asked_at.isoformat()}~{last.id}")) if last else None,
    )  # fmt: skip


@blueprint.get("/answers.csv")
@access.supervisor
def export() -> Response:
    """All of them as a file; formulas are made harmless."""
    viewer, asked = access.me(), _filter().asked()
    lines = (_written(cells) for cells in _lines(viewer, asked))
    response = Response(stream_with_context(lines), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=satisfaction.csv"
    return response


def _lines(viewer: Any, asked: Asked) -> Iterable[list[object]]:
    yield [
        "asked_at",
        "answered_at",
        "state",
        "score",
        "comment",
        "ticket",
        "channel",
        "queue_id",
        "agent",
        "tier",
        "kind",
    ]
    after = None
    while found := figures.rows(viewer, asked, after=after, limit=1000):
        for row in found:
            yield [
                row.asked_at.isoformat(), row.answered_at.isoformat() if row.answered_at else "", row.state, row.score,
                row.comment, row.ticket.ref, row.channel, row.queue_id, row.agent.name if row.agent else "", row.tier,
                row.kind,
            ]  # fmt: skip
        after = (found[-1].asked_at, found[-1].id)
        db.session.expunge_all()


def _written(cells: list[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([spreadsheets.safe("" if cell is None else str(cell)) for cell in cells])
    return line.getvalue()


def _after() -> tuple[datetime, int] | None:
    at, _, number = request.args.get("after", "").partition("~")
    try:
        return (datetime.fromisoformat(at), int(number)) if number else None
    except ValueError:
        return None


def _with_tasks(found: list[Survey]) -> list[tuple[Survey, Task | None]]:
    ids = [row.task_id for row in found if row.task_id]
    tasks = {task.id: task for task in db.session.query(Task).where(Task.id.in_(ids))} if ids else {}
    return [(row, tasks.get(row.task_id or 0)) for row in found]


def _answers_of_week(chosen: _Filter) -> Any:
    def url(monday: str) -> str:
        first = max(date.fromisoformat(monday), chosen.since)
        last = min(date.fromisoformat(monday) + timedelta(days=6), chosen.until)
        return url_for(".answers", **chosen.args(since=first.isoformat(), until=last.isoformat(), answered="1"))

    return url


def _queues(viewer: Any) -> list[Queue]:
    mine = db.session.query(Queue).where(Queue.id.in_(scope.queue_ids(viewer))).order_by(Queue.position, Queue.name)
    return list(mine)


def _filter() -> _Filter:
    today = clock.now().astimezone(pages.zone()).date()
    until = _day("until") or today
    since = _day("since") or until - timedelta(days=USUAL - 1)
    if not since <= until or until - since > _LONGEST:
        abort(404)
    only = tuple((by, value) for by in By if (value := _value(by)))
    return _Filter(since, until, only, request.args.get("low") == "1", request.args.get("answered") == "1")


def _value(by: By) -> str | None:
    value = request.args.get(by, "")
    if not value or value == "none":
        return value or None
    numbered = by in (By.QUEUE, By.AGENT, By.SCORE)
    if (
        "\x00" in value
        or len(value) > 40
        or (numbered and not (value.isascii() and value.isdecimal() and len(value) < 18))
    ):
        abort(404)
    return value


def _day(name: str) -> date | None:
    typed = request.args.get(name, "")
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        abort(404)
    if day is not None and not 2000 <= day.year <= 2100:
        abort(404)
    return day
