"""A deadline as steps through its calendar: what counted, what did not and why, and the pauses. Pure; words come later.

"Fri 16:30 + 4 working hours = Mon 12:30": 30 minutes until 17:00 on Friday, the weekend, 210 minutes until 12:30.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from contact_center.calendars.arithmetic import Hours, Step, Why
from contact_center.sla.clocks import Clock
from contact_center.sla.models import DeadlineState

PAUSED = "PAUSED"


@dataclass(frozen=True, slots=True)
class Line:
    """One step: what sort of time, from when to when (None: still on), and how many minutes of it count."""

    why: str
    begins: datetime
    ends: datetime | None
    minutes: float = 0
    names: tuple[str, ...] = ()
    days: int = 1  # on which there is something of it


def lines(clock: Clock, hours: Hours, language: str = "") -> list[Line]:
    """The way from its start to its due time, nights and lunches left out."""
    here, found = clock.started_at, []
    for rests_at, goes_on_at in clock.rests:
        if rests_at >= clock.due_at:
            break
        found += _shorter(hours.parts(here, rests_at, language))
        found.append(Line(PAUSED, rests_at, goes_on_at))
        here = goes_on_at
    if clock.state is DeadlineState.PAUSED and clock.paused_at is not None and clock.paused_at < clock.due_at:
        return [*found, *_shorter(hours.parts(here, clock.paused_at, language)), Line(PAUSED, clock.paused_at, None)]
    return found + _shorter(hours.parts(here, clock.due_at, language))


def _shorter(steps: Iterable[Step]) -> list[Line]:
    """Working days in a row, but for the first and the last, are one line; why nothing counts is told of free days."""
    told = [step for step in steps if step.why is not Why.CLOSED]
    if not told or all(step.why is not Why.OPEN for step in told):
        return [_line(step) for step in told]
    opens = [place for place, step in enumerate(told) if step.why is Why.OPEN]
    return list(_merged(told, opens[0], opens[-1]))


def _merged(told: list[Step], first: int, last: int) -> Iterator[Line]:
    run: list[Step] = []
    for place, step in enumerate(told):
        if step.why is Why.OPEN and first < place < last:
            run.append(step)
            continue
        yield from _one(run)
        run = []
        yield _line(step)
    yield from _one(run)


def _one(run: list[Step]) -> Iterator[Line]:
    if run:
        days = len({step.begins.date() for step in run})
        yield Line(Why.OPEN, run[0].begins, run[-1].ends, sum(step.minutes for step in run), days=days)


def _line(step: Step) -> Line:
    return Line(step.why, step.begins, step.ends, step.minutes, step.names)
