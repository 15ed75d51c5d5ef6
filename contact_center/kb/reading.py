"""What a reader may see: the one place that decides it, for pages, search, suggestions, texts and telephones.

Everybody reads what is public; customers of a tier, once signed in, what is for their tier; agents everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Text, any_, exists, func, literal, or_, select, true
from sqlalchemy.sql.selectable import LateralFromClause

from contact_center.extensions import db
from contact_center.kb import addresses, rendering
from contact_center.kb.models import Article, ArticleText, Audience, Category, FormerSlug, Image, Space
from contact_center.kb.rendering import Heading, Rendered

LISTED = 100  # articles of a category that are listed at once


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: an agent, a customer who is signed in, with their tier, or, without any of these, anybody."""

    agent_id: int | None = None
    customer_id: int | None = None
    tier: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Shown:
    """An article as *reader* sees it, in the language it has for them. `path` is where it stands now."""

    article: Article
    text: ArticleText
    rendered: Rendered
    languages: tuple[str, ...]
    path: str

    @property
    def is_in_other_language(self) -> bool:
        return addresses.article(self.article.space.slug, self.article.slug, self.text.language) != self.path

    @property
    def headings(self) -> tuple[Heading, ...]:
        return self.rendered.headings


@dataclass(frozen=True, slots=True)
class Line:
    """An article in a list."""

    article_id: int
    slug: str
    language: str
    title: str
    summary: str
    audience: Audience
    is_outdated: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Branch:
    """A category with how many articles the reader has in it, and its own categories."""

    category: Category
    articles: int
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Root:
    """A space with its categories; `loose` articles are in none."""

    space: Space
    branches: tuple[Branch, ...]
    loose: int

    @property
    def articles(self) -> int:
        return self.loose + sum(_all(branch) for branch in self.branches)


def may_read(reader: Reader) -> ColumnElement[bool]:
    """The condition on Article and its Space, which have to be joined, that holds for what *reader* may read."""
    is_read = Article.published_at.is_not(None)
    if reader.agent_id is not None:
        return is_read
    theirs = Article.audience == Audience.PUBLIC
    if reader.customer_id is not None:
        tier = literal(reader.tier or "D", Text) == any_(Article.tiers)
        theirs = or_(theirs, (Article.audience == Audience.TIER) & tier)
    return is_read & Space.is_active & theirs


def article(reader: Reader, space_slug: str, slug: str) -> Shown | None:
    """An article by its address, a former one too; None if there is none for *reader*."""
    asked = _readable(reader).where(Space.slug == space_slug, Article.slug == slug)
    found = db.session.scalar(asked)
    if found is None:
        moved = select(FormerSlug.article_id).join(Space).where(Space.slug == space_slug, FormerSlug.slug == slug)
        found = db.session.scalar(_readable(reader).where(Article.id == moved.scalar_subquery()))
    return _shown(reader, found) if found else None


def by_id(reader: Reader, article_id: int) -> Shown | None:
    """An article by its number; None if there is none for *reader*."""
    found = db.session.scalar(_readable(reader).where(Article.id == article_id))
    return _shown(reader, found) if found else None


def is_readable(reader: Reader, article_id: int) -> ColumnElement[bool]:
    """The condition, on no table of its own, that *reader* may read that article."""
    return exists(_readable(reader).where(Article.id == article_id))


def image(reader: Reader, key: str) -> Image | None:
    """A picture of an article that *reader* may read; agents see those of drafts too."""
    asked = select(Image).where(Image.key == key)
    if reader.agent_id is None:
        readable = select(Article.id).join(Space, Space.id == Article.space_id).where(may_read(reader))
        asked = asked.where(Image.article_id.in_(readable))
    return db.session.scalar(asked)


def tree(reader: Reader) -> list[Root]:
    """Spaces and categories in their order, with how much there is for *reader*; those without anything left out."""
    counted = select(Article.space_id, Article.category_id, func.count().label("n"))
    counted = counted.join(Space, Space.id == Article.space_id).where(may_read(reader))
    found = {(row.space_id, row.category_id): row.n for row in db.session.execute(
        counted.group_by(Article.space_id, Article.category_id))}  # fmt: skip
    categories = db.session.scalars(select(Category).order_by(Category.position, Category.id)).all()
    roots = [
        Root(space, _branches(categories, space.id, None, found), found.get((space.id, None), 0))
        for space in db.session.scalars(select(Space).order_by(Space.position, Space.id))
    ]
    return [root for root in roots if root.articles]


def listed(reader: Reader, space: Space, category: Category | None = None, limit: int = LISTED) -> list[Line]:
    """The articles of a category, or of a space that are in none, by their titles."""
    best = best_text(reader)
    asked = (
        select(Article, best.c.language, best.c.title, best.c.summary, best.c.is_outdated)
        .join(Space, Space.id == Article.space_id)
        .join(best, true())
        .where(may_read(reader), Article.space_id == space.id)
        .where(Article.category_id == category.id if category else Article.category_id.is_(None))
        .order_by(func.lower(best.c.title), Article.id)
        .limit(limit)
    )
    return [
        Line(one.id, one.slug, language, title, summary, one.audience, is_outdated, one.changed_at)
        for one, language, title, summary, is_outdated in db.session.execute(asked)
    ]


def best_text(reader: Reader) -> LateralFromClause:
    """Of an article's texts the one in the reader's language, else in its own."""
    asked = select(
        ArticleText.id, ArticleText.language, ArticleText.title, ArticleText.summary, ArticleText.is_outdated
    )
    asked = asked.where(ArticleText.article_id == Article.id).limit(1)
    rank = (ArticleText.language != reader.language, ArticleText.language != Article.source_language)
    return asked.order_by(*rank, ArticleText.id).lateral("best")


def _readable(reader: Reader) -> Select[Article]:
    return select(Article).join(Space, Space.id == Article.space_id).where(may_read(reader))


def _shown(reader: Reader, found: Article) -> Shown | None:
    texts = {text.language: text for text in found.texts}
    text = texts.get(reader.language) or texts.get(found.source_language) or next(iter(texts.values()), None)
    if text is None:
        return None
    path = addresses.article(found.space.slug, found.slug, reader.language)
    return Shown(found, text, rendering.shown(text.html), tuple(texts), path)


def _branches(
    categories: Sequence[Category], space_id: int, parent_id: int | None, found: dict[tuple[int, int | None], int]
) -> tuple[Branch, ...]:
    mine = [one for one in categories if one.space_id == space_id and one.parent_id == parent_id]
    branches = (
        Branch(one, found.get((space_id, one.id), 0), _branches(categories, space_id, one.id, found)) for one in mine
    )
    return tuple(branch for branch in branches if _all(branch))


def _all(branch: Branch) -> int:
    return branch.articles + sum(map(_all, branch.branches))
