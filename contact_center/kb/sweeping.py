"""What has come due: approved articles are published, and those whose time is over are taken away. A clock calls it."""

from __future__ import annotations

from sqlalchemy import Select, select

from contact_center import clock
from contact_center.extensions import db
from contact_center.kb import articles
from contact_center.kb.models import Article, ArticleState

AT_ONCE = 50


def publish_due() -> int:
    """Publish what is scheduled until now; returns how many. Call and commit until 0."""
    due = select(Article).where(Article.state == ArticleState.SCHEDULED, Article.publish_at <= clock.now())
    found = _locked(due.order_by(Article.publish_at))
    for article in found:
        articles.publish(article, None)
    return len(found)


def expire_due() -> int:
    """Take away what has expired; returns how many. Call and commit until 0."""
    due = select(Article).where(Article.published_at.is_not(None), Article.expires_at <= clock.now())
    return sum(articles.expire(article) for article in _locked(due.order_by(Article.expires_at)))


def _locked(due: Select[Article]) -> list[Article]:
    locked = due.limit(AT_ONCE).with_for_update(skip_locked=True, of=Article)
    return list(db.session.scalars(locked.execution_options(populate_existing=True)))
