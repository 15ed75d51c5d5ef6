"""How satisfied people are: the page of figures, the rows behind each of them, and both as CSV. For supervisors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from contact_center import access, clock, pages, rows
from contact_center.agents.models import Team
from contact_center.extensions import db
from contact_center.floor import chart
from contact_center.orders.goods import Product
from contact_center.queues.models import Queue
from contact_center.satisfaction import figures, recovery_lists, scales, settings, words
from contact_center.satisfaction.figures import Asked, By, Figure
from contact_center.satisfaction.models import Recovery, RecoveryState, Scale, Survey, SurveyState
from contact_center.text import spreadsheets
from contact_center.tickets import naming, scope

blueprint = Blueprint("satisfaction", __name__, url_prefix="/floor/satisfaction")

PERIODS = (7, 28, 91, 365)  # days
USUAL = 28
PAGE = 50
SPLITS = (By.CHANNEL, By.TIER, By.QUEUE, By.TEAM, By.KIND, By.PRODUCT, By.AGENT)
MOST = {By.PRODUCT: 12}
_LOW_SHOWN = 7
_LONGEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class _Filter:
    """What the address asks for. Of days that cannot be, `problem` is the sentence, and the usual ones are shown."""

    since: date
    until: date  # inclusive
    problem: str = ""
    only: tuple[tuple[By, str], ...] = ()
    low: bool = False
    good: bool = False
    answered: bool = False
    scale: Scale = Scale.CSAT
    word: str = ""

    def asked(self) -> Asked:
        zone = pages.zone()
        start = datetime.combine(self.since, time(), zone)
        end = datetime.combine(self.until + timedelta(days=1), time(), zone)
        low = scales.low(self.scale, settings.current()) if self.low else None
        return Asked(start, end, self.only, low, self.good, self.answered, self.scale, self.word)

    def args(self, **more: Any) -> dict[str, Any]:
        """The address's part, with *more* put in; None takes a part out."""
        own: dict[str, Any] = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        own |= {str(by): value for by, value in self.only}
        own |= {"scale": str(self.scale)} if self.scale is not Scale.CSAT else {}
        own |= {name: "1" for name in ("low", "good", "answered") if getattr(self, name)}
        own |= {"word": self.word} if self.word else {}
        return {key: value for key, value in (own | more).items() if value is not None}


@blueprint.get("")
@access.supervisor
def show() -> str:
    """The figures of a period, split by everything."""
    viewer, chosen = access.me(), _filter()
    asked = chosen.asked()
    total, low = figures.total(viewer, asked), scales.low(chosen.scale, settings.current())
    splits = {by: figures.split(viewer, asked, by, MOST.get(by)) for by in _splits(chosen.scale)}
    scores = {figure.key: figure for figure in figures.split(viewer, asked, By.SCORE)}
    return render_template(
        "floor/satisfaction.html",
        section="floor", page="satisfaction", chosen=chosen, total=total, queues=_queues(viewer),
        periods=_periods(chosen),
        splits=splits, least=_least((figure for split in splits.values() for figure in split), chosen.scale),
        scores=scores, low_count=sum(figure.asked for key, figure in scores.items() if key and int(key) <= low),
        answers=scales.answers(chosen.scale),
        low_words=figures.words(viewer, replace(asked, low=low)),
        good_words=figures.words(viewer, replace(asked, good=True)),
        line=chart.line(figures.weeks(viewer, asked, str(pages.zone())), url=_answers_of_week(chosen)),
        low=_with_recoveries(figures.rows(viewer, replace(asked, low=low), limit=_LOW_SHOWN)),
        enough=figures.ENOUGH, By=By, low_score=low, **_words(),
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
        section="floor", page="satisfaction", chosen=chosen, rows=_with_recoveries(found[:PAGE]),
        total=figures.total(viewer, chosen.asked()), queues=_queues(viewer), periods=_periods(chosen),
        low_score=scales.low(chosen.scale, settings.current()), named=_named(chosen), **_words(),
        next=url_for(".answers", **chosen.args(after=f"{last.asked_at.isoformat()}~{last.id}")) if last else None,
    )  # fmt: skip


@blueprint.get("/answers.csv")
@access.supervisor
def export() -> Response:
    """All of them as a file; formulas are made harmless."""
    lines = map(spreadsheets.line, _lines(access.me(), _filter().asked()))
    response = Response(stream_with_context(lines), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="satisfaction.csv")
    return response


def _lines(viewer: Any, asked: Asked) -> Iterator[list[object]]:
    yield [
        spreadsheets.BOM + _("Asked"), pgettext("when", "Answered"), _("State"), _("Score"), _("Comment"), _("Ticket"),
        _("Customer"), _("Tier"), _("Channel"), _("Queue"), _("Agent"), _("Kind"), _("Recovery"), _("Team"),
        _("Product"), _("Scale"), _("Asked by"), _("Outcome"),
        "state", "channel", "kind", "recovery", "asked_by", "outcome", "blame",  # codes, the same in every language
    ]  # fmt: skip
    queues, teams, after = rows.called(Queue), rows.called(Team), None
    while found := figures.rows(viewer, asked, after=after, limit=1000):
        products = rows.called(Product, {row.product_id for row in found if row.product_id})
        for row, recovery in _with_recoveries(found):
            yield [
                row.asked_at.isoformat(), row.answered_at and row.answered_at.isoformat(), _state_word(row.state),
                row.score, row.comment, row.ticket.ref, row.customer and row.customer.name, row.tier,
                naming.channel_word(row.channel), queues.get(row.queue_id), row.agent and row.agent.name,
                naming.request_word(row.kind), recovery and _recovery_word(recovery.state),
                teams.get(row.team_id or 0), products.get(row.product_id or 0), scales.name_of(row.scale),
                words.asked_by(row.asked_by), recovery and recovery.outcome and words.outcome(recovery.outcome),
                row.state, row.channel, row.kind, recovery and recovery.state, row.asked_by,
                recovery and recovery.outcome, recovery and recovery.blame,
            ]  # fmt: skip
        after = (found[-1].asked_at, found[-1].id)
        db.session.expunge_all()


def _state_word(state: SurveyState) -> str:
    """What became of a question."""
    return {
        SurveyState.ASKED: _("Waiting"),
        SurveyState.ANSWERED: pgettext("survey", "Answered"),
        SurveyState.WITHDRAWN: _("Withdrawn"),
        SurveyState.EXPIRED: _("Not answered"),
    }[state]


def _recovery_word(state: RecoveryState) -> str:
    """How far a recovery is."""
    return {RecoveryState.OPEN: _("Open"), RecoveryState.DONE: _("Done")}[state]


def _after() -> tuple[datetime, int] | None:
    """The edge of the page before; a damaged one leads to the beginning."""
    at, _tilde, number = request.args.get("after", "").partition("~")
    try:
        return (datetime.fromisoformat(at), int(number)) if 0 < int(number) < 2**63 else None
    except ValueError:
        return None


def _with_recoveries(found: list[Survey]) -> list[tuple[Survey, Recovery | None]]:
    known = recovery_lists.of_surveys([row.id for row in found])
    return [(row, known.get(row.id)) for row in found]


def _splits(scale: Scale) -> tuple[By, ...]:
    """What a scale's figures are split by: recommendation is about us, and judges no agent."""
    return tuple(by for by in SPLITS if by is not By.AGENT or scale is not Scale.NPS)


def _words() -> dict[str, Any]:
    """What the templates of both pages ask for words and colours."""
    return {"Scale": Scale, "scale_name": scales.name_of, "shown": scales.shown, "tone": scales.tone, "words": words}


def _answers_of_week(chosen: _Filter) -> Any:
    def url(monday: str) -> str:
        first = max(date.fromisoformat(monday), chosen.since)
        last = min(date.fromisoformat(monday) + timedelta(days=6), chosen.until)
        return url_for(".answers", **chosen.args(since=first.isoformat(), until=last.isoformat(), answered="1"))

    return url


def _queues(viewer: Any) -> list[Queue]:
    mine = db.session.query(Queue).where(Queue.id.in_(scope.queue_ids(viewer))).order_by(Queue.position, Queue.name)
    return list(mine)


def _least(shown: Iterable[Figure], scale: Scale) -> int:
    """Where the scale of the intervals begins: at 40 % if none of them reaches below; NPS has negative ones."""
    if scale is Scale.NPS:
        return -100
    return 40 if all(figure.interval[0] >= 0.4 for figure in shown if figure.interval) else 0


def _periods(chosen: _Filter) -> list[tuple[int, str, bool]]:
    """The usual periods up to today: days, address, whether it is the one shown."""
    today = clock.now().astimezone(pages.zone()).date()
    made = []
    for days in PERIODS:
        since = today - timedelta(days=days - 1)
        url = url_for(request.endpoint or ".show", **chosen.args(since=since.isoformat(), until=today.isoformat()))
        made.append((days, url, (chosen.since, chosen.until) == (since, today)))
    return made


def _named(chosen: _Filter) -> list[tuple[By, Figure]]:
    """What the list is narrowed to, for its words."""
    names = {by: figures.names(by, [value]) for by, value in chosen.only if value != "none"}
    return [
        (by, Figure(None if value == "none" else value, 0, 0, 0, name=names.get(by, {}).get(value, "")))
        for by, value in chosen.only
    ]


def _filter() -> _Filter:
    since, until, problem = _days(clock.now().astimezone(pages.zone()).date())
    only = tuple((by, value) for by in By if (value := _value(by)))
    low, good, answered = (request.args.get(name) == "1" for name in ("low", "good", "answered"))
    scale, word = request.args.get("scale", Scale.CSAT), request.args.get("word", "")
    if scale not in list(Scale) or "\x00" in word or len(word) > 64:
        abort(404)
    return _Filter(since, until, problem, only, low, good, answered, Scale(scale), word)


def _days(today: date) -> tuple[date, date, str]:
    """The first and the last day, and what is wrong with those of the address: then they are the usual ones."""
    usual = timedelta(days=USUAL - 1)
    try:
        until = _day("until") or today
        since = _day("since") or until - usual
        if since > until:
            raise ValueError(_("The first day comes after the last one."))
        if until - since > _LONGEST:
            raise ValueError(_("Ten years at most."))
    except ValueError as error:
        return today - usual, today, str(error)
    return since, until, ""


def _value(by: By) -> str | None:
    value = request.args.get(by, "")
    if not value or value == "none":
        return value or None
    numbered = by in figures.NUMBERED
    if (
        "\x00" in value
        or len(value) > 40
        or (numbered and not (value.isascii() and value.isdecimal() and len(value) < 18))
    ):
        abort(404)
    return value


def _day(name: str) -> date | None:
    typed = request.args.get(name, "").strip()
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise ValueError(_("Write the day as in 2026-12-31.")) from None
    if day is not None and not 2000 <= day.year <= 2100:
        raise ValueError(_("Choose a day between 2000 and 2100."))
    return day
