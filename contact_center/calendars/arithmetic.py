"""Working time: add minutes to an instant, count those between two, tell whether it is open. Pure, no database.

Slots are local times of their day: on the day when clocks go forward a slot that holds the missing hour is an hour
shorter, when they go back it is an hour longer. Instants are aware; what is returned is UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from contact_center.calendars import public_days

DAY = timedelta(days=1)
NOTHING = timedelta(0)
LONGEST_STRETCH = 7 * DAY  # what is open for longer is said to close then
LONGEST_PAUSE = 400  # days without a working minute after which there will be none
LONGEST_WAY = 3660  # days: what so many minutes take longer than ten years is as good as never
_DAY_MINUTES = 1440
_KEPT_DAYS = 4000  # of one calendar, in memory

Slot = tuple[int, int]  # minutes of the local day
Window = tuple[datetime, datetime]


class NeverOpen(ValueError):
    """There is no working minute in more than a year, or too few in ten."""


class Why(StrEnum):
    """Why a stretch of time counts, or does not."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"  # outside the hours of a working day
    FREE_WEEKDAY = "FREE_WEEKDAY"  # a weekday without hours
    FREE_DAY = "FREE_DAY"  # a holiday, or a day of the firm's own


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of time between a start and what is due, as far as it is of one sort."""

    why: Why
    begins: datetime
    ends: datetime
    minutes: float  # that count
    names: tuple[str, ...] = ()  # of the free days in it


@dataclass(frozen=True)
class Hours:
    """The hours of a calendar as a value. Without any slot it never closes."""

    zone: str = "UTC"
    week: tuple[tuple[Slot, ...], ...] = ((),) * 7  # by weekday, Monday first
    own: tuple[tuple[date, int | None, str], ...] = ()  # a day, as which weekday it is worked (None: free), its name
    country: str | None = None
    subdivision: str | None = None
    _windows: dict[date, tuple[Window, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def never_closes(self) -> bool:
        return not any(self.week)

    def add(self, start: datetime, minutes: float) -> datetime:
        """The instant at which *minutes* of open time have passed since *start*. Raises NeverOpen."""
        return self.after(start, timedelta(minutes=minutes))

    def after(self, start: datetime, span: timedelta) -> datetime:
        """The same for a span; the end of a slot comes before the beginning of the next."""
        start = start.astimezone(UTC)
        if span <= NOTHING or self.never_closes:
            return start + max(span, NOTHING)
        left = span
        for opens, ends in self._open_from(start):
            begins = max(opens, start)
            if ends - begins >= left:
                return begins + left
            left -= ends - begins
        raise AssertionError("there is always another window, or NeverOpen")

    def between(self, start: datetime, end: datetime) -> float:
        """The open minutes from *start* to *end*; negative if *end* is before *start*."""
        return self.worked(start, end) / timedelta(minutes=1)

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """The same as a span."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)  # two times of one zone are compared by their walls
        if end < start:
            return -self.worked(end, start)
        if self.never_closes:
            return end - start
        first, last = start.astimezone(self._zone).date(), end.astimezone(self._zone).date()
        total, day = NOTHING, first
        while day <= last:
            for begins, ends in self.windows(day):
                total += max(min(ends, end) - max(begins, start), NOTHING)
            day += DAY
        return total

    def is_open(self, at: datetime) -> bool:
        """Whether *at* lies in the hours."""
        return self.never_closes or any(a <= at < b for a, b in self.windows(at.astimezone(self._zone).date()))

    def next_open(self, at: datetime) -> datetime:
        """*at* itself if it is open, else when it opens. Raises NeverOpen."""
        if self.never_closes:
            return at.astimezone(UTC)
        at = at.astimezone(UTC)
        return max(next(self._open_from(at))[0], at)

    def closes(self, at: datetime) -> datetime | None:
        """When the stretch ends in which *at* lies; None while it is closed, or never closes."""
        if self.never_closes or not self.is_open(at):
            return None
        at, end = at.astimezone(UTC), None
        for begins, ends in self._open_from(at):
            if end is not None and (begins > end or end - at > LONGEST_STRETCH):
                break
            end = ends
        return end

    def steps(self, start: datetime, minutes: float, language: str = "") -> list[Step]:
        """How `add` comes to its answer: what counts and what does not, in turn."""
        return self.parts(start, self.add(start, minutes), language)

    def parts(self, start: datetime, end: datetime, language: str = "") -> list[Step]:
        """The stretches between two instants, in turn."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        if end <= start:
            return []
        if self.never_closes:
            return [Step(Why.OPEN, start, end, (end - start) / timedelta(minutes=1))]
        return list(self._between(start, end, language))

    def windows(self, day: date) -> tuple[Window, ...]:
        """The open stretches of a local day, as instants."""
        found = self._windows.get(day)
        if found is None:
            if len(self._windows) > _KEPT_DAYS:
                self._windows.clear()
            found = self._windows[day] = _windows(self._slots(day), day, self._zone)
        return found

    def name_of(self, day: date, language: str = "") -> str | None:
        """What a free day is called; None for a day that is worked, or a weekday without hours."""
        for own, works_as, name in self.own:
            if own == day:
                return name if works_as is None else None
        return self._public(day, language).free.get(day)

    def works_as(self, day: date) -> int | None:
        """The weekday whose slots count on *day*; None where none do."""
        for own, works_as, _name in self.own:
            if own == day:
                return works_as
        public = self._public(day)
        if day in public.worked:
            return self._made_up(day)
        return None if day in public.free else day.weekday()

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def _public(self, day: date, language: str = "") -> public_days.Year:
        return public_days.of(self.country, self.subdivision, day.year, language)

    def _made_up(self, day: date) -> int | None:
        """A weekend day that is worked has its own slots, else those of the working day nearest to it in the week."""
        if self.week[day.weekday()]:
            return day.weekday()
        worked = [weekday for weekday in range(7) if self.week[weekday]]
        return min(worked, key=lambda w: min((w - day.weekday()) % 7, (day.weekday() - w) % 7), default=None)

    def _slots(self, day: date) -> tuple[Slot, ...]:
        weekday = self.works_as(day)
        return () if weekday is None else self.week[weekday]

    def _open_from(self, start: datetime) -> Iterator[Window]:
        """The open stretches that end after *start*."""
        first, empty = start.astimezone(self._zone).date(), 0
        for day in (first + n * DAY for n in range(LONGEST_WAY)):
            windows = [window for window in self.windows(day) if window[1] > start]
            yield from windows
            empty = 0 if windows else empty + 1
            if empty > LONGEST_PAUSE:
                break
        raise NeverOpen(str(first))

    def _between(self, start: datetime, end: datetime, language: str) -> Iterator[Step]:
        here = start
        for begins, ends in self._open_from(start):
            if begins > here:
                yield self._closed(here, min(begins, end), language)
            if begins >= end:
                return
            here, until = max(begins, start), min(ends, end)
            yield Step(Why.OPEN, here, until, (until - here) / timedelta(minutes=1))
            here = until
            if here >= end:
                return

    def _closed(self, begins: datetime, ends: datetime, language: str) -> Step:
        """Why nothing counts: free days in it come before a weekend, and that before a night."""
        day, last = begins.astimezone(self._zone).date(), (ends - timedelta.resolution).astimezone(self._zone).date()
        names: list[str] = []
        why = Why.CLOSED
        while day <= last:
            name = self.name_of(day, language)
            if name is not None:
                names, why = [*names, name], Why.FREE_DAY
            elif not self.windows(day) and why is Why.CLOSED:
                why = Why.FREE_WEEKDAY
            day += DAY
        return Step(why, begins, ends, 0, tuple(dict.fromkeys(name for name in names if name)))


ROUND_THE_CLOCK = Hours()


def _windows(slots: tuple[Slot, ...], day: date, zone: ZoneInfo) -> tuple[Window, ...]:
    merged: list[Window] = []
    for begins, ends in sorted(slots):
        opens, closes = _instant(day, begins, zone, is_end=False), _instant(day, ends, zone, is_end=True)
        if merged and opens <= merged[-1][1]:
            before = merged.pop()
            opens, closes = before[0], max(closes, before[1])
        if closes > opens:
            merged.append((opens, closes))
    return tuple(merged)


@lru_cache(maxsize=20_000)
def _instant(day: date, minute: int, zone: ZoneInfo, *, is_end: bool) -> datetime:
    """A local time as an instant. A time that comes twice: a slot begins with the first and ends with the second."""
    if minute == _DAY_MINUTES:
        day, minute, is_end = day + DAY, 0, False
    wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
    first, second = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if second < first:  # the clock jumps over it: it is the instant of the jump
        return _jump(second, first, zone)
    return second if is_end else first


def _jump(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The first second between *low* and *high* with the new offset."""
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high
