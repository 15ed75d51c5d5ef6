"""A day's lines as plain numbers for an inline SVG: waiting, and how busy the agents were, of one run or two. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contact_center.simulator.figures import Slot

WIDTH, HEIGHT = 440, 190
_LEFT, _RIGHT, _TOP, _FOOT = 4, 66, 12, 162
_STEPS = (60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 43200, 86400)  # seconds from line to line


@dataclass(frozen=True, slots=True)
class Mark:
    """One point: where it lies, what it is worth."""

    x: float
    y: float
    slot: Slot
    value: float


@dataclass(frozen=True, slots=True)
class Lines:
    """What the template draws, in the units of the view box."""

    now: str  # SVG path data
    then: str
    marks: Sequence[Mark]  # of the last of both
    grid: Sequence[tuple[float, float]]  # y, value
    hours: Sequence[tuple[float, float]]  # x, second of the day
    width: int = WIDTH
    height: int = HEIGHT
    right: int = WIDTH - _RIGHT
    foot: int = _FOOT


def waits(now: Sequence[Slot], then: Sequence[Slot] = ()) -> Lines | None:
    """How long those waited who came in each slot; None with fewer than two slots that had somebody."""
    return _lines(now, then, lambda slot: slot.wait, _waits_grid)


def busy(now: Sequence[Slot], then: Sequence[Slot] = ()) -> Lines | None:
    """Which part of their time the agents had something in hand."""
    return _lines(now, then, lambda slot: slot.occupancy, lambda _most: [0.0, 0.25, 0.5, 0.75, 1.0])


def _lines(
    now: Sequence[Slot], then: Sequence[Slot], value: Callable[[Slot], float | None],
    grid_of: Callable[[float], Sequence[float]],
) -> Lines | None:  # fmt: skip
    told = [found for slot in (*now, *then) if (found := value(slot)) is not None]
    if sum(value(slot) is not None for slot in now) < 2:
        return None
    grid = grid_of(max(told))
    first, width = now[0].begin, now[-1].begin - now[0].begin

    def place(slot: Slot) -> tuple[float, float]:
        x = _LEFT + (slot.begin - first) / width * (WIDTH - _LEFT - _RIGHT)
        return round(x, 1), _y(value(slot) or 0.0, grid[-1])

    shown = then or now
    return Lines(
        _path([place(slot) for slot in now if value(slot) is not None]),
        _path([place(slot) for slot in then if value(slot) is not None]),
        [Mark(*place(slot), slot, found) for slot in shown if (found := value(slot)) is not None],
        [(_y(line, grid[-1]), line) for line in grid],
        [(place(slot)[0], slot.begin) for slot in now if _is_told(slot, width)],
    )  # fmt: skip


def _y(value: float, most: float) -> float:
    return round(_TOP + (1 - min(value / most, 1.0)) * (_FOOT - _TOP), 1)


def _waits_grid(most: float) -> Sequence[float]:
    """Three to six lines, at round times."""
    step = next((step for step in _STEPS if most <= 5 * step), _STEPS[-1])
    return [float(step * n) for n in range(max(2, int(most // step) + 1) + 1)]


def _is_told(slot: Slot, width: float) -> bool:
    """Whether the hour stands under it: every second or third of a day, every one of an afternoon."""
    every = 3600 if width <= 6 * 3600 else 7200 if width <= 14 * 3600 else 3 * 3600
    return slot.begin % every == 0


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x},{y}" for x, y in points) if points else ""
