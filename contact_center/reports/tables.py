"""A report's tables as files: the same lines and figures as the screen's, as CSV or as a workbook of several sheets.

Called by the report pages and by the letters. Everything here is as short as a screen; whole lists of rows are
`exporting`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.reports import asking, dimensions, metrics, pages, wording
from contact_center.reports.asked import Asked
from contact_center.reports.asking import Line
from contact_center.reports.dimensions import DIMENSIONS, GRAINS
from contact_center.reports.figures import Figure
from contact_center.reports.metrics import Metric, Spread, Unit
from contact_center.text import spreadsheets, workbooks
from contact_center.text.workbooks import Share, Sheet


@dataclass(frozen=True, slots=True)
class Split:
    """One table of a report: these metrics by a dimension or a grain; empty: only the total."""

    title: str
    by: str
    metrics: tuple[str, ...]


def of_page(asked: Asked, page: str) -> list[Split]:
    """All tables of a ready page, the first of them over time; of the explorer the one it shows."""
    ready = pages.get(page)
    if ready is None:
        shown = asked.metrics or (pages.USUAL_METRIC,)
        return [Split(_title(asked.by or asked.grain, shown), asked.by or asked.grain, shown)]
    drawn = [Split(str(chart.title), asked.grain, chart.metrics) for chart in ready.drawn(asked)]
    tabled = [Split(_title(table.by, table.metrics), table.by, table.metrics) for table in ready.tabled(asked)]
    return [Split(str(_("Totals")), "", ready.known(asked)), *drawn, *tabled]


def workbook(viewer: Agent | None, asked: Asked, title: str, splits: Sequence[Split]) -> Iterator[bytes]:
    """The tables as one file, a sheet each."""
    return workbooks.book(
        Sheet(split.title, headings(split), list(lines(viewer, asked, split)), lead(asked, title)) for split in splits
    )


def csv(viewer: Agent | None, asked: Asked, title: str, split: Split) -> Iterator[str]:
    """One table as text."""
    yield spreadsheets.BOM
    for said in lead(asked, title):
        yield spreadsheets.line(said)
    yield spreadsheets.line(headings(split))
    for cells in lines(viewer, asked, split):
        yield spreadsheets.line(round(cell, 6) if isinstance(cell, float) else cell for cell in cells)


def headings(split: Split) -> list[str]:
    """The first line: beside every value its n and, where there is one, its interval."""
    found = [_by_word(split.by)] if split.by else []
    found += [_("Code")] if split.by in DIMENSIONS else []
    for metric in map(metrics.get, split.metrics):
        name = str(metric.name)
        found.append(f"{name}{_unit_word(metric)}")
        if metric.bottom:
            found.append(f"{name}: n")
        if metric.spread is not Spread.NONE:
            found += [_("%(name)s: from", name=name), _("%(name)s: to", name=name)]
    return found


def lines(viewer: Agent | None, asked: Asked, split: Split) -> Iterator[list[Any]]:
    """The cells, line by line, the total at the end."""
    answer = asking.answer(viewer, asked.question(split.metrics, split.by or None))
    told = list(answer.rows) if split.by else []
    for line in [*told, answer.total]:
        yield [*_names(line, split), *_cells(line, split)]


def lead(asked: Asked, title: str) -> list[list[str]]:
    """What stands above the headings: what it is, of when, in whose time, narrowed to what, made when."""
    said = [
        [title],
        [_("Period"), wording.period(asked.period)],
        [_("Time zone"), asked.zone.key],
        *([str(DIMENSIONS[key].name), *names] for key, names in narrowed(asked).items()),
        [_("Made"), f"{clock.now().astimezone(asked.zone):%Y-%m-%d %H:%M}"],
    ]
    return [*said, []]


def narrowed(asked: Asked) -> dict[str, list[str]]:
    """What the report is narrowed to, by dimension, in words."""
    found: dict[str, list[str]] = {}
    for key in dict.fromkeys(key for key, _value in asked.only):
        values = [value for other, value in asked.only if other == key]
        names = dimensions.names(key, values)
        found[key] = [names.get(value, value) for value in values]
    return found


def _title(by: str, keys: tuple[str, ...]) -> str:
    return str(_("%(metric)s by %(by)s", metric=metrics.get(keys[0]).name, by=_by_word(by)))


def _by_word(by: str) -> str:
    return str((DIMENSIONS.get(by) or GRAINS[by]).name)


def _unit_word(metric: Metric) -> str:
    if metric.unit is Unit.SECONDS:
        return f" ({_('s')})"
    code = wording.currency() if metric.unit is Unit.MONEY else None
    return f" ({code})" if code else ""


def _names(line: Line, split: Split) -> list[str]:
    if not split.by:
        return []
    return [line.name, line.key] if split.by in DIMENSIONS else [line.name]


def _cells(line: Line, split: Split) -> Iterator[Any]:
    for metric in map(metrics.get, split.metrics):
        figure = line.figures[metric.key]
        yield _cell(metric, figure.value)
        if metric.bottom:
            yield figure.n
        if metric.spread is not Spread.NONE:
            yield from (_cell(metric, end) for end in _ends(figure))


def _ends(figure: Figure) -> tuple[float | None, float | None]:
    return figure.low, figure.high


def _cell(metric: Metric, value: float | None) -> Any:
    if value is None:
        return None
    if metric.unit is Unit.SHARE:
        return Share(value)
    return round(value) if metric.unit is Unit.COUNT else round(value, 2)
