"""The wallboard's words: what figures are called, in which unit their limits are, and views in a sentence; filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext

from contact_center.reports import metrics
from contact_center.text import durations
from contact_center.wall.limits import SECONDS
from contact_center.wall.models import Figure
from contact_center.wall.views import View


def figure_word(figure: Figure) -> str:
    return {
        Figure.WAITING: pgettext("wall", "Waiting"),
        Figure.LONGEST: _("Longest wait"),
        Figure.LEVEL: _("Service level today"),
        Figure.ABANDONED: pgettext("wall", "Abandoned"),
        Figure.ASA: _("Speed of answer, mean"),
        Figure.AHT: _("Handle time, mean"),
        Figure.DUE: _("Due in 30 min"),
        Figure.CSAT: _("CSAT today"),
        Figure.TALK: _("Time on one call"),
        Figure.WRAP: _("Time after one call"),
        Figure.AWAY: _("Time away"),
    }[figure]


def limit_unit(figure: Figure) -> str:
    """What the numbers of its limits mean."""
    return {
        Figure.WAITING: _("more than this many customers"),
        Figure.LONGEST: _("above this percentage of the queue's target time"),
        Figure.LEVEL: _("more than this many points below the queue's target"),
        Figure.ABANDONED: _("above this percentage"),
        Figure.ASA: _("longer than"),
        Figure.AHT: _("longer than"),
        Figure.DUE: _("more than this many deadlines"),
        Figure.CSAT: _("below this percentage"),
        Figure.TALK: _("longer than"),
        Figure.WRAP: _("longer than"),
        Figure.AWAY: _("longer than"),
    }[figure]


def limit_value(value: float, figure: Figure) -> str:
    """A limit as people type it."""
    return durations.say(int(value)) if figure in SECONDS else f"{value:g}"


def view_told(written: str, queues: Mapping[int, str]) -> list[str]:
    """A view in words, one for each thing it is narrowed by."""
    view = View.read(written)
    names = [queues[one] for one in view.queues if one in queues]
    channels = {
        "email": pgettext("channel", "E-mail"),
        "web": pgettext("channel", "Web"),
        "phone": pgettext("channel", "Calls"),
        "sms": pgettext("channel", "Texts"),
    }
    tier = [_("Tier %(letter)s", letter=view.tier)] if view.tier else []
    channel = [channels[view.channel]] if view.channel else []
    return [*(names or [_("All queues")]), *tier, *channel]


@dataclass(frozen=True, slots=True)
class Told:
    """How a figure is counted: its title, its formula, and what is counted how where it is not obvious."""

    title: str
    formula: str
    edges: str = ""
    href: str = ""


def formulas() -> dict[str, Told]:
    """Of every figure; those that are metrics of the reports in the reports' own words."""
    measured = {"level": "service_level", "abandoned": "abandonment", "asa": "asa", "aht": "aht", "csat": "csat"}
    told = {name: metrics.get(key) for name, key in measured.items()}
    return _counted_here() | {
        name: Told(str(metric.name), str(metric.formula), str(metric.edges), f"/floor/reports/metrics/{metric.key}")
        for name, metric in told.items()
    }


def _counted_here() -> dict[str, Told]:
    """What is so at this moment, and no metric of a stretch of time."""
    return {
        "waiting": Told(
            pgettext("wall", "Waiting"),
            _("customers in a queue whom nobody has taken yet; what rings at a desk still waits"),
            _("Callbacks that are owed wait as well. Our own promises do not: no customer stands in line for them."),
        ),
        "longest": Told(
            _("Longest wait"),
            _("now − joining the queue, of the customer whose wait is furthest beyond the target of their queue"),
            _("Two hours may be nothing for a letter and half a minute too long for a call: so waits are compared by "
              "how much of their queue's target is used, and the wait itself is shown."),
        ),
        "due": Told(
            _("Due in 30 min"),
            _("deadlines that are running and end within 30 minutes"),
            _("First and next answers and solutions, as the service levels promise them. Paused ones are left out."),
        ),
    }  # fmt: skip


FILTERS: dict[str, Callable[..., Any]] = {
    "figure_word": figure_word,
    "limit_unit": limit_unit,
    "limit_value": limit_value,
    "view_told": view_told,
}
