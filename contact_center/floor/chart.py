"""Small charts as plain numbers for an inline SVG: a line over weeks with the band of its interval. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contact_center.satisfaction.figures import Figure

WIDTH, HEIGHT = 640, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 44, 14, 8


@dataclass(frozen=True, slots=True)
class Point:
    """One week on the line; `y` is None without answers."""

    x: float
    y: float | None
    figure: Figure
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """What the template draws, in the units of the view box."""

    points: Sequence[Point]
    line: str  # SVG path data
    band: str
    grid: Sequence[tuple[float, str]]  # y, label
    width: int = WIDTH
    height: int = HEIGHT


def line(weeks: Sequence[Figure], url: Callable[[str], str]) -> Line | None:
    """The line of the weekly shares; None with fewer than two weeks that have answers."""
    told = [week for week in weeks if week.interval]
    if len(told) < 2:
        return None
    lowest = min(week.interval[0] for week in told if week.interval)
    floor = min(0.7, max(0.0, int(lowest * 10) / 10))

    def y_of(share: float) -> float:
        return round(_TOP + (1 - share) / (1 - floor) * (HEIGHT - _TOP - _BOTTOM), 1)

    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(weeks) - 1)
    points = [
        Point(
            round(_LEFT + n * step, 1), y_of(week.share) if week.share is not None else None, week, url(week.key or "")
        )
        for n, week in enumerate(weeks)
    ]
    drawn = [(p.x, p.y, p.figure.interval) for p in points if p.y is not None and p.figure.interval]
    upper = [f"{x},{y_of(interval[1])}" for x, _y, interval in drawn]
    lower = [f"{x},{y_of(interval[0])}" for x, _y, interval in reversed(drawn)]
    grid = [(y_of(share), f"{share:.0%}") for share in (floor + (1 - floor) * n / 3 for n in range(4))]
    return Line(points, "M" + " L".join(f"{x},{y}" for x, y, _ in drawn), "M" + " L".join(upper + lower) + " Z", grid)


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
