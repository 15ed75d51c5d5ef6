"""What an agent is writing into an article, kept while they type: one draft for each agent, article and language.

The desk keeps and loads; saving it as a revision discards it. A draft is nobody else's to see and makes no event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import Base, db
from contact_center.kb import rendering
from contact_center.kb.models import Article
from contact_center.kb.writing import Words

MOST_TITLE = 1_000


class ArticleDraft(Base):
    """The words as they were last typed; `version` is the article's when the writing began."""

    __tablename__ = "kb_draft"

    article_id: Mapped[int] = mapped_column(ForeignKey("kb_article.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), primary_key=True, index=True)
    title: Mapped[str]
    summary: Mapped[str]
    html: Mapped[str]
    version: Mapped[int]
    saved_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that its writer has not saved yet."""

    article_id: int
    language: str
    title: str
    saved_at: datetime


def keep(article: Article, agent: Agent, words: Words, version: int) -> None:
    """Keep what is typed as it is now."""
    values = {
        "title": _storable(words.title)[:MOST_TITLE], "summary": _storable(words.summary)[:MOST_TITLE],
        "html": rendering.clean(_storable(words.html)), "version": version, "saved_at": clock.now(),
    }  # fmt: skip
    row = insert(ArticleDraft).values(article_id=article.id, language=words.language, agent_id=agent.id, **values)
    db.session.execute(row.on_conflict_do_update(index_elements=["article_id", "language", "agent_id"], set_=values))


def find(article: Article, agent: Agent, language: str) -> ArticleDraft | None:
    """The draft as it was last kept."""
    mine = (ArticleDraft.article_id == article.id) & (ArticleDraft.agent_id == agent.id)
    asked = select(ArticleDraft).where(mine, ArticleDraft.language == language)
    return db.session.scalar(asked.execution_options(populate_existing=True))


def discard(article: Article, agent: Agent, language: str) -> None:
    """Forget it: saved, or not wanted any more."""
    mine = (ArticleDraft.article_id == article.id) & (ArticleDraft.agent_id == agent.id)
    db.session.execute(delete(ArticleDraft).where(mine, ArticleDraft.language == language))


def waiting(agent: Agent, limit: int = 20) -> list[Waiting]:
    """What *agent* has begun and not saved, the newest first."""
    asked = select(ArticleDraft).where(ArticleDraft.agent_id == agent.id)
    rows = db.session.scalars(asked.order_by(ArticleDraft.saved_at.desc()).limit(limit))
    return [Waiting(row.article_id, row.language, row.title, row.saved_at) for row in rows]


def _storable(typed: str) -> str:
    return typed.replace("\x00", "").encode("utf-8", "replace").decode()
