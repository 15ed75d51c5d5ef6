"""The figures of a scale with their intervals, the response rate, split by whatever one asks for.

CSAT is the share of answers with 4 or 5 stars, CES that of 5 to 7; their 95 % interval is Wilson's (1927), which holds
for few answers too. NPS is the share of 9 and 10 less that of 0 to 6; its interval is the adjusted Wald one (Rocks,
The American Statistician 70, 2016). Counted are surveys by the day they were asked; withdrawn ones, and second answers
after a recovery, are left out. Groups with fewer than `ENOUGH` answers show no score: nobody is judged by five people.
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

from contact_center.agents.models import Agent, Team
from contact_center.extensions import db
from contact_center.orders.goods import Product
from contact_center.queues.models import Queue
from contact_center.satisfaction import comments, scales
from contact_center.satisfaction.models import Scale, Survey, SurveyState
from contact_center.tickets import scope

ENOUGH = 30
_MOST_COMMENTS = 2000  # that are read for their words
_PSEUDO = 0.75  # promoters and detractors that the adjusted Wald interval adds; twice as many others
_Z = 1.959964  # of the normal distribution, for 95 %


class By(StrEnum):
    """What the figures can be split by."""

    CHANNEL = "channel"
    QUEUE = "queue"
    TEAM = "team"
    AGENT = "agent"
    TIER = "tier"
    KIND = "kind"
    PRODUCT = "product"
    SCORE = "score"


_COLUMNS: dict[By, InstrumentedAttribute[Any]] = {
    By.CHANNEL: Survey.channel, By.QUEUE: Survey.queue_id, By.AGENT: Survey.agent_id, By.TIER: Survey.tier,
    By.KIND: Survey.kind, By.SCORE: Survey.score, By.TEAM: Survey.team_id, By.PRODUCT: Survey.product_id,
}  # fmt: skip
NUMBERED = (By.QUEUE, By.TEAM, By.AGENT, By.PRODUCT, By.SCORE)
_NAMED: dict[By, Any] = {By.QUEUE: Queue, By.AGENT: Agent, By.TEAM: Team, By.PRODUCT: Product}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which surveys of one scale: asked from `since` until before `until`, and of these only such values."""

    since: datetime
    until: datetime
    only: tuple[tuple[By, str], ...] = ()
    low: int | None = None  # only this answer and less
    good: bool = False  # only satisfied ones
    answered: bool = False
    scale: Scale = Scale.CSAT
    word: str = ""  # only comments that hold it


@dataclass(frozen=True, slots=True)
class Figure:
    """One group: how many were asked, answered, and were satisfied; of NPS promoters, and `against` us detractors."""

    key: str | None
    asked: int
    answered: int
    satisfied: int
    mean: float | None = None
    name: str = ""
    scale: Scale = Scale.CSAT
    against: int = 0

    @property
    def share(self) -> float | None:
        """The figure: from 0 to 1, of NPS from −1 to 1."""
        if not self.answered:
            return None
        return (self.satisfied - (self.against if self.scale is Scale.NPS else 0)) / self.answered

    @property
    def interval(self) -> tuple[float, float] | None:
        if self.scale is Scale.NPS:
            return adjusted_wald(self.satisfied, self.against, self.answered)
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


def adjusted_wald(promoters: int, detractors: int, n: int) -> tuple[float, float] | None:
    """The 95 % interval of a net promoter score of *n* answers, from −1 to 1; None without any.

    Three answers are added (¾ promoters, ¾ detractors, 1½ others); with p and d their shares then, it is
    p − d ± 1.96 · √((p + d − (p − d)²) / (n + 3)).
    """
    if n == 0:
        return None
    m = n + 4 * _PSEUDO
    p, d = (promoters + _PSEUDO) / m, (detractors + _PSEUDO) / m
    half = _Z * sqrt((p + d - (p - d) ** 2) / m)
    return max(-1.0, p - d - half), min(1.0, p - d + half)


def total(agent: Agent, asked: Asked) -> Figure:
    """All of it, in one statement."""
    return _figure(asked, db.session.execute(_counted(agent, asked)).one(), None)


def split(agent: Agent, asked: Asked, by: By, limit: int | None = None) -> list[Figure]:
    """One figure per value, the most asked first (tiers from A); what ids are called is in `name`."""
    column = _COLUMNS[by]
    order = column.asc().nulls_last() if by is By.TIER else func.count().desc()
    grouped = _counted(agent, asked).add_columns(column.label("key")).group_by(column).order_by(order, column)
    rows = db.session.execute(grouped.limit(limit)).all()
    keys = [None if row.key is None else str(row.key) for row in rows]
    named = names(by, [key for key in keys if key is not None])
    return [_figure(asked, row, key, named.get(key or "", "")) for key, row in zip(keys, rows, strict=True)]


def weeks(agent: Agent, asked: Asked, time_zone: str) -> list[Figure]:
    """One figure per week (from Monday in *time_zone*), oldest first; `key` is its first day."""
    week = func.date_trunc("week", func.timezone(time_zone, Survey.asked_at))
    grouped = _counted(agent, asked).add_columns(week.label("key")).group_by(week).order_by(week)
    return [_figure(asked, row, row.key.date().isoformat()) for row in db.session.execute(grouped)]


def names(by: By, keys: Sequence[str]) -> dict[str, str]:
    """What queues, teams, agents and products are called."""
    model: Any = _NAMED.get(by)
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


def words(agent: Agent, asked: Asked, limit: int = 12) -> list[tuple[str, int]]:
    """The words that most of these comments hold, of the newest ones, with how many do."""
    said = select(Survey.comment).where(*_conditions(agent, asked), Survey.comment != "")
    newest = said.order_by(Survey.asked_at.desc(), Survey.id.desc()).limit(_MOST_COMMENTS)
    return comments.most_used(db.session.scalars(newest), limit)


def _figure(asked: Asked, row: Any, key: str | None, name: str = "") -> Figure:
    return Figure(key, row.asked, row.answered, row.satisfied, row.mean, name, asked.scale, row.against)


def _counted(agent: Agent, asked: Asked) -> Select[Any]:
    answered = Survey.score.is_not(None)
    return select(
        func.count().label("asked"),
        func.count().filter(answered).label("answered"),
        func.count().filter(Survey.score >= scales.GOOD[asked.scale]).label("satisfied"),
        func.count().filter(Survey.score <= scales.DETRACTOR).label("against"),
        func.avg(Survey.score).label("mean"),
    ).where(*_conditions(agent, asked))


def _conditions(agent: Agent, asked: Asked) -> Sequence[ColumnElement[bool]]:
    conditions = [
        Survey.asked_at >= asked.since,
        Survey.asked_at < asked.until,
        Survey.scale == asked.scale,
        or_(Survey.state != SurveyState.WITHDRAWN, Survey.score.is_not(None)),
        Survey.after_recovery_of.is_(None),
    ]
    if not agent.is_administrator:
        conditions.append(Survey.queue_id.in_(scope.queue_ids(agent)))
    for by, value in asked.only:
        column = _COLUMNS[by]
        conditions.append(column.is_(None) if value == "none" else column == (int(value) if by in NUMBERED else value))
    if asked.low is not None:
        conditions.append(Survey.score <= asked.low)
    if asked.good:
        conditions.append(Survey.score >= scales.GOOD[asked.scale])
    if asked.word:
        conditions.append(comments.holds(asked.word))
    if asked.answered:
        conditions.append(Survey.score.is_not(None))
    return conditions
