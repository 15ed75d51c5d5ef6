"""What search engines are told of: all that everybody may read, in parts of a size they take. For the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from contact_center.extensions import db
from contact_center.kb import reading
from contact_center.kb.models import Article, ArticleText, Space
from contact_center.kb.reading import Reader

IN_PART = 10_000  # article ids; a list may have five times as many addresses


@dataclass(frozen=True, slots=True)
class Listed:
    """A public article and the languages it is read in."""

    space: str
    slug: str
    languages: tuple[str, ...]
    changed_at: datetime


def is_empty() -> bool:
    """Whether there is nothing yet that everybody may read: then nothing leads to the help centre."""
    some = select(Article.id).join(Space, Space.id == Article.space_id).where(reading.may_read(Reader()))
    return db.session.scalar(some.limit(1)) is None


def parts() -> list[int]:
    """The numbers of the parts that have something in them."""
    last = db.session.scalar(select(func.max(Article.id))) or 0
    number = func.generate_series(0, last // IN_PART).column_valued("number")
    some = select(Article.id).join(Space, Space.id == Article.space_id)
    some = some.where(reading.may_read(Reader()), Article.id >= number * IN_PART, Article.id < (number + 1) * IN_PART)
    return list(db.session.scalars(select(number).where(some.exists()).order_by(number)))


def part(number: int) -> list[Listed]:
    """The articles of a part."""
    languages = func.array_agg(aggregate_order_by(ArticleText.language, ArticleText.language))
    asked = (
        select(Space.slug, Article.slug, languages, Article.changed_at)
        .join(Space, Space.id == Article.space_id)
        .join(ArticleText, ArticleText.article_id == Article.id)
        .where(reading.may_read(Reader()), Article.id >= number * IN_PART, Article.id < (number + 1) * IN_PART)
        .group_by(Article.id, Space.slug)
        .order_by(Article.id)
    )
    return [Listed(space, slug, tuple(spoken), at) for space, slug, spoken, at in db.session.execute(asked)]
