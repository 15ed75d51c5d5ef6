"""What a metric is, and the one registry of all: name, formula, source, edge cases, unit, and the arithmetic itself.

A metric is arithmetic on sums of counters, and a counter is a column of a view of `bi`: so it can be rolled up, and is
the same from raw rows and from roll-ups. The texts are lazy: each reader sees them in their language.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from contact_center.errors import Invalid

TOPICS = (
    "service", "volume", "handling", "solving", "routing", "calls", "satisfaction", "backlog", "agents", "cost",
    "knowledge",
)  # fmt: skip  # modules of `registry`, in the order of the pages
ENOUGH = 30  # of whatever is counted: with fewer nobody is judged


class Unit(StrEnum):
    COUNT = "COUNT"
    SHARE = "SHARE"  # 0 to 1
    SECONDS = "SECONDS"
    SCORE = "SCORE"  # on the scale that the formula names
    MONEY = "MONEY"  # in the reporting currency


class Spread(StrEnum):
    """How the 95 % interval beside the value is found."""

    NONE = "NONE"
    WILSON = "WILSON"  # of a share
    MEAN = "MEAN"  # of an average: 1.96 standard errors
    NET = "NET"  # of promoters less detractors: adjusted Wald


class Better(StrEnum):
    """Which way is good, for colours and for what is pointed out."""

    UP = "UP"
    DOWN = "DOWN"
    NEITHER = "NEITHER"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. `top` ÷ `bottom`, each a sum of counters (a leading minus subtracts one); no bottom: only the sum.

    `at` is the column of `view` whose instant decides to which day a row belongs. `squares` is the counter that holds
    the squares of what `top` sums. With `percentile` it is that share of the histogram named by `top`. `scale`
    multiplies the value. `settles_in`: days after which a value changes no more. `is_level`: how much there is at the
    end of the time asked for, from all rows until then: no figures of two stretches can be added. `channel`: only rows
    of that one count, whatever else is asked; `whole` is then the key of the same figure of all channels.
    """

    key: str
    name: Any
    unit: Unit
    formula: Any
    source: Any
    edges: Any
    view: str
    at: str
    top: tuple[str, ...]
    bottom: tuple[str, ...] = ()
    spread: Spread = Spread.NONE
    squares: str = ""
    percentile: float | None = None
    scale: float = 1.0
    better: Better = Better.NEITHER
    settles_in: int = 0
    is_level: bool = False
    topic: str = ""
    channel: str = ""
    whole: str = ""

    @property
    def counters(self) -> tuple[str, ...]:
        """The names of all counters it is made of, each once."""
        names = [name.removeprefix("-") for name in (*self.top, *self.bottom)]
        return tuple(dict.fromkeys([*names, *([self.squares] if self.squares else [])]))

    @property
    def counted(self) -> Any:
        """Of what `n` is the number, in words."""
        return lazy_gettext("n is what stands below the line") if self.bottom else lazy_gettext("n is the figure")


def of_calls(metric: Metric) -> Metric:
    """The same of calls alone: their seconds and the hours of what is written have no average that says anything."""
    return replace(
        metric, key=f"{metric.key}_calls", name=lazy_gettext("%(figure)s, calls", figure=metric.name),
        formula=lazy_gettext("of calls: %(formula)s", formula=metric.formula), channel="phone", whole=metric.key,
    )  # fmt: skip


@cache
def registry() -> dict[str, Metric]:
    """All metrics by their key, in the order of the topics."""
    found: dict[str, Metric] = {}
    for topic in TOPICS:
        module = import_module(f"contact_center.reports.registry.{topic}")
        for metric in module.METRICS:
            found[metric.key] = metric
    return found


def get(key: str) -> Metric:
    """The metric of that *key*. Raises Invalid."""
    metric = registry().get(key)
    if metric is None:
        sentence = _("There is no metric “%(key)s”.", key=key)
        raise Invalid(sentence, {"metric": sentence})
    return metric


def of_topic(topic: str) -> list[Metric]:
    """The metrics of one topic, in their order."""
    return [metric for metric in registry().values() if metric.topic == topic]


def topic_word(topic: str) -> str:
    """What a topic is called."""
    return str({
        "service": _("Service level and waiting"), "volume": _("Volume"), "handling": _("Handling"),
        "solving": _("First-contact resolution and repeat contacts"), "routing": _("Offers"),
        "calls": _("Calls and self-service"), "satisfaction": _("Satisfaction"),
        "backlog": _("Backlog and promises"), "agents": _("Agents’ time"), "cost": _("Cost to serve"),
        "knowledge": _("Knowledge base"),
    }.get(topic, topic))  # fmt: skip
