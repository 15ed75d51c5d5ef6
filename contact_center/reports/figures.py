"""The arithmetic of metrics: from sums of counters to a value with its n and its 95 % interval. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

from contact_center.reports import counters
from contact_center.reports.metrics import ENOUGH, Metric, Spread, Unit
from contact_center.satisfaction import figures as satisfaction

Z = 1.959964  # of the normal distribution, for 95 %
Sums = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """One value. `n` is what it was counted from; `low` and `high` bound its 95 % interval where there is one."""

    n: int
    value: float | None
    low: float | None = None
    high: float | None = None
    counters: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_enough(self) -> bool:
        """Whether there is enough to judge by."""
        return self.n >= ENOUGH


def figure(metric: Metric, sums: Sums) -> Figure:
    """The value of *metric* from the *sums* of its counters."""
    if metric.percentile is not None:
        return _percentile(metric, sums)
    used = {name: sums.get(name, 0) for name in metric.counters}
    top = total(metric.top, sums)
    if not metric.bottom:
        value = top * metric.scale
        return Figure(int(top), int(value) if metric.unit is Unit.COUNT else value, counters=used)
    bottom = total(metric.bottom, sums)
    if bottom <= 0:
        return Figure(0, None, counters=used)
    low, high = _interval(metric, top, bottom, sums)
    return Figure(int(bottom), top / bottom * metric.scale, low, high, used)


def total(names: Sequence[str], sums: Sums) -> float:
    """The sum of these counters; a leading minus subtracts."""
    return sum(-sums.get(name[1:], 0) if name.startswith("-") else sums.get(name, 0) for name in names)


def wilson(good: float, n: float) -> tuple[float, float] | None:
    """The 95 % interval (Wilson, 1927) of a share of *good* among *n*; None without any."""
    if n <= 0:
        return None
    p, z2 = good / n, Z * Z
    centre, half = p + z2 / (2 * n), Z * sqrt(max(0.0, p * (1 - p) / n + z2 / (4 * n * n)))
    return max(0.0, (centre - half) / (1 + z2 / n)), min(1.0, (centre + half) / (1 + z2 / n))


def of_mean(top: float, squares: float, n: float) -> tuple[float, float] | None:
    """The 95 % interval of an average, from the sum, the sum of squares and n; None for fewer than two."""
    if n < 2:
        return None
    mean = top / n
    variance = max(0.0, (squares - n * mean * mean) / (n - 1))
    half = Z * sqrt(variance / n)
    return mean - half, mean + half


def _interval(metric: Metric, top: float, bottom: float, sums: Sums) -> tuple[float | None, float | None]:
    found = None
    if metric.spread is Spread.WILSON and 0 <= top <= bottom:
        found = wilson(top, bottom)
    elif metric.spread is Spread.MEAN:
        found = of_mean(top, sums.get(metric.squares, 0), bottom)
    elif metric.spread is Spread.NET:
        decided = sums.get(metric.squares, 0)  # promoters and detractors together
        found = satisfaction.adjusted_wald(int(decided + top) // 2, int(decided - top) // 2, int(bottom))
    return (found[0] * metric.scale, found[1] * metric.scale) if found else (None, None)


def _percentile(metric: Metric, sums: Sums) -> Figure:
    """Where so many of all lie below: the class is found by counting, the place in it by proportion."""
    counted = [sums.get(name, 0) for name in metric.counters]
    n = sum(counted)
    used = dict(zip(metric.counters, counted, strict=True))
    if not n:
        return Figure(0, None, counters=used)
    wanted, below = (metric.percentile or 0) * n, 0.0
    for place, count in enumerate(counted):
        if count and below + count >= wanted:
            first, last = counters.class_of(place)
            return Figure(int(n), first + (last - first) * (wanted - below) / count, counters=used)
        below += count
    return Figure(int(n), float(counters.BOUNDS[-1]), counters=used)
