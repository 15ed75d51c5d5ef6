"""The rows behind a figure: the very tickets and interactions, newest first.

Screens and exports ask. The same conditions as in `asking`, so that counting the rows gives the figure again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.reports import asking, counters, metrics, summing, sweeping
from contact_center.reports.metrics import Metric
from contact_center.reports.question import Question
from contact_center.reports.rolled import ROLLED
from contact_center.reports.views import VIEWS

After = tuple[datetime, int]
# Behind a level stand those who are still in the state at the end: they have entered, and not left before.
STANDING = "at = started_at AND (ended_at IS NULL OR ended_at >= :until)"


class Part(StrEnum):
    """Which of the rows."""

    ALL = "ALL"  # all that were counted, above or below the line
    TOP = "TOP"  # those above the line: answered in time, abandoned, transferred …
    REST = "REST"  # those only below it: not answered in time, not solved …


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a view: what it is of, its dimensions by name, and what it adds to each counter of the metric."""

    id: int
    at: datetime
    ticket_id: int | None
    interaction_id: int | None
    subject: str
    state: str | None  # the ticket's
    channel: str | None
    queue: str | None
    agent: str | None
    agent_id: int | None
    tier: str | None
    kind: str | None
    product: str | None
    region: str | None
    customer: str | None
    customer_id: int | None
    counters: Mapping[str, float]

    @property
    def cursor(self) -> After:
        return (self.at, self.id)


def rows(
    viewer: Agent | None,
    metric: str,
    question: Question,
    *,
    part: Part = Part.ALL,
    after: After | None = None,
    limit: int = 50,
) -> list[Row]:
    """The rows behind *metric* in *question* (its `by` and `metrics` do not matter), behind *after*. Raises Invalid."""
    found = metrics.get(metric)
    asking.check(question)
    values: dict[str, Any] = {"since": question.since, "until": question.until, "limit": limit}
    where = [f"{found.at} < :until", *summing.conditions(found, question, viewer, values), counted(found, part)]
    where += [STANDING] if found.is_level else [f"{found.at} >= :since"]
    if after is not None:
        values |= {"after_at": after[0], "after_id": after[1]}
        where.append(f"({found.at}, id) < (:after_at, :after_id)")
    read = db.session.execute(text(_statement(found, where)), values)
    return [_row(found, row) for row in read.mappings()]


def counted(metric: Metric, part: Part) -> str:
    """The SQL for: this row counts in *metric*."""
    above = _any(name for name in metric.top if not name.startswith("-"))
    if part is Part.TOP:
        return above
    below = _any(name for name in metric.bottom if not name.startswith("-")) if metric.bottom else above
    if part is Part.REST:
        return f"{below} AND NOT {above}"
    return f"({above} OR {below})"


def _any(names: Any) -> str:
    return "(" + " OR ".join(dict.fromkeys(counters.is_counted(name) for name in names)) + ")"


def _statement(metric: Metric, where: list[str]) -> str:
    """Which rows is read off those that are kept, by the index of their instant; what they are, from the view."""
    shown = ", ".join(f"{counters.of_row(name)} AS counter_{place}" for place, name in enumerate(metric.counters))
    order = f"ORDER BY {metric.at} DESC, id DESC LIMIT :limit"
    if metric.is_level or metric.view not in sweeping.built():
        narrow = () if metric.is_level else VIEWS[metric.view].narrow
        chosen = f"{' AND '.join([*where, *narrow])} {order}"
    else:
        kept = f"SELECT id FROM {ROLLED[metric.view].rows.name} WHERE {' AND '.join(where)} {order}"
        chosen = f"id = ANY(ARRAY({kept})) {order}"
    return f"""
        SELECT v.*, t.subject, t.state AS ticket_state FROM (
            SELECT id, {metric.at} AS placed_at, ticket_id, interaction_id, channel, queue, agent, agent_id, tier, kind,
                   product, region, customer, customer_id, {shown}
            FROM bi.{metric.view} WHERE {chosen}
        ) v LEFT JOIN ticket t ON t.id = v.ticket_id ORDER BY v.placed_at DESC, v.id DESC"""


def _row(metric: Metric, row: Any) -> Row:
    same = ("ticket_id", "interaction_id", "channel", "queue", "agent", "agent_id", "tier", "kind", "product", "region")
    return Row(
        id=row["id"], at=row["placed_at"], subject=row["subject"] or "", state=row["ticket_state"],
        customer=row["customer"], customer_id=row["customer_id"], **{name: row[name] for name in same},
        counters={name: float(row[f"counter_{place}"] or 0) for place, name in enumerate(metric.counters)},
    )  # fmt: skip
