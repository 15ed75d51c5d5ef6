"""Point out what has moved beyond its usual spread: a day's figures, whole and by each value of some dimensions.

The method, robust against single odd days: a day is compared with the same weekday of the eight weeks before. Usual is
their median, the spread their median absolute deviation times 1.4826, which is a standard deviation where chance alone
is at work. More than three of them away is unusual, if there was enough on that day and on at least five of the others,
and if it is no chance of small numbers: the median lies outside the 95 % interval of the day's own value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.reports import asking, metrics, saying
from contact_center.reports.asking import Line, Question
from contact_center.reports.figures import Figure
from contact_center.reports.metrics import Better, Metric, Unit

WEEKS = 8
LEAST_WEEKS = 5
BEYOND = 3.0
LEAST_COUNTED = 10  # on each day, of whatever a figure is made of
_TO_DEVIATION = 1.4826
_LEAST_SPREAD = 0.05  # of the median: eight equal days do not make the ninth impossible
WATCHED = (
    "service_level", "abandonment_calls", "asa_calls", "offered", "aht_calls", "transfer_rate", "rona",
    "csat", "complaints", "opened", "repeat_rate",
)  # fmt: skip
BY = ("channel", "queue", "tier", "kind", "product")


@dataclass(frozen=True, slots=True)
class Movement:
    """One figure of a day that is unusual. `by` and `key` say of what; None: of everything. `distance` in spreads."""

    metric: Metric
    by: str | None
    key: str
    name: str
    day: date
    figure: Figure
    usual: float
    spread: float
    distance: float

    @property
    def is_good(self) -> bool | None:
        """Whether it moved the good way; None: that way is neither."""
        if self.metric.better is Better.NEITHER:
            return None
        return (self.distance > 0) == (self.metric.better is Better.UP)

    @property
    def sentence(self) -> str:
        """What has moved, in one sentence."""
        told = {
            "metric": str(self.metric.name), "value": saying.value(self.metric, self.figure.value),
            "day": saying.day(self.day), "usual": saying.value(self.metric, self.usual), "of": self.name,
            "weeks": WEEKS,
        }  # fmt: skip
        if self.by is None:
            return str(_("%(metric)s was %(value)s on %(day)s; on that weekday of the %(weeks)d weeks before it was usually %(usual)s.", **told))  # fmt: skip  # noqa: E501
        return str(_("%(metric)s, %(of)s: %(value)s on %(day)s; on that weekday of the %(weeks)d weeks before it was usually %(usual)s.", **told))  # fmt: skip  # noqa: E501

    @property
    def only(self) -> tuple[tuple[str, str], ...]:
        """What leads to its rows."""
        return ((self.by, self.key),) if self.by else ()


def movements(viewer: Agent | None, day: date, zone: str, limit: int = 20) -> list[Movement]:
    """What was unusual on *day* in *zone*, the furthest first; one per metric and value."""
    found: list[Movement] = []
    for by in (None, *BY):
        known = [metrics.get(key) for key in WATCHED]
        days = _days(viewer, known, by, day, zone)
        for key in sorted({key for lines in days for key in lines}):
            line, *before = (lines.get(key) for lines in days)
            shown = next(each for each in (line, *before) if each is not None)
            found += [one for metric in known if (one := _moved(metric, by, day, shown, [line, *before]))]
    found.sort(key=lambda one: (-abs(one.distance), one.metric.key, one.name))
    return found[:limit]


def last_day(zone: str) -> date:
    """The last day that is over in *zone*."""
    return clock.now().astimezone(ZoneInfo(zone)).date() - timedelta(days=1)


def bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """When a day begins and ends in *zone*."""
    clocks = ZoneInfo(zone)
    return datetime.combine(day, time(), clocks), datetime.combine(day + timedelta(days=1), time(), clocks)


def _days(viewer: Agent | None, known: list[Metric], by: str | None, day: date, zone: str) -> list[dict[str, Line]]:
    """The lines of the day, and of the same weekday of the weeks before."""
    begins = [bounds(day - timedelta(weeks=back), zone)[0] for back in range(WEEKS + 1)]
    question = Question(tuple(one.key for one in known), by, begins[-1], bounds(day, zone)[1], zone)
    return [{line.key: line for line in found.rows} for found in asking.of_days(viewer, question, begins)]


def _moved(metric: Metric, by: str | None, day: date, shown: Line, lines: list[Line | None]) -> Movement | None:
    """*lines* are those of the day and of the days before; *shown* is any of them, for what it is called."""
    figure, *then = (_figure(metric, line) for line in lines)
    usual = _usual(metric, then)
    if usual is None or figure.value is None or not _is_enough(metric, figure, usual[0]):
        return None
    middle, spread = usual
    distance = (figure.value - middle) / spread
    if abs(distance) <= BEYOND or _is_chance(metric, figure, middle):
        return None
    return Movement(metric, by, shown.key, shown.name, day, figure, middle, spread, distance)


def _figure(metric: Metric, line: Line | None) -> Figure:
    """A day without any is a day, too."""
    if line is not None:
        return line.figures[metric.key]
    return Figure(0, 0.0 if metric.unit is Unit.COUNT else None)


def _usual(metric: Metric, then: list[Figure]) -> tuple[float, float] | None:
    """The median of the days before and their spread; None if too few of them had enough to be compared with."""
    known = [one for one in then if one.value is not None and (metric.unit is Unit.COUNT or one.n >= LEAST_COUNTED)]
    values = [one.value for one in known if one.value is not None]
    if sum(one.n > 0 for one in known) < LEAST_WEEKS:  # too young to have anything usual
        return None
    middle = median(values)
    spread = _TO_DEVIATION * median(abs(value - middle) for value in values)
    return middle, max(spread, _LEAST_SPREAD * abs(middle), 1e-9)


def _is_enough(metric: Metric, figure: Figure, usual: float) -> bool:
    if metric.unit is Unit.COUNT:
        return max(figure.value or 0, usual) >= LEAST_COUNTED
    return figure.is_enough


def _is_chance(metric: Metric, figure: Figure, usual: float) -> bool:
    """Whether the day's own numbers are so small that the usual may be behind them. Counts scatter as their root."""
    if metric.unit is Unit.COUNT:
        return abs((figure.value or 0) - usual) <= 2 * max(usual, 1.0) ** 0.5
    return figure.low is not None and figure.high is not None and figure.low <= usual <= figure.high
