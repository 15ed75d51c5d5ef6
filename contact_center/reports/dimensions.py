"""By what figures can be split: what the rows say (queue, tier …) and the grains of time, in a stated zone.

Values are of the moment where rows keep them (tier, channel, queue, agent), else of today (team of the queue, region,
product). A value that is missing is written "none".
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import get_locale, lazy_gettext, lazy_pgettext
from flask_babel import gettext as _
from sqlalchemy import or_, select

from contact_center import rows
from contact_center.agents.models import Agent, Team
from contact_center.customers.models import Customer
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.kb.models import Article, ArticleText
from contact_center.orders.models import Product
from contact_center.queues.models import Queue
from contact_center.tickets.naming import channel_word, request_word

NONE = "none"


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something of a row by which it is grouped: a column of the views, a number or a word."""

    key: str
    name: Any
    column: str
    model: Any = None  # whose ids the numbers are
    nobody: Any = ""  # what a missing value is called


@dataclass(frozen=True, slots=True)
class Grain:
    """A length of time, as `date_trunc` names it; `step` is never longer than one of them."""

    key: str
    name: Any
    step: timedelta


DIMENSIONS = {
    dimension.key: dimension
    for dimension in (
        Dimension("channel", lazy_gettext("Channel"), "channel", None, lazy_gettext("Without a channel")),
        Dimension("queue", lazy_gettext("Queue"), "queue_id", Queue, lazy_gettext("No queue")),
        Dimension("team", lazy_gettext("Team"), "team_id", Team, lazy_gettext("No team")),
        Dimension("agent", lazy_gettext("Agent"), "agent_id", Agent, lazy_gettext("Nobody")),
        Dimension("tier", lazy_gettext("Tier"), "tier", None, lazy_gettext("Unknown customers")),
        Dimension("product", lazy_gettext("Product"), "product_id", Product, lazy_gettext("No product")),
        Dimension("region", lazy_gettext("Region"), "region", None, lazy_gettext("No region")),
        Dimension("kind", lazy_gettext("Kind of request"), "kind", None, lazy_gettext("Without a kind")),
        Dimension("customer", lazy_gettext("Customer"), "customer_id", Customer, lazy_gettext("Unknown customers")),
        Dimension("article", lazy_pgettext("knowledge", "Article"), "article_id", Article, lazy_gettext("No article")),
    )
}
GRAINS = {
    grain.key: grain
    for grain in (
        Grain("quarter-hour", lazy_gettext("Quarter of an hour"), timedelta(minutes=15)),
        Grain("hour", lazy_gettext("Hour"), timedelta(hours=1)),
        Grain("day", lazy_gettext("Day"), timedelta(hours=23)),
        Grain("week", lazy_gettext("Week"), timedelta(days=6)),
        Grain("month", lazy_gettext("Month"), timedelta(days=28)),
        Grain("quarter", lazy_gettext("Quarter"), timedelta(days=88)),
        Grain("year", lazy_gettext("Year"), timedelta(days=360)),
    )
}


def get(key: str) -> Dimension:
    """The dimension of that *key*. Raises Invalid."""
    found = DIMENSIONS.get(key)
    if found is None:
        sentence = _("Nothing can be split by “%(key)s”.", key=key)
        raise Invalid(sentence, {"by": sentence})
    return found


def value(key: str, typed: str) -> int | str | None:
    """A value of a dimension as it is written in addresses and on the command line; None: missing. Raises Invalid."""
    dimension = get(key)
    if typed == NONE:
        return None
    if dimension.model is None:
        return typed
    number = rows.number(typed)
    if number is None:
        sentence = _("“%(value)s” is no number of a %(dimension)s.", value=typed, dimension=str(dimension.name))
        raise Invalid(sentence, {key: sentence})
    return number


def number_of(key: str, name: str) -> str:
    """The number of the row that is called *name*, as `value` reads it. Raises Invalid."""
    dimension = get(key)
    column = getattr(dimension.model, "name", None)  # articles have titles, and several
    asked = None if column is None else select(dimension.model.id).where(column == name).limit(1)
    found = None if asked is None else db.session.scalar(asked)
    if found is None:
        sentence = _("%(dimension)s: there is no “%(value)s”.", dimension=str(dimension.name), value=name)
        raise Invalid(sentence, {key: sentence})
    return str(found)


def names(key: str, values: Collection[str]) -> dict[str, str]:
    """What the values of a dimension are called, by value; the missing one, too."""
    dimension = get(key)
    found = {NONE: str(dimension.nobody)}
    given = [one for one in values if one != NONE]
    if dimension.model is not None:
        ids = [int(one) for one in given]
        called = _titles(ids) if dimension.model is Article else rows.called(dimension.model, ids)
        return found | {one: called.get(int(one), one) for one in given}
    word = {"channel": channel_word, "kind": request_word}.get(key, str)
    return found | {one: str(word(one)) for one in given}


def _titles(article_ids: Collection[int]) -> dict[int, str]:
    """What articles are called in the reader's language, else in the one they were written in."""
    asked = select(Article.id, ArticleText.title).join(ArticleText, ArticleText.article_id == Article.id)
    mine = ArticleText.language == str(get_locale() or "en")
    written = asked.where(Article.id.in_(article_ids), or_(mine, ArticleText.language == Article.source_language))
    return {row.id: row.title for row in db.session.execute(written.order_by(mine))}


def begins(grain: str, instant: datetime, zone: ZoneInfo) -> datetime:
    """When the stretch of that grain begins in which *instant* lies, in *zone*."""
    local = instant.astimezone(zone)
    if grain in ("quarter-hour", "hour"):
        into = timedelta(minutes=local.minute % (15 if grain == "quarter-hour" else 60), seconds=local.second)
        return (instant - into - timedelta(microseconds=local.microsecond)).astimezone(zone)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if grain == "week":
        day = (day.replace(tzinfo=None) - timedelta(days=day.weekday())).replace(tzinfo=zone)
    elif grain == "month":
        day = day.replace(day=1)
    elif grain == "quarter":
        day = day.replace(month=day.month - (day.month - 1) % 3, day=1)
    elif grain == "year":
        day = day.replace(month=1, day=1)
    return day


def following(grain: str, begin: datetime, zone: ZoneInfo) -> datetime:
    """When the next stretch begins. Days have 23 or 25 hours where the clocks are changed."""
    if grain in ("quarter-hour", "hour"):
        step = GRAINS[grain].step
        return (begin.astimezone(ZoneInfo("UTC")) + step).astimezone(zone)
    longest = {"day": 1.5, "week": 8, "month": 32, "quarter": 93, "year": 367}[grain]
    naive = begin.replace(tzinfo=None) + timedelta(days=longest)
    return begins(grain, naive.replace(tzinfo=zone), zone)


def stretches(grain: str, since: datetime, until: datetime, zone: ZoneInfo) -> list[datetime]:
    """When the stretches begin that lie between two instants, the first and the last perhaps in part."""
    found, begin = [], begins(grain, since, zone)
    while begin < until:
        found.append(begin)
        begin = following(grain, begin, zone)
    return found


def truncated(grain: str, column: str) -> str:
    """The SQL for the beginning of the stretch in which *column* lies; its parameter is `zone`."""
    if grain in ("quarter-hour", "hour"):
        minutes = 15 if grain == "quarter-hour" else 60
        local = f"({column} AT TIME ZONE :zone)"
        parts = f"mins => extract(minute FROM {local})::int % {minutes}, secs => extract(second FROM {local})"
        return f"({column} - make_interval({parts}))"
    return f"date_trunc('{grain}', {column}, :zone)"
