"""An article's way: submitted, sent back, approved now or for later, expired, withdrawn, taken up again, removed.

`knowledge` registers the blueprint. Who may do what is for the verbs to say.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from contact_center import access
from contact_center.desk import asked
from contact_center.desk.knowledge import finding, show
from contact_center.errors import IllegalMove
from contact_center.extensions import db
from contact_center.kb import articles, publishing
from contact_center.kb.models import Article, ArticleState

blueprint = Blueprint("moving", __name__, url_prefix="/articles/<int:article_id>")


@blueprint.post("/submit")
@access.agent
def submit(article_id: int) -> Any:
    """Ask somebody else to look it over."""
    article = finding.article_or_404(article_id)
    articles.submit(article, access.me())
    return _done(article, _("Submitted for review"))


@blueprint.post("/send-back")
@access.agent
def send_back(article_id: int) -> Any:
    """Not like this, and `why`."""
    article = finding.article_or_404(article_id)
    articles.send_back(article, access.me(), request.form.get("why", ""))
    return _done(article, _("Sent back"))


@blueprint.post("/approve")
@access.agent
def approve(article_id: int) -> Any:
    """Publish it, now or at `publish_at` on the agent's clock."""
    article = finding.article_or_404(article_id)
    articles.approve(article, access.me(), asked.instant("publish_at"))
    is_later = article.state is ArticleState.SCHEDULED
    return _done(article, _("It is published by itself at that time") if is_later else _("Published"))


@blueprint.post("/expire")
@access.agent
def expire(article_id: int) -> Any:
    """Take it from its readers: its time is over."""
    article = finding.article_or_404(article_id)
    if not articles.expire(article, access.me()):
        raise IllegalMove(_("That cannot be done now: the article is in another state by now."))
    return _done(article, _("Nobody reads it any more"))


@blueprint.post("/withdraw")
@access.agent
def withdraw(article_id: int) -> Any:
    """Nobody shall read it until it is written anew."""
    article = finding.article_or_404(article_id)
    articles.withdraw(article, access.me())
    return _done(article, _("Withdrawn"))


@blueprint.post("/take-up")
@access.agent
def take_up(article_id: int) -> Any:
    """An expired or withdrawn one is a draft again, as it was."""
    article = finding.article_or_404(article_id)
    newest = publishing.newest(article.id)[article.source_language]
    articles.restore(article, access.me(), newest)
    return _done(article, _("It is a draft again"))


@blueprint.post("/confirm")
@access.agent
def confirm(article_id: int) -> Any:
    """A translation still says what the original says."""
    article = finding.article_or_404(article_id)
    articles.confirm(article, access.me(), finding.language_of(article))
    return _done(article, _("Marked as up to date; publish it to let readers know"))


@blueprint.post("/remove")
@access.agent
def remove(article_id: int) -> Any:
    """Throw away a draft that nobody has ever read."""
    article = finding.article_or_404(article_id)
    articles.remove(article, access.me())
    db.session.commit()
    return asked.done(_("The draft is gone"), url=url_for("knowledge.shelves.listing"))


def _done(article: Article, said: str) -> Any:
    db.session.commit()
    return asked.done(said, url=show.page_of(article, request.form.get("language", "")))
