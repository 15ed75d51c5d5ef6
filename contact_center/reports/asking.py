"""Ask and answer: metrics, by one dimension or grain of time, between two instants, for a viewer.

Doors, exports and the command line ask; nobody else computes a figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import pgettext

from contact_center.agents.models import Agent
from contact_center.customers.models import TIERS
from contact_center.errors import Invalid
from contact_center.reports import dimensions, figures, metrics, summing, sweeping
from contact_center.reports.dimensions import GRAINS
from contact_center.reports.figures import Figure
from contact_center.reports.metrics import Metric
from contact_center.reports.question import Answer as Answer  # noqa: PLC0414 (whoever asks finds them here)
from contact_center.reports.question import Line as Line  # noqa: PLC0414
from contact_center.reports.question import Question as Question  # noqa: PLC0414
from contact_center.reports.views import VIEWS

MOST_STRETCHES = 3_000

Sums = dict[str, dict[str, float]]  # key of the split → counter, named with its place → sum


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, checked."""

    question: Question
    metrics: list[Metric]
    zone: ZoneInfo

    @property
    def grain(self) -> str | None:
        return self.question.by if self.question.by in GRAINS else None


def answer(viewer: Agent | None, question: Question) -> Answer:
    """The figures that *viewer* may see: of their queues; None sees all. Raises Invalid."""
    asked = check(question)
    sums: Sums = {}
    kept = sweeping.built()
    for some in _together(asked.metrics):
        for key, counted in summing.summed(question, viewer, some, kept.get(some[0].view)):
            line = sums.setdefault(key, {})
            for name, number in counted.items():
                place = _place(some[0], name)
                line[place] = line.get(place, 0) + number
    return _told(asked, sums)


def of_days(viewer: Agent | None, question: Question, days: Sequence[datetime]) -> list[Answer]:
    """The same question about each of these days, by a dimension or nothing: what `answer` says, in few statements."""
    asked = check(question)
    kept = sweeping.built()
    sums: dict[str, Sums] = {day.astimezone(UTC).isoformat(): {} for day in days}
    for some in _together(asked.metrics):
        if kept.get(some[0].view) != question.zone or some[0].is_level:
            return [answer(viewer, _on(question, day)) for day in days]
        for day, key, counted in summing.summed_by_day(question, viewer, some, days):
            sums[day].setdefault(key, {}).update({_place(some[0], name): number for name, number in counted.items()})
    return [_told(asked, of_day) for of_day in sums.values()]


def _on(question: Question, day: datetime) -> Question:
    zone = ZoneInfo(question.zone)
    return replace(question, since=day, until=dimensions.following("day", day.astimezone(zone), zone))


def check(question: Question) -> _Asked:
    """The question, if there is an answer to it. Raises Invalid."""
    found = [metrics.get(key) for key in question.metrics]
    for key in [question.by, *(key for key, _value in question.only)]:
        if key is not None and (key not in GRAINS or key != question.by):
            _check_split(found, key)
    try:
        zone = ZoneInfo(question.zone)
    except (KeyError, ValueError, OSError):
        sentence = _("There is no time zone “%(zone)s”.", zone=question.zone)
        raise Invalid(sentence, {"zone": sentence}) from None
    if question.until <= question.since:
        sentence = _("The end lies before the beginning.")
        raise Invalid(sentence, {"until": sentence})
    grain = GRAINS.get(question.by or "")
    if grain and (question.until - question.since) / grain.step > MOST_STRETCHES:
        sentence = _("That is too fine for so long a time. Choose a longer step, or less time.")
        raise Invalid(sentence, {"by": sentence})
    return _Asked(question, found, zone)


def _check_split(found: Iterable[Metric], key: str) -> None:
    dimension = dimensions.get(key)
    for metric in found:
        if key not in VIEWS[metric.view].splits:
            sentence = _(
                "“%(metric)s” does not know the dimension “%(dimension)s”.",
                metric=str(metric.name), dimension=str(dimension.name),
            )  # fmt: skip
            raise Invalid(sentence, {"by": sentence})


def _together(found: Iterable[Metric]) -> Iterable[list[Metric]]:
    """Metrics that one statement answers."""
    grouped: dict[tuple[str, str, bool, str], list[Metric]] = {}
    for metric in found:
        grouped.setdefault((metric.view, metric.at, metric.is_level, metric.channel), []).append(metric)
    return grouped.values()


def _place(metric: Metric, counter: str) -> str:
    return f"{metric.view}.{metric.at}.{metric.is_level}.{metric.channel}.{counter}"


def _told(asked: _Asked, sums: Sums) -> Answer:
    if asked.grain:
        return _over_time(asked, sums)
    whole = Line("", str(pgettext("figures", "Total")), _figures(asked.metrics, _added(sums.values())))
    if asked.question.by is None:
        return Answer([whole], whole)
    lines = _lines(asked, {key: line for key, line in sums.items() if any(line.values())})
    kept = lines[: asked.question.most] if asked.question.most else lines
    return Answer(kept, whole, len(lines) - len(kept))


def _added(lines: Iterable[dict[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for line in lines:
        for name, number in line.items():
            total[name] = total.get(name, 0) + number
    return total


def _figures(wanted: Sequence[Metric], sums: dict[str, float]) -> dict[str, Figure]:
    return {
        metric.key: figures.figure(metric, {name: sums.get(_place(metric, name), 0.0) for name in metric.counters})
        for metric in wanted
    }


def _over_time(asked: _Asked, sums: Sums) -> Answer:
    """Every stretch, in order, with or without anything in it; levels go on from what was before."""
    grain, question = asked.grain or "", asked.question
    levels = {_place(metric, name) for metric in asked.metrics if metric.is_level for name in metric.counters}
    level = {name: number for name, number in sums.pop(dimensions.NONE, {}).items() if name in levels}
    lines = []
    found = _figures(asked.metrics, level)
    is_empty = True
    for begin in dimensions.stretches(grain, question.since, question.until, asked.zone):
        line = sums.get(begin.astimezone(UTC).isoformat())
        if line is not None or not is_empty:  # of nothing after nothing the figures are the same
            level = {name: level.get(name, 0) + (line or {}).get(name, 0) for name in levels}
            found, is_empty = _figures(asked.metrics, (line or {}) | level), line is None
        lines.append(Line(begin.isoformat(), _stretch_name(grain, begin), found, begin))
    total = _figures(asked.metrics, _added(sums.values()) | level)
    return Answer(lines, Line("", str(pgettext("figures", "Total")), total))


def _stretch_name(grain: str, begin: datetime) -> str:
    if grain in ("quarter-hour", "hour"):
        return f"{begin:%Y-%m-%d %H:%M}"
    if grain == "quarter":
        return f"{begin:%Y}-Q{(begin.month + 2) // 3}"
    return begin.strftime({"month": "%Y-%m", "year": "%Y"}.get(grain, "%Y-%m-%d"))


def _lines(asked: _Asked, sums: Sums) -> list[Line]:
    """The biggest first, tiers from A; what is missing at the end."""
    by = asked.question.by or ""
    named = dimensions.names(by, list(sums))
    lines = [Line(key, named.get(key, key), _figures(asked.metrics, line)) for key, line in sums.items()]
    first = asked.metrics[0].key

    def order(line: Line) -> tuple[Any, ...]:
        place = TIERS.index(line.key) if by == "tier" and line.key in TIERS else 0
        return (line.key == dimensions.NONE, place, -line.figures[first].n, line.name)

    return sorted(lines, key=order)
