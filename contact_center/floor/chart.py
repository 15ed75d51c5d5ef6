"""Small charts as plain numbers for an inline SVG: a line over weeks with the band of its interval. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from contact_center.satisfaction.figures import Figure

WIDTH, HEIGHT = 640, 236
_LEFT, _RIGHT, _TOP, _FOOT = 24, 64, 14, 182  # the plot ends at _FOOT; below it the weeks have their say
_SHOWN = 14  # weeks that are told of by words; of more, every second or third
_SCALES = ((0.7, 3), (0.4, 3), (0.0, 4), (-1.0, 4))  # where the axis begins, and its steps: all of them even numbers


@dataclass(frozen=True, slots=True)
class Point:
    """One week on the line; `y` is None without answers. `is_told` has a rate under it, `is_dated` a day as well."""

    x: float
    y: float | None
    figure: Figure
    url: str
    is_told: bool
    is_dated: bool
    is_labelled: bool  # the last and the lowest

    @property
    def first_day(self) -> date:
        return date.fromisoformat(self.figure.key or "")


@dataclass(frozen=True, slots=True)
class Line:
    """What the template draws, in the units of the view box."""

    points: Sequence[Point]
    line: str  # SVG path data
    band: str
    grid: Sequence[tuple[float, float]]  # y, share
    width: int = WIDTH
    height: int = HEIGHT
    right: int = WIDTH - _RIGHT


def line(weeks: Sequence[Figure], url: Callable[[str], str]) -> Line | None:
    """The line of the weekly shares; None with fewer than two weeks that have answers."""
    told = [week for week in weeks if week.interval]
    if len(told) < 2:
        return None
    lowest = min(week.interval[0] for week in told if week.interval)
    floor, steps = next(scale for scale in _SCALES if lowest >= scale[0])

    def y_of(share: float) -> float:
        return round(_TOP + (1 - share) / (1 - floor) * (_FOOT - _TOP), 1)

    points = _points(weeks, url, y_of)
    drawn = [(p.x, p.y, p.figure.interval) for p in points if p.y is not None and p.figure.interval]
    upper = [f"{x},{y_of(interval[1])}" for x, _y, interval in drawn]
    lower = [f"{x},{y_of(interval[0])}" for x, _y, interval in reversed(drawn)]
    grid = [(y_of(share), share) for share in (floor + (1 - floor) * n / steps for n in range(steps + 1))]
    return Line(points, "M" + " L".join(f"{x},{y}" for x, y, _ in drawn), "M" + " L".join(upper + lower) + " Z", grid)


def _points(weeks: Sequence[Figure], url: Callable[[str], str], y_of: Callable[[float], float]) -> list[Point]:
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(weeks) - 1)
    every = -(-len(weeks) // _SHOWN)
    answered = [n for n, week in enumerate(weeks) if week.share is not None]
    labelled = {answered[-1], min(answered, key=lambda n: (weeks[n].share or 0.0, -n))}
    return [
        Point(
            round(_LEFT + n * step, 1), None if week.share is None else y_of(week.share), week, url(week.key or ""),
            n % every == 0, n % (every if len(weeks) < _SHOWN // 2 else 2 * every) == 0, n in labelled,
        )
        for n, week in enumerate(weeks)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Curve:
    """The curve of shares: which part of sales the largest customers bring. `marks` are (x, y, buyers, sales)."""

    path: str
    area: str
    marks: Sequence[tuple[float, float, float, float]]
    width: int
    height: int


CURVE = (420, 160)


def curve(shares: Sequence[tuple[float, float]]) -> Curve | None:
    """Draw (part of buyers, part of sales), largest first; None without sales."""
    if not shares:
        return None
    width, height = CURVE
    points = [(0.0, 0.0), *shares]
    drawn = " L".join(f"{x * width:.1f},{(1 - y) * height:.1f}" for x, y in points)
    marks = [
        (x * width, (1 - y) * height, x, y)
        for wanted in (0.06, 0.26)
        for x, y in [min(shares, key=lambda share: abs(share[0] - wanted))]
    ]
    return Curve(f"M{drawn}", f"M{drawn} L{width},{height} L0,{height} Z", marks, width, height)


def bars(amounts: Sequence[float], width: int = 96, height: int = 22) -> Sequence[tuple[float, float, float, float]]:
    """Small bars (x, y, width, height) of a row of months; what is negative shows as nothing."""
    highest = max([float(amount) for amount in amounts] or [0.0]) or 1.0
    step = width / max(len(amounts), 1)
    made = []
    for n, amount in enumerate(amounts):
        tall = max(float(amount), 0.0) / highest * height
        made.append((round(n * step, 1), round(height - tall, 1), round(step - 1, 1), round(tall, 1)))
    return made
