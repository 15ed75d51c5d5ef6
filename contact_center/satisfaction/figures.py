"""The figures: share of satisfied answers with its interval, response rate, split by whatever one asks for.

CSAT is the share of answers with 4 or 5 stars. Its 95 % interval is Wilson's (1927), which holds for few answers too.
Counted are surveys by the day they were asked; withdrawn ones are left out of every figure. Groups with fewer than
`ENOUGH` answers show no score: nobody is judged by five people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import sqrt
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, joinedload, lazyload

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.satisfaction.models import Survey, SurveyState
from contact_center.tickets import scope

ENOUGH = 30
GOOD = 4
_Z = 1.959964  # of the normal distribution, for 95 %


class By(StrEnum):
    """What the figures can be split by."""

    CHANNEL = "channel"
    QUEUE = "queue"
    AGENT = "agent"
    TIER = "tier"
    KIND = "kind"
    SCORE = "score"


_COLUMNS: dict[By, InstrumentedAttribute[Any]] = {
    By.CHANNEL: Survey.channel, By.QUEUE: Survey.queue_id, By.AGENT: Survey.agent_id, By.TIER: Survey.tier,
    By.KIND: Survey.kind, By.SCORE: Survey.score,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """Which surveys: asked from `since` until before `until`, and of these only such values."""

    since: datetime
    until: datetime
    only: tuple[tuple[By, str], ...] = ()
    low: int = 0  # only so many stars or fewer; 0: all
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One group: how many were asked, how many answered, and how many of these were satisfied."""

    key: str | None
    asked: int
    answered: int
    satisfied: int
    mean: float | None = None
    name: str = ""

    @property
    def share(self) -> float | None:
        return self.satisfied / self.answered if self.answered else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.satisfied, self.answered)

    @property
    def response_rate(self) -> float | None:
        return self.answered / self.asked if self.asked else None

    @property
    def is_enough(self) -> bool:
        return self.answered >= ENOUGH


def wilson(good: int, n: int) -> tuple[float, float] | None:
    """The 95 % interval of a share of *good* among *n*; None without any."""
    if n == 0:
        return None
    p, z2 = good / n, _Z * _Z
    centre, half = p + z2 / (2 * n), _Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, (centre - half) / (1 + z2 / n)), min(1.0, (centre + half) / (1 + z2 / n))


def total(agent: Agent, asked: Asked) -> Figure:
    """All of it, in one statement."""
    row = db.session.execute(_counted(agent, asked)).one()
    return Figure(None, row.asked, row.answered, row.satisfied, row.mean)


def split(agent: Agent, asked: Asked, by: By) -> list[Figure]:
    """One figure per value, the most asked first (tiers from A); names of queues and agents are in `name`."""
    column = _COLUMNS[by]
    order = column.asc().nulls_last() if by is By.TIER else func.count().desc()
    grouped = _counted(agent, asked).add_columns(column.label("key")).group_by(column).order_by(order, column)
    rows = db.session.execute(grouped).all()
    keys = [None if row.key is None else str(row.key) for row in rows]
    named = names(by, [key for key in keys if key is not None])
    return [
        Figure(key, row.asked, row.answered, row.satisfied, row.mean, named.get(key or "", ""))
        for key, row in zip(keys, rows, strict=True)
    ]


def weeks(agent: Agent, asked: Asked, time_zone: str) -> list[Figure]:
    """One figure per week (from Monday in *time_zone*), oldest first; `key` is its first day."""
    week = func.date_trunc("week", func.timezone(time_zone, Survey.asked_at))
    grouped = _counted(agent, asked).add_columns(week.label("key")).group_by(week).order_by(week)
    return [
        Figure(row.key.date().isoformat(), row.asked, row.answered, row.satisfied, row.mean)
        for row in db.session.execute(grouped)
    ]


def names(by: By, keys: Sequence[str]) -> dict[str, str]:
    """What queues and agents are called."""
    model: Any = {By.QUEUE: Queue, By.AGENT: Agent}.get(by)
    if model is None:
        return {}
    asked = select(model.id, model.name).where(model.id.in_([int(key) for key in keys]))
    return {str(row.id): row.name for row in db.session.execute(asked)}


def rows(agent: Agent, asked: Asked, *, after: tuple[datetime, int] | None = None, limit: int = 50) -> list[Survey]:
    """The surveys behind a figure, newest first; *after* goes on behind (asked_at, id)."""
    listed = select(Survey).where(*_conditions(agent, asked))
    if after is not None:
        listed = listed.where(tuple_(Survey.asked_at, Survey.id) < tuple_(literal(after[0]), literal(after[1])))
    listed = listed.order_by(Survey.asked_at.desc(), Survey.id.desc()).limit(limit)
    whole = (
        joinedload(Survey.ticket).options(lazyload("*")),
        joinedload(Survey.customer).options(lazyload("*")),
        joinedload(Survey.agent).options(lazyload(Agent.roles)),
    )
    return list(db.session.scalars(listed.options(*whole)))


def _counted(agent: Agent, asked: Asked) -> Select[Any]:
    answered = Survey.score.is_not(None)
    return select(
        func.count().label("asked"),
        func.count().filter(answered).label("answered"),
        func.count().filter(Survey.score >= GOOD).label("satisfied"),
        func.avg(Survey.score).label("mean"),
    ).where(*_conditions(agent, asked))


def _conditions(agent: Agent, asked: Asked) -> Sequence[ColumnElement[bool]]:
    conditions = [
        Survey.asked_at >= asked.since,
        Survey.asked_at < asked.until,
        or_(Survey.state != SurveyState.WITHDRAWN, Survey.score.is_not(None)),
    ]
    if not agent.is_administrator:
        conditions.append(Survey.queue_id.in_(scope.queue_ids(agent)))
    for by, value in asked.only:
        column = _COLUMNS[by]
        numbered = by in (By.QUEUE, By.AGENT, By.SCORE)
        conditions.append(column.is_(None) if value == "none" else column == (int(value) if numbered else value))
    if asked.low:
        conditions.append(Survey.score <= asked.low)
    if asked.answered:
        conditions.append(Survey.score.is_not(None))
    return conditions
