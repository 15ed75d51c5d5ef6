"""What an article said before: its revisions, what differs between two of them, and letting one be the newest again.

`knowledge` registers the blueprint.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from contact_center import access
from contact_center.desk import asked
from contact_center.desk.knowledge import finding, show
from contact_center.extensions import db
from contact_center.kb import articles, rendering, revisions
from contact_center.kb.models import Article, Revision

blueprint = Blueprint("past", __name__, url_prefix="/articles/<int:article_id>/history")


@blueprint.get("")
@access.agent
def listing(article_id: int) -> str:
    """The revisions of a language, and what one of them says otherwise than another; unless asked, the one before."""
    article = finding.article_or_404(article_id)
    language = finding.language_of(article)
    rows = revisions.listed(article, language)
    if not rows:
        abort(404)
    new = _revision(article, language, asked.number("number") or rows[0].number)
    old = revisions.find(article, language, asked.number("against") or new.number - 1)
    return render_template(
        "desk/knowledge/history.html",
        article=article,
        language=language,
        rows=rows,
        new=new,
        old=old,
        difference=revisions.diff(old, new),
        rendered=rendering.shown(new.html) if old is None or "whole" in request.args else None,
        read={text.revision_id for text in article.texts},
        **finding.left(),
    )


@blueprint.post("/<int:revision>")
@access.agent
def restore(article_id: int, revision: int) -> Any:
    """Let that revision be the newest words again."""
    article = finding.article_or_404(article_id)
    language = finding.language_of(article)
    articles.restore(article, access.me(), _revision(article, language, revision))
    db.session.commit()
    return asked.done(_("Restored as a draft"), url=f"{show.page_of(article, language)}&newest=1")


def _revision(article: Article, language: str, number: int) -> Revision:
    return revisions.find(article, language, number) or abort(404)
