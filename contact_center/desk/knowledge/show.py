"""An article as its readers see it, what they think of it, and how far its newest words are.

`knowledge` registers the blueprint.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import func, select

from contact_center import access
from contact_center.config import LANGUAGES
from contact_center.desk import asked
from contact_center.desk.knowledge import finding
from contact_center.extensions import db
from contact_center.kb import addresses, articles, publishing, rendering, searching, uses, votes
from contact_center.kb.models import Article, Audience
from contact_center.kb.traces import ArticleUse
from contact_center.orders.models import Product

blueprint = Blueprint("show", __name__, url_prefix="/articles/<int:article_id>")


@blueprint.get("")
@access.agent
def page(article_id: int) -> str:
    """What is read at present; with `newest`, or where nobody reads it, the newest words."""
    article = finding.article_or_404(article_id)
    _noted(article)
    return render_template("desk/knowledge/article.html", **context(article), **finding.left())


def context(article: Article) -> dict[str, Any]:
    """What the page of an article shows."""
    language = finding.language_of(article)
    newest = publishing.newest(article.id)
    read = next((text for text in article.texts if text.language == language), None)
    written = newest.get(language)
    shows_newest = read is None or "newest" in request.args
    words = written if shows_newest else read
    return {
        "article": article,
        "language": language,
        "words": words,
        "rendered": rendering.shown(words.html) if words is not None else None,
        "is_newest": shows_newest,
        "has_newer": read is not None and written is not None and written.id != read.revision_id,
        "written": written,
        "newest": newest,
        "missing": [code for code in LANGUAGES if code not in newest],
        "outdated": publishing.outdated(article, newest.values()),
        "may_approve": articles.may_approve(article, access.me()),
        "may_withdraw": access.me().is_supervisor or article.owner_id == access.me().id,
        "tally": votes.tally(article.id),
        "my_vote": votes.of(article.id, votes.voter(finding.reader())),
        "comments": votes.comments(article.id, 8),
        "used": _used(article.id),
        "products": _products(article),
        "public_path": _public_path(article, language),
    }


@blueprint.post("/vote")
@access.agent
def vote(article_id: int) -> Any:
    """An agent's own vote, with the reason where it does not help."""
    article = finding.article_or_404(article_id)
    helps, voter = request.form.get("helpful") == "1", votes.voter(finding.reader())
    why, comment = request.form.get("reason"), request.form.get("comment", "")
    votes.vote(article.id, finding.language_of(article), helps, why, comment, voter)
    db.session.commit()
    return asked.done(otherwise=page_of(article))


def page_of(article: Article, language: str = "") -> str:
    """The article's page."""
    return url_for("knowledge.show.page", article_id=article.id, language=language or None)


def _noted(article: Article) -> None:
    """It was opened from a search: that one found something good enough to be read."""
    if not (search_id := asked.number("found")):
        return
    searching.chose(search_id, article.id, finding.reader())
    uses.note(article.id, uses.Use.READ, agent_id=access.me().id)
    db.session.commit()


def _used(article_id: int) -> dict[str, int]:
    asked_for = select(ArticleUse.what, func.count()).where(ArticleUse.article_id == article_id)
    return {str(what): count for what, count in db.session.execute(asked_for.group_by(ArticleUse.what))}


def _products(article: Article) -> list[Product]:
    if not article.product_ids:
        return []
    return list(db.session.scalars(select(Product).where(Product.id.in_(article.product_ids)).order_by(Product.name)))


def _public_path(article: Article, language: str) -> str:
    """Where everybody reads it, if they do."""
    is_public = article.is_read and article.audience is Audience.PUBLIC and article.space.is_active
    return addresses.article(article.space.slug, article.slug, language) if is_public else ""
