"""What the report pages say: a figure in a line, the parts of a share, movements as sentences. Filters of templates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext, lazy_pgettext

from contact_center.reports import figures, metrics, movements, wording
from contact_center.reports.drilling import Part
from contact_center.reports.figures import Figure
from contact_center.reports.metrics import Metric, Spread, Unit
from contact_center.reports.periods import Named, Period

# What is above the line of a share, and what only below it.
PARTS: dict[str, tuple[Any, Any]] = {
    **dict.fromkeys(
        ("service_level", "service_level_f1", "service_level_f2", "service_level_f3", "service_level_f4",
         "service_level_f5"), (lazy_gettext("In time"), lazy_gettext("Not in time")),
    ),
    **dict.fromkeys(("abandonment", "abandonment_calls", "abandonment_raw"),
                    (lazy_gettext("Abandoned"), lazy_gettext("Did not give up"))),
    "csat": (lazy_gettext("Satisfied"), lazy_gettext("Not satisfied")),
    **dict.fromkeys(("csat_response", "nps_response", "ces_response"),
                    (lazy_pgettext("survey", "Answered"), lazy_gettext("Not answered"))),
    "ces": (lazy_gettext("Easy"), lazy_gettext("Not easy")),
    "fcr": (lazy_gettext("One contact was enough"), lazy_gettext("Came back")),
    "repeat_rate": (lazy_gettext("Came back"), lazy_gettext("For the first time")),
    "reopened_rate": (lazy_gettext("Reopened"), lazy_gettext("Solved once")),
    "deadlines_kept": (lazy_gettext("Something kept"), lazy_gettext("Nothing kept")),
    "transfer_rate": (lazy_gettext("Transferred"), lazy_gettext("Not transferred")),
    "rona": (lazy_gettext("Rang out"), lazy_gettext("Did not ring out")),
    "containment": (lazy_gettext("Contained"), lazy_gettext("Not contained")),
    "callback_success": (lazy_gettext("Reached"), lazy_gettext("Not reached")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A figure with all that is said of it. `movement` compares it with the period before."""

    metric: Metric
    figure: Figure
    movement: movements.Moved | None = None
    before: Figure | None = None

    @property
    def value(self) -> str:
        return wording.value(self.metric, self.figure.value)

    @property
    def interval(self) -> str:
        return wording.interval(self.metric, self.figure)

    @property
    def change(self) -> str:
        if self.before is None or self.before.value is None or self.figure.value is None:
            return ""
        return wording.change(self.metric, self.figure.value, self.before.value)

    @property
    def was(self) -> str:
        return wording.value(self.metric, self.before.value if self.before else None)

    @property
    def top(self) -> float:
        return figures.total(self.metric.top, self.figure.counters)

    @property
    def bottom(self) -> float:
        return figures.total(self.metric.bottom, self.figure.counters)


def told(metric: Metric, figure: Figure | None) -> str:
    """A figure in one line, with its n and its interval."""
    if figure is None:
        return ""
    said = [wording.value(metric, figure.value)]
    if figure.value is None:
        return said[0]
    if has_count(metric):
        said.append(f"n {wording.count(figure.n)}")
    if found := wording.interval(metric, figure):
        said.append(f"95%: {found}")
    return " · ".join(said)


def part(metric: Metric, which: Part) -> str:
    """What a part of the rows behind a figure is called."""
    above, below = PARTS.get(metric.key, (lazy_gettext("Counted for it"), lazy_gettext("The others")))
    return str({Part.ALL: _("All"), Part.TOP: above, Part.REST: below}[which])


def rest(metric: Metric, figure: Figure) -> float:
    """How many are below the line only."""
    return figures.total(metric.bottom, figure.counters) - figures.total(metric.top, figure.counters)


def has_parts(metric: Metric) -> bool:
    """Whether the rows behind a figure fall into two parts."""
    return metric.spread is Spread.WILSON


def has_count(metric: Metric) -> bool:
    """Whether `n` is a number of things, and not of seconds or of money."""
    if metric.percentile is not None:
        return True
    return bool(metric.bottom) and (metric.unit is not Unit.SHARE or metric.spread is not Spread.NONE)


def before_name(period: Period) -> str:
    """What a period is compared with."""
    if period.days == 1:
        return str(_("The same day of the week before"))
    return str({
        Named.THIS_WEEK: _("The week before"), Named.LAST_WEEK: _("The week before"),
        Named.THIS_MONTH: _("The month before"), Named.LAST_MONTH: _("The month before"),
    }.get(period.name, _("The period before")))  # type: ignore[call-overload]  # fmt: skip


def metric_name(key: str) -> str:
    """What a metric is called."""
    found = metrics.registry().get(key)
    return str(found.name) if found else key


FILTERS: dict[str, Callable[..., Any]] = {
    "metric_name": metric_name, "figure_line": told, "part_word": part, "period_words": wording.period,
    "period_name": wording.period_name, "topic_word": metrics.topic_word,
}  # fmt: skip
