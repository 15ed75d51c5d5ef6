"""The charts of the reports, as what the browser draws: values, what they are called, and where each point leads.

Called by the report pages. The same numbers stand in a table beside every chart, for whoever cannot see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from contact_center.agents.models import Agent
from contact_center.floor import reports_reading as reading
from contact_center.floor import reports_words as words
from contact_center.reports import asking, metrics, wording
from contact_center.reports.asked import Asked
from contact_center.reports.asking import Line
from contact_center.reports.drilling import Part
from contact_center.reports.figures import Figure
from contact_center.reports.metrics import Metric, Spread, Unit
from contact_center.reports.pages import Chart, Kind

_SERIES = 5  # values of a split that have a line or colour of their own
_FLOORS = (0.7, 0.4)  # where the axis of a share may begin, since it says so; bars begin at nothing


@dataclass(slots=True)
class Series:
    """One line, or one colour of the bars."""

    name: str
    values: list[float | None]
    said: list[str]
    urls: list[str] = field(default_factory=list)
    low: list[float | None] | None = None
    high: list[float | None] | None = None
    is_before: bool = False

    def told(self) -> dict[str, Any]:
        """As the browser reads it."""
        left_out = {"low": self.low, "high": self.high}
        told = {"name": self.name, "values": self.values, "said": self.said, "urls": self.urls}
        return {**told, "is_before": self.is_before, **{k: v for k, v in left_out.items() if v is not None}}


@dataclass(slots=True)
class Drawing:
    """A chart with its title, its labels, and what the browser is told (`data`)."""

    title: str
    kind: Kind
    metric: Metric
    labels: list[str]
    full: list[str]
    series: list[Series]
    strip: Series | None = None
    target: tuple[float, str] | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing was counted: a share of none at all is a value, a sum of nothing is not."""
        known = [value for series in self.series for value in series.values if value is not None]
        return not known if self.metric.bottom else not any(known)

    @property
    def is_single(self) -> bool:
        """Whether there is one line or colour of its own, which the title names."""
        return sum(not series.is_before for series in self.series) == 1

    def data(self) -> dict[str, Any]:
        """What the script needs, as JSON."""
        told: dict[str, Any] = {
            "kind": self.kind, "title": self.title, "labels": self.labels, "unit": self.metric.unit,
            "series": [series.told() for series in self.series], **self._scale(),
        }  # fmt: skip
        if self.metric.unit is Unit.MONEY:
            told["currency"] = wording.currency() or ""
        if self.strip:
            told["strip"] = self.strip.told()
        if self.target:
            told["target"] = {"value": self.target[0], "said": self.target[1]}
        return told

    def _scale(self) -> dict[str, float]:
        if self.metric.unit is not Unit.SHARE or self.kind is not Kind.LINE:
            return {}
        lows = [v for series in self.series for v in (series.low or series.values) if v is not None]
        lowest = min([*lows, *([self.target[0]] if self.target else [])], default=0)
        highest = max((v for series in self.series for v in (series.high or series.values) if v is not None), default=1)
        least = next((floor for floor in _FLOORS if lowest >= floor), 0.0)
        return {"least": least, "most": 1.0} if highest > 0.5 else {"least": 0.0}


def over_time(viewer: Agent, said: Asked, chart: Chart, now: datetime) -> Drawing:
    """A chart of a ready page or of the explorer, in stretches of the period."""
    answer = asking.answer(viewer, said.question(chart.metrics, said.grain))
    first = metrics.get(chart.metrics[0])
    lines = [line for line in answer.rows if line.at is not None]
    labels = [wording.stretch(said.grain, line.at, short=True) for line in lines if line.at]
    full = [wording.stretch(said.grain, line.at) for line in lines if line.at]
    if chart.split:
        series = _split(viewer, said, chart, now, lines)
    else:
        series = [_series(said, metrics.get(key), lines, now) for key in chart.metrics]
    drawing = Drawing(str(chart.title), chart.kind, first, labels, full, series)
    if len(series) == 1 and chart.kind is Kind.LINE:
        drawing.strip = _strip(first, lines, now)
        if said.compares:
            series.extend(_before(viewer, said, first, now, len(lines)))
    return drawing


def _series(said: Asked, metric: Metric, lines: Sequence[Line], now: datetime, name: str = "") -> Series:
    figures = [_at(line, metric, now) for line in lines]
    made = Series(
        name or str(metric.name), [figure.value if figure else None for figure in figures],
        [words.told(metric, figure) for figure in figures],
        [reading.rows(reading.stretch(said, line.at), metric.key) for line in lines if line.at],
    )  # fmt: skip
    if metric.spread is not Spread.NONE:
        made.low = [figure.low if figure else None for figure in figures]
        made.high = [figure.high if figure else None for figure in figures]
    return made


def _at(line: Line, metric: Metric, now: datetime) -> Figure | None:
    """The figure of a stretch; what has not begun yet has none, which is not nothing."""
    return line.figures[metric.key] if line.at is not None and line.at <= now else None


def _split(viewer: Agent, said: Asked, chart: Chart, now: datetime, lines: Sequence[Line]) -> list[Series]:
    """A series for each of the biggest values; stacked, the rest is one more."""
    metric = metrics.get(chart.metrics[0])
    biggest = asking.answer(viewer, said.question([metric.key], chart.split, most=_SERIES))
    found = []
    for value in biggest.rows:
        own = said.narrowed(chart.split, value.key)
        answer = asking.answer(viewer, own.question([metric.key], said.grain))
        series = _series(own, metric, answer.rows, now, value.name)
        found.append(series if chart.kind is Kind.LINE and len(biggest.rows) == 1 else _without_band(series))
    if biggest.left_out and chart.kind is Kind.STACK:
        found.append(_rest(said, metric, lines, found, now))
    return found


def _without_band(series: Series) -> Series:
    """Several bands on one another cannot be told apart."""
    return replace(series, low=None, high=None)


def _rest(said: Asked, metric: Metric, lines: Sequence[Line], shown: Sequence[Series], now: datetime) -> Series:
    values: list[float | None] = []
    for place, line in enumerate(lines):
        figure = _at(line, metric, now)
        parts = sum(series.values[place] or 0 for series in shown)
        values.append(None if figure is None else (figure.value or 0) - parts)
    urls = [reading.rows(reading.stretch(said, line.at), metric.key) for line in lines if line.at]
    return Series(str(_("Others")), values, [wording.value(metric, value) for value in values], urls)


def _strip(metric: Metric, lines: Sequence[Line], now: datetime) -> Series | None:
    """How many stand behind each point; of a share of what went well, those who did not."""
    if not metric.bottom:
        return None
    figures = [_at(line, metric, now) for line in lines]
    has_rest = metric.unit is Unit.SHARE and metric.key in words.PARTS
    values: list[float | None] = [(words.rest(metric, figure) if has_rest else figure.n) if figure else None
                                  for figure in figures]  # fmt: skip
    name = words.part(metric, Part.REST) if has_rest else "n"
    return Series(name, values, ["" if value is None else wording.count(value) for value in values])


def _before(viewer: Agent, said: Asked, metric: Metric, now: datetime, length: int) -> list[Series]:
    """The same of the period before, point beside point."""
    earlier = replace(said, period=said.period.before(now), by=said.grain)
    answer = asking.answer(viewer, earlier.question([metric.key], said.grain))
    lines = answer.rows[:length]
    figures = [line.figures[metric.key] for line in lines]
    if not any(figure.value for figure in figures):
        return []
    told = [
        f"{words.told(metric, figure)} ({wording.stretch(said.grain, line.at)})"
        for line, figure in zip(lines, figures, strict=True)
        if line.at
    ]
    urls = [reading.rows(reading.stretch(earlier, line.at), metric.key) for line in lines if line.at]
    return [Series(words.before_name(said.period), [f.value for f in figures], told, urls, is_before=True)]
