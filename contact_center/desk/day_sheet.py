"""One person's day as one timeline: presence, pauses, offers and what they had in hand, each with start and end.

The presence door shows it, as bars over the hours and as a list; nothing is computed twice: bars and list are the same
stretches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _

from contact_center import clock, pages
from contact_center.agents import board, channel_pauses
from contact_center.agents.models import Agent, PresenceState
from contact_center.routing import occupancy
from contact_center.routing.models import OfferState
from contact_center.routing.occupancy import Occupancy

WIDTH, ROW, GAP = 1000, 16, 4
_LEAST_HOURS = 8  # of the day that the bars show, so that one short stretch does not fill it
_MOST_LANES = 6  # of work in hand; what more overlaps is in the list
_SHORTEST = 3.0  # units of the drawing, so that an offer of seconds is seen


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the reader's calendar; `ends` is now on the present one."""

    when: date
    begins: datetime
    ends: datetime
    is_today: bool

    @property
    def before(self) -> str:
        return (self.when - timedelta(days=1)).isoformat()

    @property
    def after(self) -> str:
        return (self.when + timedelta(days=1)).isoformat()

    def part(self, began: datetime, ended: datetime | None) -> timedelta:
        """How much of a stretch lies in this day."""
        return max(min(ended or self.ends, self.ends) - max(began, self.begins), timedelta(0))

    @classmethod
    def of(cls, instant: datetime) -> Day:
        """The day in which *instant* lies."""
        return cls.on(instant.astimezone(pages.zone()).date())

    @classmethod
    def on(cls, day: date) -> Day:
        """The day of that date, which has 23 or 25 hours where clocks change."""
        zone, now = pages.zone(), clock.now()
        begins, ends = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
        return cls(day, begins, min(ends, now), begins <= now < ends)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One thing of the day. `what` says which of presence, pause, offer and work; `row` is its row."""

    what: str
    tone: str
    began: datetime
    ended: datetime | None
    row: Any
    ticket: Any = None
    channel: str = ""
    is_visible: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: int
    width: float
    stretch: Stretch


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page shows; `spent` is the time in each state, `offers` how many ended which way."""

    stretches: Sequence[Stretch]
    bars: Sequence[Bar]
    rows: Sequence[tuple[str, int]]  # what a row of bars is, and where it stands
    hours: Sequence[tuple[float, str]]
    height: int
    spent: Mapping[PresenceState, timedelta]
    occupancy: Occupancy | None
    offers: Mapping[OfferState, int]
    worked: int


def of(person: Agent, day: Day, viewer: Agent) -> Sheet:
    """The sheet of *person*'s *day*, as *viewer* may see it."""
    lanes = _lanes(person, day, viewer)
    rows, bars = _drawn(lanes, day)
    return Sheet(
        stretches=sorted((one for lane in lanes.values() for one in lane), key=lambda one: (one.began, one.what)),
        bars=bars,
        rows=rows,
        hours=_hours(lanes, day),
        height=max((bar.y + ROW for bar in bars), default=0),
        spent=board.times([person.id], day.begins, day.ends).get(person.id, {}),
        occupancy=occupancy.of([person.id], day.begins, day.ends).get(person.id),
        offers=Counter(one.row.state for one in lanes["offer"]),
        worked=len({one.row.interaction_id for one in lanes["work"]}),
    )


def lasted(period: timedelta) -> str:
    """A period in hours and minutes, a short one in seconds."""
    seconds = int(period.total_seconds())
    if seconds < 60:
        return str(_("%(seconds)d s", seconds=seconds))
    minutes = seconds // 60
    if minutes < 60:
        return str(_("%(minutes)d min", minutes=minutes))
    return str(_("%(hours)d h %(minutes)02d", hours=minutes // 60, minutes=minutes % 60))


def _lanes(person: Agent, day: Day, viewer: Agent) -> dict[str, list[Stretch]]:
    begins, ends = day.begins, day.ends
    return {
        "presence": [
            Stretch("presence", row.state.lower(), row.started_at, row.ended_at, row)
            for row in board.stretches(person, begins, ends)
        ],
        "pause": [
            Stretch("pause", "pause", row.started_at, row.ended_at, row, channel=row.channel)
            for row in channel_pauses.stretches(person, begins, ends)
        ],
        "offer": [
            Stretch("offer", row.state.lower(), row.offered_at, row.ended_at, row, ticket, one.channel, is_visible)
            for row, one, ticket, is_visible in occupancy.offers(person, begins, ends, viewer)
        ],
        "work": [
            Stretch("work", "work", row.started_at, row.ended_at, row, ticket, one.channel, is_visible)
            for row, one, ticket, is_visible in occupancy.handlings(person, begins, ends, viewer)
        ],
    }


def _drawn(lanes: Mapping[str, list[Stretch]], day: Day) -> tuple[list[tuple[str, int]], list[Bar]]:
    """The rows of bars, one for each kind of thing that there is; work in hand lies side by side where it overlaps."""
    start, end = _shown(lanes, day)
    rows: list[tuple[str, int]] = []
    bars: list[Bar] = []
    y = 0
    for what, lane in lanes.items():
        used = _stacked(lane, day) if what == "work" else [lane] if lane else []
        if used:
            rows.append((what, y))
        for side_by_side in used:
            shown = (one for one in side_by_side if one.began < end and (one.ended or day.ends) > start)
            bars += [replace(_bar(one, start, end, day), y=y) for one in shown]
            y += ROW + GAP
        y += GAP if used else 0
    return rows, bars


def _stacked(lane: Iterable[Stretch], day: Day) -> list[list[Stretch]]:
    """The fewest lines in which no two stretches touch."""
    lines: list[list[Stretch]] = []
    for one in lane:
        free = next((line for line in lines if (line[-1].ended or day.ends) <= one.began), None)
        if free is not None:
            free.append(one)
        elif len(lines) < _MOST_LANES:
            lines.append([one])
    return lines


def _bar(one: Stretch, start: datetime, end: datetime, day: Day) -> Bar:
    scale = WIDTH / (end - start).total_seconds()
    began, ended = max(one.began, start), min(one.ended or day.ends, end)
    x = (began - start).total_seconds() * scale
    width = max((ended - began).total_seconds() * scale, _SHORTEST)
    return Bar(round(min(x, WIDTH - width), 1), 0, round(width, 1), one)


def _shown(lanes: Mapping[str, list[Stretch]], day: Day) -> tuple[datetime, datetime]:
    """From which full hour to which the bars go: where the person was here or at work, at least some hours.

    What lay in their hands overnight does not stretch the day.
    """
    within = [one for one in lanes["work"] if one.began >= day.begins and one.ended and one.ended < day.ends]
    others = [one for what, lane in lanes.items() for one in lane if what != "work" and one.tone != "offline"]
    something = [*within, *others] or lanes["work"]
    first = min((max(one.began, day.begins) for one in something), default=day.begins)
    last = max((min(one.ended or day.ends, day.ends) for one in something), default=day.ends)
    start, least = _full_hour(first), timedelta(hours=_LEAST_HOURS)
    end = last if last == _full_hour(last) else _full_hour(last) + timedelta(hours=1)
    start = max(min(start, end - least), day.begins)
    return start, max(end, start + least)


def _full_hour(instant: datetime) -> datetime:
    """The full hour, by the reader's clock, that began last."""
    return instant.astimezone(pages.zone()).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def _hours(lanes: Mapping[str, list[Stretch]], day: Day) -> list[tuple[float, str]]:
    """Where the hours stand; of many, every second or third."""
    start, end = _shown(lanes, day)
    count = round((end - start).total_seconds() / 3600)
    step = 1 if count <= 12 else 2 if count <= 18 else 3
    return [
        (round(WIDTH * hour / count, 1), pages.hour(start + timedelta(hours=hour)))
        for hour in range(0, count + 1, step)
    ]
