"""Where the sums for a question come from: months and days, quarters of an hour, single rows for what is left. Pure.

A stretch of time is cut into whole months of the installation's zone, whole days beside them, whole quarters of an hour
beside these, and the odd minutes at both ends. What splits too finely for a table comes from the next finer one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from contact_center.reports import dimensions
from contact_center.reports.dimensions import GRAINS
from contact_center.reports.question import Question
from contact_center.reports.rolled import SPLITS
from contact_center.reports.rolling import DAY, MONTH, QUARTER

ROWS = ""  # the level of single rows
_GRAIN = {QUARTER: "quarter-hour", DAY: "day", MONTH: "month"}
_IN_EVERY_ROW = {"queue", "team", "channel"}
_LONG = ("month", "quarter", "year")  # stretches that are worth being put together from days of another zone
_FITS = {  # grain asked for → the coarsest level that can be cut into it
    None: MONTH, "year": MONTH, "quarter": MONTH, "month": MONTH, "week": DAY, "day": DAY,
    "hour": QUARTER, "quarter-hour": QUARTER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of time and the level that it is read from; `since` None: from the beginning.

    `of`: the stretch of the split by time that all of it belongs to; None: the rows say so.
    """

    level: str
    since: datetime | None
    until: datetime
    of: datetime | None = None


def split_of(question: Question) -> str | None:
    """The one dimension that the sums must be split by; None: they cannot give what is asked."""
    asked = {key for key, _value in question.only}
    if question.by is not None and question.by not in GRAINS:
        asked.add(question.by)
    rich = asked - _IN_EVERY_ROW
    if len(rich) > 1 or not rich <= set(SPLITS):
        return None
    return next(iter(rich), "")


def parts(question: Question, since: datetime | None, until: datetime, zone: str) -> list[Part]:
    """The stretches between two instants of *question*, in order; *zone* is that of the kept days and months."""
    split = split_of(question)
    grain = question.by if question.by in GRAINS else None
    if split is None:
        return [Part(ROWS, since, until)]
    if grain in _LONG and question.zone != zone and since is not None:
        return list(_put_together(question, since, until, zone))
    levels = [MONTH, DAY, QUARTER][[MONTH, DAY, QUARTER].index(_FITS[grain]) :]
    if grain is not None and question.zone != zone:
        levels = [QUARTER]  # their days and months are not these
    if split:
        levels = [level for level in levels if level != QUARTER]
    return list(_cut(since, until, levels, ZoneInfo(zone)))


def _put_together(question: Question, since: datetime, until: datetime, zone: str) -> Iterator[Part]:
    """Each month, quarter or year of another zone by itself, from what fits into it."""
    whole = replace(question, by=None)
    for begin in dimensions.stretches(question.by or "", since, until, ZoneInfo(question.zone)):
        end = dimensions.following(question.by or "", begin, ZoneInfo(question.zone))
        for part in parts(whole, max(begin, since), min(end, until), zone):
            yield replace(part, of=begin)


def _cut(since: datetime | None, until: datetime, levels: list[str], zone: ZoneInfo) -> Iterator[Part]:
    if since is not None and since >= until:
        return
    if not levels:
        yield Part(ROWS, since, until)
        return
    level, *finer = levels
    last = dimensions.begins(_GRAIN[level], until, zone)
    first = None if since is None else _from(level, since, zone)
    if first is not None and first >= last:
        yield from _cut(since, until, finer, zone)
        return
    if first is not None and since is not None:
        yield from _cut(since, first, finer, zone)
    yield Part(level, first, last)
    yield from _cut(last, until, finer, zone)


def _from(level: str, since: datetime, zone: ZoneInfo) -> datetime:
    """The first whole stretch of that level at or behind *since*."""
    begin = dimensions.begins(_GRAIN[level], since, zone)
    if begin.astimezone(UTC) == since.astimezone(UTC):
        return begin
    return dimensions.following(_GRAIN[level], begin, zone)
