"""How a figure stands to another one, of the period before or of other customers: and whether chance may explain it.

Pure; the pages ask. What is unusual of a whole day is found in `unusual`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from contact_center.reports.figures import Figure, Z
from contact_center.reports.metrics import Better, Metric, Unit


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure beside the one before. `is_clear`: chance does not explain it. `is_good` is None where neither is."""

    is_up: bool
    is_clear: bool
    is_good: bool | None


def moved(metric: Metric, now: Figure, before: Figure) -> Moved | None:
    """How *now* stands to *before*; None where one of them says nothing, or they are the same."""
    if now.value is None or before.value is None or now.value == before.value:
        return None
    is_up = now.value > before.value
    return Moved(is_up, _is_clear(metric, now, before), _is_good(metric, is_up=is_up))


def _is_clear(metric: Metric, now: Figure, before: Figure) -> bool:
    if metric.unit is Unit.COUNT:
        return abs((now.value or 0) - (before.value or 0)) > Z * sqrt(max(1.0, (now.value or 0) + (before.value or 0)))
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return False
    return now.is_enough and before.is_enough and (now.low > before.high or now.high < before.low)


def _is_good(metric: Metric, *, is_up: bool) -> bool | None:
    return None if metric.better is Better.NEITHER else is_up is (metric.better is Better.UP)
