"""What a report page shows: figures beside those before, tables by a dimension, and where most was lost.

Called by the report pages; asks `reports.asking`, writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contact_center.floor import reports_drawing as drawing
from contact_center.floor import reports_reading as reading
from contact_center.floor.reports_words import Told
from contact_center.reports import asking, dimensions, figures, metrics, movements, wording
from contact_center.reports.asked import Asked
from contact_center.reports.asking import Answer, Line
from contact_center.reports.dimensions import DIMENSIONS, GRAINS
from contact_center.reports.drilling import Part
from contact_center.reports.figures import Figure
from contact_center.reports.metrics import Metric, Spread
from contact_center.reports.pages import Chart, Kind, Table

_LOST = 6  # stretches in which most was lost


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as the template draws it. `narrow`: a dimension, so that a line's name leads to the page of it alone."""

    by: str
    title: str
    metrics: tuple[Metric, ...]
    answer: Answer
    said: Asked
    narrow: bool
    judges: bool  # of people: nobody below the least number has a score

    @property
    def has_interval(self) -> bool:
        return self.metrics[0].spread is Spread.WILSON

    @property
    def least(self) -> float:
        """Where the scale of the intervals begins."""
        lows = [f.low for line in self.answer.rows if (f := line.figures[self.metrics[0].key]).low is not None]
        return next((floor for floor in (0.7, 0.4) if lows and min(lows) >= floor), 0.0)

    @property
    def highest(self) -> float:
        key = self.metrics[0].key
        return max((abs(line.figures[key].value or 0) for line in self.answer.rows), default=0.0)

    def of(self, line: Line) -> Asked:
        """The question of one line alone."""
        return reading.stretch(self.said, line.at) if line.at else self.said.narrowed(self.by, line.key)


def told(viewer: Any, said: Asked, keys: Iterable[str], now: datetime) -> list[Told]:
    """Figures of the whole, beside those of the period before."""
    wanted = [metrics.get(key) for key in keys]
    if not wanted:
        return []
    names = [metric.key for metric in wanted]
    now_is = asking.answer(viewer, said.question(names)).total.figures
    if not said.compares:
        return [Told(one, now_is[one.key]) for one in wanted]
    was = asking.answer(viewer, said.before(names, now)).total.figures
    return [
        Told(one, now_is[one.key], movements.moved(one, now_is[one.key], was[one.key]), was[one.key]) for one in wanted
    ]


def table(viewer: Any, said: Asked, wanted: Table) -> Shown:
    answer = asking.answer(viewer, said.question(wanted.metrics, wanted.by, most=wanted.most))
    found = tuple(metrics.get(key) for key in wanted.metrics)
    is_grain = wanted.by in GRAINS
    if wanted.by == "agent":
        answer = replace(answer, rows=sorted(answer.rows, key=lambda line: (line.key == dimensions.NONE, line.name)))
    title = str((GRAINS[wanted.by] if is_grain else DIMENSIONS[wanted.by]).name)
    return Shown(wanted.by, title, found, answer, replace(said, by=wanted.by) if is_grain else said, not is_grain,
                 wanted.by == "agent")  # fmt: skip


def explored(viewer: Any, said: Asked, now: datetime) -> list[drawing.Drawing]:
    """One chart for all metrics of a unit; never two axes in one. With a split, one for each metric."""
    if said.by not in GRAINS:
        return []
    found = [metrics.get(key) for key in said.metrics]
    if said.split:
        shown = [Chart(f"{one.name} · {DIMENSIONS[said.split].name}", (one.key,), Kind.LINE, said.split)
                 for one in found]  # fmt: skip
    else:
        units = dict.fromkeys(one.unit for one in found)
        same = [[one for one in found if one.unit is unit] for unit in units]
        shown = [Chart(" · ".join(str(one.name) for one in some), tuple(one.key for one in some)) for some in same]
    return [drawing.over_time(viewer, said, chart, now) for chart in shown]


def lost(viewer: Any, said: Asked, key: str, now: datetime) -> list[tuple[str, float, float, str]]:
    """The stretches in which most contacts were not answered in time: when, how many, of how many, where they are."""
    metric = metrics.get(key)
    lines = [
        line for line in asking.answer(viewer, said.question([key], said.grain)).rows if line.at and line.at <= now
    ]
    found = [(line, Told(metric, line.figures[key])) for line in lines]
    worst = sorted(found, key=lambda one: one[1].top - one[1].bottom)[:_LOST]
    return [
        (wording.stretch(said.grain, line.at), one.bottom - one.top, one.bottom,
         reading.rows(reading.stretch(said, line.at), key, Part.REST))
        for line, one in worst
        if line.at and one.bottom > one.top
    ]  # fmt: skip


def better_served(tables: Iterable[Shown]) -> list[tuple[Metric, bool | None, Told, Told]]:
    """Of each measure: whether A customers fare better than all others; None where chance may explain it."""
    found = []
    for table in tables:
        ours = next((line for line in table.answer.rows if line.key == "A"), None)
        others = [line for line in table.answer.rows if line.key != "A"]
        for one in table.metrics if ours else ():
            a, rest = ours.figures[one.key] if ours else Figure(0, None), _together(one, others)
            moved = movements.moved(one, a, rest)
            if one.spread is not Spread.NONE and moved is not None and moved.is_good is not None:
                found.append((one, moved.is_good if moved.is_clear else None, Told(one, a), Told(one, rest)))
    return found


def _together(metric: Metric, lines: Sequence[Line]) -> Figure:
    """The figure of several lines as one."""
    sums: dict[str, float] = {}
    for line in lines:
        for name, number in line.figures[metric.key].counters.items():
            sums[name] = sums.get(name, 0) + number
    return figures.figure(metric, sums)
