"""Let readers have an article's newest words, or take them away again. Called by `articles` and `sweeping`, who guard.

Each language is published as it stands; a translation that was not made from the newest original is marked outdated.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from contact_center.extensions import db
from contact_center.kb import indexing, plain, rendering
from contact_center.kb.models import Article, ArticleText, Audience, Revision
from contact_center.statement import Statement

_PUT = Statement("""
    INSERT INTO kb_article_text (article_id, language, title, summary, html, plain, head, search, revision_id)
    VALUES (:article, :language, :title, :summary, :html, :plain, CAST(:head AS tsvector), CAST(:search AS tsvector),
            :revision)
    ON CONFLICT (article_id, language) DO UPDATE SET title = excluded.title, summary = excluded.summary,
        html = excluded.html, plain = excluded.plain, head = excluded.head, search = excluded.search,
        revision_id = excluded.revision_id
""")


def newest(article_id: int) -> dict[str, Revision]:
    """The newest revision of each language."""
    asked = select(Revision).where(Revision.article_id == article_id).ext(distinct_on(Revision.language))
    rows = db.session.scalars(asked.order_by(Revision.language, Revision.number.desc()))
    return {row.language: row for row in rows}


def put(article: Article) -> None:
    """Let readers have what is newest, in every language there is. The caller has locked *article*."""
    for language, revision in newest(article.id).items():
        shown = _shown(article.id, language)
        if shown is not None and shown.revision_id == revision.id:
            continue
        if shown is not None:
            indexing.forget(_words(shown), is_public=article.audience is Audience.PUBLIC)
        _write(revision, is_public=article.audience is Audience.PUBLIC)
    mark_outdated(article)


def take_away(article: Article) -> None:
    """Nobody reads it any more."""
    for shown in _all_shown(article.id):
        indexing.forget(_words(shown), is_public=article.audience is Audience.PUBLIC)
    db.session.execute(delete(ArticleText).where(ArticleText.article_id == article.id))


def address_to(article: Article, before: Audience) -> None:
    """Count its words anew: *before* they were for others."""
    if (before is Audience.PUBLIC) == (article.audience is Audience.PUBLIC):
        return
    for shown in _all_shown(article.id):
        indexing.forget(_words(shown), is_public=before is Audience.PUBLIC)
        indexing.learn(_words(shown), is_public=article.audience is Audience.PUBLIC)


def outdated(article: Article, revisions: Iterable[Revision] | None = None) -> list[str]:
    """In which languages its newest words are older than the original's, or were never said to be a translation."""
    rows = {row.language: row for row in revisions} if revisions is not None else newest(article.id)
    original = rows.get(article.source_language)
    if original is None:
        return []
    return [name for name, row in rows.items() if original.id not in (row.id, row.made_from)]


def mark_outdated(article: Article) -> None:
    """Say of each text that is read whether the original that is read has newer words."""
    original = select(ArticleText.revision_id).where(
        ArticleText.article_id == article.id, ArticleText.language == article.source_language
    )
    made_from = select(Revision.made_from).where(Revision.id == ArticleText.revision_id).scalar_subquery()
    is_old = func.coalesce(made_from, 0) != func.coalesce(original.scalar_subquery(), 0)
    texts = update(ArticleText).where(ArticleText.article_id == article.id)
    translation = ArticleText.language != article.source_language
    db.session.execute(texts.values(is_outdated=translation & is_old))
    db.session.expire(article, ["texts"])


def _write(revision: Revision, *, is_public: bool) -> None:
    html = rendering.clean(revision.html)
    text = plain.text(html)
    head, search = indexing.vectors(revision.language, revision.title, revision.summary, text)
    _PUT.run({
        "article": revision.article_id, "language": revision.language, "title": revision.title,
        "summary": revision.summary, "html": html, "plain": text, "head": head, "search": search,
        "revision": revision.id,
    })  # fmt: skip
    indexing.learn((revision.title, revision.summary, text), is_public=is_public)


def _shown(article_id: int, language: str) -> ArticleText | None:
    asked = select(ArticleText).where(ArticleText.article_id == article_id, ArticleText.language == language)
    return db.session.scalar(asked.execution_options(populate_existing=True))


def _all_shown(article_id: int) -> list[ArticleText]:
    asked = select(ArticleText).where(ArticleText.article_id == article_id)
    return list(db.session.scalars(asked.execution_options(populate_existing=True)))


def _words(shown: ArticleText) -> tuple[str, str, str]:
    return shown.title, shown.summary, shown.plain
