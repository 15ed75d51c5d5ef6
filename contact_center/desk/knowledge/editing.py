"""Writing an article: begun, edited with its original beside it, kept while one types, saved as a revision; pictures.

`knowledge` registers the blueprint.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.config import LANGUAGES
from contact_center.desk import asked
from contact_center.desk.knowledge import finding, show
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.kb import addresses, articles, drafts, images, publishing, rendering, revisions
from contact_center.kb.models import ArticleState, Revision
from contact_center.kb.revisions import Difference
from contact_center.kb.writing import Words

blueprint = Blueprint("editing", __name__, url_prefix="/articles/<int:article_id>")


@blueprint.get("/edit")
@access.agent
def form(article_id: int) -> str:
    """The editor, with what was typed and not saved yet; a translation beside its original."""
    article = finding.article_or_404(article_id)
    language = finding.language_of(article)
    newest = publishing.newest(article.id)
    kept = drafts.find(article, access.me(), language)
    original = newest.get(article.source_language) if language != article.source_language else None
    return render_template(
        "desk/knowledge/edit.html",
        article=article,
        language=language,
        words=kept or newest.get(language),
        is_draft=kept is not None,
        version=kept.version if kept else article.version,
        original=original,
        rendered=rendering.shown(original.html) if original else None,
        changed=_changed(newest.get(language), original),
        newest=newest,
        outdated=publishing.outdated(article, newest.values()),
        **finding.left(),
    )


@blueprint.post("/edit")
@access.agent
def save(article_id: int) -> Any:
    """Keep it as a revision; with `then`, submit it as well."""
    article, agent = finding.article_or_404(article_id), access.me()
    words = _typed()
    saved = articles.save(article, agent, words, asked.number("version") or None)
    drafts.discard(article, agent, words.language)
    if request.form.get("then") == "submit" and article.state is ArticleState.DRAFT:
        articles.submit(article, agent)
    db.session.commit()
    return asked.done(_("Saved") if saved else _("Nothing was changed"), url=show.page_of(article, words.language))


@blueprint.post("/draft")
@access.agent
def keep(article_id: int) -> Any:
    """Keep what is typed so far."""
    article = finding.article_or_404(article_id)
    drafts.keep(article, access.me(), _typed(), asked.number("version") or article.version)
    db.session.commit()
    return "", 204


@blueprint.post("/draft/discard")
@access.agent
def discard(article_id: int) -> Any:
    """Forget what was typed and not saved."""
    article = finding.article_or_404(article_id)
    language = finding.language_of(article)
    drafts.discard(article, access.me(), language)
    db.session.commit()
    return asked.done(_("Discarded"), url=url_for("knowledge.editing.form", article_id=article.id, language=language))


@blueprint.post("/pictures")
@access.agent
def picture(article_id: int) -> Any:
    """Keep a picture; its address goes into the text."""
    article = finding.article_or_404(article_id)
    sent = request.files.get("file")
    if sent is None:
        sentence = _("Choose a file.")
        raise Invalid(sentence, {"file": sentence})
    row = images.add(article, sent.read(), sent.filename or "")
    db.session.commit()
    return jsonify({"src": addresses.image(row.key)})


def _typed() -> Words:
    form, language = request.form, request.form.get("language", "")
    if language not in LANGUAGES:
        abort(400)
    return Words(language, form.get("title", ""), form.get("summary", ""), form.get("html", ""))


def _changed(translation: Revision | None, original: Revision | None) -> Difference | None:
    """What the original says otherwise since it was translated; None where nothing has changed."""
    if translation is None or original is None or translation.made_from == original.id:
        return None
    before = db.session.get(Revision, translation.made_from) if translation.made_from else None
    difference = revisions.diff(before, original)
    return None if before is None or difference.is_none else difference
