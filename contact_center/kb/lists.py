"""Lists of articles for those who write them: everything there is, in whatever state, by its newest words.

The desk calls it. What readers may see is decided elsewhere (`reading`); here are agents, who see all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true, tuple_
from sqlalchemy.orm import joinedload

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.kb.models import Article, ArticleState, ArticleText, Revision

LISTED = 50
COUNTED = 100  # more are said to be many


class Show(StrEnum):
    """The lists."""

    ALL = "all"
    MINE = "mine"
    REVIEW = "review"
    DRAFTS = "drafts"
    SCHEDULED = "scheduled"
    OUTDATED = "outdated"  # a translation of which is older than its original
    STALE = "stale"  # to be looked over, because its day has come
    GONE = "gone"  # expired or withdrawn


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles; `category_id` 0: those of a space that are in none."""

    show: Show = Show.ALL
    space_id: int | None = None
    category_id: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An article and its newest words."""

    article: Article
    title: str
    summary: str
    language: str
    languages: tuple[str, ...]
    is_outdated: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the place behind the last one if there are more."""

    rows: list[Row]
    next: str | None = None


def page(agent: Agent, wanted: Wanted, language: str, after: str = "", limit: int = LISTED) -> Page:
    """Articles, those changed last first."""
    newest = _newest(language)
    asked = (
        select(Article, newest, _languages(), _has_outdated())
        .join(newest, true())
        .where(*_conditions(agent, wanted))
        .order_by(Article.changed_at.desc(), Article.id.desc())
        .options(joinedload(Article.space), joinedload(Article.category), joinedload(Article.owner))
        .limit(limit + 1)
    )
    if place := _place(after):
        asked = asked.where(tuple_(Article.changed_at, Article.id) < tuple_(*place))
    rows = [Row(a, title, said, spoken, tuple(every), old) for a, title, said, spoken, every, old in _all(asked)]
    last = rows[limit - 1].article if len(rows) > limit else None
    return Page(rows[:limit], f"{last.changed_at.isoformat()}~{last.id}" if last else None)


def counts(agent: Agent) -> dict[str, int]:
    """How many there are in the lists that ask for work; counted up to a limit."""
    lists = (Show.REVIEW, Show.MINE, Show.OUTDATED, Show.STALE)
    return {str(show): _count(agent, Wanted(show)) for show in lists}


def words(article: Article, language: str) -> Revision | None:
    """The newest words of an article in *language*."""
    asked = select(Revision).where(Revision.article_id == article.id, Revision.language == language)
    return db.session.scalar(asked.order_by(Revision.number.desc()).limit(1))


def _count(agent: Agent, wanted: Wanted) -> int:
    some = select(Article.id).where(*_conditions(agent, wanted)).limit(COUNTED + 1).subquery()
    return int(db.session.scalar(select(func.count()).select_from(some)) or 0)


def _conditions(agent: Agent, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [_shown(agent, wanted.show)] if wanted.show is not Show.ALL else []
    if wanted.space_id is not None:
        conditions.append(Article.space_id == wanted.space_id)
    if wanted.category_id is not None:
        conditions.append(Article.category_id == wanted.category_id if wanted.category_id else _in_none())
    return conditions


def _in_none() -> ColumnElement[bool]:
    return Article.category_id.is_(None)


def _shown(agent: Agent, show: Show) -> ColumnElement[bool]:
    state = Article.state
    return {
        Show.MINE: and_(Article.owner_id == agent.id, state.in_((ArticleState.DRAFT, ArticleState.REVIEW))),
        Show.REVIEW: state == ArticleState.REVIEW,
        Show.DRAFTS: state == ArticleState.DRAFT,
        Show.SCHEDULED: state == ArticleState.SCHEDULED,
        Show.OUTDATED: _has_outdated(),
        Show.STALE: and_(Article.published_at.is_not(None), Article.review_by <= clock.now().date()),
        Show.GONE: or_(state == ArticleState.EXPIRED, state == ArticleState.WITHDRAWN),
    }[show]


def _has_outdated() -> ColumnElement[bool]:
    return exists().where(ArticleText.article_id == Article.id, ArticleText.is_outdated)


def _newest(language: str) -> Any:
    """The newest words, in the reader's language if there are any, else in the article's own."""
    rank = (Revision.language != language, Revision.language != Article.source_language, Revision.number.desc())
    asked = select(Revision.title, Revision.summary, Revision.language).where(Revision.article_id == Article.id)
    return asked.order_by(*rank).limit(1).lateral("newest")


def _languages() -> Any:
    asked = select(func.array_agg(Revision.language.distinct())).where(Revision.article_id == Article.id)
    return asked.scalar_subquery()


def _all(asked: Select[Any]) -> Any:
    return db.session.execute(asked)


def _place(after: str) -> tuple[datetime, int] | None:
    at, _mark, row_id = after.partition("~")
    try:
        return datetime.fromisoformat(at), int(row_id)
    except ValueError:
        return None
