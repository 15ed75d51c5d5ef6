"""Sum counters of one view for a question: from the sums that are kept where these are built, else from raw rows.

`asking` and `drilling` ask. Knows what a viewer may count and how a split is written; the arithmetic is in `figures`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import QueueMember
from contact_center.reports import counters, dimensions, planning
from contact_center.reports.dimensions import GRAINS
from contact_center.reports.metrics import Metric
from contact_center.reports.planning import ROWS, Part
from contact_center.reports.question import Question
from contact_center.reports.rolled import ROLLED, SPLITS
from contact_center.reports.rolling import DAY
from contact_center.reports.views import VIEWS, Scope
from contact_center.tickets import scope

Counted = Iterator[tuple[str, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is summed: the counters of metrics that share view, instant, channel and being a level."""

    question: Question
    viewer: Agent | None
    metric: Metric  # any of them
    names: tuple[str, ...]


def summed(question: Question, viewer: Agent | None, metrics: Sequence[Metric], zone: str | None) -> Counted:
    """Each key of the split with the sums of the counters of *metrics*, keys perhaps several times.

    *zone* is that of the kept sums of their view; None: there are none, and raw rows are counted.
    """
    names = tuple(dict.fromkeys(name for metric in metrics for name in metric.counters))
    wanted = _Wanted(question, viewer, metrics[0], names)
    since = None if wanted.metric.is_level else question.since
    if zone is None or wanted.metric.view not in ROLLED:
        yield from _read(wanted, Part(ROWS, since, question.until), f"bi.{wanted.metric.view}")
        return
    is_over_time = wanted.metric.is_level and question.by in GRAINS
    stretches = (
        [(since, question.until)] if not is_over_time else [(None, question.since), (question.since, question.until)]
    )
    for begin, end in stretches:
        for part in planning.parts(question, begin, end, zone):
            table = ROLLED[wanted.metric.view].rows.name
            yield from _read(wanted, part, table if part.level == ROWS else f"{table}_sum")


def summed_by_day(
    question: Question, viewer: Agent | None, metrics: Sequence[Metric], days: Sequence[datetime]
) -> Iterator[tuple[str, str, dict[str, float]]]:
    """Day and key of the split with the sums: all days of one weekday in one statement, from the kept sums of days.

    *days* begin where those of the kept sums do; all else is as in `summed`.
    """
    names = tuple(dict.fromkeys(name for metric in metrics for name in metric.counters))
    values: dict[str, Any] = {"days": list(days)}
    where = ["bucket = ANY(:days)", f"level = '{DAY}'", f"dimension = '{planning.split_of(question) or ''}'"]
    where += conditions(metrics[0], question, viewer, values, is_summed=True)
    columns = ", ".join(f"{_sum(name, is_summed=True)} AS {name}" for name in names)
    key = _key(question, metrics[0], "bucket", is_summed=True)
    table = ROLLED[metrics[0].view].sums.name
    statement = f"SELECT bucket, {key} AS key, {columns} FROM {table} WHERE {' AND '.join(where)} GROUP BY 1, 2"
    for row in db.session.execute(text(statement), values):
        yield _written(row.bucket), _written(row.key), {name: float(getattr(row, name)) for name in names}


def _read(wanted: _Wanted, part: Part, table: str) -> Counted:
    is_summed = part.level != ROWS
    at = "bucket" if is_summed else wanted.metric.at
    values: dict[str, Any] = {"from": part.since, "until": part.until}
    values |= {"since": wanted.question.since, "zone": wanted.question.zone}
    where = [f"{at} < :until", *([f"{at} >= :from"] if part.since is not None else [])]
    if is_summed:
        split = planning.split_of(wanted.question) or ""
        where += [f"level = '{part.level}'", f"dimension = '{split}'"]
    elif table.startswith("bi.") and part.since is not None:
        where += VIEWS[wanted.metric.view].narrow
    where += conditions(wanted.metric, wanted.question, wanted.viewer, values, is_summed=is_summed)
    columns = ", ".join(f"{_sum(name, is_summed=is_summed)} AS {name}" for name in wanted.names)
    key = (
        _key(wanted.question, wanted.metric, at, is_summed=is_summed) if part.of is None else "CAST(:of AS timestamptz)"
    )
    values["of"] = part.of
    statement = f"SELECT {key} AS key, {columns} FROM {table} WHERE {' AND '.join(where)} GROUP BY 1"
    for row in db.session.execute(text(statement), values):
        yield _written(row.key), {name: float(getattr(row, name)) for name in wanted.names}


def _sum(name: str, *, is_summed: bool) -> str:
    return f"coalesce(sum({name}), 0)" if is_summed else counters.summed(name)


def conditions(
    metric: Metric, question: Question, viewer: Agent | None, values: dict[str, Any], *, is_summed: bool = False
) -> list[str]:
    """The SQL for what the question leaves and what the viewer sees; parameters go into *values*."""
    found = []
    wanted: dict[str, list[int | str | None]] = {}
    for key, typed in question.only:
        wanted.setdefault(key, []).append(dimensions.value(key, typed))
    for key, some in wanted.items():
        column = _column(key, is_summed=is_summed)
        given = [one for one in some if one is not None]
        values[f"only_{key}"] = [str(one) for one in given] if is_summed and key in SPLITS else given
        among = f"{column} = ANY(:only_{key})"
        found.append(f"({among} OR {column} IS NULL)" if None in some else among)
    if metric.channel:
        values["of_channel"] = metric.channel
        found.append(f"{_column('channel', is_summed=is_summed)} = :of_channel")
    if viewer is not None and not viewer.is_administrator:
        found.append(_seen(VIEWS[metric.view].scope, viewer, values, is_summed=is_summed))
    return found


def _seen(limit: Scope, viewer: Agent, values: dict[str, Any], *, is_summed: bool) -> str:
    queues = list(db.session.scalars(scope.queue_ids(viewer)))
    if limit is Scope.AGENTS:
        serve = select(QueueMember.agent_id).where(QueueMember.queue_id.in_(queues)).distinct()
        values["agents"] = list(db.session.scalars(serve))
        return "agent_id = ANY(:agents)"
    values["queues"] = queues
    own = "queue_id = ANY(:queues)"
    return own if limit is Scope.QUEUES else f"({own} OR {_column('queue', is_summed=is_summed)} IS NULL)"


def _column(key: str, *, is_summed: bool) -> str:
    """The SQL of a dimension; the sums write what is missing as 0 or nothing."""
    column = dimensions.get(key).column
    if not is_summed:
        return column
    if key in SPLITS:
        return "nullif(value, '')"
    return f"nullif({column}, '')" if key == "channel" else f"nullif({column}, 0)"


def _key(question: Question, metric: Metric, at: str, *, is_summed: bool) -> str:
    if question.by is None:
        return "''"
    if question.by not in GRAINS:
        return _column(question.by, is_summed=is_summed)
    begin = dimensions.truncated(question.by, at)
    return f"CASE WHEN {at} >= :since THEN {begin} END" if metric.is_level else begin


def _written(key: Any) -> str:
    if isinstance(key, datetime):
        return key.astimezone(UTC).isoformat()
    return dimensions.NONE if key is None else str(key)
