"""Spaces, categories, articles, their revisions, and the texts that are read at present.

`Article.state` says how far its newest words are; what readers have is in `ArticleText`, and stays what it was until
newer words are published. So an article may be a draft and be read at the same time.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import get_locale
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.agents.models import Agent
from contact_center.extensions import Base, BigId, states


class ArticleState(StrEnum):
    """How far the newest words of an article are."""

    DRAFT = "DRAFT"
    REVIEW = "REVIEW"
    SCHEDULED = "SCHEDULED"  # approved, for a later moment
    PUBLISHED = "PUBLISHED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"


class Audience(StrEnum):
    PUBLIC = "PUBLIC"
    TIER = "TIER"  # customers of some tiers, once they are signed in
    AGENTS = "AGENTS"


class Space(Base):
    """A part of what we know, with an address of its own, such as help or policies."""

    __tablename__ = "kb_space"

    id: Mapped[BigId]
    names: Mapped[dict[str, Any]]  # by language
    slug: Mapped[str] = mapped_column(unique=True)
    is_active: Mapped[bool] = mapped_column(server_default=sql("true"))  # if not, nobody but agents reads it
    position: Mapped[int] = mapped_column(server_default=sql("0"))
    version: Mapped[int] = mapped_column(server_default=sql("1"))

    @property
    def name(self) -> str:
        return named(self.names, self.slug)


class Category(Base):
    """A heading within a space, or within another heading of it."""

    __tablename__ = "kb_category"

    id: Mapped[BigId]
    space_id: Mapped[int] = mapped_column(ForeignKey("kb_space.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("kb_category.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str]
    names: Mapped[dict[str, Any]]
    position: Mapped[int] = mapped_column(server_default=sql("0"))
    version: Mapped[int] = mapped_column(server_default=sql("1"))

    space: Mapped[Space] = relationship()

    __table_args__ = (UniqueConstraint("space_id", "slug"),)

    @property
    def name(self) -> str:
        return named(self.names, self.slug)


class Article(Base):
    """One answer, in one language or several. `published_at`: since when it is read; None: nobody can."""

    __tablename__ = "kb_article"

    id: Mapped[BigId]
    space_id: Mapped[int] = mapped_column(ForeignKey("kb_space.id", ondelete="RESTRICT"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("kb_category.id", ondelete="SET NULL"), index=True)
    slug: Mapped[str]
    audience: Mapped[Audience] = mapped_column(states(Audience), server_default=Audience.PUBLIC)
    tiers: Mapped[list[str]] = mapped_column(server_default=sql("'{}'"))
    product_ids: Mapped[list[int]] = mapped_column(server_default=sql("'{}'"))
    source_language: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"), index=True)
    state: Mapped[ArticleState] = mapped_column(states(ArticleState), server_default=ArticleState.DRAFT)
    publish_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    review_by: Mapped[date | None]
    remark: Mapped[str] = mapped_column(server_default="")  # why it was sent back
    ticket_id: Mapped[int | None] = mapped_column(
        ForeignKey("ticket.id", ondelete="SET NULL"), index=True
    )  # made of it
    added_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default=sql("1"))

    space: Mapped[Space] = relationship()
    category: Mapped[Category | None] = relationship()
    owner: Mapped[Agent | None] = relationship()
    texts: Mapped[list[ArticleText]] = relationship(order_by="ArticleText.language", viewonly=True)

    __table_args__ = (
        UniqueConstraint("space_id", "slug"),
        CheckConstraint("(audience = 'TIER') = (cardinality(tiers) > 0)", name="tiers"),
        CheckConstraint("state <> 'SCHEDULED' OR publish_at IS NOT NULL", name="publish_at"),
        CheckConstraint("state <> 'PUBLISHED' OR published_at IS NOT NULL", name="published_at"),
        CheckConstraint("state NOT IN ('EXPIRED', 'WITHDRAWN') OR published_at IS NULL", name="gone"),
        Index("ix_kb_article_state", "state", sql("changed_at DESC"), "id"),
        Index("ix_kb_article_changed", sql("changed_at DESC"), sql("id DESC")),
        Index("ix_kb_article_read", "space_id", "category_id", "id", postgresql_where=sql("published_at IS NOT NULL")),
        Index("ix_kb_article_counted", "space_id", "category_id", "audience", "published_at"),
        Index("ix_kb_article_to_publish", "publish_at", postgresql_where=sql("state = 'SCHEDULED'")),
        Index("ix_kb_article_to_expire", "expires_at", postgresql_where=sql("published_at IS NOT NULL")),
        Index("ix_kb_article_review_by", "review_by", postgresql_where=sql("published_at IS NOT NULL")),
        Index("ix_kb_article_products", "product_ids", postgresql_using="gin"),
    )

    @property
    def is_read(self) -> bool:
        """Whether it has readers at present."""
        return self.published_at is not None


class FormerSlug(Base):
    """An address that an article had: whoever follows it is led to where it is now."""

    __tablename__ = "kb_former_slug"

    space_id: Mapped[int] = mapped_column(ForeignKey("kb_space.id", ondelete="CASCADE"), primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("kb_article.id", ondelete="CASCADE"), index=True)


class Revision(Base):
    """What somebody wrote, in one language; never changed. `number` counts within article and language."""

    __tablename__ = "kb_revision"

    id: Mapped[BigId]
    article_id: Mapped[int] = mapped_column(ForeignKey("kb_article.id", ondelete="CASCADE"))
    language: Mapped[str]
    number: Mapped[int]
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(server_default="")
    html: Mapped[str] = mapped_column(server_default="", deferred=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime]
    restored_from: Mapped[int | None] = mapped_column(ForeignKey("kb_revision.id", ondelete="SET NULL"), index=True)
    # The revision in the article's own language that this is a translation of.
    made_from: Mapped[int | None] = mapped_column(ForeignKey("kb_revision.id", ondelete="SET NULL"), index=True)

    agent: Mapped[Agent | None] = relationship()

    __table_args__ = (UniqueConstraint("article_id", "language", "number"),)


class ArticleText(Base):
    """What is read at present, one row for each language; none while an article has no readers."""

    __tablename__ = "kb_article_text"

    id: Mapped[BigId]
    article_id: Mapped[int] = mapped_column(ForeignKey("kb_article.id", ondelete="CASCADE"))
    language: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(server_default="")
    html: Mapped[str] = mapped_column(server_default="", deferred=True)
    plain: Mapped[str] = mapped_column(server_default="", deferred=True)
    head: Mapped[Any] = mapped_column(
        TSVECTOR, server_default=sql("''"), nullable=False, deferred=True
    )  # title, summary
    search: Mapped[Any] = mapped_column(TSVECTOR, server_default=sql("''"), nullable=False, deferred=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("kb_revision.id", ondelete="RESTRICT"), index=True)
    is_outdated: Mapped[bool] = mapped_column(server_default=sql("false"))  # the original has newer words

    __table_args__ = (
        UniqueConstraint("article_id", "language"),
        Index("ix_kb_article_text_head", "head", postgresql_using="gin"),
        Index("ix_kb_article_text_search", "search", postgresql_using="gin"),
        Index("ix_kb_article_text_outdated", "article_id", postgresql_where=sql("is_outdated")),
    )


class Image(Base):
    """A picture in an article, under a short address of its own; who may read the article may see it."""

    __tablename__ = "kb_image"

    id: Mapped[BigId]
    key: Mapped[str] = mapped_column(unique=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("kb_article.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id", ondelete="RESTRICT"), index=True)
    content_type: Mapped[str]
    name: Mapped[str] = mapped_column(server_default="")
    added_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("article_id", "file_id"),)


def named(names: dict[str, Any], otherwise: str) -> str:
    """The name in the language of the moment, else in any."""
    said = names.get(str(get_locale() or "en")) or names.get("en") or next(iter(names.values()), "")
    return str(said or otherwise)
